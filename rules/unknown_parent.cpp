#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    {.content = "I agree", .hit = true, .adjust = [](Evidence& seen) { seen.facts.parent_known = false; }},
    {.content = "I agree", .hit = false},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  if (seen.facts.parent_known) return std::nullopt;
  return Noticed{};
}

}  // namespace

extern constinit const Rule unknown_parent{
    .name = "unknown_parent",
    .about = "Answers a comment that does not stand below this article.",
    .score = 1.5,
    .examples = kExamples,
    .examine = examine};

}  // namespace chaffinch::rules
