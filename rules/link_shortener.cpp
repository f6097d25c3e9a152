#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    {.content = "more here http://bit.ly/1x2y3z", .hit = true},
    {.content = "hello", .hit = true, .author_url = "https://bit.ly/1x2y3z"},
    {.content = "more here https://example.org/1x2y3z", .hit = false},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  Noticed noticed;
  for (const Link& link : seen.links) {
    if (link.shortener) noticed.evidence.push_back(link.spot);
  }
  if (noticed.evidence.empty()) return std::nullopt;
  return noticed;
}

}  // namespace

extern constinit const Rule link_shortener{.name = "link_shortener",
                                           .about = "Hides where a link goes behind a link shortener.",
                                           .score = 1.5,
                                           .examples = kExamples,
                                           .examine = examine};

}  // namespace chaffinch::rules
