#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {
    {"approved", 3, "approved comments that make an author known"},
    {"days", 1, "days since the first of them"},
};

constexpr Example kExamples[] = {
    {.content = "I am back with one more link: http://a.example",
     .hit = true,
     .adjust =
         [](Evidence& seen) {
           seen.facts.now = 30 * kDay;
           seen.facts.author = {.approved = 6, .first_seen = kDay, .last_seen = 20 * kDay};
         }},
    {.content = "buy now",
     .hit = false,
     .adjust =
         [](Evidence& seen) {
           seen.facts.now = 30 * kDay;
           seen.facts.author = {.approved = 6, .spam = 1, .first_seen = kDay, .last_seen = 20 * kDay};
         }},
    // Three approvals within an hour are a warm-up, not an acquaintance.
    {.content = "buy now",
     .hit = false,
     .adjust =
         [](Evidence& seen) {
           seen.facts.now = 30 * kDay;
           seen.facts.author = {.approved = 3, .first_seen = 30 * kDay - kHour, .last_seen = 30 * kDay};
         }},
    {.content = "Hello, first time here", .hit = false},
};

// Only Facts::author counts: it is not had by typing somebody's name or email.
std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  const Record& author = seen.facts.author;
  if (author.approved < knobs["approved"] || author.spam > 0) return std::nullopt;
  if (author.rejected * 4 > author.approved || author.first_seen == 0) return std::nullopt;
  const auto known = static_cast<double>(seen.facts.now - author.first_seen);
  if (known < knobs["days"] * static_cast<double>(kDay)) return std::nullopt;
  Noticed noticed{.about = count_of(author.approved, "comment", "comments") +
                           " of this author were approved before."};
  if (author.approved >= 5 * knobs["approved"]) noticed.factor = 1.5;
  return noticed;
}

}  // namespace

extern constinit const Rule known_author{.name = "known_author",
                                         .about = "Comes from an author whose comments have been good.",
                                         .score = -2.5,
                                         .knobs = kKnobs,
                                         .examples = kExamples,
                                         .examine = examine};

}  // namespace chaffinch::rules
