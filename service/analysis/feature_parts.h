// Of what features are made: their kinds, and how a text is walked. Private to features.cpp and
// impression.cpp. std only.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "analysis/utf8.h"

namespace chaffinch {

// How much of a view is read.
constexpr std::size_t kFirstBytes = 16 * 1024;
constexpr std::size_t kLastBytes = 4 * 1024;

// What keeps a word in a name from being the same word in a text. Public in the sense that lessons are kept:
// never given another meaning.
enum class FeatureKind : std::uint8_t {
  word = 1,
  sign,
  pair,
  gram,
  script_gram,
  name_word,
  name_gram,
  name_whole,
  name_shape,
  email_domain,
  email_end,
  email_local,
  email_shape,
  own_host,
  own_domain,
  own_end,
  own_word,
  own_shape,
  link_host,
  link_domain,
  link_end,
  link_word,
  link_shape,
  anchor_word,
  network_near,
  network_far,
  agent_word,
  agent_whole,
  referrer_host,
  rule,
  script,
  step,
  type,
  field
};

inline bool space_at(const CodePoint& c) {
  return c.value <= ' ' || c.value == 0xA0 || c.value == 0x3000 || (c.value >= 0x2000 && c.value <= 0x200A) ||
         c.value == 0x2028 || c.value == 0x2029;
}

// Letters, digits and the marks between them; coarse beyond ASCII, by block.
constexpr bool word_character(char32_t c) {
  if (c < 0x80) return ascii_alnum(static_cast<char>(c)) || c == '\'' || c == '_';
  return !((c < 0xC0 && c != 0xAA && c != 0xB5 && c != 0xBA) || (c >= 0x2000 && c < 0x2C00) ||
           (c >= 0x3000 && c < 0x3040) || (c >= 0xE000 && c < 0xF900) || (c >= 0xFE00 && c < 0xFE70) ||
           (c >= 0xFF00 && c < 0xFF10) || (c >= 0x1F000 && c < 0x1FB00) || c >= 0xE0000);
}

// Where runs of word characters end, asked for by rising places: told for many bytes at once, since where a
// word ends cannot be guessed.
class WordRuns {
 public:
  WordRuns(std::string_view text, std::size_t to) : text_(text), to_(to) {}

  // Of the run that begins at `at`; `at` itself where none does.
  std::size_t end(std::size_t at) {
    for (;;) {
      at = end_of_ascii(at);
      if (at >= to_ || static_cast<unsigned char>(text_[at]) < 0x80) return at;
      const CodePoint c = decode_at(text_, at);
      if (!word_character(c.value)) return at;
      at += c.length;
    }
  }

 private:
  static constexpr std::size_t kChunk = 64;

  std::size_t end_of_ascii(std::size_t at) {
    while (at < to_) {
      if (at - chunk_ >= kChunk) look(at);
      const std::size_t end = at + static_cast<std::size_t>(std::countr_one(words_ >> (at - chunk_)));
      if (end < chunk_ + kChunk) return end;
      at = end;
    }
    return at;
  }

  void look(std::size_t at) {
    static constexpr auto kWord = [] {
      std::array<std::uint8_t, 256> table{};
      for (std::size_t c = 0; c < 128; ++c) table[c] = word_character(static_cast<char32_t>(c)) ? 1 : 0;
      return table;
    }();
    chunk_ = at;
    words_ = 0;
    const std::size_t count = std::min(kChunk, to_ - at);
    for (std::size_t i = 0; i < count; ++i)
      words_ |= std::uint64_t{kWord[static_cast<unsigned char>(text_[at + i])]} << i;
  }

  std::string_view text_;
  std::size_t to_;
  std::size_t chunk_ = ~std::size_t{0} - kChunk;  // where words_ begins
  std::uint64_t words_ = 0;                       // a bit for each byte that is an ASCII word character
};

// Scripts that write without spaces: a character says as much as a word.
inline bool unspaced(char32_t c) {
  return (c >= 0x0E00 && c < 0x0F00) || (c >= 0x1000 && c < 0x10A0) || (c >= 0x1780 && c < 0x1800) ||
         (c >= 0x3040 && c < 0xA000) || (c >= 0xAC00 && c < 0xD7B0) || (c >= 0xF900 && c < 0xFB00) ||
         (c >= 0x20000 && c < 0x32000);
}

// The part of a view that is read: its beginning and its end.
struct Window {
  std::size_t first_end, second_start;
};
inline Window window_of(std::string_view text) {
  if (text.size() <= kFirstBytes + kLastBytes) return {text.size(), text.size()};
  const auto border = [text](std::size_t at) {
    while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
    return at;
  };
  return {border(kFirstBytes), border(text.size() - kLastBytes)};
}

constexpr std::uint32_t u32(std::size_t n) {
  return static_cast<std::uint32_t>(n);
}

// Calls word(start, end) and sign(start, end) for each run of word characters, and of one kind of sign.
template <class Word, class Sign>
void walk(std::string_view text, std::size_t from, std::size_t to, const Word& word, const Sign& sign) {
  WordRuns runs(text, to);
  for (std::size_t i = from; i < to;) {
    if (text[i] == ' ') {
      ++i;
      continue;
    }
    const std::size_t start = i;
    i = runs.end(i);
    if (i > start) {
      word(start, i);
      continue;
    }
    CodePoint c = decode_at(text, i);
    if (space_at(c)) {
      i += c.length;
    } else {
      // "!!!" is one sign, and so is each emoji, however often.
      const char32_t first = c.value;
      std::size_t end = i + c.length;
      std::size_t count = 0;
      while (i < to && (c = decode_at(text, i)).value == first) {
        i += c.length;
        if (++count <= 3) end = i;
      }
      sign(start, end);
    }
  }
}

inline std::uint32_t step_of(std::uint64_t n) {
  return static_cast<std::uint32_t>(std::bit_width(n));
}

// "John23x" -> "Aa9a"; runs are told once, long runs twice.
inline std::string shape_of_word(std::string_view text) {
  std::string shape;
  char last = 0;
  std::size_t run = 0;
  for (std::size_t i = 0; i < text.size() && shape.size() < 16;) {
    const CodePoint c = decode_at(text, i);
    i += c.length;
    const char kind = c.value >= 0x80                            ? 'u'
                      : ascii_digit(static_cast<char>(c.value))  ? '9'
                      : c.value >= 'A' && c.value <= 'Z'         ? 'A'
                      : ascii_letter(static_cast<char>(c.value)) ? 'a'
                                                                 : static_cast<char>(c.value);
    run = kind == last ? run + 1 : 1;
    if (run == 1 || run == 4 || run == 10) shape += kind;
    last = kind;
  }
  return shape;
}

}  // namespace chaffinch
