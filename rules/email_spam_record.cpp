#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {
    {"spam", 1, "comments marked as spam from which the rule speaks"},
    {"ratio", 1, "how many times the approved ones they must be"},
};

constexpr Example kExamples[] = {
    {.content = "Great post", .hit = true, .adjust = [](Evidence& seen) { seen.facts.email.spam = 5; }},
    {.content = "Great post",
     .hit = false,
     .adjust = [](Evidence& seen) { seen.facts.email = {.approved = 40, .spam = 3}; }},
    {.content = "Great post", .hit = false, .adjust = [](Evidence& seen) { seen.facts.email.approved = 4; }},
    {.content = "Great post", .hit = false},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  const Record& record = seen.facts.email;
  if (record.spam < knobs["spam"] || record.spam <= knobs["ratio"] * record.approved) return std::nullopt;
  Noticed noticed{.about = count_of(record.spam, "comment", "comments") +
                           " under this email address were marked as spam before."};
  if (record.spam >= 4 * knobs["spam"] && record.approved == 0) noticed.factor = 1.5;
  return noticed;
}

}  // namespace

extern constinit const Rule email_spam_record{.name = "email_spam_record",
                                              .about = "Comes under an email address that has sent spam.",
                                              .score = 2.0,
                                              .knobs = kKnobs,
                                              .examples = kExamples,
                                              .examine = examine};

}  // namespace chaffinch::rules
