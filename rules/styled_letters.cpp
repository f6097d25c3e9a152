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
    // Small capitals, full-width letters, flags without a country.
    {.content = "ᴍᴀɪɴ ᴅɪ sɪɴɪ", .hit = true},
    {.content = "main di ＮＡＧＡ７７", .hit = true},
    {.content = "main di 🇳 🇦 🇬 🇦 sekarang", .hit = true},
    {.content = "Go 🇩🇪🇫🇷🇮🇹🇪🇸🇳🇱!", .hit = false},
    {.content = "It is spoken [ˈt͡ʃæfɪnt͡ʃ] with a short ɪ", .hit = false},
    {.content = "Let 𝑥 be a point of ℝ and 𝑓 a map.", .hit = false},
    {.content = "ＮＨＫのニュースを見ました", .hit = false},
    {.content = "plain words", .hit = false},
};

// The small capitals that stand among the letters of phonetic script.
bool small_capital(char32_t point) {
  switch (point) {
    case 0x262:  // G
    case 0x26A:  // I
    case 0x274:  // N
    case 0x280:  // R
    case 0x28F:  // Y
    case 0x299:  // B
    case 0x29C:  // H
    case 0x29F:  // L
    case 0xA730:
    case 0xA731:
      return true;
    default:
      return point >= 0x1D00 && point <= 0x1D2B;
  }
}

// Letters and digits dressed up: mathematical alphanumerics, circled, squared, parenthesised, small capitals,
// superscripts.
bool styled(char32_t point) {
  return (point >= 0x1D400 && point <= 0x1D7FF) || (point >= 0x249C && point <= 0x24E9) ||
         (point >= 0x1F110 && point <= 0x1F189 && point != 0x1F170 && point != 0x1F171 && point != 0x1F17E &&
          point != 0x1F17F) ||
         (point >= 0x1D2C && point <= 0x1D61) || small_capital(point);
}

bool full_width(char32_t point) {
  return (point >= 0xFF10 && point <= 0xFF19) || (point >= 0xFF21 && point <= 0xFF3A) ||
         (point >= 0xFF41 && point <= 0xFF5A);
}

bool flag_letter(char32_t point) {
  return point >= 0x1F1E6 && point <= 0x1F1FF;
}

constexpr std::array<std::string_view, 7> kEastAsian = {"Bopo", "Hang", "Hani", "Hans",
                                                        "Hant", "Hira", "Kana"};

// Chinese, Japanese and Korean texts use full-width letters as they are.
bool east_asian(const Shape& shape) {
  return std::any_of(shape.scripts.begin(), shape.scripts.end(),
                     [](const auto& script) { return among(kEastAsian, script.first); });
}

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  const std::string_view text = seen.visible.value;
  // No such letter begins with a byte under 0xC9, which is what most texts are made of.
  unsigned char highest = 0;
  for (const char c : text) highest = std::max(highest, static_cast<unsigned char>(c));
  if (highest < 0xC9) return std::nullopt;
  std::size_t count = 0;
  std::size_t longest = 0;  // a formula has single letters, a word has runs
  std::size_t run = 0;
  Noticed noticed;
  std::size_t start = 0;
  std::size_t end = 0;
  const bool wide = !east_asian(seen.shape);
  const auto counts = [&](char32_t point, std::size_t& at) {
    if (!flag_letter(point)) return styled(point) || (wide && full_width(point));
    // Two make a flag; one alone is a letter.
    std::size_t peek = at;
    if (peek == text.size() || !flag_letter(next_point(text, peek))) {
      longest = std::max<std::size_t>(longest, 2);
      return true;
    }
    at = peek;
    return false;
  };
  for (std::size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0xC9) {
      ++at;
      run = 0;
      continue;
    }
    const std::size_t here = at;
    if (!counts(next_point(text, at), at)) {
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
