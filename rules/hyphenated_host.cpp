#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {{"hyphens", 3, "hyphens in one part of a host that make it a search phrase"}};

constexpr Example kExamples[] = {
    {.content = "see http://buy-cheap-shoes-online.example/", .hit = true},
    {.content = "see http://watch-free-movies-now.blog.example/x", .hit = true},
    {.content = "see https://my-home-page.example/", .hit = false},
    {.content = "see https://xn--mnchen-3ya.example/", .hit = false},
    {.content = "see https://example.org/a-very-long-title-with-hyphens", .hit = false},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  Noticed noticed;
  for (const Link& link : seen.links) {
    int hyphens = 0;
    int most = 0;
    for (std::size_t i = 0; i < link.host.size(); ++i) {
      if (link.host[i] == '.') hyphens = 0;
      if (link.host[i] == '-') ++hyphens;
      if (link.host.compare(i, 4, "xn--") == 0) hyphens -= 2;
      most = std::max(most, hyphens);
    }
    if (most >= knobs["hyphens"]) noticed.evidence.push_back(link.spot);
  }
  if (noticed.evidence.empty()) return std::nullopt;
  if (noticed.evidence.size() > 2) noticed.factor = 1.5;
  return noticed;
}

}  // namespace

extern constinit const Rule hyphenated_host{
    .name = "hyphenated_host",
    .about = "Links a host whose name is a search phrase with hyphens.",
    .score = 1.25,
    .knobs = kKnobs,
    .examples = kExamples,
    .examine = examine};

}  // namespace chaffinch::rules
