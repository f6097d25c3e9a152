// Rows of bytes of one kind in a text, and widths that depend on them. Pure; std only.
//
// A gap such as \s+, \w* or [^.!?]* in a regex has no end, but what it matches in a text is one row of such
// bytes. So the longest row there bounds it, and with it the part of the text in which a match can lie.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace chaffinch {

// The kinds, by the bytes that they are made of. Bytes beyond ASCII, well-formed or not, belong to all but
// the first.
enum class Row : std::uint8_t {
  space,     // \t \n \v \f \r and the space
  word,      // letters, digits, the underscore
  solid,     // all but what \s matches
  sentence,  // all but the full stop
  line,      // all but \n
};
inline constexpr std::size_t kRows = 5;

using Rows = std::array<std::size_t, kRows>;  // bytes of the longest row of each kind
Rows longest_rows(std::string_view text);

// The narrowest kind that all characters of a class are of, which is given as the regex has it: "[^a-z]".
// Nothing when it is of no kind, or cannot be read for certain. REQUIRES: RE2 has accepted it.
std::optional<Row> row_of_class(std::string_view set);
// The same for \s, \w and so on, by their letter, and for one character.
std::optional<Row> row_of_escape(char kind);
std::optional<Row> row_of_character(char32_t character);

// How many bytes something may have: so many, and so many of the longest rows besides.
struct Width {
  static constexpr std::uint32_t kEndless = 0xFFFFFFFF;

  std::uint32_t bytes = 0;
  std::array<std::uint8_t, kRows> rows{};

  constexpr Width() = default;
  constexpr Width(std::uint32_t count) : bytes(count) {}  // NOLINT: a number is a width
  static Width of(Row row);

  bool operator==(const Width&) const = default;
  bool none() const { return *this == Width(); }
  bool by_rows() const { return rows != std::array<std::uint8_t, kRows>{}; }
  // In a text with these rows; at most `most`.
  std::size_t in(const Rows& longest, std::size_t most) const;
};
Width plus(const Width& left, const Width& right);
Width larger(const Width& left, const Width& right);  // not smaller than either
Width times(const Width& width, int count);           // count < 0: endless

}  // namespace chaffinch
