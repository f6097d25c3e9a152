#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {
    {"spam", 3, "comments marked as spam from which the rule speaks"},
    {"ratio", 3, "how many times the approved ones they must be"},
};

constexpr Example kExamples[] = {
    {.content = "Great post", .hit = true, .adjust = [](Evidence& seen) { seen.facts.network.spam = 5; }},
    {.content = "Great post",
     .hit = false,
     .adjust = [](Evidence& seen) { seen.facts.network = {.approved = 40, .spam = 3}; }},
    {.content = "Great post",
     .hit = false,
     .adjust = [](Evidence& seen) { seen.facts.network.approved = 4; }},
    {.content = "Great post", .hit = false},
};

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  const Record& record = seen.facts.network;
  if (record.spam < knobs["spam"] || record.spam <= knobs["ratio"] * record.approved) return std::nullopt;
  Noticed noticed{.about = count_of(record.spam, "comment", "comments") +
                           " from this network were marked as spam before."};
  if (record.spam >= 4 * knobs["spam"] && record.approved == 0) noticed.factor = 1.5;
  return noticed;
}

}  // namespace

extern constinit const Rule network_spam_record{.name = "network_spam_record",
                                                .about = "Comes from a network that mostly sends spam.",
                                                .score = 0.75,
                                                .knobs = kKnobs,
                                                .examples = kExamples,
                                                .examine = examine};

}  // namespace chaffinch::rules
