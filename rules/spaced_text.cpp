#include <algorithm>
#include <cstdint>

#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {{"letters", 5, "single letters in a row that spell a word"}};

constexpr Example kExamples[] = {
    {.content = "buy v i a g r a here", .hit = true},
    {.content = "daftar di D-E-W-A-7-7 sekarang", .hit = true},
    {.content = "c.a.s.i.n.o bonus", .hit = true},
    {.content = "The U.S.A. and the U.K. agree; so do J. R. R. Tolkien's readers", .hit = false},
    {.content = "let a = b + c * d - e / f", .hit = false},
    {.content = "1 2 3 4 5 6 7 8, here we go", .hit = false},
    {.content = "answers: a, b, c, d, e", .hit = false},
};

// Whether so many words of one byte follow each other, one byte apart, anywhere: few texts go beyond this.
bool has_row(std::string_view text, double letters) {
  // Of the last bytes, as bits, which belong to words. As many rows as fit are enough to look further.
  const int least = static_cast<int>(std::clamp(letters, 1.0, 32.0));
  const std::uint64_t wanted = 0x5555555555555555U >> (64 - 2 * least);
  const std::uint64_t counted = ~std::uint64_t{0} >> (64 - 2 * least);
  std::uint64_t last = 0;
  bool found = false;
  for (const char c : text) {
    last = last << 1U | (in_word(c) ? 1U : 0U);
    found |= (last & counted) == wanted;
  }
  return found;
}

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  const std::string_view text = seen.visible.value;
  if (!has_row(text, knobs["letters"])) return std::nullopt;
  std::size_t at = 0;
  while (at + 1 < text.size()) {
    // A row "x?x?x" of single letters or digits with one and the same mark between.
    if (!in_word(text[at]) || in_word(text[at + 1]) || (at > 0 && in_word(text[at - 1])) ||
        !(is_letter(text[at]) || is_digit(text[at]))) {
      ++at;
      continue;
    }
    const std::size_t start = at;
    const char mark = text[at + 1];
    std::size_t letters = is_letter(text[at]) ? 1 : 0;
    std::size_t count = 1;
    if (mark == ' ' || mark == '.' || mark == '-' || mark == '_' || mark == '*') {
      while (at + 2 < text.size() && text[at + 1] == mark &&
             (is_letter(text[at + 2]) || is_digit(text[at + 2])) &&
             (at + 3 == text.size() || !in_word(text[at + 3]))) {
        at += 2;
        ++count;
        if (is_letter(text[at])) ++letters;
      }
    }
    if (static_cast<double>(count) >= knobs["letters"] && letters >= 3) {
      return Noticed{.evidence = {spot_in(seen.visible, View::visible, start, at + 1)}};
    }
    ++at;
  }
  return std::nullopt;
}

}  // namespace

extern constinit const Rule spaced_text{.name = "spaced_text",
                                        .about = "Spells a word with gaps so that filters do not read it.",
                                        .score = 1.25,
                                        .knobs = kKnobs,
                                        .examples = kExamples,
                                        .examine = examine};

}  // namespace chaffinch::rules
