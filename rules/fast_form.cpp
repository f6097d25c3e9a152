#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {
    {"ms", 3000, "milliseconds that a person needs at least between seeing the form and sending it"},
    {"ms_character", 15, "milliseconds for each character of the text, up to 20 seconds (people may paste)"},
};

constexpr Example kExamples[] = {
    {.content = "Great post",
     .hit = true,
     .adjust = [](Evidence& seen) { seen.comment.form.elapsed_ms = 400; }},
    {.content = "Great post",
     .hit = true,
     .adjust = [](Evidence& seen) { seen.comment.form.elapsed_ms = -5; }},
    {.content = "Great post",
     .hit = false,
     .adjust = [](Evidence& seen) { seen.comment.form.elapsed_ms = 9000; }},
    {.content = "Great post", .hit = false},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  const auto elapsed = seen.comment.form.elapsed_ms;
  if (!elapsed) return std::nullopt;
  const double shown = static_cast<double>(*elapsed);
  const double typing = std::min(20'000.0, knobs["ms_character"] * seen.shape.characters);
  if (shown >= std::max(knobs["ms"], typing)) return std::nullopt;
  Noticed noticed{.about = "Was sent " + std::to_string(std::max<std::int64_t>(0, *elapsed)) +
                           " ms after the form was shown."};
  if (shown < knobs["ms"] / 3) noticed.factor = 2;
  return noticed;
}

}  // namespace

extern constinit const Rule fast_form{.name = "fast_form",
                                      .about = "Was sent sooner than a person can write it.",
                                      .score = 1.5,
                                      .knobs = kKnobs,
                                      .examples = kExamples,
                                      .examine = examine};

}  // namespace chaffinch::rules
