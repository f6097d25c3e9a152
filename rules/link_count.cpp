#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {{"max", 3, "links a comment may carry before this rule speaks"}};

constexpr Example kExamples[] = {
    {.content = "cheap http://a.example/x http://b.example/y http://c.example/z http://d.example/w",
     .hit = true},
    {.content = "the source is https://example.org/paper", .hit = false},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  if (seen.shape.links <= knobs["max"]) return std::nullopt;
  Noticed noticed{.about = "Carries " + count_of(seen.shape.links, "link", "links") + "."};
  for (const Link& link : seen.links) {
    if (link.kind != LinkKind::author_url) noticed.evidence.push_back(link.spot);
  }
  if (seen.shape.links > 4 * knobs["max"]) noticed.factor = 2;
  return noticed;
}

}  // namespace

extern constinit const Rule link_count{.name = "link_count",
                                       .about = "Carries more links than a remark needs.",
                                       .score = 1.0,
                                       .knobs = kKnobs,
                                       .examples = kExamples,
                                       .examine = examine};

}  // namespace chaffinch::rules
