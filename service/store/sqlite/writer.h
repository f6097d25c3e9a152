// The one thread that writes. Operations wait in a bounded queue; the thread takes all that wait (up to a
// limit), carries them out in one transaction, commits (fsync) and wakes their callers, or tells those who
// did not wait. One operation's failure undoes that operation only; a failure of the commit or of the disk
// fails the whole group, and nothing of it remains.
//
// A savepoint around each operation would see to that, but keeps a copy of every page that the operation
// touches. So a group of operations that may be carried out twice goes without: when one fails that has
// changed rows already, the transaction is rolled back and the group carried out again, now with savepoints.
//
// What a group of nothing but arrivals counts in records, copies and numbers over time waits in the backlog.
// It is written out a share at a time, with later groups or in a pause, and all of it before an operation
// that asks for counts or may change a comment that the tables do not count yet.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "core/result.h"
#include "store/sqlite/backlog.h"
#include "store/sqlite/counters.h"
#include "store/sqlite/db.h"
#include "store/sqlite/near.h"
#include "store/store.h"

namespace chaffinch::sqlite {

// What an operation sees. Counters are moved through `deltas` (they reach the tables before the commit,
// summed up over the group); `after` is called in the writer's thread once the group is on disk, before
// callers wake.
struct Change {
  Db& db;
  Near& near;  // moved by `after` only
  Deltas deltas;
  std::vector<std::function<void()>> after;
};

class Writer {
 public:
  struct Options {
    std::uint32_t queue_limit = 4096;
    std::uint32_t group_limit = 512;
  };
  // `step` is called while nothing waits (and after groups, when `behind` says that it must): one small
  // transaction of its own; it answers whether there is more to do. `between` is called after each group,
  // once its callers are woken, and after each step.
  struct Idle {
    std::function<bool(Db&)> step;
    std::function<bool()> behind;
    std::function<void(Db&)> between;
  };

  // REQUIRES `db` may write, and is used by nobody else from here on.
  Writer(std::unique_ptr<Db> db, Near& near, Known& known, Backlog& backlog, const Options& options,
         Idle idle);
  ~Writer();  // carries out what waits, then ends
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Carries `body` out and returns its result once it is durable. Code::unavailable when the queue is full,
  // when it still waits after ten seconds (then it is never carried out) or when its group could not be
  // committed.
  struct How {
    bool fresh = false;  // the operation reads counters; all that came before it are in the tables
    // A comment is kept and nothing else is done. It may be carried out twice, the first time in vain: it
    // changes nothing but the database.
    bool arrival = false;
    // Of the comments that there are it changes none beyond this one (seq; 0: none), and asks for no count:
    // the backlog may wait when the tables have all up to it.
    std::optional<std::int64_t> newest = std::nullopt;
  };
  static constexpr How kFresh{.fresh = true, .arrival = false, .newest = std::nullopt};
  static constexpr How kArrival{.fresh = false, .arrival = true, .newest = 0};
  static constexpr How kAside{.fresh = false, .arrival = false, .newest = 0};
  template <class F>
  std::invoke_result_t<F&, Change&> run(F&& body) {
    return run(How(), std::forward<F>(body));
  }
  template <class F>
  std::invoke_result_t<F&, Change&> run(How how, F&& body) {
    using R = std::invoke_result_t<F&, Change&>;
    std::optional<R> answer;
    Operation operation;
    operation.how = how;
    operation.body = [&](Change& change) {
      answer.emplace(body(change));
      return answer->has_value();
    };
    if (auto refused = wait(operation)) return tl::unexpected(std::move(*refused));
    return std::move(*answer);
  }

  // The same without waiting: `then` gets the result once it is durable, in the writer's thread, or the error
  // that run() would return, from whichever thread. It must be brief and must not throw. `remains` holds all
  // that came with the body. It was made by other threads, and is better let go by one of them: memory that
  // this thread gives back is fought for.
  template <class R>
  using Then = std::function<void(R, std::shared_ptr<const void> remains)>;
  template <class R, class F>
  void start(How how, F body, Then<R> then) {
    struct Started {
      F body;
      Then<R> then;
      std::optional<R> answer;
    };
    auto started = std::make_shared<Started>(Started{std::move(body), std::move(then), std::nullopt});
    auto operation = std::make_unique<Operation>();
    operation->how = how;
    operation->body = [started](Change& change) {
      started->answer.emplace(started->body(change));
      return started->answer->has_value();
    };
    operation->then = [started = std::move(started)](std::optional<Error> error) mutable {
      const Then<R> tell = std::move(started->then);  // `started` may be gone before it returns
      R answer = error ? R(tl::unexpected(std::move(*error))) : std::move(*started->answer);
      tell(std::move(answer), std::move(started));
    };
    begin(std::move(operation));
  }

  // Carried out some time, or not at all when the queue is full. Nobody waits for it.
  void post(How how, std::function<bool(Change&)> body);

  void wake();  // there may be idle work
  std::uint32_t depth() const;
  void observe(CommitObserver observer);

 private:
  struct Operation {
    std::function<bool(Change&)> body;  // false: roll back to before it
    How how = {};
    bool owned = false;                                   // made by post or start
    std::function<void(std::optional<Error>)> then = {};  // told at the end; empty: somebody waits, or nobody
    std::chrono::steady_clock::time_point since = {};     // when it was begun, where `then` is there
    std::optional<Error> error;
    std::vector<std::function<void()>> after;
  };
  struct Group {
    std::vector<Operation*> operations;  // an abandoned one leaves a null
    bool started = false;
    bool done = false;
    std::condition_variable woken;
  };

  std::optional<Error> wait(Operation& operation);
  void begin(std::unique_ptr<Operation> operation);
  static void tell(Operation& operation, std::optional<Error> error);
  void watch();
  std::optional<Error> enqueue(Operation& operation, std::shared_ptr<Group>& group);
  void work();
  void carry_out(Group& group);
  // Moves of what the backlog takes, and of what goes to the tables at once.
  struct Moves {
    Counters arrived, other;
  };
  void transact(Group& group);
  bool lets_wait(const Operation& operation) const;
  void begin_transaction(const Backlog::Turn& turn);
  void commit(const Backlog::Turn& turn, std::int64_t through);
  bool write_backlog(const Backlog::Turn& turn);
  bool without_savepoints(Group& group, Moves& moves, const Backlog::Turn& turn);
  void with_savepoint(Operation& operation, Moves& moves);
  bool done(Operation& operation, Moves& moves);
  void fail_all(Group& group, const Error& error);
  bool idle_step();
  bool at_leisure(const std::function<bool()>& work);  // its failure is told, and is not the end

  std::unique_ptr<Db> db_;  // the writer's thread only
  Near& near_;
  Known& known_;
  Backlog& backlog_;
  Options options_;
  Idle idle_;
  mutable std::mutex lock_;
  std::condition_variable work_;
  std::condition_variable closed_;
  std::deque<std::shared_ptr<Group>> waiting_;  // guarded by lock_
  std::uint32_t depth_ = 0;                     // guarded by lock_
  bool closing_ = false;                        // guarded by lock_
  bool idle_work_ = true;                       // guarded by lock_
  CommitObserver observer_;                     // guarded by lock_
  std::thread thread_;
  std::thread watch_;  // of what was started and waits for too long
};

}  // namespace chaffinch::sqlite
