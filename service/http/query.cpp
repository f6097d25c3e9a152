#include "http/query.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "analysis/spelling.h"
#include "analysis/text.h"
#include "core/limits.h"
#include "http/wire.h"

namespace chaffinch::http {
namespace {

// Nothing, unless the whole text is one number.
std::optional<double> number_from(std::string_view text) {
  double value = 0;
  const auto [end, flaw] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (flaw != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace

void Query::wrong(std::string_view name, std::string what, std::string advice) {
  if (flaw_) return;
  std::string where = "?";
  where += name;
  flaw_ = Error{Code::invalid, std::move(what), std::move(where), std::move(advice), 0};
}

const std::string* Query::find(std::string_view name, std::size_t limit, bool repeats) {
  known_.push_back(name);
  const std::string* found = nullptr;
  for (const auto& [key, value] : ask_.query) {
    if (key != name) continue;
    if (found != nullptr && !repeats) wrong(name, "the parameter is given twice");
    if (auto flaw = flaw_of_line(value, limit)) wrong(name, std::move(*flaw));
    if (found == nullptr) found = &value;
  }
  return flaw_ ? nullptr : found;
}

std::optional<std::string> Query::text(std::string_view name, std::size_t limit) {
  const std::string* value = find(name, limit, false);
  if (value == nullptr) return std::nullopt;
  return *value;
}

std::string Query::text_or_empty(std::string_view name, std::size_t limit) {
  return text(name, limit).value_or(std::string());
}

std::string Query::required(std::string_view name, std::size_t limit) {
  auto value = text(name, limit);
  if (!value || value->empty()) wrong(name, "the parameter is required");
  return value.value_or(std::string());
}

std::optional<double> Query::number(std::string_view name, double least, double most) {
  const auto value = text(name, 40);
  if (!value) return std::nullopt;
  const auto number = number_from(*value);
  if (!number || *number < least || *number > most) {
    wrong(name, "it is not a number that can be meant here");
    return std::nullopt;
  }
  return number;
}

std::optional<bool> Query::flag(std::string_view name) {
  const auto value = text(name, 10);
  if (!value) return std::nullopt;
  if (*value != "true" && *value != "false") wrong(name, "it must be true or false");
  return *value == "true";
}

std::optional<Id> Query::id(std::string_view name) {
  const auto value = text(name, 200);
  if (!value) return std::nullopt;
  const auto id = Id::parse(*value);
  if (!id) wrong(name, "it is not an id: " + in_quotes(*value));
  return id;
}

std::optional<Time> Query::time(std::string_view name) {
  const auto value = text(name, 64);
  if (!value) return std::nullopt;
  const auto time = parse_time(*value);
  if (!time)
    wrong(name, "it is not a time: " + in_quotes(*value), "write it as 2026-11-23T15:59:47Z (RFC 3339)");
  return time;
}

std::vector<std::string> Query::list(std::string_view name, std::size_t most, std::size_t limit) {
  find(name, limit, true);
  std::vector<std::string> values;
  for (const auto& [key, value] : ask_.query) {
    if (key == name && values.size() <= most) values.push_back(value);
  }
  if (values.size() > most) wrong(name, "it is given too often: at most " + std::to_string(most) + " times");
  return values;
}

std::string Query::cursor() {
  return text_or_empty("cursor", 1'000);
}

std::optional<std::uint32_t> Query::whole(std::string_view name, std::uint32_t least, std::uint32_t most) {
  const auto value = text(name, 20);
  if (!value) return std::nullopt;
  std::uint32_t number = 0;
  const auto [end, flaw] = std::from_chars(value->data(), value->data() + value->size(), number);
  if (flaw != std::errc() || end != value->data() + value->size() || number < least || number > most) {
    wrong(name, "it must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return least;
  }
  return number;
}

std::uint32_t Query::page() {
  return whole("limit", 1, static_cast<std::uint32_t>(limits::kPage))
      .value_or(static_cast<std::uint32_t>(limits::kPageUsual));
}

Done Query::finish() {
  for (const auto& [key, value] : ask_.query) {
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
    const std::string name = valid_utf8(key) ? key.substr(0, 60) : std::string("?");
    wrong(valid_utf8(name) ? name : "?", "there is no such parameter here", did_you_mean(name, known_));
  }
  if (flaw_) return tl::unexpected(*flaw_);
  return {};
}

}  // namespace chaffinch::http
