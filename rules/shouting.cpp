#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {
    {"share", 0.7, "part of the letters (0 to 1) that may be capitals"},
    {"letters", 30, "letters below which nobody is said to shout"},
};

constexpr Example kExamples[] = {
    {.content = "BUY NOW THE BEST OFFER OF THE WHOLE YEAR FOR YOU", .hit = true},
    {.content = "I read about NASA and the EU yesterday, and it was fine.", .hit = false},
    {.content = "OMG YES", .hit = false},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  const Shape& shape = seen.shape;
  if (shape.letters < knobs["letters"] || shape.upper < knobs["share"] * shape.letters) return std::nullopt;
  return Noticed{.about = std::to_string(100 * static_cast<std::uint64_t>(shape.upper) / shape.letters) +
                          " % of the letters are capitals.",
                 .evidence = {whole(seen, Field::content)}};
}

}  // namespace

extern constinit const Rule shouting{.name = "shouting",
                                     .about = "Is written in capitals.",
                                     .score = 0.75,
                                     .knobs = kKnobs,
                                     .examples = kExamples,
                                     .examine = examine};

}  // namespace chaffinch::rules
