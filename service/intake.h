// The use cases, in order: what happens to a comment between the doors and the store.
//
// Safe from any thread. Holds the rule set in force (swapped whole by `use`) and references to the store and
// the metrics, which must outlive it. Holds nothing else: what is remembered is in the store.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "analysis/ruleset.h"
#include "core/comment.h"
#include "core/decision.h"
#include "core/result.h"
#include "core/verdict.h"
#include "metrics.h"
#include "store/store.h"

namespace chaffinch {

struct Receipt {
  Id id;
  Status status = Status::pending;
  std::string receipt;  // lets its holder see the pending comment, and edit or remove it for a while
  std::optional<Verdict> verdict;  // for trusted callers only; the door drops it for others
  bool replayed = false;
};

// What a caller is, as far as the use cases care.
struct Caller {
  std::string reach;  // site that it may touch; empty: all
  std::string name;   // for the audit
  Id token;
};

class Intake {
 public:
  Intake(Store& store, Metrics& metrics, std::shared_ptr<const RuleSet> rules);

  // gather -> recall -> judge -> keep. Acknowledged means on disk. When a check cannot be made the comment is
  // kept and held; when it cannot be kept the caller gets the error and nothing was kept.
  Result<Receipt> submit(Submission submission, const Once& once, Time now);

  // Judges without keeping, with what the store remembers. An unknown site is judged as a site with default
  // policy and no memory when `site` is empty.
  Result<Verdict> check(Submission submission, Time now);

  // Judges and keeps an archive's rows in one transaction; labelled rows become decisions by "import".
  // `key` names the row within its archive (its id), so that a second run adds nothing.
  struct ImportRow {
    Submission submission;
    std::string key;
    std::optional<DecisionKind> label;
  };
  Result<std::vector<Imported>> import(std::vector<ImportRow> rows, Time now);

  // A changed comment is judged again. An approval does not survive a changed text unseen: it waits again at
  // best. A person's rejection or spam stands. Fields not set are left as they are.
  struct Change {
    std::optional<std::string> content;
    std::optional<std::string> author_name;
    std::optional<std::string> author_url;
    std::optional<std::int32_t> version;
  };
  Result<Receipt> edit(const Caller&, Id, const Change&, Time now);

  // As the holder of a receipt, within the site's edit time (forbidden afterwards).
  Result<Receipt> edit_own(std::string_view receipt, Id, const Change&, Time now);
  Done remove_own(std::string_view receipt, Id, Time now);

  Result<Settled> settle(const Settle&);
  Result<Settled> undo(const Undo&);

  // Judges the pending, undecided comments of a site again, one bounded page at a time; call again with the
  // cursor while there is one.
  struct Rechecked {
    std::uint32_t seen = 0;
    std::uint32_t changed = 0;
    std::optional<std::string> next;
  };
  Result<Rechecked> recheck(const std::string& reach, const std::string& site, const std::string& cursor,
                            Time now);

  // Whether `receipt` is the one of this comment.
  bool owns(std::string_view receipt, Id) const;

  // The rule set in force.
  std::shared_ptr<const RuleSet> rules() const;
  void use(std::shared_ptr<const RuleSet> rules);

  Store& store() { return store_; }
  Metrics& metrics() { return metrics_; }

 private:
  struct Judged {
    Evidence evidence;
    Verdict verdict;
    Recalled recalled;
    std::vector<std::string> domains;
  };
  Result<Judged> judge(Submission submission, bool reserve, std::optional<Id> self, Time now, Time as_of);
  std::string receipt_of(Id id) const;
  Result<Receipt> change(const Comment& before, const std::string& reach, const Change&,
                         const std::string& by, Time now);

  Store& store_;
  Metrics& metrics_;
  mutable std::mutex lock_;
  std::shared_ptr<const RuleSet> rules_;  // guarded by lock_
  mutable std::vector<SigningKey> keys_;  // guarded by lock_; read again when a receipt does not verify
};

}  // namespace chaffinch
