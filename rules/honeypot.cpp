#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    {.content = "Great post",
     .hit = true,
     .adjust = [](Evidence& seen) { seen.comment.form.honeypot = "http://x.example"; }},
    {.content = "Great post",
     .hit = false,
     .adjust = [](Evidence& seen) { seen.comment.form.honeypot = ""; }},
    {.content = "Great post", .hit = false},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  const auto& filled = seen.comment.form.honeypot;
  if (!filled || filled->find_first_not_of(" \t\r\n") == std::string::npos) return std::nullopt;
  return Noticed{};
}

}  // namespace

// A password manager fills such a field once in a while, so it takes a little more to discard.
extern constinit const Rule honeypot{.name = "honeypot",
                                     .about = "Filled in the field that people do not see.",
                                     .score = 6.0,
                                     .examples = kExamples,
                                     .examine = examine};

}  // namespace chaffinch::rules
