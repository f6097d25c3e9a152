#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    {.content = "nice post, visit http://www.shop.example/sale",
     .hit = true,
     .author_url = "http://shop.example"},
    {.content = "nice post, visit http://other.example/sale",
     .hit = false,
     .author_url = "http://shop.example"},
    {.content = "my patch is https://github.com/me/thing/pull/7",
     .hit = false,
     .author_url = "https://github.com/me"},
    {.content = "no links here", .hit = false, .author_url = "http://shop.example"},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  if (!has_author_url(seen) || is_pingback(seen)) return std::nullopt;
  const Link& home = author_link(seen);
  if (common_domain(home.domain)) return std::nullopt;
  Noticed noticed;
  for (const Link& link : seen.links) {
    if (link.kind != LinkKind::author_url && link.domain == home.domain)
      noticed.evidence.push_back(link.spot);
  }
  if (noticed.evidence.empty()) return std::nullopt;
  if (noticed.evidence.size() > 1) noticed.factor = 1.5;
  noticed.evidence.push_back(home.spot);
  return noticed;
}

}  // namespace

extern constinit const Rule homepage_in_text{.name = "homepage_in_text",
                                             .about = "Links to the author's own site again in the text.",
                                             .score = 1.0,
                                             .examples = kExamples,
                                             .examine = examine};

}  // namespace chaffinch::rules
