#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {{"days", 180, "days after which few people come by"}};

constexpr Example kExamples[] = {
    {.content = "Great post http://shop.example",
     .hit = true,
     .adjust =
         [](Evidence& seen) {
           seen.facts.now = 900 * kDay;
           seen.facts.article_known = true;
           seen.facts.article_first_seen = 100 * kDay;
         }},
    {.content = "Still works in the new version.",
     .hit = false,
     .adjust =
         [](Evidence& seen) {
           seen.facts.now = 900 * kDay;
           seen.facts.article_known = true;
           seen.facts.article_first_seen = 100 * kDay;
         }},
    {.content = "Great post http://shop.example",
     .hit = false,
     .adjust =
         [](Evidence& seen) {
           seen.facts.now = 900 * kDay;
           seen.facts.article_known = true;
           seen.facts.article_first_seen = 895 * kDay;
         }},
    {.content = "Great post http://shop.example", .hit = false},
};

// People still come by, so it takes a link to speak at all.
std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  const Facts& facts = seen.facts;
  if (!facts.article_known || facts.article_first_seen == 0 || seen.links.empty()) return std::nullopt;
  const Time age = facts.now - facts.article_first_seen;
  if (static_cast<double>(age) < knobs["days"] * static_cast<double>(kDay)) return std::nullopt;
  return Noticed{.about = "Links from below an article of " + std::to_string(age / kDay) + " days ago."};
}

}  // namespace

extern constinit const Rule old_article{.name = "old_article",
                                        .about = "Leaves a link below an old article.",
                                        .score = 0.75,
                                        .knobs = kKnobs,
                                        .examples = kExamples,
                                        .examine = examine};

}  // namespace chaffinch::rules
