#include "analysis/pack_parts.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "analysis/address.h"
#include "analysis/spelling.h"
#include "analysis/text.h"
#include "core/limits.h"
#include "rules/rule.h"

namespace chaffinch {
namespace {

// Twice what the largest lists in use hold.
constexpr std::size_t kMaxListEntries = 200'000;
// A list with more bad lines than this is the wrong file; the rest is only counted.
constexpr int kMaxListErrors = 10;

}  // namespace

void Complaints::add(const toml::Value& at, std::string what, const std::string& advice) {
  errors_.push_back({Code::invalid, std::move(what), source_.name + ":" + std::to_string(at.line),
                     joined(advice, toml::excerpt(source_.text, at.line, at.column)), 0});
}

void Complaints::add(const std::string& file, std::uint32_t line, std::string what, std::string advice) {
  errors_.push_back(
      {Code::invalid, std::move(what), file + ":" + std::to_string(line), std::move(advice), 0});
}

void Complaints::check_keys(const toml::Table& table, const std::vector<std::string_view>& known,
                            const std::string& what) {
  for (const auto& [key, value] : table) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    // The caret would stand under the value; the key is plain to see.
    const toml::Value row{{}, value.line, 0};
    add(row, what + " knows no '" + key + "'", did_you_mean(key, known));
  }
}

const std::string* Complaints::text_of(const toml::Value& value, std::string_view key) {
  if (value.text() == nullptr) {
    add(value, "'" + std::string(key) + "' must be a string, not " + std::string(value.kind()));
  }
  return value.text();
}

std::string joined(std::string first, const std::string& second) {
  if (!first.empty() && !second.empty()) first += '\n';
  return first + second;
}

void read_list(const toml::Value& at, const std::string& name, std::string_view content, std::uint32_t file,
               PackPattern& pattern, Complaints& complaints) {
  const bool structured = pattern.type >= EntryType::domain;
  std::string_view rest = content;
  if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
  int bad = 0;
  std::size_t count = 0;
  for (std::uint32_t line = 1; !rest.empty(); ++line) {
    std::string_view row = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), row.size() + 1));
    // Words and regexes may hold a '#' anywhere but at the beginning.
    if (structured) row = row.substr(0, row.find(" #"));
    const std::size_t begin = row.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos || row[begin] == '#') continue;
    row = row.substr(begin, row.find_last_not_of(" \t\r") + 1 - begin);
    if (!valid_utf8(row) || row.find('\0') != std::string_view::npos) {
      if (++bad <= kMaxListErrors) {
        complaints.add(name, line, "the line is not valid UTF-8", "save the file as UTF-8");
      }
      continue;
    }
    if (++count > kMaxListEntries) {
      complaints.add(name, line, "the list has more than 200,000 entries", "split it over several patterns");
      return;
    }
    pattern.entries.push_back({std::string(row), file, line});
  }
  if (count == 0 && bad == 0) complaints.add(at, "the list file " + in_quotes(name) + " has no entries");
}

void read_example(const toml::Value& value, bool hit, std::vector<PackExample>& examples,
                  Complaints& complaints) {
  PackExample example;
  example.hit = hit;
  example.line = value.line;
  Submission& comment = example.comment;
  // What an ordinary browser sends, as for the examples of heuristics (rules/rule.h).
  const Example usual{};
  comment.client.user_agent = usual.user_agent;
  comment.client.referrer = usual.referrer;
  const std::array<std::pair<std::string_view, std::pair<std::string*, std::size_t>>, 10> places = {{
      {"content", {&comment.content, limits::kContent}},
      {"name", {&comment.author.name, limits::kName}},
      {"email", {&comment.author.email, limits::kEmail}},
      {"url", {&comment.author.url, limits::kUrl}},
      {"ip", {&comment.client.ip, limits::kUrl}},
      {"agent", {&comment.client.user_agent, limits::kUserAgent}},
      {"referrer", {&comment.client.referrer, limits::kUrl}},
      {"title", {&comment.article.title, limits::kTitle}},
      {"article_url", {&comment.article.url, limits::kUrl}},
      {"type", {&comment.type, limits::kType}},
  }};
  const auto put = [&](const toml::Value& at, std::string_view key, std::string* place, std::size_t most,
                       const std::string& text) {
    if (text.size() > most) {
      complaints.add(at, "the example's '" + std::string(key) + "' is longer than a comment's may be (" +
                             std::to_string(most) + " bytes)");
      return false;
    }
    if (text.find('\0') != std::string::npos) {
      complaints.add(at, "the example's '" + std::string(key) + "' holds a NUL");
      return false;
    }
    *place = text;
    if (example.shown.empty()) example.shown = text;
    return true;
  };
  if (const std::string* text = value.text()) {
    if (put(value, "content", &comment.content, limits::kContent, *text))
      examples.push_back(std::move(example));
    return;
  }
  if (value.table() == nullptr) {
    complaints.add(value, "an example is a string or a table, not " + std::string(value.kind()),
                   "write \"text\", or {content = \"text\", name = \"Ann\", url = \"https://a.example\"}");
    return;
  }
  std::vector<std::string_view> known;
  for (const auto& [key, place] : places) known.push_back(key);
  complaints.check_keys(*value.table(), known, "an example");
  bool good = true;
  for (const auto& [key, place] : places) {
    const auto part = value.table()->find(key);
    if (part == value.table()->end()) continue;
    const std::string* text = complaints.text_of(part->second, key);
    good = text != nullptr && put(part->second, key, place.first, place.second, *text) && good;
  }
  if (!comment.client.ip.empty()) {
    const std::optional<Address> address = Address::parse(comment.client.ip);
    if (address) {
      comment.client.ip = address->text();
    } else {
      complaints.add(value, "the example's 'ip' is no IPv4 or IPv6 address: " + in_quotes(comment.client.ip));
      good = false;
    }
  }
  if (good) examples.push_back(std::move(example));
}

std::string pack_name_of(const PackSource& source) {
  const auto table = toml::parse(source.text, source.name);
  if (!table) return {};
  const auto name = table->find("pack");
  return name == table->end() || name->second.text() == nullptr ? std::string() : *name->second.text();
}

std::vector<PackSource> laid_over(std::span<const PackSource> base, std::span<const PackSource> own) {
  std::vector<PackSource> all(base.begin(), base.end());
  std::vector<std::string> names;
  for (const PackSource& one : all) names.push_back(pack_name_of(one));
  for (const PackSource& one : own) {
    const std::string name = pack_name_of(one);
    const auto same = name.empty() ? names.end() : std::find(names.begin(), names.end(), name);
    if (same != names.end()) {
      all[static_cast<std::size_t>(same - names.begin())] = one;
    } else {
      all.push_back(one);
      names.push_back(name);
    }
  }
  return all;
}

}  // namespace chaffinch
