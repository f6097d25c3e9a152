// Small readings that several heuristics share: letters, words, hosts that everybody links to. Pure
// functions; safe from any thread. All texts are valid UTF-8, as in Evidence.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/evidence.h"

namespace chaffinch::rules {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
constexpr bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
constexpr bool is_letter(char c) {
  return is_upper(c) || is_lower(c);
}
constexpr bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}
constexpr char lower(char c) {
  return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}

// ASCII letters to lower case; all else stays.
inline std::string lowered(std::string_view text) {
  std::string made(text);
  std::transform(made.begin(), made.end(), made.begin(), lower);
  return made;
}

// The code point at byte `at`, which moves behind it. REQUIRES at < text.size().
inline char32_t next_point(std::string_view text, std::size_t& at) {
  const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  const std::size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (at + size > text.size()) {
    at = text.size();
    return 0xFFFD;
  }
  char32_t point = size == 1 ? first : first & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) point = (point << 6U) | (byte(at + i) & 0x3FU);
  at += size;
  return point;
}

inline constexpr auto kInWord = [] {
  std::array<bool, 256> table = {};
  for (std::size_t byte = 0; byte < 256; ++byte) {
    const char one = static_cast<char>(byte);
    table[byte] = is_letter(one) || is_digit(one) || one == '\'' || byte >= 0x80;
  }
  return table;
}();

// Whether the byte belongs to a word: ASCII letters and digits, the apostrophe, and all beyond ASCII.
constexpr bool in_word(char c) {
  return kInWord[static_cast<unsigned char>(c)];
}

// The words of a text, in order; at most `most`. They point into it.
inline std::vector<std::string_view> words_of(std::string_view text, std::size_t most = 10'000) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < text.size() && words.size() < most;) {
    while (at < text.size() && !in_word(text[at])) ++at;
    const std::size_t begin = at;
    while (at < text.size() && in_word(text[at])) ++at;
    if (at > begin) words.push_back(text.substr(begin, at - begin));
  }
  return words;
}

// What stands between white space; at most `most`.
inline std::vector<std::string_view> tokens_of(std::string_view text, std::size_t most = 10'000) {
  std::vector<std::string_view> tokens;
  for (std::size_t at = 0; at < text.size() && tokens.size() < most;) {
    while (at < text.size() && is_space(text[at])) ++at;
    const std::size_t begin = at;
    while (at < text.size() && !is_space(text[at])) ++at;
    if (at > begin) tokens.push_back(text.substr(begin, at - begin));
  }
  return tokens;
}

// Whether `sorted` holds the word.
template <std::size_t N>
constexpr bool among(const std::array<std::string_view, N>& sorted, std::string_view word) {
  return std::binary_search(sorted.begin(), sorted.end(), word);
}

// Whether one of the phrases stands in the text, byte for byte.
template <std::size_t N>
constexpr bool holds_any(std::string_view text, const std::array<std::string_view, N>& phrases) {
  return std::any_of(phrases.begin(), phrases.end(),
                     [text](std::string_view phrase) { return text.find(phrase) != std::string_view::npos; });
}

constexpr bool is_vowel(char c) {
  switch (lower(c)) {
    case 'a':
    case 'e':
    case 'i':
    case 'o':
    case 'u':
    case 'y':
      return true;
    default:
      return false;
  }
}

// The longest row of consonants in a word of ASCII letters, as sounds: two letters that many languages write
// for one
// ("ch", "gh", "ng", "ph", "sh", "th", "ck") and a letter held down count once.
inline int consonant_run(std::string_view word) {
  static constexpr std::array<std::string_view, 8> kPairs = {"ch", "ck", "gh", "ng", "ph", "sh", "th", "ts"};
  int run = 0;
  int longest = 0;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char pair[2] = {i > 0 ? lower(word[i - 1]) : ' ', lower(word[i])};
    if (is_vowel(word[i])) {
      run = 0;
    } else if (pair[0] != pair[1] && !among(kPairs, std::string_view(pair, 2))) {
      ++run;
    }
    longest = std::max(longest, run);
  }
  return longest;
}

// Words that sell, in the name of somebody; no person is called so (Seo and Hire are family names, but with a
// capital).
inline bool sells(std::string_view word) {
  static constexpr std::array<std::string_view, 40> kSelling = {
      "affordable", "agency",   "best",     "buy",      "cheap",  "cheapest", "company", "coupon",
      "coupons",    "deals",    "discount", "download", "free",   "guide",    "hire",    "info",
      "marketing",  "near",     "offers",   "online",   "order",  "outlet",   "price",   "prices",
      "purchase",   "rental",   "repair",   "replica",  "review", "reviews",  "sale",    "seo",
      "service",    "services", "shop",     "software", "store",  "supplier", "tips",    "wholesale"};
  static_assert(std::is_sorted(kSelling.begin(), kSelling.end()));
  const std::string low = lowered(word);
  return among(kSelling, low) && (low.size() > 4 || word == low);
}

// Places that everybody links to, so that a link there tells nothing of who posts it.
inline bool common_domain(std::string_view domain) {
  static constexpr std::array<std::string_view, 34> kCommon = {
      "amazon.com",        "apple.com",       "archive.org",     "arxiv.org",      "bbc.co.uk",
      "bing.com",          "bitbucket.org",   "bsky.app",        "doi.org",        "facebook.com",
      "flickr.com",        "github.com",      "gitlab.com",      "google.com",     "imgur.com",
      "instagram.com",     "linkedin.com",    "mastodon.social", "medium.com",     "microsoft.com",
      "mozilla.org",       "nytimes.com",     "reddit.com",      "soundcloud.com", "stackexchange.com",
      "stackoverflow.com", "theguardian.com", "twitter.com",     "vimeo.com",      "wikimedia.org",
      "wikipedia.org",     "x.com",           "youtu.be",        "youtube.com"};
  static_assert(std::is_sorted(kCommon.begin(), kCommon.end()));
  return among(kCommon, domain);
}

// The comment says who it comes from (a blog's engine, not a person typing).
inline bool is_pingback(const Evidence& seen) {
  return seen.comment.type == "pingback";
}
inline bool is_trackback(const Evidence& seen) {
  return seen.comment.type == "trackback";
}

inline Spot whole(const Evidence& seen, Field field) {
  return {field, View::raw, 0, static_cast<std::uint32_t>(seen.raw(field).size())};
}

// Bytes [start, end) of a view of the content, as a spot of the original.
inline Spot spot_in(const Text& text, View view, std::size_t start, std::size_t end) {
  const auto [first, last] = text.original(start, end);
  return {Field::content, view, first, last};
}

// Where a part of the raw field stands. REQUIRES: part points into the field.
inline Spot spot_of(const Evidence& seen, Field field, std::string_view part) {
  const auto start = static_cast<std::uint32_t>(part.data() - seen.raw(field).data());
  return {field, View::raw, start, start + static_cast<std::uint32_t>(part.size())};
}

// "1 link", "7 links".
inline std::string count_of(std::size_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

inline bool has_author_url(const Evidence& seen) {
  return !seen.links.empty() && seen.links.back().kind == LinkKind::author_url &&
         !seen.links.back().host.empty();
}

// REQUIRES has_author_url.
inline const Link& author_link(const Evidence& seen) {
  return seen.links.back();
}

}  // namespace chaffinch::rules
