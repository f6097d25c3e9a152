#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {{"consonants", 6, "consonants in a row that no name holds"}};

constexpr Example kExamples[] = {
    {.content = "Nice site.", .hit = true, .author_name = "xkqzvbtw"},
    {.content = "Nice site.", .hit = true, .author_name = "qWpLzXrtVb"},
    {.content = "Nice site.", .hit = false, .author_name = "Schmidt"},
    {.content = "Nice site.", .hit = false, .author_name = "Jtkphd"},
    {.content = "Nice site.", .hit = false, .author_name = "AlexDeFeo"},
    {.content = "Nice site.", .hit = false, .author_name = "Wright-Knightsbridge"},
    {.content = "Nice site.", .hit = false},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  for (const std::string_view word : words_of(seen.comment.author.name, 10)) {
    if (word.size() < 8 || !std::all_of(word.begin(), word.end(), is_letter)) continue;
    int changes = 0;  // from small to capital inside the word
    for (std::size_t i = 2; i < word.size(); ++i) {
      if (is_upper(word[i]) && is_lower(word[i - 1])) ++changes;
    }
    if (consonant_run(word) >= knobs["consonants"] || changes > 3) {
      return Noticed{.evidence = {spot_of(seen, Field::author_name, word)}};
    }
  }
  return std::nullopt;
}

}  // namespace

extern constinit const Rule gibberish_name{.name = "gibberish_name",
                                           .about = "The author's name is a row of random letters.",
                                           .score = 1.25,
                                           .knobs = kKnobs,
                                           .examples = kExamples,
                                           .examine = examine};

}  // namespace chaffinch::rules
