#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    {.content = "Great post",
     .hit = true,
     .adjust = [](Evidence& seen) { seen.comment.form.honeypot = "http://x.example"; }},
    {.content = "Great post",
     .hit = true,
     .author_name = "Ana",
     .adjust = [](Evidence& seen) { seen.comment.form.honeypot = "Ana"; }},
    {.content = "Great post",
     .hit = false,
     .adjust = [](Evidence& seen) { seen.comment.form.honeypot = ""; }},
    {.content = "Great post", .hit = false},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  const auto& filled = seen.comment.form.honeypot;
  if (!filled || filled->find_first_not_of(" \t\r\n") == std::string::npos) return std::nullopt;
  const Author& author = seen.comment.author;
  // What a browser fills in by itself is what it knows of the person, and then also in the other fields.
  if (*filled == author.name || *filled == author.email) {
    return Noticed{
        .about = "Filled in the field that people do not see, with the name or email given besides.",
        .factor = 0.7};
  }
  return Noticed{};
}

}  // namespace

// A password manager fills such a field once in a while: alone it holds a comment, and never makes it spam.
extern constinit const Rule honeypot{.name = "honeypot",
                                     .about = "Filled in the field that people do not see.",
                                     .score = 4.5,
                                     .examples = kExamples,
                                     .examine = examine};

}  // namespace chaffinch::rules
