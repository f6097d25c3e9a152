#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {
    {"consonants", 5, "consonants in a row that no person types as a name"},
    {"digits", 6, "digits in the local part that look counted up"},
};

constexpr Example kExamples[] = {
    {.content = "Good.", .hit = true, .author_email = "xkqzvbtw@example.com"},
    {.content = "Good.", .hit = true, .author_email = "maria84729105@example.com"},
    {.content = "Good.", .hit = true, .author_email = "a7f3k9q2x8@example.com"},
    {.content = "Good.", .hit = false, .author_email = "anna.schmidt@example.com"},
    {.content = "Good.", .hit = false, .author_email = "jtk1984@example.com"},
    {.content = "Good.", .hit = false, .author_email = "kjlmn@example.com"},
    {.content = "Good.", .hit = false},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  const std::string email = lowered(seen.comment.author.email);
  const std::size_t at = email.rfind('@');
  if (at == std::string::npos || at < 7) return std::nullopt;
  int run = 0;
  int longest = 0;
  int digits = 0;
  int changes = 0;
  char before = '.';
  for (std::size_t i = 0; i < at; ++i) {
    const char c = email[i];
    run = is_letter(c) && !is_vowel(c) ? run + 1 : 0;
    longest = std::max(longest, run);
    if (is_digit(c)) ++digits;
    if ((is_digit(c) && is_letter(before)) || (is_letter(c) && is_digit(before))) ++changes;
    before = c;
  }
  // Letters and digits that take turns: "a7f3k9q2".
  if (longest < knobs["consonants"] && digits < knobs["digits"] && changes < 5) return std::nullopt;
  return Noticed{.evidence = {{Field::author_email, View::raw, 0, static_cast<std::uint32_t>(at)}}};
}

}  // namespace

extern constinit const Rule generated_email{.name = "generated_email",
                                            .about = "The email address looks made up by a program.",
                                            .score = 0.75,
                                            .knobs = kKnobs,
                                            .examples = kExamples,
                                            .examine = examine};

}  // namespace chaffinch::rules
