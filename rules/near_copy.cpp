#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {
    {"copies", 2, "earlier near copies from which the rule speaks"},
    {"letters", 40, "letters below which people say nearly the same thing by chance"},
};

constexpr Example kExamples[] = {
    {.content = "My friend Olga earns 5400 a month from home, ask her how she does it",
     .hit = true,
     .adjust = [](Evidence& seen) { seen.facts.near_copies = 3; }},
    // Somebody mends a slip and posts again.
    {.content = "The third paragraph names the wrong year, it must have been 1987 I believe",
     .hit = false,
     .adjust = [](Evidence& seen) { seen.facts.near_copies = 1; }},
    {.content = "Happy birthday to you!",
     .hit = false,
     .adjust = [](Evidence& seen) { seen.facts.near_copies = 9; }},
    {.content = "Congratulations to the whole team for this wonderful new release!",
     .hit = false,
     .adjust =
         [](Evidence& seen) {
           seen.facts.near_copies = 4;
           seen.facts.near_ham = 2;
         }},
    {.content = "My friend Olga earns 5400 a month from home, ask her how she does it", .hit = false},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  const Facts& facts = seen.facts;
  if (facts.near_copies < knobs["copies"] || seen.shape.letters < knobs["letters"]) return std::nullopt;
  if (facts.near_ham * 2 >= facts.near_copies) return std::nullopt;
  Noticed noticed{.about = "Was posted here before in nearly the same words: " +
                           count_of(facts.near_copies, "near copy", "near copies") + ".",
                  .evidence = {whole(seen, Field::content)}};
  if (facts.near_copies > 4 * knobs["copies"]) noticed.factor = 1.5;
  return noticed;
}

}  // namespace

extern constinit const Rule near_copy{.name = "near_copy",
                                      .about = "Repeats earlier comments in nearly the same words.",
                                      .score = 1.5,
                                      .knobs = kKnobs,
                                      .examples = kExamples,
                                      .examine = examine};

}  // namespace chaffinch::rules
