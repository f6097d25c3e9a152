#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    {.content = "see http://shop.example/boots", .hit = true},
    {.content = "see www.our-boots.com", .hit = true},
    {.content = "see https://github.com/anna/tool", .hit = false},
    {.content = "no link", .hit = false, .author_url = "http://shop.example"},
};

// Next to nothing by itself; packs name it in their conditions.
std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  if (seen.shape.links == 0 || is_pingback(seen)) return std::nullopt;
  Noticed noticed;
  for (const Link& link : seen.links) {
    if (link.kind != LinkKind::author_url && !common_domain(link.domain))
      noticed.evidence.push_back(link.spot);
  }
  if (noticed.evidence.empty()) return std::nullopt;
  return noticed;
}

}  // namespace

extern constinit const Rule carries_link{.name = "carries_link",
                                         .about = "Links a site that not everybody links to.",
                                         .score = 0.1,
                                         .examples = kExamples,
                                         .examine = examine};

}  // namespace chaffinch::rules
