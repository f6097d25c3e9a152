#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {{"count", 4, "comments that link one site within an hour"}};

constexpr Example kExamples[] = {
    {.content = "see http://shop.example",
     .hit = true,
     .adjust = [](Evidence& seen) { seen.facts.recent_domain_1h = 40; }},
    {.content = "see http://shop.example",
     .hit = false,
     .adjust = [](Evidence& seen) { seen.facts.recent_domain_1h = 2; }},
    {.content = "see https://www.youtube.com/watch?v=abc",
     .hit = false,
     .adjust = [](Evidence& seen) { seen.facts.recent_domain_1h = 40; }},
    {.content = "no link", .hit = false},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  const std::uint32_t count = seen.facts.recent_domain_1h;
  if (count <= knobs["count"]) return std::nullopt;
  // The busiest domain is not named; when a place that everybody links is among them, it is likely that one.
  Noticed noticed{.about = count_of(count, "comment", "comments") + " linked the same site within an hour."};
  for (const Link& link : seen.links) {
    if (common_domain(link.domain)) return std::nullopt;
    noticed.evidence.push_back(link.spot);
  }
  if (noticed.evidence.empty()) return std::nullopt;
  if (count > 3 * knobs["count"]) noticed.factor = 2;
  return noticed;
}

}  // namespace

extern constinit const Rule burst_domain{.name = "burst_domain",
                                         .about = "Links a site that many comments of this hour link.",
                                         .score = 2.0,
                                         .knobs = kKnobs,
                                         .examples = kExamples,
                                         .examine = examine};

}  // namespace chaffinch::rules
