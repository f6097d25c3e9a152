#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    // Cyrillic а, о and е among Latin letters.
    {.content = "Buy vi\xD0\xB0gra and m\xD0\xBEn\xD0\xB5y loans", .hit = true},
    {.content = "The word \xD0\xBC\xD0\xB8\xD1\x80 means peace and world", .hit = false},
    {.content = "naive café, Zürich", .hit = false},
};

// Latin, Greek or Cyrillic, as far as letters of these can be mistaken for each other.
enum class Script { other, latin, lookalike };

Script script_of(char32_t point) {
  if ((point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z')) return Script::latin;
  if (point >= 0xC0 && point <= 0x24F) return Script::latin;
  if (point >= 0x370 && point <= 0x52F) return Script::lookalike;
  return Script::other;
}

// Greek letters as units, constants and signs: "µs", "Ω", "Δt", "πr".
bool sign(char32_t point) {
  return point == 0x3BC || point == 0x3A9 || point == 0x394 || point == 0x3C0 || point == 0x3B1 ||
         point == 0x3B2 || point == 0x3BB || point == 0x3B8 || point == 0x3C3 || point == 0x3B5;
}

std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  if (seen.shape.mixed_words == 0) return std::nullopt;
  Noticed noticed;
  const std::string_view text = seen.visible.value;
  std::size_t words = 0;
  for (const std::string_view word : words_of(text)) {
    bool latin = false;
    bool lookalike = false;
    for (std::size_t at = 0; at < word.size();) {
      const char32_t point = next_point(word, at);
      const Script script = script_of(point);
      latin = latin || script == Script::latin;
      lookalike = lookalike || (script == Script::lookalike && !sign(point));
    }
    if (!latin || !lookalike) continue;
    ++words;
    if (noticed.evidence.size() < 8) {
      const auto start = static_cast<std::size_t>(word.data() - text.data());
      noticed.evidence.push_back(spot_in(seen.visible, View::visible, start, start + word.size()));
    }
  }
  if (words == 0) return std::nullopt;
  noticed.about = "Mixes alphabets inside " + count_of(words, "word", "words") + ".";
  if (words > 2) noticed.factor = 1.5;
  return noticed;
}

}  // namespace

extern constinit const Rule mixed_scripts{.name = "mixed_scripts",
                                          .about = "Mixes look-alike letters of other alphabets into words.",
                                          .score = 2.0,
                                          .examples = kExamples,
                                          .examine = examine};

}  // namespace chaffinch::rules
