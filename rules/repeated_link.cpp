#include <map>

#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {{"times", 2, "times that one site may be linked"}};

constexpr Example kExamples[] = {
    {.content = "http://a.shop.example/1 or http://b.shop.example/2 or http://shop.example/3", .hit = true},
    {.content = "http://shop.example/1 or http://other.example/2", .hit = false},
    {.content = "https://github.com/a/b and https://github.com/a/c and https://github.com/a/d", .hit = false},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  if (seen.shape.links <= knobs["times"]) return std::nullopt;
  std::map<std::string_view, std::uint32_t> counts;
  std::string_view most;
  for (const Link& link : seen.links) {
    if (link.kind == LinkKind::author_url || link.domain.empty() || common_domain(link.domain)) continue;
    if (++counts[link.domain] > knobs["times"] && most.empty()) most = link.domain;
  }
  if (most.empty()) return std::nullopt;
  Noticed noticed{.about = "Links one site " + std::to_string(counts[most]) + " times."};
  for (const Link& link : seen.links) {
    if (link.domain == most && link.kind != LinkKind::author_url) noticed.evidence.push_back(link.spot);
  }
  return noticed;
}

}  // namespace

extern constinit const Rule repeated_link{.name = "repeated_link",
                                          .about = "Links the same site over and over.",
                                          .score = 0.75,
                                          .knobs = kKnobs,
                                          .examples = kExamples,
                                          .examine = examine};

}  // namespace chaffinch::rules
