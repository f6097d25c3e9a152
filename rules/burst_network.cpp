#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {{"count", 12, "comments from one network within ten minutes"}};

constexpr Example kExamples[] = {
    {.content = "Great post",
     .hit = true,
     .adjust = [](Evidence& seen) { seen.facts.recent_network_10m = 40; }},
    {.content = "Great post",
     .hit = false,
     .adjust = [](Evidence& seen) { seen.facts.recent_network_10m = 2; }},
    {.content = "Great post", .hit = false},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  const std::uint32_t count = seen.facts.recent_network_10m;
  if (count <= knobs["count"]) return std::nullopt;
  Noticed noticed{.about =
                      count_of(count, "comment", "comments") + " came from this network within ten minutes."};
  if (count > 3 * knobs["count"]) noticed.factor = 2;
  return noticed;
}

}  // namespace

extern constinit const Rule burst_network{.name = "burst_network",
                                          .about = "Comes in a burst from one network.",
                                          .score = 1.0,
                                          .knobs = kKnobs,
                                          .examples = kExamples,
                                          .examine = examine};

}  // namespace chaffinch::rules
