#include <algorithm>
#include <array>
#include <optional>

#include "analysis/domains.h"
#include "analysis/link_parts.h"
#include "analysis/link_walk.h"
#include "analysis/text.h"
#include "analysis/utf8.h"

namespace chaffinch {
namespace {

constexpr std::size_t kLongestName = 253;

static_assert(std::is_sorted(kPlainEndings.begin(), kPlainEndings.end()));
static_assert(std::is_sorted(kSpokenEndings.begin(), kSpokenEndings.end()));
static_assert(std::is_sorted(kNotDomains.begin(), kNotDomains.end()));

template <std::size_t N>
bool in(const std::array<std::string_view, N>& sorted, std::string_view word) {
  return std::binary_search(sorted.begin(), sorted.end(), word);
}

bool name_character(char c) {
  return ascii_alnum(c) || c == '-' || c == '_';
}

// Blanks, quotes and punctuation beyond ASCII, and signs that are no letters.
bool ends_url(char32_t c) {
  return c <= 0xBF || (c >= 0x2000 && c <= 0x206F) || (c >= 0x3000 && c <= 0x303F) || c == 0xFEFF ||
         (c >= 0xFF00 && c <= 0xFF20) || (c >= 0xFF3B && c <= 0xFF40) || (c >= 0xFF5B && c <= 0xFF65) ||
         (c >= 0x2190 && c <= 0x2BFF) || c >= 0x1F000;
}

// -----------------------------------------------------------------------------------

// The end of [start, i) without the punctuation of the sentence around.
std::size_t trimmed_end(std::string_view text, std::size_t start, std::size_t i) {
  const std::string_view url = text.substr(start, i - start);
  auto opened = std::count(url.begin(), url.end(), '(');
  auto closed = std::count(url.begin(), url.end(), ')');
  while (i > start) {
    const char last = text[i - 1];
    if (last == '(') {
      --opened;
    } else if (last == ')' && closed > opened) {
      --closed;
    } else if (std::string_view(".,:;!?'*").find(last) == std::string_view::npos) {
      break;
    }
    --i;
  }
  return i;
}

// Where the URL ends of which [start, i) is known to be part.
std::size_t url_end(const Walk& walk, std::size_t start, std::size_t i) {
  const std::string_view text = walk.text;
  while (i < text.size()) {
    if (beyond_ascii(text[i])) {
      const CodePoint c = decode_at(text, i);
      if (ends_url(c.value)) break;
      i += c.length;
      continue;
    }
    if (kEndsUrl[static_cast<std::size_t>(text[i])]) break;
    if (text[i] == '&') {  // "&quot;" ends it, "&amp;" does not
      const auto reference = reference_at(text, i);
      if (reference && (reference->first < 0x80 ? kEndsUrl[reference->first] || reference->first == U'\''
                                                : ends_url(reference->first))) {
        break;
      }
    }
    ++i;
  }
  return trimmed_end(text, start, i);
}

}  // namespace

std::size_t hidden_dot(const Walk& walk, std::size_t i) {
  const std::string_view rest = walk.text.substr(std::min(i, walk.text.size()), 8);
  for (const std::string_view stop : {"\u3002", "\uFF0E", "\uFF61"}) {
    if (rest.starts_with(stop)) return stop.size();
  }
  if (rest.empty()) return 0;
  const char close = rest[0] == '[' ? ']' : rest[0] == '(' ? ')' : rest[0] == '{' ? '}' : '\0';
  if (close == '\0') return 0;
  std::size_t k = 1;
  if (k < rest.size() && rest[k] == ' ') ++k;
  const std::string word = ascii_lower(rest.substr(k, 3));
  if (word.starts_with('.')) {
    k += 1;
  } else if (word == "dot" || word == "d0t") {
    k += 3;
  } else {
    return 0;
  }
  if (k < rest.size() && rest[k] == ' ') ++k;
  return k < rest.size() && rest[k] == close ? k + 1 : 0;
}

std::size_t spoken_dot(const Walk& walk, std::size_t i) {
  const std::string rest = ascii_lower(walk.text.substr(std::min(i, walk.text.size()), 5));
  if (rest.starts_with(" dot ")) return 5;
  return rest.starts_with(" . ") ? 3 : 0;
}

namespace {

// A name that continues behind hidden dots from `end` on, the part before being `host`.
struct Hidden {
  std::string host;
  std::size_t end = 0;
  bool spaced = false;
};

Hidden read_hidden(const Walk& walk, std::string host, std::size_t end) {
  Hidden hidden{std::move(host), end, false};
  for (;;) {
    if (hidden.host.size() > kLongestName) return hidden;
    std::size_t next = hidden.end;
    bool spaced = false;
    if (std::size_t dot = hidden_dot(walk, next); dot > 0) {
      next += dot;
      if (walk.at(next) == ' ') spaced = ++next > 0;
    } else if (walk.at(next) == ' ' && (dot = hidden_dot(walk, next + 1)) > 0) {
      next += 1 + dot + (walk.at(next + 1 + dot) == ' ' ? 1 : 0);
      spaced = true;
    } else if ((dot = spoken_dot(walk, next)) > 0) {
      next += dot;
      spaced = true;
    } else {
      return hidden;
    }
    std::size_t label = next;
    while (name_character(walk.at(label)) || (walk.at(label) == '.' && ascii_alnum(walk.at(label + 1))))
      ++label;
    const std::string written(walk.text.substr(std::min(next, walk.text.size()), label - next));
    if (label == next || label - next > 63) return hidden;
    // Behind a spaced dot only an ending is believed.
    if (spaced && !in(kSpokenEndings, ascii_lower(written).substr(written.rfind('.') + 1))) return hidden;
    hidden.host += '.';
    hidden.host += written;
    hidden.end = label;
    hidden.spaced = hidden.spaced || spaced;
  }
}

bool path_follows(const Walk& walk, std::size_t i) {
  if (walk.at(i) == ':') {
    ++i;
    const std::size_t port = i;
    while (ascii_digit(walk.at(i))) ++i;
    if (i == port) return false;
  }
  const char next = walk.at(i + 1);
  return (walk.at(i) == '/' && (name_character(next) || next == '?' || next == '#' || next == '~' ||
                                next == '%' || next == '@' || beyond_ascii(next))) ||
         (walk.at(i) == '?' && ascii_alnum(next));
}

// Where the link ends that was added; nothing when the name cannot be a host.
std::optional<std::size_t> add_hidden(Walk& walk, std::size_t start, const Hidden& hidden,
                                      std::string_view scheme) {
  std::string host = normal_host(host_of(hidden.host));
  if (host.empty()) return std::nullopt;
  const bool path = path_follows(walk, hidden.end) || walk.at(hidden.end) == '/';
  const std::size_t end = path ? url_end(walk, hidden.end, hidden.end) : hidden.end;
  const std::string_view behind = walk.text.substr(hidden.end, end - hidden.end);
  std::string url(scheme);
  url.append(hidden.host).append(behind);
  walk.add(make_link(LinkKind::disguised, std::move(url), std::move(host), behind, Walk::spot(start, end)));
  return end;
}

}  // namespace

std::size_t disguised(Walk& walk, std::size_t dot) {
  constexpr std::size_t kFar = 100;
  const std::size_t lowest = std::max(walk.floor, dot > kFar ? dot - kFar : 0);
  std::size_t start = dot;
  while (start > lowest) {
    // Chinese and Japanese put no blank before a name in Latin letters.
    const CodePoint c = decode_before(walk.text, start);
    const bool within = c.value < 0x80 ? name_character(walk.text[start - 1]) || c.value == '.'
                                       : !ends_url(c.value) && c.value < 0x2E80;
    if (!within || start - lowest < c.length) break;
    start -= c.length;
  }
  while (start < dot && !ascii_alnum(walk.text[start]) && !beyond_ascii(walk.text[start])) ++start;
  const std::string name = ascii_lower(walk.text.substr(start, dot - start));
  if (name.size() < 2 || name.back() == '.') return dot;
  const Hidden hidden = read_hidden(walk, std::string(walk.text.substr(start, dot - start)), dot);
  if (hidden.end == dot || name_character(walk.at(hidden.end))) return dot;
  if (hidden.spaced &&
      (name.size() < 3 || in(kNotNames, name) ||
       std::none_of(name.begin(), name.end(), [](char c) { return ascii_letter(c) || beyond_ascii(c); }))) {
    return dot;
  }
  const std::string ending = ascii_lower(hidden.host).substr(hidden.host.rfind('.') + 1);
  const bool believed = in(kPlainEndings, ending) || in(kSpokenEndings, ending) || ending == "net";
  if (!believed && !(path_follows(walk, hidden.end) && known_suffix(ending))) return hidden.end;
  return add_hidden(walk, start, hidden, {}).value_or(hidden.end);
}

std::size_t schemed(Walk& walk, std::size_t colon) {
  const std::string_view text = walk.text;
  const auto slash = [&](std::size_t i) { return walk.at(i) == '/' || walk.at(i) == '\\'; };
  if (!slash(colon + 1) || !slash(colon + 2)) return colon;
  std::size_t word = colon;
  while (word > walk.floor && colon - word < 5 && (ascii_letter(text[word - 1]) || text[word - 1] == '*'))
    --word;
  const std::string before = ascii_lower(text.substr(word, colon - word));
  struct Scheme {
    std::string_view written;
    std::string_view meant;
  };
  static constexpr std::array<Scheme, 12> kSchemes{{{"https", "https"},
                                                    {"http", "http"},
                                                    {"ftp", "ftp"},
                                                    {"hxxps", "https"},
                                                    {"hxxp", "http"},
                                                    {"hxtps", "https"},
                                                    {"htxps", "https"},
                                                    {"hxtp", "http"},
                                                    {"htxp", "http"},
                                                    {"h**ps", "https"},
                                                    {"h**p", "http"},
                                                    {"htp", "http"}}};
  const auto scheme = std::find_if(kSchemes.begin(), kSchemes.end(),
                                   [&](const Scheme& one) { return before.ends_with(one.written); });
  if (scheme == kSchemes.end()) return colon;
  const std::size_t start = colon - scheme->written.size();
  std::size_t host = colon + 3;
  bool plain = scheme->written == scheme->meant && text[colon + 1] == '/';
  if (walk.at(host) == ' ' && ascii_alnum(walk.at(host + 1))) {  // "http:// example.com"
    std::size_t end = host + 1;
    while (name_character(walk.at(end)) || (walk.at(end) == '.' && ascii_alnum(walk.at(end + 1)))) ++end;
    const std::string name = ascii_lower(text.substr(host + 1, end - host - 1));
    const std::size_t dot = name.rfind('.');
    if (dot == std::string_view::npos || !known_suffix(name.substr(dot + 1))) return colon;
    ++host;
    plain = false;
  }
  // The host is read before all that follows it, so that a text full of false starts is not gone through from
  // each of them to its end.
  std::size_t end = host;
  if (walk.at(host) == '[') {  // an IPv6 address
    end = text.substr(0, std::min(text.size(), host + 50)).find(']', host);
    if (end == std::string_view::npos) return colon;
    ++end;
  }
  while (end < text.size()) {
    const CodePoint c = decode_at(text, end);
    const bool within = c.value < 0x80
                            ? name_character(text[end]) ||
                                  std::string_view(".:@%~!$&'*+,;=").find(text[end]) != std::string_view::npos
                            : !ends_url(c.value);
    if (!within) break;
    end += c.length;
  }
  const Hidden hidden = read_hidden(walk, std::string(text.substr(host, end - host)), end);
  if (end > host && hidden.end > end) {
    if (const auto after = add_hidden(walk, start, hidden, std::string(scheme->meant) + "://")) return *after;
  }
  const bool path = end < text.size() && (text[end] == '/' || text[end] == '?' || text[end] == '#');
  if (!path) end = trimmed_end(text, host, end);
  std::string name = normal_host(host_of(text.substr(host, end - host)));
  if (name.empty()) return std::max(end, colon);
  const std::size_t behind = end;
  if (path) end = url_end(walk, host, end);
  std::string url(scheme->meant);
  url.append("://").append(with_references(text.substr(host, end - host)));
  walk.add(make_link(plain ? LinkKind::bare : LinkKind::disguised, std::move(url), std::move(name),
                     with_references(text.substr(std::min(behind, end), end - std::min(behind, end))),
                     Walk::spot(start, end)));
  return end;
}

namespace {

// A dotted name in lower case with its parts; owns nothing.
struct Name {
  std::string_view lower;
  std::string_view ending;  // behind the last dot
  std::string_view second;  // between the last two dots
  std::size_t dots = 0;
};

std::optional<Name> read_name(std::string_view lower) {
  if (lower.size() > kLongestName) return std::nullopt;
  Name name{lower, {}, {}, 0};
  std::size_t label = 0;
  for (std::size_t i = 0; i <= lower.size(); ++i) {
    if (i < lower.size() && lower[i] != '.') continue;
    if (i == label || i - label > 63) return std::nullopt;
    if (i < lower.size()) ++name.dots;
    label = i + 1;
  }
  if (name.dots == 0) return std::nullopt;
  const std::size_t last = lower.rfind('.');
  const std::size_t before = last == 0 ? std::string_view::npos : lower.rfind('.', last - 1);
  const std::size_t second = before == std::string_view::npos ? 0 : before + 1;
  name.ending = lower.substr(last + 1);
  name.second = lower.substr(second, last - second);
  return name;
}

bool all_letters(std::string_view text) {
  return std::all_of(text.begin(), text.end(), ascii_letter);
}

// Whether people mean a link by this name that stands alone. `written` is as in the text.
bool is_domain(const Name& name, std::string_view written, bool path) {
  if (name.ending.size() < 2 || !(all_letters(name.ending) || name.ending.starts_with("xn--"))) return false;
  // "Logger.Info", "end.In": an ending is written small, or everything is written large.
  const std::string_view ending = written.substr(written.size() - name.ending.size());
  const bool small = std::none_of(ending.begin(), ending.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  const bool large =
      std::none_of(written.begin(), written.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  if (!small && !large) return false;
  if (name.lower.starts_with("www."))
    return (name.dots > 1 || path) && known_suffix(std::string(name.ending));
  if (name.second.find('_') != std::string_view::npos) return false;
  if (name.second.size() < 2) {  // "t.me/joinchat", "x.com/jane"
    return path && (in(kPlainEndings, name.ending) || is_shortener(name.lower) || name.ending == "me");
  }
  const bool named = std::any_of(name.second.begin(), name.second.end(), ascii_letter);
  if (!path && in(kNotDomains, name.lower)) return false;
  if (in(kPlainEndings, name.ending)) return named || name.second.size() >= 3;
  if (!named) return false;
  if (path) return small && known_suffix(std::string(name.ending));
  // "shop.co.id": an ending of two parts is no accident.
  if (name.dots > 1 && name.second.size() <= 3) {
    return known_suffix(std::string(name.second) + "." + std::string(name.ending));
  }
  // .NET is a word; what is named after it is written large or short.
  const bool lower = written == name.lower;
  return name.ending == "net" && lower && (name.dots > 1 || name.second.size() >= 6);
}

// A name with letters beyond ASCII around the dot at `dot`. Returns `dot` when it is none.
std::size_t international(Walk& walk, std::size_t dot) {
  const std::string_view text = walk.text;
  constexpr std::size_t kFar = 120;
  const auto letter = [](char32_t c) {
    return c < 0x80 ? name_character(static_cast<char>(c)) : !ends_url(c);
  };
  std::size_t end = dot;
  while (end < text.size() && end - dot < kFar) {
    const CodePoint c = decode_at(text, end);
    if (!letter(c.value) && c.value != '.') break;
    end += c.length;
  }
  while (end > dot && (text[end - 1] == '.' || text[end - 1] == '-')) --end;
  const std::string_view name = text.substr(dot, end - dot);
  const std::string_view ending = name.substr(std::min(name.rfind('.') + 1, name.size()));
  static constexpr std::array<std::string_view, 8> kEndings{"рф",     "рус", "онлайн", "сайт",
                                                            "москва", "укр", "中国",   "中國"};
  const bool foreign = std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
  if (!foreign && !in(kPlainEndings, ending) && ending != "net") return dot;
  std::size_t start = dot;
  while (start > walk.floor && dot - start < kFar) {
    const CodePoint c = decode_before(text, start);
    // Chinese and Japanese put no blank before a name in Latin letters.
    if ((!letter(c.value) && c.value != '.') || (c.value >= 0x2E80 && !foreign)) break;
    start -= c.length;
  }
  while (start < dot && (text[start] == '.' || text[start] == '-')) ++start;
  if (start == dot || (start > 0 && (text[start - 1] == '@' || text[start - 1] == '/')) ||
      walk.at(end) == '@') {
    return dot;
  }
  const std::size_t whole = path_follows(walk, end) ? url_end(walk, start, end) : end;
  std::string host = normal_host(text.substr(start, end - start));
  if (host.empty()) return dot;
  walk.add(make_link(LinkKind::schemeless, std::string(text.substr(start, whole - start)), std::move(host),
                     text.substr(end, whole - end), Walk::spot(start, whole)));
  return whole;
}

}  // namespace

std::size_t schemeless(Walk& walk, std::size_t dot) {
  const std::string_view text = walk.text;
  const bool foreign_before = dot > walk.floor && beyond_ascii(text[dot - 1]);
  if (foreign_before || beyond_ascii(walk.at(dot + 1))) {
    if (const std::size_t end = international(walk, dot); end != dot) return end;
  }
  std::size_t start = dot;
  while (start > walk.floor && name_character(text[start - 1])) --start;
  if (start == dot) {
    const bool alone = dot > walk.floor && text[dot - 1] == ' ' && walk.at(dot + 1) == ' ';
    const std::size_t end = alone ? disguised(walk, dot - 1) : dot;
    return end > dot ? end : dot + 1;
  }
  std::size_t token = dot;
  while (token < text.size() && (name_character(text[token]) || text[token] == '.')) ++token;
  while (start < dot && !ascii_alnum(text[start])) ++start;
  std::size_t end = token;
  while (end > dot && !ascii_alnum(text[end - 1])) --end;
  if (end <= dot + 1 || start == dot) return token;
  const char before = start > 0 ? text[start - 1] : '\0';
  const bool slashes =
      before == '/' && start > 1 && text[start - 2] == '/' && (start == 2 || text[start - 3] == ' ');
  if (walk.at(token) == '@' ||
      (!slashes && before != '\0' && std::string_view("@/\\$#&%+~").find(before) != std::string_view::npos)) {
    return token;
  }
  if (before != '\0' && beyond_ascii(before) && start > walk.floor) {
    // The rest of a name that begins in another alphabet.
    const char32_t c = decode_before(text, start).value;
    if (c < 0x2E80 && !ends_url(c)) {
      const std::size_t last = text.substr(0, end).rfind('.');
      const std::size_t whole = international(walk, last);
      return whole != last ? whole : token;
    }
  }
  const std::string_view written = text.substr(start, end - start);
  const std::string lower = ascii_lower(written);
  const auto name = read_name(lower);
  if (!name) return token;
  const bool path = end == token && path_follows(walk, end);
  const bool www = name->lower.starts_with("www.");
  if (walk.at(token) == '(' && !www) return token;  // a call
  if (!is_domain(*name, written, path)) return token;
  const std::size_t whole = path || (www && walk.at(end) == '/') ? url_end(walk, start, end) : end;
  std::string host = normal_host(written);
  if (host.empty()) return std::max(whole, token);
  walk.add(make_link(www || slashes ? LinkKind::bare : LinkKind::schemeless,
                     with_references(text.substr(start, whole - start)), std::move(host),
                     with_references(text.substr(end, whole - end)), Walk::spot(start, whole)));
  return whole;
}

}  // namespace chaffinch
