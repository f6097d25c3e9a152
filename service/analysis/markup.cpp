#include "analysis/markup.h"

#include <algorithm>
#include <cstring>

#include "analysis/entities.h"
#include "analysis/utf8.h"

namespace chaffinch {
namespace {

bool equal_lower(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() && std::equal(text.begin(), text.end(), lower.begin(),
                                                   [](char a, char b) { return ascii_small(a) == b; });
}

// Elements that begin a line or a cell, sorted.
constexpr std::array<std::string_view, 41> kBlocks{
    "address", "article",  "aside", "blockquote", "body",   "br",       "caption",    "center",  "dd",
    "details", "dir",      "div",   "dl",         "dt",     "fieldset", "figcaption", "figure",  "footer",
    "form",    "h1",       "h2",    "h3",         "h4",     "h5",       "h6",         "header",  "hr",
    "li",      "main",     "nav",   "ol",         "option", "p",        "pre",        "section", "table",
    "td",      "textarea", "th",    "tr",         "ul"};
static_assert(std::is_sorted(kBlocks.begin(), kBlocks.end()));

struct BbName {
  std::string_view name;
  bool block;
};
constexpr std::array<BbName, BbScanner::kNames> kBbNames{{
    {"align", true},  {"b", false},    {"center", true},   {"code", true},    {"color", false},
    {"email", false}, {"font", false}, {"h1", true},       {"h2", true},      {"h3", true},
    {"h4", true},     {"h5", true},    {"h6", true},       {"hide", false},   {"highlight", false},
    {"html", true},   {"i", false},    {"img", false},     {"indent", true},  {"justify", true},
    {"left", true},   {"li", true},    {"link", false},    {"list", true},    {"media", false},
    {"ol", true},     {"php", true},   {"pre", true},      {"quote", true},   {"right", true},
    {"s", false},     {"size", false}, {"spoiler", false}, {"strike", false}, {"sub", false},
    {"sup", false},   {"table", true}, {"td", true},       {"th", true},      {"tr", true},
    {"u", false},     {"ul", true},    {"url", false},     {"video", false},  {"youtube", false},
    {"wiki", false},
}};

constexpr std::size_t kLongestBbName = 9;

std::size_t bb_name(std::string_view name) {
  if (name.empty() || name.size() > kLongestBbName) return kBbNames.size();
  std::array<char, kLongestBbName> lower{};
  std::transform(name.begin(), name.end(), lower.begin(), ascii_small);
  const std::string_view wanted(lower.data(), name.size());
  std::size_t i = 0;
  while (i < kBbNames.size() && kBbNames[i].name != wanted) ++i;
  return i;
}

// What browsers make of the numbers 128 to 159: Windows-1252.
constexpr std::array<char16_t, 32> kWindows1252{
    0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

char32_t as_character(std::uint32_t number) {
  if (number >= 128 && number < 160) return kWindows1252[number - 128];
  if (number == 0 || number > 0x10FFFF || (number >= 0xD800 && number < 0xE000)) return 0xFFFD;
  return number;
}

std::optional<std::pair<char32_t, std::size_t>> numeric_reference(std::string_view text, std::size_t at) {
  std::size_t i = at + 2;
  const bool hex = i < text.size() && (text[i] | 0x20) == 'x';
  if (hex) ++i;
  const std::size_t first = i;
  std::uint32_t number = 0;
  for (; i < text.size(); ++i) {
    std::uint32_t digit = 0;
    if (ascii_digit(text[i])) {
      digit = static_cast<std::uint32_t>(text[i] - '0');
    } else if (hex && (text[i] | 0x20) >= 'a' && (text[i] | 0x20) <= 'f') {
      digit = static_cast<std::uint32_t>((text[i] | 0x20) - 'a' + 10);
    } else {
      break;
    }
    number = std::min<std::uint32_t>(number * (hex ? 16 : 10) + digit, 0x110000);
  }
  if (i == first) return std::nullopt;
  if (i < text.size() && text[i] == ';') ++i;
  return std::pair{as_character(number), i - at};
}

}  // namespace

bool HtmlTag::is(std::string_view lower_name) const {
  return equal_lower(name, lower_name);
}

std::optional<HtmlTag> HtmlScanner::tag_at(std::size_t at) const {
  HtmlTag tag;
  std::size_t i = at + 1;
  if (i < text_.size() && (text_[i] == '!' || text_[i] == '?')) {
    if (i + 1 >= text_.size() || !(ascii_letter(text_[i + 1]) || text_[i + 1] == '[')) return std::nullopt;
    i = text_.find_first_of("<>", i + 1);
    if (i == std::string_view::npos || text_[i] == '<') return std::nullopt;
    tag.end = i + 1;
    return tag;
  }
  if (i < text_.size() && text_[i] == '/') {
    tag.closing = true;
    ++i;
  }
  const std::size_t name = i;
  if (i >= text_.size() || !ascii_letter(text_[i])) return std::nullopt;
  while (i < text_.size() && (ascii_alnum(text_[i]) || text_[i] == '-' ||
                              (text_[i] == ':' && i + 1 < text_.size() && ascii_letter(text_[i + 1])))) {
    ++i;
  }
  if (i >= text_.size() || !(ascii_space(text_[i]) || text_[i] == '/' || text_[i] == '>'))
    return std::nullopt;
  tag.name = text_.substr(name, i - name);
  tag.inside_at = i;
  // Any quote opens, not only one behind '=': then each character maps the three states (outside, in ", in ')
  // one to one, at most three scans are under way at any place, and all scans together stay linear.
  char quote = 0;
  std::size_t end = std::string_view::npos;
  for (std::size_t k = i; k < text_.size(); ++k) {
    const char c = text_[k];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      end = k;
      break;
    } else if (c == '<') {
      return std::nullopt;
    }
  }
  if (end == std::string_view::npos) {  // an unbalanced quote: take the tag without regard to quotes
    end = text_.find_first_of("<>", i);
    if (end == std::string_view::npos || text_[end] == '<') return std::nullopt;
  }
  tag.inside = text_.substr(i, end - i);
  tag.end = end + 1;
  return tag;
}

std::optional<std::size_t> HtmlScanner::comment_end(std::size_t at) {
  if (no_comment_end_) return std::nullopt;
  const std::size_t end = text_.find("-->", at + 2);  // "<!-->" is a whole comment
  if (end == std::string_view::npos) {
    no_comment_end_ = true;
    return std::nullopt;
  }
  return end + 3;
}

std::optional<std::size_t> HtmlScanner::raw_text_end(const HtmlTag& tag) {
  const bool script = tag.is("script");
  bool& none = no_raw_end_[script ? 0 : 1];
  if (none) return std::nullopt;
  const std::string_view name = script ? "script" : "style";
  for (std::size_t i = text_.find("</", tag.end); i != std::string_view::npos; i = text_.find("</", i + 2)) {
    if (equal_lower(text_.substr(i + 2, name.size()), name)) return i;
  }
  none = true;
  return std::nullopt;
}

std::optional<Attribute> next_attribute(const HtmlTag& tag, std::size_t& at) {
  const std::string_view in = tag.inside;
  while (at < in.size() && (ascii_space(in[at]) || in[at] == '/')) ++at;
  if (at >= in.size()) return std::nullopt;
  Attribute attribute;
  const std::size_t name = at++;  // a name may begin with '='
  while (at < in.size() && !ascii_space(in[at]) && in[at] != '/' && in[at] != '=') ++at;
  attribute.name = in.substr(name, at - name);
  std::size_t value = at;
  while (value < in.size() && ascii_space(in[value])) ++value;
  if (value >= in.size() || in[value] != '=') return attribute;
  ++value;
  while (value < in.size() && ascii_space(in[value])) ++value;
  if (value < in.size() && (in[value] == '"' || in[value] == '\'')) {
    const std::size_t end = in.find(in[value], value + 1);
    attribute.value = in.substr(value + 1, (end == std::string_view::npos ? in.size() : end) - value - 1);
    attribute.value_at = tag.inside_at + value + 1;
    at = end == std::string_view::npos ? in.size() : end + 1;
    return attribute;
  }
  at = value;
  while (at < in.size() && !ascii_space(in[at])) ++at;
  attribute.value = in.substr(value, at - value);
  attribute.value_at = tag.inside_at + value;
  return attribute;
}

bool breaks_words(const HtmlTag& tag) {
  if (tag.name.empty() || tag.name.size() > 10) return false;
  std::array<char, 10> lower{};
  std::transform(tag.name.begin(), tag.name.end(), lower.begin(), ascii_small);
  return std::binary_search(kBlocks.begin(), kBlocks.end(), std::string_view(lower.data(), tag.name.size()));
}

bool BbScanner::closes_after(std::size_t name, std::size_t at) {
  if (!looked_) {
    looked_ = true;
    for (std::size_t i = text_.find("[/"); i != std::string_view::npos; i = text_.find("[/", i + 2)) {
      std::size_t end = i + 2;
      while (end < text_.size() && end - i - 2 <= kLongestBbName && ascii_alnum(text_[end])) ++end;
      const std::size_t closed = bb_name(text_.substr(i + 2, end - i - 2));
      if (closed < kNames) last_closing_[closed] = static_cast<std::uint32_t>(i + 1);
    }
  }
  return last_closing_[name] > at;
}

std::optional<BbTag> BbScanner::tag_at(std::size_t at) {
  BbTag tag;
  std::size_t i = at + 1;
  if (i < text_.size() && text_[i] == '/') {
    tag.closing = true;
    ++i;
  }
  if (!tag.closing && text_.substr(i, 2) == "*]") {  // an item of a list
    const std::size_t list = bb_name("list");
    if (!closes_after(list, at)) return std::nullopt;
    tag.name = "list";
    tag.end = i + 2;
    tag.block = true;
    return tag;
  }
  const std::size_t name = i;
  while (i < text_.size() && i - name <= kLongestBbName && ascii_alnum(text_[i])) ++i;
  const std::size_t known = bb_name(text_.substr(name, i - name));
  if (known == kNames || i >= text_.size()) return std::nullopt;
  tag.name = kBbNames[known].name;
  tag.block = kBbNames[known].block;
  if (text_[i] == ']') {
    if (!tag.closing && !closes_after(known, at)) return std::nullopt;
    tag.end = i + 1;
    return tag;
  }
  if (tag.closing || !(text_[i] == '=' || text_[i] == ' ')) return std::nullopt;
  const std::size_t end = text_.find_first_of("[]\n", i);
  if (end == std::string_view::npos || text_[end] != ']') return std::nullopt;
  // [url=X], [url="X"], [url href=X], [quote name="X" post=1]
  const std::size_t equals = text_.substr(0, end).find('=', i);
  if (equals == std::string_view::npos) return std::nullopt;
  std::size_t first = equals + 1;
  while (first < end && ascii_space(text_[first])) ++first;
  std::size_t last = end;
  while (last > first && ascii_space(text_[last - 1])) --last;
  if (first < last && (text_[first] == '"' || text_[first] == '\'')) {
    const std::size_t quote = text_.substr(0, last).find(text_[first], first + 1);
    ++first;
    if (quote != std::string_view::npos) last = quote;
  }
  tag.value = text_.substr(first, last - first);
  tag.value_at = first;
  tag.end = end + 1;
  return tag;
}

std::optional<std::pair<char32_t, std::size_t>> reference_at(std::string_view text, std::size_t at) {
  if (at + 2 >= text.size()) return std::nullopt;
  if (text[at + 1] == '#') return numeric_reference(text, at);
  constexpr std::size_t kLongest = 14;  // ZeroWidthSpace
  std::size_t i = at + 1;
  while (i < text.size() && i - at <= kLongest && ascii_alnum(text[i])) ++i;
  const std::string_view name = text.substr(at + 1, i - at - 1);
  const auto found =
      std::lower_bound(kEntities.begin(), kEntities.end(), name,
                       [](const Entity& entity, std::string_view wanted) { return entity.name < wanted; });
  if (found == kEntities.end() || found->name != name) return std::nullopt;
  if (i < text.size() && text[i] == ';')
    return std::pair<char32_t, std::size_t>{found->character, i + 1 - at};
  // "&lt" is read by browsers, but "?a=1&lt=2" is a query.
  const bool common = name == "lt" || name == "gt" || name == "amp" || name == "quot" || name == "nbsp";
  if (!common || (i < text.size() && text[i] == '=')) return std::nullopt;
  return std::pair<char32_t, std::size_t>{found->character, i - at};
}

}  // namespace chaffinch
