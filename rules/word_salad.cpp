#include "rules/languages.h"
#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {
    {"words", 5, "words without which nothing is called a salad"},
    {"length", 6.5, "mean length of its words, in letters"},
};

constexpr Example kExamples[] = {
    {.content = "harvested ministries perfectly unfolding laundered bicycles adoption", .hit = true},
    {.content =
         "gardener pretended stations humbling <a href=\"http://x.example\">insurance</a> carefully worries",
     .hit = true},
    {.content = "Encapsulation, inheritance, polymorphism", .hit = false},
    {.content = "The gardener pretended to be humbled by the stations", .hit = false},
    {.content = "Great stuff, thanks Phil!", .hit = false},
    {.content = "kelpettömien viljelijöiden kokoontuminen järjestettiin syksyllä uudelleen Tampereella",
     .hit = false},
    {.content = "Unhandled exception: System.NullReferenceException", .hit = false},
};

// Endings that English words take on in sentences.
bool inflected(std::string_view word) {
  static constexpr std::array<std::string_view, 12> kEndings = {"ing", "ed",  "ies", "ly",   "tion", "ness",
                                                                "ers", "ous", "est", "able", "ful",  "ions"};
  return word.size() > 5 && std::any_of(kEndings.begin(), kEndings.end(),
                                        [word](std::string_view ending) { return word.ends_with(ending); });
}

// A row of words out of a dictionary, put before the link so that learning filters choke: no article, no
// pronoun, no preposition among them.
std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  if (seen.shape.words < knobs["words"] || seen.shape.words > 120 || is_pingback(seen)) return std::nullopt;
  const std::string_view text = seen.visible.value;
  std::size_t words = 0;
  std::size_t letters = 0;
  std::size_t endings = 0;
  std::size_t commas = 0;
  for (std::size_t at = 0; at < text.size();) {
    while (at < text.size() && !is_letter(text[at])) {
      // Other alphabets, accents, code and addresses have their own ways.
      if (static_cast<unsigned char>(text[at]) >= 0x80) return std::nullopt;
      if (std::string_view("{}()=_/\\@#\"").find(text[at]) != std::string_view::npos) return std::nullopt;
      commas += text[at] == ',' || text[at] == ';' ? 1 : 0;
      ++at;
    }
    const std::size_t begin = at;
    while (at < text.size() && is_letter(text[at])) ++at;
    const std::string_view word = text.substr(begin, at - begin);
    if (word.empty()) break;
    if (languages_of(word) != 0) return std::nullopt;
    ++words;
    letters += word.size();
    endings += inflected(word) ? 1 : 0;
  }
  // Enumerations are separated by commas.
  if (static_cast<double>(words) < knobs["words"] || commas * 3 > words) return std::nullopt;
  if (static_cast<double>(letters) < knobs["length"] * static_cast<double>(words)) return std::nullopt;
  if (endings * 3 < words) return std::nullopt;
  return Noticed{.evidence = {whole(seen, Field::content)}};
}

}  // namespace

extern constinit const Rule word_salad{.name = "word_salad",
                                       .about = "Is a row of words from a dictionary without a sentence.",
                                       .score = 2.0,
                                       .knobs = kKnobs,
                                       .examples = kExamples,
                                       .examine = examine};

}  // namespace chaffinch::rules
