// A moderator's acts, and what came of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/comment.h"

namespace chaffinch {

// undo points at the decision that it takes back. learn: a label for a comment that is kept elsewhere.
enum class DecisionKind : std::uint8_t { approve, reject, spam, undo, learn };

std::string_view word(DecisionKind);
std::optional<DecisionKind> decision_from(std::string_view);
bool is_status(DecisionKind);    // a person may decide so: approve, reject, spam
Status status_of(DecisionKind);  // REQUIRES is_status
bool teaches(DecisionKind);      // against the house rules is not spam: approve and spam alone

struct Target {
  Id id;
  std::optional<std::int32_t> version;  // the version that the moderator saw

  bool operator==(const Target&) const = default;
};

struct Skipped {
  Id id;
  std::string why;  // "stale", "not_found", "already", "superseded", "checked", "other_site"

  bool operator==(const Skipped&) const = default;
};

// What a decision or an undo did.
struct Settled {
  Id id;  // of the decision; empty when nothing was changed and nothing recorded
  std::uint32_t changed = 0;
  std::uint32_t lessons = 0;  // that were learned by it, or by an undo taken back or learned again
  std::vector<Skipped> skipped;
  bool approximate = false;  // an undo beyond the learning horizon (see the learner)
  bool replayed = false;     // answered from an idempotency key
  bool partial = false;      // an undo by one site of a decision over several: the others' part stands

  bool operator==(const Settled&) const = default;
};

// A line of the decision log.
struct Decision {
  Id id;
  DecisionKind kind = DecisionKind::approve;
  std::string by;  // name of the token; "import", "block", ...
  Id by_token;     // empty when no token stood behind it
  Time at = 0;
  std::string site;  // empty: several
  // Over several sites, seen by one of them: site is that one, and changed, standing, skipped and undone_by
  // are about its comments only; of those that were removed since nothing is known.
  bool partial = false;
  std::string reason;
  std::string note;
  std::uint32_t changed = 0;
  std::uint32_t standing = 0;   // how many of these are still the latest decision of their comment
  std::optional<Id> undoes;     // for an undo
  std::optional<Id> undone_by;  // the latest undo of this decision
  std::vector<Skipped> skipped;
  struct Sample {
    Id id;
    std::string begins;  // the first 80 characters that people see of it, on one line
    std::string author;

    bool operator==(const Sample&) const = default;
  };
  std::vector<Sample> sample;  // of its comments that are still there, at most 3

  bool operator==(const Decision&) const = default;
};

// One line of a comment's history.
struct HistoryEntry {
  Time at = 0;
  std::string what;  // "submitted", "approve", "reject", "spam", "undo", "edited", "rechecked", "imported"
  std::string by;    // who; empty: the machine
  std::optional<Id> decision;
  std::optional<Status> before;
  std::optional<Status> after;
  std::string reason;
  std::string note;
  // Of a decision other than an undo: whether it is the comment's latest one, so that undoing it changes the
  // comment; whether an undo took it back here.
  std::optional<bool> stands = {}, undone = {};
  std::optional<Id> undoes = {};  // of an undo

  bool operator==(const HistoryEntry&) const = default;
};

}  // namespace chaffinch
