#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {
    {"copies", 1, "earlier copies from which the rule speaks"},
    {"letters", 25, "letters below which people say the same thing by chance"},
};

constexpr Example kExamples[] = {
    {.content = "I have been surfing for hours and never found such an article",
     .hit = true,
     .adjust = [](Evidence& seen) { seen.facts.copies = 2; }},
    {.content = "short but known",
     .hit = true,
     .adjust =
         [](Evidence& seen) {
           seen.facts.copies = 1;
           seen.facts.copies_spam = 1;
         }},
    {.content = "Thanks a lot!", .hit = false, .adjust = [](Evidence& seen) { seen.facts.copies = 3; }},
    {.content = "I have been surfing for hours and never found such an article", .hit = false},
    {.content = "Congratulations to the whole team for this release!",
     .hit = false,
     .adjust =
         [](Evidence& seen) {
           seen.facts.copies = 3;
           seen.facts.copies_approved = 3;
         }},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  const Facts& facts = seen.facts;
  Noticed noticed{.evidence = {whole(seen, Field::content)}};
  // A moderator has judged this very text: it weighs more than being a copy.
  if (facts.copies_spam > facts.copies_approved) {
    noticed.about = "Was marked as spam before: " + count_of(facts.copies_spam, "copy", "copies") + ".";
    noticed.factor = facts.copies_spam > 2 ? 3 : 2;
    return noticed;
  }
  if (facts.copies < knobs["copies"] || seen.shape.letters < knobs["letters"]) return std::nullopt;
  if (facts.copies_approved * 2 >= facts.copies) return std::nullopt;
  noticed.about = "Was posted here before: " + count_of(facts.copies, "copy", "copies") + ".";
  if (facts.copies > 4) noticed.factor = 1.5;
  return noticed;
}

}  // namespace

extern constinit const Rule exact_copy{.name = "exact_copy",
                                       .about = "Repeats a comment that was posted before.",
                                       .score = 2.0,
                                       .knobs = kKnobs,
                                       .examples = kExamples,
                                       .examine = examine};

}  // namespace chaffinch::rules
