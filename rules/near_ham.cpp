#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {
    {"approved", 1, "near copies that people approved from which the rule speaks"},
};

constexpr Example kExamples[] = {
    {.content = "Happy birthday to the whole team, and thank you for ten good years!",
     .hit = true,
     .adjust = [](Evidence& seen) { seen.facts.near_ham = 2; }},
    // An approved text in which only the link is another one.
    {.content = "The slides of the talk are here, enjoy them: http://elsewhere.example/slides",
     .hit = false,
     .adjust =
         [](Evidence& seen) {
           seen.facts.near_ham = 2;
           seen.facts.domains = {{"elsewhere.example", {}}};
         }},
    {.content = "The slides of the talk are here, enjoy them: http://talks.example/slides",
     .hit = true,
     .adjust =
         [](Evidence& seen) {
           seen.facts.near_ham = 2;
           seen.facts.domains = {{"talks.example", {.approved = 2}}};
         }},
    {.content = "Thank you so much for this detailed explanation, it helped me a lot",
     .hit = false,
     .adjust =
         [](Evidence& seen) {
           seen.facts.near_ham = 1;
           seen.facts.near_spam = 1;
         }},
    {.content = "Happy birthday to the whole team, and thank you for ten good years!", .hit = false},
};

// What was approved were other links: a link counts as approved when comments with its site were, and none
// was spam.
bool approved_before(const Evidence& seen, const Link& link) {
  for (const auto& [domain, record] : seen.facts.domains) {
    if (domain == link.domain) return record.approved > 0 && record.spam == 0;
  }
  return false;
}

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  const Facts& facts = seen.facts;
  if (facts.near_ham < knobs["approved"] || facts.near_spam * 2 > facts.near_ham) return std::nullopt;
  for (const Link& link : seen.links) {
    if (!approved_before(seen, link)) return std::nullopt;
  }
  if (seen.shape.links > seen.links.size()) return std::nullopt;
  return Noticed{.about = "Says nearly the same as " + count_of(facts.near_ham, "comment", "comments") +
                          " that people approved.",
                 .evidence = {whole(seen, Field::content)}};
}

}  // namespace

extern constinit const Rule near_ham{.name = "near_ham",
                                     .about = "Says nearly the same as comments that were approved.",
                                     .score = -1.0,
                                     .knobs = kKnobs,
                                     .examples = kExamples,
                                     .examine = examine};

}  // namespace chaffinch::rules
