#include "store/sqlite/writer.h"

#include <algorithm>
#include <chrono>
#include <exception>

#include <SQLiteCpp/Exception.h>

#include "waiting.h"

namespace chaffinch::sqlite {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kPatience = std::chrono::seconds(10);
constexpr auto kWatched = std::chrono::seconds(1);  // how often it is looked for what waits in vain
// Idle work waits for a pause of the writers, so that it takes no time from a busy service.
constexpr auto kPause = std::chrono::milliseconds(15);

Error unavailable(std::string what, std::string advice) {
  return Error{Code::unavailable, std::move(what), {}, std::move(advice), 1};
}

Error refusal(const SQLite::Exception& error) {
  const Trouble trouble = trouble_of(error);
  return unavailable(trouble.space ? "the disk is full" : "the store cannot write: " + trouble.sentence,
                     trouble.space ? "make room on the disk; nothing was kept of this request"
                                   : "see the service's log; nothing was kept of this request");
}

Error waited_too_long() {
  return unavailable("the write waited too long", "try again in a moment");
}

}  // namespace

Writer::Writer(std::unique_ptr<Db> db, Near& near, Known& known, Backlog& backlog, const Options& options,
               Idle idle)
    : db_(std::move(db)),
      near_(near),
      known_(known),
      backlog_(backlog),
      options_(options),
      idle_(std::move(idle)),
      thread_([this] { work(); }),
      watch_([this] { watch(); }) {}

Writer::~Writer() {
  {
    const std::lock_guard guard(lock_);
    closing_ = true;
  }
  work_.notify_all();
  closed_.notify_all();
  thread_.join();
  watch_.join();
}

std::optional<Error> Writer::enqueue(Operation& operation, std::shared_ptr<Group>& group) {
  if (closing_) return unavailable("the store is closing", "try again after the restart");
  if (depth_ >= options_.queue_limit) {
    return unavailable("too many writes are waiting", "try again in a moment");
  }
  if (waiting_.empty() || waiting_.back()->operations.size() >= options_.group_limit) {
    waiting_.push_back(std::make_shared<Group>());
  }
  group = waiting_.back();
  group->operations.push_back(&operation);
  ++depth_;
  return std::nullopt;
}

std::optional<Error> Writer::wait(Operation& operation) {
  const Waiting waiting;
  std::unique_lock lock(lock_);
  std::shared_ptr<Group> group;
  if (auto refused = enqueue(operation, group)) return refused;
  if (depth_ == 1) work_.notify_one();
  const auto deadline = Clock::now() + kPatience;
  if (!group->woken.wait_until(lock, deadline, [&] { return group->started || group->done; })) {
    std::replace(group->operations.begin(), group->operations.end(), &operation,
                 static_cast<Operation*>(nullptr));
    --depth_;
    return waited_too_long();
  }
  group->woken.wait(lock, [&] { return group->done; });
  return std::move(operation.error);
}

void Writer::post(How how, std::function<bool(Change&)> body) {
  auto operation = std::make_unique<Operation>();
  operation->how = how;
  operation->body = std::move(body);
  begin(std::move(operation));
}

void Writer::begin(std::unique_ptr<Operation> operation) {
  operation->owned = true;
  if (operation->then) operation->since = Clock::now();
  std::optional<Error> refused;
  {
    const std::lock_guard guard(lock_);
    std::shared_ptr<Group> group;
    refused = enqueue(*operation, group);
    if (!refused && depth_ == 1) work_.notify_one();
    if (!refused) operation.release();  // deleted by carry_out or watch
  }
  if (refused) tell(*operation, std::move(refused));
}

void Writer::tell(Operation& operation, std::optional<Error> error) {
  if (!operation.then) return;
  operation.body = nullptr;  // so that `then` holds all that remains
  operation.then(std::move(error));
}

// Whoever waits looks at the clock; this does so for those who do not. Never later than kPatience.
void Writer::watch() {
  std::unique_lock lock(lock_);
  while (!closed_.wait_for(lock, kWatched, [&] { return closing_; })) {
    const auto late = Clock::now() - kPatience + kWatched;
    std::vector<std::unique_ptr<Operation>> vain;
    for (const auto& group : waiting_) {
      for (Operation*& one : group->operations) {
        if (one == nullptr || !one->then || one->since > late) continue;
        vain.emplace_back(std::exchange(one, nullptr));
        --depth_;
      }
    }
    if (vain.empty()) continue;
    lock.unlock();
    for (const auto& one : vain) tell(*one, waited_too_long());
    lock.lock();
  }
}

void Writer::wake() {
  {
    const std::lock_guard guard(lock_);
    idle_work_ = true;
  }
  work_.notify_one();
}

std::uint32_t Writer::depth() const {
  const std::lock_guard guard(lock_);
  return depth_;
}

void Writer::observe(CommitObserver observer) {
  const std::lock_guard guard(lock_);
  observer_ = std::move(observer);
}

void Writer::work() {
  std::unique_lock lock(lock_);
  while (true) {
    const auto something = [&] { return !waiting_.empty() || closing_; };
    if (idle_work_) {
      if (!work_.wait_for(lock, kPause, something)) {
        lock.unlock();
        const bool wrote = backlog_.empty() || write_backlog(backlog_.in_a_pause());
        const bool more = idle_step() || (wrote && !backlog_.empty());
        if (idle_.between) idle_.between(*db_);
        lock.lock();
        idle_work_ = more;
        continue;
      }
    } else {
      work_.wait(lock, [&] { return something() || idle_work_; });
      if (waiting_.empty() && !closing_) continue;
    }
    if (waiting_.empty()) {  // closing, and all is done
      lock.unlock();
      if (!backlog_.empty()) write_backlog(Backlog::kAll);
      return;
    }
    const std::shared_ptr<Group> group = std::move(waiting_.front());
    waiting_.pop_front();
    group->started = true;
    depth_ -= static_cast<std::uint32_t>(
        std::count_if(group->operations.begin(), group->operations.end(), [](auto* one) { return one; }));
    idle_work_ = true;
    lock.unlock();
    carry_out(*group);
    lock.lock();
    group->done = true;
    lock.unlock();
    group->woken.notify_all();
    if (idle_.behind && idle_.behind()) idle_step();
    if (idle_.between) idle_.between(*db_);
    lock.lock();
  }
}

bool Writer::idle_step() {
  return at_leisure([&] { return idle_.step && idle_.step(*db_); });
}

// False: it could not be written.
bool Writer::write_backlog(const Backlog::Turn& turn) {
  return at_leisure([&] {
    const std::int64_t through = backlog_.through();
    begin_transaction(turn);
    commit(turn, through);
    return true;
  });
}

bool Writer::at_leisure(const std::function<bool()>& work) {
  try {
    return work();
  } catch (const std::exception& error) {
    // The disk is full, most likely: the next group's failure is the one to be told.
    try {
      if (db_->in_transaction()) db_->exec("ROLLBACK");
    } catch (const std::exception&) {
      return false;
    }
    CommitObserver observer;
    {
      const std::lock_guard guard(lock_);
      observer = observer_;
    }
    if (observer.failed) observer.failed(error.what());
    return false;
  }
}

void Writer::fail_all(Group& group, const Error& error) {
  for (Operation* one : group.operations) {
    if (one != nullptr) one->error = error;
  }
}

void Writer::carry_out(Group& group) {
  std::erase(group.operations, nullptr);
  CommitObserver observer;
  {
    const std::lock_guard guard(lock_);
    observer = observer_;
  }
  const auto began = Clock::now();
  std::optional<Error> failed;
  try {
    transact(group);
  } catch (const SQLite::Exception& error) {
    failed = refusal(error);
  } catch (const std::exception& error) {
    failed = Error{Code::internal, error.what(), {}, {}, 0};
  }
  if (failed) {
    try {
      if (db_->in_transaction()) db_->exec("ROLLBACK");
    } catch (const SQLite::Exception&) {
      // The transaction is gone either way; the next BEGIN says so if it is not.
    }
    fail_all(group, *failed);
    if (observer.failed) observer.failed(failed->what);
  } else {
    for (Operation* one : group.operations) {
      for (const auto& after : one->after) after();
    }
    if (observer.committed) {
      observer.committed(static_cast<std::uint32_t>(group.operations.size()),
                         std::chrono::duration<double>(Clock::now() - began).count());
    }
  }
  for (Operation* one : group.operations) {
    if (!one->owned) continue;
    tell(*one, std::move(one->error));
    delete one;
  }
}

// Whether the tables may lack what waits in the backlog while it is carried out.
bool Writer::lets_wait(const Operation& operation) const {
  return operation.how.newest && *operation.how.newest <= backlog_.counted();
}

void Writer::transact(Group& group) {
  if (group.operations.empty()) return;
  const auto all = [&](auto&& is) { return std::ranges::all_of(group.operations, is); };
  const bool arrivals = all([](const Operation* one) { return one->how.arrival; });
  const bool later = all([this](const Operation* one) { return lets_wait(*one); });
  const Backlog::Turn turn = later ? backlog_.due() : Backlog::kAll;
  Moves moves;
  begin_transaction(turn);
  if (!arrivals || !without_savepoints(group, moves, turn)) {
    for (Operation* one : group.operations) with_savepoint(*one, moves);
  }
  std::int64_t through = backlog_.through();
  if (later) {
    moves.arrived.flush_lesser(*db_);
  } else {
    moves.arrived.flush(*db_, known_);
    through = std::max({through, moves.arrived.through(), moves.other.through()});
  }
  moves.other.flush(*db_, known_);
  commit(turn, through);
  if (later) backlog_.add(moves.arrived, group.operations.size());
}

void Writer::begin_transaction(const Backlog::Turn& turn) {
  db_->exec("BEGIN IMMEDIATE");
  backlog_.write(*db_, turn);
}

// `through`: the newest comment that the tables have then of the turn's shares.
void Writer::commit(const Backlog::Turn& turn, std::int64_t through) {
  backlog_.mark(*db_, turn, through);
  db_->exec("COMMIT");
  backlog_.written(turn, through);
}

// False: one has failed that had changed something; it is as if none had begun.
bool Writer::without_savepoints(Group& group, Moves& moves, const Backlog::Turn& turn) {
  for (Operation* one : group.operations) {
    const std::int64_t before = db_->all_changes();
    if (done(*one, moves) || db_->all_changes() == before) continue;
    db_->exec("ROLLBACK");
    moves = Moves();
    for (Operation* other : group.operations) {
      other->error.reset();
      other->after.clear();
    }
    begin_transaction(turn);
    return false;
  }
  return true;
}

void Writer::with_savepoint(Operation& operation, Moves& moves) {
  if (operation.how.fresh) {
    moves.arrived.flush(*db_, known_);
    moves.other.flush(*db_, known_);
  }
  db_->exec("SAVEPOINT operation");
  if (!done(operation, moves)) db_->exec("ROLLBACK TO operation");
  db_->exec("RELEASE operation");
}

bool Writer::done(Operation& operation, Moves& moves) {
  Change change{*db_, near_, {}, {}};
  change.deltas.numbers_after = backlog_.numbers_after();
  try {
    if (!operation.body(change)) return false;
  } catch (const SQLite::Exception& error) {
    // A full disk or a broken file is everybody's failure, and SQLite may have ended the transaction already.
    if (trouble_of(error).storage || !db_->in_transaction()) throw;
    operation.error = Error{Code::internal, error.what(), {}, {}, 0};
    return false;
  } catch (const std::exception& error) {
    operation.error = Error{Code::internal, error.what(), {}, {}, 0};
    return false;
  }
  (operation.how.arrival ? moves.arrived : moves.other).add(change.deltas);
  operation.after = std::move(change.after);
  return true;
}

}  // namespace chaffinch::sqlite
