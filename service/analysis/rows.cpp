#include "analysis/rows.h"

#include <algorithm>
#include <bitset>

#include "analysis/utf8.h"

namespace chaffinch {
namespace {

bool white(char32_t c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
bool of_word(char32_t c) {
  return c >= 0x80 || c == '_' || ascii_alnum(static_cast<char>(c));
}

// The characters of a class.
struct Members {
  std::bitset<128> ascii;
  bool others = false;

  void add(char32_t first, char32_t last) {
    for (char32_t c = first; c <= last && c < 128; ++c) ascii.set(c);
    others = others || last >= 128;
  }
  bool none_of(std::string_view characters) const {
    return std::none_of(characters.begin(), characters.end(),
                        [this](char c) { return ascii[static_cast<unsigned char>(c)]; });
  }
  template <class Is>
  bool all(Is is) const {
    for (char32_t c = 0; c < 128; ++c) {
      if (ascii[c] && !is(c)) return false;
    }
    return true;
  }
};

std::optional<Row> row_of(const Members& members) {
  if (!members.others && members.all(white)) return Row::space;
  if (members.all(of_word)) return Row::word;
  if (members.none_of("\t\n\f\r ")) return Row::solid;
  if (members.none_of(".")) return Row::sentence;
  if (members.none_of("\n")) return Row::line;
  return std::nullopt;
}

}  // namespace

Rows longest_rows(std::string_view text) {
  enum : std::uint8_t { kWord, kSpace, kDot, kOther };
  static constexpr auto kKinds = [] {
    std::array<std::uint8_t, 256> made{};
    for (std::size_t c = 0; c < 256; ++c) {
      const bool space = c == ' ' || (c >= '\t' && c <= '\r');
      const bool word =
          c >= 0x80 || c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
      made[c] = space ? kSpace : c == '.' ? kDot : word ? kWord : kOther;
    }
    return made;
  }();
  Rows longest{};
  Rows from{};
  std::size_t i = 0;
  // At i the row ends; the next one begins behind it.
  const auto end = [&](Row row) {
    const auto at = static_cast<std::size_t>(row);
    longest[at] = std::max(longest[at], i - from[at]);
    from[at] = i + 1;
  };
  std::size_t space_from = 0;
  std::size_t space_to = 0;
  for (; i < text.size(); ++i) {
    const std::uint8_t kind = kKinds[static_cast<unsigned char>(text[i])];
    if (kind == kWord) continue;
    end(Row::word);
    if (kind == kDot) end(Row::sentence);
    if (kind != kSpace) continue;
    if (i != space_to) space_from = i;
    space_to = i + 1;
    constexpr auto kAt = static_cast<std::size_t>(Row::space);
    longest[kAt] = std::max(longest[kAt], space_to - space_from);
    if (text[i] != '\v') end(Row::solid);
    if (text[i] == '\n') end(Row::line);
  }
  for (const Row row : {Row::word, Row::solid, Row::sentence, Row::line}) end(row);
  return longest;
}

std::optional<Row> row_of_class(std::string_view set) {
  if (set.size() < 3 || set.front() != '[' || set.back() != ']') return std::nullopt;
  set = set.substr(1, set.size() - 2);
  const bool negated = set.front() == '^';
  if (negated) set.remove_prefix(1);
  Members members;
  bool read = true;
  std::size_t at = 0;
  // One character; nothing for what stands for several, or is not read here.
  const auto character = [&]() -> std::optional<char32_t> {
    if (set[at] != '\\') {
      if (set.substr(at, 2) == "[:") return std::nullopt;
      const CodePoint one = decode_at(set, at);
      at += one.length;
      return one.value;
    }
    const char kind = at + 1 < set.size() ? set[at + 1] : '\0';
    static constexpr std::string_view kNames = "afnrtv";
    static constexpr std::string_view kMeant = "\a\f\n\r\t\v";
    if (const std::size_t name = kNames.find(kind); name != std::string_view::npos) {
      at += 2;
      return kMeant[name];
    }
    if (kind == '\0' || ascii_alnum(kind) || static_cast<unsigned char>(kind) >= 0x80) return std::nullopt;
    at += 2;
    return static_cast<unsigned char>(kind);
  };
  while (at < set.size() && read) {
    const char kind = set[at] == '\\' && at + 1 < set.size() ? set[at + 1] : '\0';
    if (kind == 's' || kind == 'd' || kind == 'w') {
      if (kind == 's') {
        for (const char c : std::string_view("\t\n\f\r "))
          members.add(static_cast<char32_t>(c), static_cast<char32_t>(c));
      } else {
        members.add('0', '9');
      }
      if (kind == 'w') {
        members.add('A', 'Z');
        members.add('a', 'z');
        members.add('_', '_');
      }
      at += 2;
      continue;
    }
    const std::optional<char32_t> first = character();
    std::optional<char32_t> last = first;
    if (first && at + 1 < set.size() && set[at] == '-') {
      ++at;
      last = character();
    }
    if (first && last) {
      members.add(*first, *last);
    } else {
      read = false;
    }
  }
  if (negated) {
    // What could not be read is more that is left out.
    members.ascii.flip();
    members.others = true;
  } else if (!read) {
    return std::nullopt;
  }
  return row_of(members);
}

std::optional<Row> row_of_escape(char kind) {
  switch (kind) {
    case 's':
      return Row::space;
    case 'd':
    case 'w':
      return Row::word;
    case 'S':
      return Row::solid;
    default:
      return std::nullopt;
  }
}

std::optional<Row> row_of_character(char32_t character) {
  if (white(character)) return Row::space;
  return of_word(character) ? Row::word : Row::solid;
}

Width Width::of(Row row) {
  Width made;
  made.rows[static_cast<std::size_t>(row)] = 1;
  return made;
}

std::size_t Width::in(const Rows& longest, std::size_t most) const {
  if (bytes >= most) return most;
  std::size_t sum = bytes;
  for (std::size_t i = 0; i < kRows; ++i) {
    if (rows[i] != 0) sum += rows[i] * longest[i];
  }
  return std::min(sum, most);
}

Width plus(const Width& left, const Width& right) {
  Width made = right.bytes > Width::kEndless - left.bytes ? Width::kEndless : left.bytes + right.bytes;
  for (std::size_t i = 0; i < kRows; ++i) {
    const int sum = left.rows[i] + right.rows[i];
    if (sum > 0xFF) made.bytes = Width::kEndless;
    made.rows[i] = static_cast<std::uint8_t>(sum);
  }
  return made.bytes == Width::kEndless ? Width(Width::kEndless) : made;
}

Width larger(const Width& left, const Width& right) {
  Width made = std::max(left.bytes, right.bytes);
  for (std::size_t i = 0; i < kRows; ++i) made.rows[i] = std::max(left.rows[i], right.rows[i]);
  return made.bytes == Width::kEndless ? Width(Width::kEndless) : made;
}

Width times(const Width& width, int count) {
  if (width.none() || count == 0) return {};
  if (count < 0) return Width::kEndless;
  const auto factor = static_cast<unsigned>(count);
  if (std::uint64_t{width.bytes} * factor >= Width::kEndless) return Width::kEndless;
  Width made = width.bytes * factor;
  for (std::size_t i = 0; i < kRows; ++i) {
    const std::uint64_t product = std::uint64_t{width.rows[i]} * factor;
    if (product > 0xFF) return Width::kEndless;
    made.rows[i] = static_cast<std::uint8_t>(product);
  }
  return made;
}

}  // namespace chaffinch
