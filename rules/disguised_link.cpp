#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    {.content = "get it at hxxp://setup[.]example/a.exe", .hit = true},
    {.content = "visit best deals at www dot bestdeals dot com today", .hit = true},
    {.content = "see https://example.org/dot/com", .hit = false},
    {.content = "The dot com bubble burst in 2000.", .hit = false},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  if (seen.shape.links == 0) return std::nullopt;
  Noticed noticed;
  for (const Link& link : seen.links) {
    if (link.kind == LinkKind::disguised && !common_domain(link.domain))
      noticed.evidence.push_back(link.spot);
  }
  if (noticed.evidence.empty()) return std::nullopt;
  return noticed;
}

}  // namespace

extern constinit const Rule disguised_link{
    .name = "disguised_link",
    .about = "Writes an address so that filters do not take it for one.",
    .score = 1.5,
    .examples = kExamples,
    .examine = examine};

}  // namespace chaffinch::rules
