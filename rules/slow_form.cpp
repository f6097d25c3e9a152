#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {{"hours", 48, "hours after which a form counts as kept for later use"}};

constexpr Example kExamples[] = {
    {.content = "Great post",
     .hit = true,
     .adjust = [](Evidence& seen) { seen.comment.form.elapsed_ms = 90LL * 3600 * 1000; }},
    {.content = "Great post",
     .hit = false,
     .adjust = [](Evidence& seen) { seen.comment.form.elapsed_ms = 3LL * 3600 * 1000; }},
    {.content = "Great post", .hit = false},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  const auto elapsed = seen.comment.form.elapsed_ms;
  if (!elapsed || static_cast<double>(*elapsed) < knobs["hours"] * 3'600'000) return std::nullopt;
  return Noticed{.about =
                     "Was sent " + std::to_string(*elapsed / 3'600'000) + " hours after the form was shown."};
}

}  // namespace

extern constinit const Rule slow_form{.name = "slow_form",
                                      .about = "Was sent with a form that had been fetched long before.",
                                      .score = 0.75,
                                      .knobs = kKnobs,
                                      .examples = kExamples,
                                      .examine = examine};

}  // namespace chaffinch::rules
