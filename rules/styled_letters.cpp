#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {{"letters", 4, "styled letters that a text may hold"}};

constexpr Example kExamples[] = {
    // Mathematical bold, mixed styles, circled letters.
    {.content = "main di 𝗗𝗢𝗥𝗔𝟵𝟵 sekarang", .hit = true},
    {.content = "𝘀𝗹𝗼𝘁 𝐠𝐚𝐜𝐨𝐫 hari ini", .hit = true},
    {.content = "ⓑⓤⓨ ⓝⓞⓦ", .hit = true},
    {.content = "Let 𝑥 be a point of ℝ and 𝑓 a map.", .hit = false},
    {.content = "ＮＨＫのニュースを見ました", .hit = false},
    {.content = "plain words", .hit = false},
};

// Letters and digits dressed up: mathematical alphanumerics, circled, squared, parenthesised.
bool styled(char32_t point) {
  return (point >= 0x1D400 && point <= 0x1D7FF) || (point >= 0x249C && point <= 0x24E9) ||
         (point >= 0x1F110 && point <= 0x1F189 && point != 0x1F170 && point != 0x1F171 && point != 0x1F17E &&
          point != 0x1F17F);
}

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  const std::string_view text = seen.visible.value;
  std::size_t count = 0;
  std::size_t longest = 0;  // a formula has single letters, a word has runs
  std::size_t run = 0;
  Noticed noticed;
  std::size_t start = 0;
  std::size_t end = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0xE2) {
      ++at;
      run = 0;
      continue;
    }
    const std::size_t here = at;
    if (!styled(next_point(text, at))) {
      run = 0;
      continue;
    }
    if (count++ == 0) start = here;
    end = at;
    longest = std::max(longest, ++run);
  }
  if (static_cast<double>(count) < knobs["letters"] || (longest < 2 && count < 8)) return std::nullopt;
  noticed.about = "Writes " + std::to_string(count) + " letters in a style that filters do not read.";
  noticed.evidence.push_back(spot_in(seen.visible, View::visible, start, end));
  return noticed;
}

}  // namespace

extern constinit const Rule styled_letters{
    .name = "styled_letters",
    .about = "Writes words in mathematical or circled letters to slip past filters.",
    .score = 2.5,
    .knobs = kKnobs,
    .examples = kExamples,
    .examine = examine};

}  // namespace chaffinch::rules
