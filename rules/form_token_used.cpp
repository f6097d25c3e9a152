#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    {.content = "Great post",
     .hit = true,
     .adjust = [](Evidence& seen) { seen.comment.form.token = FormToken::used; }},
    {.content = "Great post",
     .hit = false,
     .adjust = [](Evidence& seen) { seen.comment.form.token = FormToken::good; }},
    {.content = "Great post", .hit = false},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  if (seen.comment.form.token != FormToken::used) return std::nullopt;
  return Noticed{};
}

}  // namespace

// A page kept in a cache gives one token to several readers, and people go back and send again.
extern constinit const Rule form_token_used{.name = "form_token_used",
                                            .about = "Was sent with a form that had sent a comment before.",
                                            .score = 1.5,
                                            .examples = kExamples,
                                            .examine = examine};

}  // namespace chaffinch::rules
