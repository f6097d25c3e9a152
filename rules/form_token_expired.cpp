#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    {.content = "Great post",
     .hit = true,
     .adjust = [](Evidence& seen) { seen.comment.form.token = FormToken::expired; }},
    {.content = "Great post",
     .hit = false,
     .adjust = [](Evidence& seen) { seen.comment.form.token = FormToken::good; }},
    {.content = "Great post", .hit = false},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  if (seen.comment.form.token != FormToken::expired) return std::nullopt;
  return Noticed{};
}

}  // namespace

// Tabs stay open over night.
extern constinit const Rule form_token_expired{
    .name = "form_token_expired",
    .about = "Was sent with a form that had been shown more than a day before.",
    .score = 0.5,
    .examples = kExamples,
    .examine = examine};

}  // namespace chaffinch::rules
