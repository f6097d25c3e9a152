// What operations do to comments inside the writer's transaction: moving one from one state to another,
// taking one out, deciding, and remembering what was answered to an idempotency key. Counters move with every
// step.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/decision.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/writer.h"
#include "store/store.h"

namespace chaffinch::sqlite {

// How long an answer is remembered.
inline constexpr Time kOnceRetention = 24 * kHour;

// What was answered when this key came first; nothing when it did not come, or has no key. Code::conflict
// when it came with another request.
Result<std::optional<std::string>> answered(Db&, const Once&, Time now);
void remember_answer(Db&, const Once&, const std::string& answer, Time now);

// The article's number; it is made when it is not there. An empty URL or title is filled in.
std::int64_t article_no(Db&, std::int64_t site, const ArticleRef&, Time now);

// Where a comment stands.
struct State {
  Status status = Status::pending;
  bool decided = false;
  bool discard = false;
  std::optional<std::int64_t> latest_decision;
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
  };
  Decider(Change& change, const Keys& keys, Who who);

  // Decides one comment; false when it was skipped.
  bool decide(const Row& row, std::optional<std::int32_t> version);
  void skip(const Id& id, std::string why);

  // Takes back what decision `no` did to this comment; false when another one stands on it by now.
  struct Item {
    std::int64_t comment = 0;
    State before;
    std::optional<std::int64_t> learned;
  };
  bool take_back(std::int64_t no, const Row& row, const Item& item);

  // Completes the row of the log. Settled.id is empty when nothing was changed: then there is no row either.
  Settled finish();
  std::int64_t no() const { return no_; }  // 0 before the first change

 private:
  void begin(std::int64_t site);
  void item(const Row& row, const State& after, std::optional<std::int64_t> learned);

  Change& change_;
  const Keys& keys_;
  Who who_;
  Settled settled_;
  std::int64_t no_ = 0;
  std::optional<std::int64_t> site_;
  bool several_ = false;
};

}  // namespace chaffinch::sqlite
