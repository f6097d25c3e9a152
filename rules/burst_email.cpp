#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {{"count", 10, "comments with one email address within an hour"}};

constexpr Example kExamples[] = {
    {.content = "Great post", .hit = true, .adjust = [](Evidence& seen) { seen.facts.recent_email_1h = 40; }},
    {.content = "Great post", .hit = false, .adjust = [](Evidence& seen) { seen.facts.recent_email_1h = 2; }},
    {.content = "Great post", .hit = false},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  const std::uint32_t count = seen.facts.recent_email_1h;
  if (count <= knobs["count"]) return std::nullopt;
  Noticed noticed{.about = count_of(count, "comment", "comments") +
                           " came under this email address within an hour."};
  if (count > 3 * knobs["count"]) noticed.factor = 2;
  return noticed;
}

}  // namespace

extern constinit const Rule burst_email{.name = "burst_email",
                                        .about = "Comes in a burst under one email address.",
                                        .score = 1.5,
                                        .knobs = kKnobs,
                                        .examples = kExamples,
                                        .examine = examine};

}  // namespace chaffinch::rules
