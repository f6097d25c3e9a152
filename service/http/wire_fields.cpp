// Strict reading of values: fields that are known, texts that are fit to be kept.
#include <algorithm>
#include <cmath>

#include "analysis/spelling.h"
#include "analysis/text.h"
#include "core/limits.h"
#include "http/wire_json.h"

namespace chaffinch::http {
namespace {

std::string_view kind_of(const Json& json) {
  switch (json.type()) {
    case Json::value_t::null:
      return "null";
    case Json::value_t::object:
      return "an object";
    case Json::value_t::array:
      return "an array";
    case Json::value_t::string:
      return "a text";
    case Json::value_t::boolean:
      return "true or false";
    default:
      return "a number";
  }
}

}  // namespace

std::optional<std::string> flaw_of(std::string_view text, std::size_t limit, Look look) {
  if (text.size() > limit) {
    return "it is too long: " + std::to_string(text.size()) + " bytes, at most " + std::to_string(limit);
  }
  if (text.find('\0') != std::string_view::npos) return "it holds a NUL character";
  if (look == Look::prose) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = [&](std::size_t at) {
      return at < text.size() ? static_cast<unsigned char>(text[at]) : static_cast<unsigned char>(0);
    };
    const unsigned char c = byte(i);
    if (c < 0x20 || c == 0x7F || (c == 0xC2 && byte(i + 1) < 0xA0)) return "it holds a control character";
    if (c != 0xE2) continue;
    const unsigned char second = byte(i + 1);
    const unsigned char third = byte(i + 2);
    if (second == 0x80 && (third == 0xA8 || third == 0xA9)) return "it holds a line separator";
    // U+202A..U+202E, U+2066..U+2069: they make a name read as another one.
    if ((second == 0x80 && third >= 0xAA && third <= 0xAE) ||
        (second == 0x81 && third >= 0xA6 && third <= 0xA9)) {
      return "it holds a bidi control character";
    }
  }
  return std::nullopt;
}

void Flaws::wrong(std::string where, std::string what, std::string advice, Code code) {
  if (!wrong_) wrong_ = Error{code, std::move(what), std::move(where), std::move(advice), 0};
}

void Flaws::missing(std::string where, std::string what, std::string advice) {
  if (!missing_) missing_ = Error{Code::invalid, std::move(what), std::move(where), std::move(advice), 0};
}

std::string pointer_part(std::string_view name) {
  constexpr std::size_t kShown = 80;
  std::size_t end = std::min(name.size(), kShown);
  while (end < name.size() && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U) ++end;
  std::string part;
  for (const char c : name.substr(0, end)) {
    if (c == '~')
      part += "~0";
    else if (c == '/')
      part += "~1";
    else
      part += c;
  }
  return end < name.size() ? part + "..." : part;
}

Fields::Fields(const Json& value, std::string at, Flaws& flaws, std::string_view what)
    : at_(std::move(at)), flaws_(flaws), what_(what) {
  if (value.is_object())
    object_ = &value;
  else
    flaws_.wrong(at_, std::string(what) + " is an object, not " + std::string(kind_of(value)));
}

const Json* Fields::find(std::string_view name) {
  if (std::find(known_.begin(), known_.end(), name) == known_.end()) known_.push_back(name);
  if (object_ == nullptr) return nullptr;
  const auto found = object_->find(name);
  return found == object_->end() ? nullptr : &*found;
}

bool Fields::has(std::string_view name) const {
  return object_ != nullptr && object_->find(name) != object_->end();
}

bool Fields::has_flag(std::string_view name) const {
  return has(name) && object_->find(name)->is_boolean();
}

std::optional<std::string> Fields::text(std::string_view name, std::size_t limit, Look look) {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    wrong(name, "it must be a text, not " + std::string(kind_of(*value)),
          value->is_null() ? "leave the field out instead" : "");
    return std::nullopt;
  }
  const std::string& text = value->get_ref<const std::string&>();
  if (auto flaw = flaw_of(text, limit, look)) {
    const bool large = look == Look::prose && text.size() > limit;
    wrong(name, std::move(*flaw), {}, large ? Code::too_large : Code::invalid);
    return std::nullopt;
  }
  return text;
}

std::string Fields::text_or_empty(std::string_view name, std::size_t limit, Look look) {
  return text(name, limit, look).value_or(std::string());
}

std::string Fields::required(std::string_view name, std::size_t limit, Look look) {
  auto value = text(name, limit, look);
  if (!value) {
    if (!has(name)) missing(name, "it is required");
    return {};
  }
  if (value->empty()) wrong(name, "it must not be empty");
  return std::move(*value);
}

std::optional<std::int64_t> Fields::whole(std::string_view name, std::int64_t least, std::int64_t most) {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  const std::string bounds = std::to_string(least) + " to " + std::to_string(most);
  if (!value->is_number_integer()) {
    wrong(name, "it must be a whole number from " + bounds +
                    (value->is_number() ? "" : ", not " + std::string(kind_of(*value))));
    return std::nullopt;
  }
  const bool beyond =
      value->is_number_unsigned() && value->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX);
  if (beyond || value->get<std::int64_t>() < least || value->get<std::int64_t>() > most) {
    wrong(name, "it must be from " + bounds);
    return std::nullopt;
  }
  return value->get<std::int64_t>();
}

std::optional<double> Fields::number(std::string_view name, double least, double most) {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) {
    wrong(name, "it must be a number, not " + std::string(kind_of(*value)));
    return std::nullopt;
  }
  const double number = value->get<double>();
  if (!std::isfinite(number) || number < least || number > most) {
    wrong(name, "it must be from " + dump(Json(least)) + " to " + dump(Json(most)));
    return std::nullopt;
  }
  return number;
}

std::optional<bool> Fields::flag(std::string_view name) {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_boolean()) {
    wrong(name, "it must be true or false, not " + std::string(kind_of(*value)));
    return std::nullopt;
  }
  return value->get<bool>();
}

std::optional<Time> Fields::time(std::string_view name) {
  const auto value = text(name, 64);
  if (!value) return std::nullopt;
  const auto time = parse_time(*value);
  if (!time)
    wrong(name, "it is not a time: " + in_quotes(*value), "write it as 2026-11-23T15:59:47Z (RFC 3339)");
  return time;
}

std::optional<Id> Fields::id(std::string_view name) {
  const auto value = text(name, 200);
  if (!value) return std::nullopt;
  const auto id = Id::parse(*value);
  if (!id)
    wrong(name, "it is not an id: " + in_quotes(*value),
          "ids look like 0190a5b4-0000-7000-8000-000000000000");
  return id;
}

const Json* Fields::object(std::string_view name) {
  const Json* value = find(name);
  if (value == nullptr || value->is_object()) return value;
  wrong(name, "it must be an object, not " + std::string(kind_of(*value)));
  return nullptr;
}

const Json* Fields::array(std::string_view name) {
  const Json* value = find(name);
  if (value == nullptr || value->is_array()) return value;
  wrong(name, "it must be an array, not " + std::string(kind_of(*value)));
  return nullptr;
}

void Fields::wrong(std::string_view name, std::string what, std::string advice, Code code) {
  flaws_.wrong(pointer(name), std::move(what), std::move(advice), code);
}

void Fields::missing(std::string_view name, std::string what, std::string advice) {
  flaws_.missing(pointer(name), std::move(what), std::move(advice));
}

void Fields::finish() {
  if (object_ == nullptr) return;
  for (const auto& [name, value] : object_->items()) {
    if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
    flaws_.wrong(at_ + "/" + pointer_part(name), std::string(what_) + " has no such field",
                 did_you_mean(name, known_));
  }
}

}  // namespace chaffinch::http
