#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    {.content = "Great post",
     .hit = true,
     .adjust = [](Evidence& seen) { seen.comment.form.token = FormToken::missing; }},
    {.content = "Great post",
     .hit = false,
     .adjust = [](Evidence& seen) { seen.comment.form.token = FormToken::good; }},
    {.content = "Great post", .hit = false},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  if (seen.comment.form.token != FormToken::missing) return std::nullopt;
  return Noticed{};
}

}  // namespace

// Forms written by hand have none, and so have people without scripts: it tips no scale by itself, but packs
// may build on it and the learner knows it.
extern constinit const Rule form_token_missing{.name = "form_token_missing",
                                               .about = "Was sent without the token that our forms carry.",
                                               .score = 0.25,
                                               .examples = kExamples,
                                               .examine = examine};

}  // namespace chaffinch::rules
