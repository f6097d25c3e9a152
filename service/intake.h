// The use cases, in order: what happens to a comment between the doors and the store.
//
// Safe from any thread. Holds the rule set in force (swapped whole by `use`) and references to the store and
// the metrics, which must outlive it. Holds nothing else: what is remembered is in the store.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/ruleset.h"
#include "brief_lock.h"
#include "core/comment.h"
#include "core/decision.h"
#include "core/result.h"
#include "core/verdict.h"
#include "form_token.h"
#include "later.h"
#include "learning.h"
#include "metrics.h"
#include "store/store.h"

namespace chaffinch {

struct Receipt {
  Id id;
  Status status = Status::pending;
  std::string receipt;  // lets its holder see the pending comment, and edit or remove it for a while
  std::optional<Verdict> verdict;  // for trusted callers only; the door drops it for others
  bool replayed = false;
  std::string author_token = {};  // for the author to bring along next time; empty: none
};

// What a caller is, as far as the use cases care.
struct Caller {
  std::string reach;  // site that it may touch; empty: all
  std::string name;   // for the audit
  Id token;
};

// A comment that its client keeps and asks about (the Akismet protocol).
struct Asked {
  Submission submission;
  std::string blog;      // whose numbers it counts in
  std::optional<Id> id;  // of an earlier answer
  bool again = false;    // it was asked about before: it is no other comment of a burst, nor its own copy
  bool test = false;     // judged; nothing is kept, learned or counted
  // What the protocol settles whatever the rules find: told as a finding of the verdict.
  struct Ruling {
    bool spam = false;
    std::string rule;
    std::string about;
  };
  std::optional<Ruling> ruling;
};

// What its client is to be told. nothing: the check could not be made, or the site wants it so for what is to
// be held; `why` says which.
struct Advice {
  Id id;
  Told told = Told::nothing;
  bool discard = false;  // blatant
  std::string why;
  Verdict verdict;
};

// Calls `work` for each number below `count`, from `jobs` threads at once. REQUIRES: it does not throw.
void share_out(std::size_t count, unsigned jobs, const std::function<void(std::size_t)>& work);

// Where a comment goes that was judged so.
Status status_of(Action action);

class Intake {
 public:
  Intake(Store& store, Metrics& metrics, std::shared_ptr<const RuleSet> rules);

  // gather -> recall -> judge -> keep. Acknowledged means on disk. When a check cannot be made the comment is
  // kept and held; when it cannot be kept the caller gets the error and nothing was kept.
  //
  // `author_token` (nothing: such tokens are not for this caller) is what the author brought along, or "".
  // One that holds makes this the same author from whatever network. The receipt has the next one, unless the
  // comment is spam and there was none.
  Result<Receipt> submit(Submission submission, const Once& once, Time now,
                         std::optional<std::string_view> author_token = std::nullopt);
  // The same, on disk by the time that `then` is called, which the store's thread does (or this one, when
  // nothing is to be kept); the receipt is written by whoever runs what it is given.
  void submit(Submission submission, const Once& once, Time now, std::optional<std::string_view> author_token,
              Later<Result<Receipt>> then);

  // A token for a form that is about to be shown for this article (form_token.h).
  Result<std::string> form_token(const std::string& site, const std::string& article, Time now) const;
  // Reads the token that a form brought along: sets what it tells in submission.form. The nonce that is used
  // up by it comes back (empty: none); when the comment is not kept, it is handed to give_back_form.
  // REQUIRES: site and article are set.
  std::string read_form(Submission& submission, std::string_view token, Time now);
  void give_back_form(const std::string& nonce) { forms_.give_back(nonce); }

  // Judges without keeping, with what the store remembers. An unknown site is judged as a site with default
  // policy and no memory when `site` is empty.
  // With `instead` those rules are asked, whatever is in force.
  Result<Verdict> check(Submission submission, Time now, std::shared_ptr<const RuleSet> instead = nullptr);

  // Judges and keeps an archive's rows in one transaction; labelled rows become decisions by "import".
  // `key` names the row within its archive (its id), so that a second run adds nothing. Looking at the rows
  // and judging them is shared out among `jobs` threads; what is remembered is recalled in the order of the
  // rows, so that the result is the same for any number.
  struct ImportRow {
    Submission submission;
    std::string key;
    std::optional<DecisionKind> label;
    std::optional<Status> status = {};  // without a label: kept so, whatever the judge says
  };
  Result<std::vector<Imported>> import(const std::vector<ImportRow>& rows, Time now, unsigned jobs = 1);
  // The same in two steps: the first one looks at the rows alone and may run beside the import before it.
  struct Gathered {
    Evidence evidence;
    std::vector<std::string> domains;
    Id id;
    std::optional<DecisionKind> label;
    std::optional<Status> status;
  };
  static std::vector<Gathered> look_at(const std::vector<ImportRow>& rows, unsigned jobs);
  Result<std::vector<Imported>> import(std::vector<Gathered> rows, Time now, unsigned jobs);
  static Id import_id(const Submission&, const std::string& key);  // of the comment that a row becomes

  // A changed comment is judged again. An approval does not survive a changed text unseen: it waits again at
  // best. A person's rejection or spam stands. Fields not set are left as they are.
  struct Change {
    std::optional<std::string> content;
    std::optional<std::string> author_name;
    std::optional<std::string> author_url;
    std::optional<std::int32_t> version;
  };
  Result<Receipt> edit(const Caller&, Id, const Change&, const Once&, Time now);

  // As the holder of a receipt, within the site's edit time (forbidden afterwards).
  Result<Receipt> edit_own(std::string_view receipt, Id, const Change&, const Once&, Time now);
  Result<Took> remove_own(std::string_view receipt, Id, const Once&, Time now);

  Result<Settled> settle(const Settle&);
  Result<Settled> undo(const Undo&);

  // Teaches one labelled comment that is not in the store. It is judged with what is remembered, so that its
  // lesson knows the rules that fired; nothing of it is kept but the lesson.
  struct Teach {
    Submission submission;
    bool spam = false;
    Caller by;
  };
  Result<Settled> learn(Teach teach, const Once& once, Time now);

  // Judges a comment that its client keeps, and keeps it with status checked. The site's thresholds hold; its
  // policy about first comments and about holding everything does not: the client has its own. When its owner
  // has reported it, the answer is what the owner said.
  Result<Advice> advise(Asked asked, Time now);
  void advise(Asked asked, Time now, Later<Result<Advice>> then);  // as submit

  // What the owner of a comment that was checked says of it: a decision that teaches. One that was never seen
  // is kept first. The same again changes nothing.
  struct OwnersWord {
    Asked asked;
    bool spam = false;
    std::string note;
    Caller by;
  };
  Result<Settled> report(OwnersWord word, Time now);

  // What today's models make of a kept comment; nothing without models. Looks at it again: some 0.1 ms.
  std::optional<Heard> explain(const Submission&, const Facts&, const Verdict&) const;

  // From now on comments are judged with what was learned, and decisions teach. It must outlive every call.
  void learn_with(Learning& learning) { learning_ = &learning; }
  Learning* learning() const { return learning_; }
  // Brings the models in step with what was decided past these calls (a block applied to the past).
  void catch_up();

  // Judges the pending, undecided comments of a site again, one bounded page at a time; call again with the
  // cursor while there is one.
  using Rechecked = chaffinch::Rechecked;
  Result<Rechecked> recheck(const std::string& reach, const std::string& site, const std::string& cursor,
                            const Once& once, Time now);

  // Whether `receipt` is the one of this comment.
  bool owns(std::string_view receipt, Id) const;

  // The rule set in force for a site's comments: its own one, or that of all sites.
  std::shared_ptr<const RuleSet> rules(const std::string& site = {}) const;
  void use(std::shared_ptr<const RuleSet> rules,
           std::map<std::string, std::shared_ptr<const RuleSet>> by_site = {});

  Store& store() { return store_; }
  Metrics& metrics() { return metrics_; }

 private:
  struct Judged {
    Evidence evidence;
    Verdict verdict;
    Recalled recalled;
    std::vector<std::string> domains;
  };
  struct Arrival;
  // Hands a reservation back unless it was taken over by keep.
  class Reserved {
   public:
    Reserved(Store& store, std::uint64_t reservation) : store_(store), reservation_(reservation) {}
    ~Reserved() {
      if (reservation_ != 0) store_.release(reservation_);
    }
    Reserved(const Reserved&) = delete;
    Reserved& operator=(const Reserved&) = delete;
    std::uint64_t take() { return std::exchange(reservation_, 0); }

   private:
    Store& store_;
    std::uint64_t reservation_;
  };
  Result<std::optional<Receipt>> receive(Submission submission, const Once& once, Arrival& arrival);
  Result<Receipt> receipt_for(Arrival& arrival);
  void give_token(const Arrival& arrival, Receipt& receipt) const;
  Result<bool> look_into(Asked& asked, Time now, Keep& keep, Advice& advice);
  Result<Judged> judge(Submission submission, bool reserve, std::optional<Id> self, Time now, Time as_of,
                       Id author_key = {}, std::shared_ptr<const RuleSet> rules = nullptr,
                       bool foreign = false);
  static Keep keep_of(Judged& judged, Id id, Status status, Time now);
  // The first signing key for which `holds` is true; they are read again when none is.
  std::optional<SigningKey> key_for(const std::function<bool(const SigningKey&)>& holds) const;
  std::optional<Id> author_key_of(const Submission&, std::string_view token, Time now) const;
  std::string receipt_of(Id id) const;
  // The comment that the receipt is of, while its author may still change it. `doing`, `to_do` for the error:
  // "changing", "change".
  Result<Comment> own(std::string_view receipt, Id id, std::string_view doing, std::string_view to_do,
                      Time now) const;
  Result<Receipt> change(const Comment& before, const std::string& reach, const Change&,
                         const std::string& by, const Once&, Time now);
  Result<std::optional<Receipt>> replay(const Once&);  // of a submission or an edit

  Verdict ask(const RuleSet& rules, const Evidence& evidence, const Policy& policy) const;

  Store& store_;
  Metrics& metrics_;
  Learning* learning_ = nullptr;
  UsedForms forms_;
  mutable BriefLock lock_;
  std::shared_ptr<const RuleSet> rules_;                           // guarded by lock_
  std::map<std::string, std::shared_ptr<const RuleSet>> by_site_;  // guarded by lock_
  mutable std::vector<SigningKey> keys_;  // guarded by lock_; read again when a receipt does not verify
};

}  // namespace chaffinch
