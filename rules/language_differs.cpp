#include "rules/languages.h"
#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {{"words", 5, "small words of the other language from which the rule speaks"}};

constexpr Example kExamples[] = {
    {.content = "Thank you for the article, it is a pleasure to read and I will be back with my friends.",
     .hit = true,
     .article_title = "Wie der Buchfink sein Nest auf die Eiche baut"},
    {.content = "Vielen Dank für den Artikel, ich habe ihn mit der ganzen Familie gelesen und wir sind froh.",
     .hit = true,
     .article_title = "What the finch has to do with the oak"},
    {.content = "Vielen Dank für den Artikel, ich habe ihn mit der ganzen Familie gelesen und wir sind froh.",
     .hit = false,
     .article_title = "Wie der Buchfink sein Nest auf die Eiche baut"},
    {.content = "Thank you!", .hit = false, .article_title = "Wie der Buchfink sein Nest auf die Eiche baut"},
    {.content = "Thank you for the article, it is a pleasure to read and I will be back with my friends.",
     .hit = false,
     .article_title = "Chaffinch 2.0"},
};

// The title is short, so it takes two small words of one language and none of the comment's.
std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  const std::string_view title = seen.comment.article.title;
  if (title.size() < 12 || seen.shape.words < 10 || is_pingback(seen)) return std::nullopt;
  const std::uint16_t expected = language_of(title, 2);
  if (expected == 0) return std::nullopt;
  const std::uint16_t found = language_of(seen.visible.value, static_cast<int>(knobs["words"]));
  if (found == 0 || found == expected) return std::nullopt;
  for (const std::string_view word : words_of(title, 60)) {
    const std::uint16_t languages = languages_of(word);
    if (languages != 0 && (languages & expected) == 0 && (languages & found) != 0) return std::nullopt;
  }
  return Noticed{.evidence = {whole(seen, Field::content), whole(seen, Field::article_title)}};
}

}  // namespace

extern constinit const Rule language_differs{.name = "language_differs",
                                             .about = "Is written in another language than the article.",
                                             .score = 0.75,
                                             .knobs = kKnobs,
                                             .examples = kExamples,
                                             .examine = examine};

}  // namespace chaffinch::rules
