#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {
    {"words", 3, "words in small letters that make a name a phrase"},
    {"any_words", 6, "words of any case that make a name a phrase"},
};

constexpr Example kExamples[] = {
    {.content = "Thanks a lot", .hit = true, .author_name = "leather sofa repair"},
    {.content = "Thanks a lot", .hit = true, .author_name = "Best Carpet Cleaning Service In Leeds"},
    {.content = "Thanks a lot", .hit = true, .author_name = "Discount Watches Online"},
    {.content = "Thanks a lot", .hit = false, .author_name = "Maria del Carmen Ortega"},
    {.content = "Thanks a lot", .hit = false, .author_name = "anna meyer"},
    {.content = "Thanks a lot", .hit = false, .author_name = "jan van der berg"},
    {.content = "Thanks a lot", .hit = false, .author_name = "Tom in Ohio"},
    {.content = "[...] as shown there [...]",
     .hit = false,
     .author_name = "how we moved our build to two small machines",
     .type = "pingback"},
};

// Small words that stand in people's names.
constexpr std::array<std::string_view, 20> kParticles = {"al",  "bin", "da",  "das", "de",  "del", "den",
                                                         "der", "di",  "do",  "dos", "du",  "el",  "ibn",
                                                         "la",  "le",  "ten", "van", "von", "y"};
static_assert(std::is_sorted(kParticles.begin(), kParticles.end()));

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  if (is_pingback(seen)) return std::nullopt;
  const std::string_view name = seen.comment.author.name;
  // "me@example.com (Anna)": people who fill in the wrong field.
  if (name.find_first_of("@(") != std::string_view::npos) return std::nullopt;
  // An address is another rule's business.
  for (std::size_t i = 1; i + 1 < name.size(); ++i) {
    if (name[i] == '.' && in_word(name[i - 1]) && is_lower(name[i + 1])) return std::nullopt;
  }
  const std::vector<std::string_view> words = words_of(name, 40);
  std::size_t small = 0;
  std::size_t selling = 0;
  for (const std::string_view word : words) {
    const std::string low = lowered(word);
    if (among(kParticles, low)) continue;
    if (is_lower(word.front())) ++small;
    if (sells(word)) ++selling;
  }
  const auto count = static_cast<double>(words.size());
  Noticed noticed{.evidence = {whole(seen, Field::author_name)}};
  if (words.size() >= 2 && selling > 0 && (words.size() >= 3 || selling >= 2)) {
    noticed.factor = 1.5;
  } else if (!(static_cast<double>(small) >= knobs["words"] && count >= knobs["words"]) &&
             count < knobs["any_words"]) {
    return std::nullopt;
  } else if (words.size() == 3 && count < knobs["any_words"]) {
    // Some people write all three of their names small.
    noticed.factor = 0.6;
  }
  return noticed;
}

}  // namespace

extern constinit const Rule name_is_phrase{.name = "name_is_phrase",
                                           .about = "Gives a search phrase where a name is asked for.",
                                           .score = 1.25,
                                           .knobs = kKnobs,
                                           .examples = kExamples,
                                           .examine = examine};

}  // namespace chaffinch::rules
