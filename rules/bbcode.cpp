#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    {.content = "[url=http://pills.example]cheap[/url] and [b]more[/b]", .hit = true},
    {.content = "[url]http://pills.example[/url]", .hit = true},
    {.content = "an array a[b] and [quote] me on that", .hit = false},
    {.content = "see [the paper](https://example.org/a)", .hit = false},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  Noticed noticed;
  for (const Link& link : seen.links) {
    if (link.kind == LinkKind::bbcode) noticed.evidence.push_back(link.spot);
  }
  if (noticed.evidence.empty()) return std::nullopt;
  if (noticed.evidence.size() > 2) noticed.factor = 1.5;
  return noticed;
}

}  // namespace

extern constinit const Rule bbcode{.name = "bbcode",
                                   .about = "Writes links in forum code, as robots that post everywhere do.",
                                   .score = 2.0,
                                   .examples = kExamples,
                                   .examine = examine};

}  // namespace chaffinch::rules
