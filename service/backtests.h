// Backtests that run beside the service: one at a time, on one thread of low priority, so that submissions
// keep the other cores. The latest results are kept in memory until the service ends, and so are the latest
// idempotency keys: a repeated request is answered as the first time, for a day at most, whatever became of
// its backtest. Safe from any thread.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "backtest.h"
#include "core/id.h"
#include "core/result.h"
#include "core/time.h"
#include "rulebook.h"
#include "store/store.h"

namespace chaffinch {

class Backtests {
 public:
  static constexpr std::size_t kKept = 8;
  static constexpr std::size_t kKeys = 1000;
  static constexpr std::uint64_t kMost = 1'000'000;  // comments of one backtest

  enum class State : std::uint8_t { running, done, cancelled, failed };

  struct Wish {
    std::string site;  // empty: all
    std::optional<Time> since;
    std::uint64_t most = 100'000;  // the newest ones
    Rulebook::Sets today, draft;
    std::string by;
    Once once = {};
  };

  struct Status {
    Id id;
    std::string site;
    std::string by;
    Time started_at = 0;
    State state = State::running;
    std::uint64_t seen = 0;
    std::uint64_t total = 0;                         // about as many will be seen
    std::string problem;                             // of a failed one
    std::shared_ptr<const Backtest::Report> report;  // of one that is done
  };

  explicit Backtests(Store& store) : store_(store) {}
  ~Backtests() = default;  // stops at once, between two pages
  Backtests(const Backtests&) = delete;
  Backtests& operator=(const Backtests&) = delete;

  // too_many, with a time to come back and the name of who started it: one is running.
  Result<Answered<Status>> start(Wish wish, Time now);
  Result<std::optional<Answered<Status>>> replay(const Once& once) const;  // what `start` told this key
  Result<Status> status(const std::string& reach, Id id) const;
  std::vector<Status> all(const std::string& reach) const;  // newest first, at most kKept
  // A running one is cancelled (its status says so when its page is through), a finished one forgotten.
  Result<Took> remove(const std::string& reach, Id id, const Once& once = {});

 private:
  struct Run {
    Status status;
    bool cancel = false;
  };
  struct Told {
    Once once;
    Status status;  // of a start
  };
  Result<const Told*> told(const Once& once) const;  // REQUIRES lock_; nullptr: the key did not come
  void remember(const Once& once, const Status& status);

  void carry_out(const std::shared_ptr<Run>& run, const Wish& wish, const std::stop_token& stop);

  Store& store_;
  mutable std::mutex lock_;
  std::deque<std::shared_ptr<Run>> runs_;  // guarded by lock_; newest last
  std::deque<Told> told_;                  // guarded by lock_; newest last
  std::jthread thread_;                    // guarded by lock_; last: it uses all the others
};

std::string_view word(Backtests::State state);

}  // namespace chaffinch
