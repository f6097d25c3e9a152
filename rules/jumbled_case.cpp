#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {{"turns", 5, "times in a row that letters may change their case one by one"}};

constexpr Example kExamples[] = {
    {.content = "bUy CiAlIs OnLiNe now", .hit = true},
    {.content = "the getElementById and the iPhone and McDonald", .hit = false},
    {.content = "use TCP/IP over WiFi", .hit = false},
    {.content = "id aXbYcZdQ1 in base64 is aGVsbG8gd29ybGQhIEhvdyBhcmUgeW91Pw==", .hit = false},
};

// Every other letter a capital, in a word of letters alone.
std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  if (seen.shape.upper < 3) return std::nullopt;
  const std::string_view text = seen.visible.value;
  // A rough look first, which few texts pass.
  double row = 0;
  double longest = 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const bool turn = ((text[i] ^ text[i - 1]) & 0x20) != 0 && is_letter(text[i]) && is_letter(text[i - 1]);
    row = turn ? row + 1 : 0;
    longest = std::max(longest, row);
  }
  if (longest < knobs["turns"]) return std::nullopt;
  for (std::size_t at = 0; at < text.size();) {
    while (at < text.size() && !in_word(text[at])) ++at;
    const std::size_t begin = at;
    double turns = 0;
    bool plain = true;
    bool steady = false;  // two neighbours of one case somewhere
    for (; at < text.size() && in_word(text[at]); ++at) {
      plain = plain && is_letter(text[at]);
      if (at == begin) continue;
      if (is_upper(text[at]) != is_upper(text[at - 1]))
        ++turns;
      else
        steady = true;
    }
    if (plain && !steady && turns >= knobs["turns"]) {
      return Noticed{.evidence = {spot_in(seen.visible, View::visible, begin, at)}};
    }
  }
  return std::nullopt;
}

}  // namespace

extern constinit const Rule jumbled_case{
    .name = "jumbled_case",
    .about = "Jumbles capitals and small letters so that filters do not read it.",
    .score = 1.5,
    .knobs = kKnobs,
    .examples = kExamples,
    .examine = examine};

}  // namespace chaffinch::rules
