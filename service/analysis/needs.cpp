#include "analysis/needs.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "analysis/quantifier.h"

namespace chaffinch {
namespace {

using Needs = std::vector<std::vector<std::string>>;

// Counts up to here cost less than what is lost by not counting.
constexpr int kCounted = 3;

// One element of a sequence with its quantifier.
struct NeedItem {
  std::string_view atom;
  std::string_view quantifier;
  Quantifier times;
};

bool digit(char c) {
  return c >= '0' && c <= '9';
}

// The end of the character, class, escape or group that begins at `at`; nothing when this reader does not
// know it.
std::optional<std::size_t> atom_end(std::string_view regex, std::size_t at) {
  const char first = regex[at];
  if (first == '\\') {
    if (at + 1 >= regex.size()) return std::nullopt;
    const char kind = regex[at + 1];
    // Octal codes and quoted passages are rare in rules; such a regex is left whole.
    if (digit(kind) || kind == 'Q' || kind == 'E') return std::nullopt;
    if (kind == 'p' || kind == 'P' || kind == 'x') {
      if (at + 2 >= regex.size()) return std::nullopt;
      if (regex[at + 2] != '{') return kind == 'x' ? at + 4 : at + 3;
      const std::size_t close = regex.find('}', at);
      if (close == std::string_view::npos) return std::nullopt;
      return close + 1;
    }
    return at + 2;
  }
  if (first == '[') {
    std::size_t i = at + 1;
    if (i < regex.size() && regex[i] == '^') ++i;
    if (i < regex.size() && regex[i] == ']') ++i;
    while (i < regex.size() && regex[i] != ']') {
      if (regex[i] == '\\') {
        i += 2;
      } else if (regex.substr(i, 2) == "[:") {
        const std::size_t close = regex.find(":]", i + 2);
        i = close == std::string_view::npos ? i + 1 : close + 2;
      } else {
        ++i;
      }
    }
    if (i >= regex.size()) return std::nullopt;
    return i + 1;
  }
  if (first == '(') {
    std::size_t i = at + 1;
    while (i < regex.size() && regex[i] != ')') {
      const std::optional<std::size_t> end = atom_end(regex, i);
      if (!end) return std::nullopt;
      i = *end;
    }
    if (i >= regex.size()) return std::nullopt;
    return i + 1;
  }
  std::size_t end = at + 1;
  while (end < regex.size() && (static_cast<unsigned char>(regex[end]) & 0xC0U) == 0x80U) ++end;
  return end;
}

// The same without counting: what it matches and more.
std::string uncounted(std::string_view regex) {
  std::string made;
  for (std::size_t i = 0; i < regex.size();) {
    if (regex[i] == '(') {
      // The insides of a group, after "(", "(?:", "(?i:" or "(?P<name>", are regexes again.
      made += regex[i++];
      continue;
    }
    const std::optional<std::size_t> end = regex[i] == ')' || regex[i] == '|' ? i + 1 : atom_end(regex, i);
    if (!end) return std::string(regex);
    const bool plain = regex[i] == '|' || (i > 0 && regex[i - 1] == '(' && regex[i] == '?');
    const Quantifier times = plain ? Quantifier{} : quantifier_at(regex, *end);
    made += regex.substr(i, *end - i);
    const std::string_view quantifier = regex.substr(*end, times.size);
    const bool counted = !quantifier.empty() && quantifier[0] == '{' &&
                         (times.most == Quantifier::kEndless || times.most > kCounted);
    made += counted ? std::string_view(times.least == 0 ? "*" : "+") : quantifier;
    i = *end + times.size;
  }
  return made;
}

std::string uncounted(const NeedItem& item) {
  return uncounted(std::string(item.atom) + std::string(item.quantifier));
}

// Something that may fill much of a text, so that what follows it may begin anywhere.
bool gap(const NeedItem& item) {
  // "(\\w+ )?" may be missing, and is costly when it is not.
  if (item.times.most == 1)
    return item.times.least == 0 && item.atom.find_first_of("*+{") != std::string_view::npos;
  if (item.times.most == 0) return true;
  const std::string_view atom = item.atom;
  if (atom == "." || atom[0] == '(' || atom[0] == '[') return true;
  if (atom[0] != '\\') return false;
  return atom[1] == 'w' || atom[1] == 'W' || atom[1] == 'S' || atom[1] == 'D' || atom[1] == 'p' ||
         atom[1] == 'P' || atom[1] == 'C';
}

// The stretches of a sequence between its gaps, without what may be missing at their ends.
std::vector<std::string> parts_of(const std::vector<NeedItem>& items) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < items.size();) {
    std::size_t end = i;
    while (end < items.size() && !gap(items[end])) ++end;
    std::size_t first = i;
    std::size_t last = end;
    while (first < last && items[first].times.least == 0) ++first;
    while (last > first && items[last - 1].times.least == 0) --last;
    std::string part;
    for (std::size_t k = first; k < last; ++k) part += uncounted(items[k]);
    if (!part.empty()) parts.push_back(std::move(part));
    i = end + 1;
  }
  return parts;
}

// "(?i)", "(?is)" at the beginning hold for all of it.
std::size_t flags_size(std::string_view regex) {
  if (!regex.starts_with("(?")) return 0;
  const std::size_t close = regex.find_first_not_of("imsU-", 2);
  return close != std::string_view::npos && close > 2 && regex[close] == ')' ? close + 1 : 0;
}

// Flags within the regex change the meaning of what follows, and a part would lose them.
bool changes_flags(std::string_view regex, std::size_t from) {
  for (std::size_t at = regex.find("(?", from); at != std::string_view::npos; at = regex.find("(?", at + 2)) {
    if (flags_size(regex.substr(at)) != 0) return true;
  }
  return false;
}

}  // namespace

std::vector<std::vector<std::string>> needs_of(std::string_view regex) {
  const Needs whole = {{std::string(regex)}};
  const std::size_t begin = flags_size(regex);
  const std::string flags(regex.substr(0, begin));
  if (changes_flags(regex, begin)) return whole;

  std::vector<std::vector<NeedItem>> alternatives(1);
  for (std::size_t i = begin; i < regex.size();) {
    if (regex[i] == '|') {
      alternatives.emplace_back();
      ++i;
      continue;
    }
    const std::optional<std::size_t> end = atom_end(regex, i);
    if (!end || *end > regex.size()) return whole;
    const Quantifier times = quantifier_at(regex, *end);
    const std::size_t next = *end + times.size;
    // A quantifier on a quantifier, or one that stands on nothing, is read otherwise than here.
    if (times.size != 0 && quantifier_at(regex, next).size != 0) return whole;
    alternatives.back().push_back({regex.substr(i, *end - i), regex.substr(*end, times.size), times});
    i = next;
  }

  Needs needs;
  for (const std::vector<NeedItem>& items : alternatives) {
    std::vector<std::string> parts = parts_of(items);
    if (parts.empty()) {
      std::string relaxed;
      for (const NeedItem& item : items) relaxed += uncounted(item);
      parts.push_back(relaxed.empty() ? std::string(regex.substr(begin)) : relaxed);
    }
    for (std::string& part : parts) part = flags + part;
    needs.push_back(std::move(parts));
  }
  return needs;
}

}  // namespace chaffinch
