#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {
    {"spam", 1, "spam comments with a link there from which the rule speaks"},
    {"ratio", 1, "how many times the approved ones they must be"},
};

constexpr Example kExamples[] = {
    {.content = "see http://shop.example",
     .hit = true,
     .adjust =
         [](Evidence& seen) {
           seen.facts.domains = {{"shop.example", {.spam = 3}}};
         }},
    {.content = "see https://news.example",
     .hit = false,
     .adjust =
         [](Evidence& seen) {
           seen.facts.domains = {{"news.example", {.approved = 30, .spam = 3}}};
         }},
    {.content = "see https://www.youtube.com/watch?v=abc",
     .hit = false,
     .adjust =
         [](Evidence& seen) {
           seen.facts.domains = {{"youtube.com", {.spam = 3}}};
         }},
    {.content = "see http://shop.example", .hit = false},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  Noticed noticed;
  std::uint32_t most = 0;
  for (const auto& [domain, record] : seen.facts.domains) {
    if (record.spam < knobs["spam"] || record.spam <= knobs["ratio"] * record.approved) continue;
    if (common_domain(domain)) continue;
    most = std::max(most, record.spam);
    for (const Link& link : seen.links) {
      if (link.domain == domain) noticed.evidence.push_back(link.spot);
    }
  }
  if (most == 0) return std::nullopt;
  noticed.about = "Links a site of " + count_of(most, "comment", "comments") + " marked as spam before.";
  if (most >= 4 * knobs["spam"]) noticed.factor = 1.5;
  return noticed;
}

}  // namespace

extern constinit const Rule domain_spam_record{.name = "domain_spam_record",
                                               .about = "Links a site that spam has linked before.",
                                               .score = 3.0,
                                               .knobs = kKnobs,
                                               .examples = kExamples,
                                               .examine = examine};

}  // namespace chaffinch::rules
