// What operations do to comments inside the writer's transaction: moving one from one state to another,
// taking one out, deciding, and remembering what was answered to an idempotency key. Counters move with every
// step.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/decision.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/writer.h"
#include "store/store.h"

namespace chaffinch::sqlite {

// How long an answer is remembered.
inline constexpr Time kOnceRetention = 24 * kHour;

// What was answered when this key came first; nothing when it did not come, or has no key. Code::conflict
// when it came with another request.
Result<std::optional<std::string>> answered_before(Db&, const Once&, Time now);
void remember_answer(Db&, const Once&, const std::string& answer, Time now);

// An answer that is put together from fields, and the field at a place ("" where there is none).
std::string answer_of(const std::vector<std::string>& fields);
std::vector<std::string> fields_of(const std::string& answer, std::size_t least);
std::int64_t number_in(const std::string& field);  // 0 for what is none

Settled settled_before(const std::string& answer);  // as it was remembered, marked as replayed

// What is remembered of a submission or an edit: id, status, and the verdict as kept.
std::string answer_of(const Kept&, const std::string& verdict_text);
Kept kept_before(const std::string& answer);

// The article's number; it is made when it is not there. An empty URL or title is filled in.
std::int64_t article_no(Db&, std::int64_t site, const ArticleRef&, Time now);

// The blog's number; it is made when it is not there. Beyond 1,000 of a site: the one that stands for all
// others.
std::int64_t blog_no(Db&, std::int64_t site, const std::string& name);

// What a comment's content is found by again; equal for texts that differ in line ends and outer blanks.
std::int64_t content_key(std::string_view content);

// Where a comment stands.
struct State {
  Status status = Status::pending;
  bool decided = false;
  bool discard = false;
  std::optional<std::int64_t> latest_decision;
  std::optional<Status> counts_as = {};  // of a comment that its client keeps
};
State state_of(const Row&);
// Writes the state, counts the version up, moves the counters, and ends a lease on a comment that left the
// queue.
void set_state(Change&, const Keys&, const Row&, const State&);

// Takes the comment out, whole: row, index, leases, history. `swept`: by retention; see Deltas::left.
void erase(Change&, const Keys&, const Row&, bool swept);

// A decision being made: one row of the log, as many comments as are handed to it.
class Decider {
 public:
  struct Who {
    DecisionKind kind = DecisionKind::approve;
    std::string by;
    Id by_token;
    std::string reason;
    std::string note;
    Time now = 0;
    bool report = false;   // about comments that their client keeps, and about no others: their status stays
    bool archive = false;  // labels that came with comments: not what people decided on that day
  };
  // `maker` may be empty. Both must outlive it, as must `keys`.
  Decider(Change& change, const Keys& keys, const Sites& sites, const LessonMaker& maker, Who who);

  // Decides one comment; false when it was skipped. `lesson`: what it teaches, made beforehand from the
  // comment as the row has it; nothing: it is made here.
  bool decide(const Row& row, std::optional<std::int32_t> version,
              const std::optional<std::string>& lesson = std::nullopt);
  void skip(const Id& id, std::string why);

  // Takes back what decision `no` did to this comment; false when another one stands on it by now.
  struct Item {
    std::int64_t comment = 0;
    State before;
    std::optional<std::int64_t> learned;
    DecisionKind kind = DecisionKind::approve;  // of the decision that is taken back
    std::optional<std::int64_t> day, waited;    // where it counts (days.h)
  };
  bool take_back(std::int64_t no, const Row& row, const Item& item);

  // A lesson about a comment that is not in here; and taking back what decision `no` taught so. REQUIRES the
  // decision to be one of kind learn.
  void teach_alone(std::int64_t site, bool spam, const std::string& lesson, const std::string& origin = {});
  void take_back_alone(std::int64_t no, std::int64_t site);

  // Completes the row of the log. Settled.id is empty when nothing was changed: then there is no row either.
  Settled finish();
  std::int64_t no() const { return no_; }  // 0 before the first change

 private:
  void begin(std::int64_t site);
  void item(const Row& row, const State& after, std::optional<std::int64_t> learned,
            std::optional<std::int64_t> day = {}, std::optional<std::int64_t> waited = {});
  void take(std::optional<std::int64_t> lesson, bool back, const Row& row);

  Change& change_;
  const Keys& keys_;
  const Sites& sites_;
  const LessonMaker& maker_;
  Who who_;
  Settled settled_;
  std::int64_t no_ = 0;
  std::optional<std::int64_t> site_;
  bool several_ = false;
};

}  // namespace chaffinch::sqlite
