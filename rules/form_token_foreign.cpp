#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    {.content = "Great post",
     .hit = true,
     .adjust = [](Evidence& seen) { seen.comment.form.token = FormToken::foreign; }},
    {.content = "Great post",
     .hit = false,
     .adjust = [](Evidence& seen) { seen.comment.form.token = FormToken::used; }},
    {.content = "Great post", .hit = false},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  if (seen.comment.form.token != FormToken::foreign) return std::nullopt;
  return Noticed{};
}

}  // namespace

// A machine makes one up, or takes one from another article.
extern constinit const Rule form_token_foreign{
    .name = "form_token_foreign",
    .about = "Brought a form token that we did not make for this article.",
    .score = 2.0,
    .examples = kExamples,
    .examine = examine};

}  // namespace chaffinch::rules
