#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {
    {"told", 1, "near copies that people called spam from which the rule speaks"},
    {"standing", 2, "near copies that stand as spam, with nobody asked, from which it speaks half as loud"},
};

constexpr Example kExamples[] = {
    {.content = "My friend Olga earns 7200 a month from home, ask her how she does it",
     .hit = true,
     .adjust =
         [](Evidence& seen) {
           seen.facts.near_spam = 1;
           seen.facts.near_spam_told = 1;
         }},
    {.content = "My friend Olga earns 7200 a month from home, ask her how she does it",
     .hit = true,
     .adjust = [](Evidence& seen) { seen.facts.near_spam = 5; }},
    // One verdict of the machine alone is no proof against the next comment.
    {.content = "My friend Olga earns 7200 a month from home, ask her how she does it",
     .hit = false,
     .adjust = [](Evidence& seen) { seen.facts.near_spam = 1; }},
    // People said both.
    {.content = "Thank you so much for this detailed explanation, it helped me a lot",
     .hit = false,
     .adjust =
         [](Evidence& seen) {
           seen.facts.near_spam = 2;
           seen.facts.near_spam_told = 2;
           seen.facts.near_ham = 3;
         }},
    {.content = "My friend Olga earns 7200 a month from home, ask her how she does it", .hit = false},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  const Facts& facts = seen.facts;
  if (facts.near_ham >= facts.near_spam) return std::nullopt;
  Noticed noticed{.evidence = {whole(seen, Field::content)}};
  if (facts.near_spam_told >= knobs["told"] && facts.near_spam_told > facts.near_ham) {
    noticed.about = "Says nearly the same as " + count_of(facts.near_spam_told, "comment", "comments") +
                    " that people called spam.";
    if (facts.near_spam_told > 2) noticed.factor = 1.5;
    return noticed;
  }
  if (facts.near_spam < knobs["standing"]) return std::nullopt;
  noticed.about = "Says nearly the same as " + count_of(facts.near_spam, "comment", "comments") +
                  " that were taken for spam.";
  noticed.factor = 0.5;
  return noticed;
}

}  // namespace

extern constinit const Rule near_spam{.name = "near_spam",
                                      .about = "Says nearly the same as known spam.",
                                      .score = 3.0,
                                      .knobs = kKnobs,
                                      .examples = kExamples,
                                      .examine = examine};

}  // namespace chaffinch::rules
