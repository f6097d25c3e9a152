#include "store/sqlite/checkpoints.h"

#include <algorithm>

#include <sqlite3.h>

namespace chaffinch::sqlite {
namespace {

constexpr int kCheckpointPatience = 50;  // ms

}  // namespace

Checkpoints::Checkpoints(const Db::Options& options, std::uint32_t step)
    : db_(options), step_(std::max(step, 4U)), thread_([this] { work(); }) {}

Checkpoints::~Checkpoints() {
  {
    const std::lock_guard guard(lock_);
    closing_ = true;
  }
  work_.notify_one();
  thread_.join();
}

// A passive one waits for nobody; a restarting one waits for those that read the log, so that it can start
// again. What fails (a full disk) is tried again after the next step: the log keeps all.
std::uint32_t Checkpoints::carry(Db& db, int mode) {
  int pages = 0, carried = 0;
  sqlite3_wal_checkpoint_v2(db.database().getHandle(), nullptr, mode, &pages, &carried);
  return carried > 0 ? static_cast<std::uint32_t>(carried) : 0;
}

void Checkpoints::between(Db& writer) {
  const std::uint32_t pages = writer.log_pages();
  if (pages < last_) tried_ = 0;  // the log is a new one
  last_ = pages;
  if (pages < step_) return;
  std::unique_lock guard(lock_);
  if (pages >= kMost * step_) done_.wait(guard, [this] { return !wanted_; });
  if (wanted_) return;
  if (carried_ > pages) carried_ = 0;  // of the log before this one
  const std::uint32_t left = pages - carried_;
  const bool again = pages >= kAgain * step_;
  const bool few = left <= step_ / 4 || pages >= kMost * step_;
  if (again && few && pages >= tried_ + step_ / 4) {
    guard.unlock();
    // Mostly nobody reads just then. Reads last milliseconds; a backup, which lasts longer, is not waited
    // for.
    const bool wait = pages >= kWait * step_;
    if (wait) sqlite3_busy_timeout(writer.database().getHandle(), kCheckpointPatience);
    const std::uint32_t carried = carry(writer, wait ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE);
    if (wait) sqlite3_busy_timeout(writer.database().getHandle(), Db::kBusyTimeout);
    tried_ = pages;
    guard.lock();
    carried_ = carried;
  } else if (left >= step_ || (again && !few)) {
    wanted_ = true;
    work_.notify_one();
  }
}

void Checkpoints::work() {
  std::unique_lock guard(lock_);
  while (true) {
    work_.wait(guard, [this] { return wanted_ || closing_; });
    if (closing_) return;
    guard.unlock();
    const std::uint32_t carried = carry(db_, SQLITE_CHECKPOINT_PASSIVE);
    guard.lock();
    carried_ = carried;
    wanted_ = false;
    done_.notify_all();
  }
}

}  // namespace chaffinch::sqlite
