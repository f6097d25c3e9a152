#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {{"characters", 48, "characters that a name may have"}};

constexpr Example kExamples[] = {
    {.content = "Nice.",
     .hit = true,
     .author_name = "Emergency plumbing and drain cleaning, open day and night"},
    {.content = "Nice.", .hit = false, .author_name = "Maria del Carmen Ortega Fernandez de la Vega"},
    {.content = "Nice.", .hit = false, .author_name = "Константин Константинович Константинопольский"},
    {.content = "[...]",
     .hit = false,
     .author_name = "How we moved our build to two small machines and lived to tell",
     .type = "pingback"},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  const std::string_view name = seen.comment.author.name;
  if (static_cast<double>(name.size()) <= knobs["characters"] || is_pingback(seen)) return std::nullopt;
  const auto characters = std::count_if(
      name.begin(), name.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
  if (static_cast<double>(characters) <= knobs["characters"]) return std::nullopt;
  return Noticed{.about = "The author's name has " + std::to_string(characters) + " characters.",
                 .evidence = {whole(seen, Field::author_name)}};
}

}  // namespace

extern constinit const Rule long_name{.name = "long_name",
                                      .about = "The author's name is longer than names are.",
                                      .score = 1.0,
                                      .knobs = kKnobs,
                                      .examples = kExamples,
                                      .examine = examine};

}  // namespace chaffinch::rules
