// Carries the write-ahead log over into the database file, on a thread and a connection of its own, so that
// no commit waits for it. The log starts again from its beginning once all of it is carried over and nobody
// reads it any more; under load that never comes by itself, because there is always a commit more. So, when
// the log is long and little is left, the writer carries that little over itself, between two groups; and
// when it is too long, the writer waits: the log is bounded by kMost steps, as long as nobody reads one old
// state for minutes (a backup does; the log grows for so long).
//
// Nothing depends on it but the log's length: what was committed is in the log and on disk. between() belongs
// to the writer's thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "store/sqlite/db.h"

namespace chaffinch::sqlite {

class Checkpoints {
 public:
  static constexpr std::uint32_t kAgain = 3;  // steps after which the log is to start again
  static constexpr std::uint32_t kWait = 5;   // after which the writer waits for readers of the old one
  static constexpr std::uint32_t kMost = 8;   // steps that the log may have

  // `step`: pages that are carried over at once.
  Checkpoints(const Db::Options& options, std::uint32_t step);
  ~Checkpoints();
  Checkpoints(const Checkpoints&) = delete;
  Checkpoints& operator=(const Checkpoints&) = delete;

  // REQUIRES no transaction of `writer`, whose commits alone make the log longer.
  void between(Db& writer);

 private:
  void work();
  std::uint32_t carry(Db& db, int mode);  // the pages of the log that are in the database file

  Db db_;  // the thread's only
  const std::uint32_t step_;
  std::uint32_t last_ = 0;   // the log's pages at the latest call; the writer's thread only
  std::uint32_t tried_ = 0;  // and when the writer last carried over itself
  std::mutex lock_;
  std::condition_variable work_, done_;
  std::uint32_t carried_ = 0;  // pages; guarded by lock_, as all below
  bool wanted_ = false;
  bool closing_ = false;
  std::thread thread_;
};

}  // namespace chaffinch::sqlite
