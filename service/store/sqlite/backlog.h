// What newly kept comments count in the tables `record` and `copy` and in the numbers over time (days.h),
// before it is written there. A comment counts in six or seven rows that lie anywhere in the first two;
// written with the comment they cost a page each, while those of thousands of comments share pages. Nothing
// can be lost: a comment's own row says what it counts, and the table `counted` tells up to which comment
// (seq) the tables have it; what lies beyond is counted again when the store opens.
//
// It is written a share at a time (shares.h), in turn: each waits until thousands of comments have moved its
// rows, and nobody waits until all are written. Measured with 64 connections on two processors, 60,000 to
// 90,000 comments there: 239 us of the processor a submission when all was written after each 1,024 comments,
// 217 and 210 with a share after each 512 and 1,024, 213 when nothing was written meanwhile.
//
// Operations that ask for counts, or may change a comment that some share does not count yet, find the tables
// whole: the writer writes the backlog out before them, in their own transaction. So a comment beyond what is
// counted stands as it came. Readers add what their snapshot lacks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "brief_lock.h"
#include "store/sqlite/counters.h"
#include "store/sqlite/db.h"
#include "store/sqlite/shares.h"

namespace chaffinch::sqlite {

class Backlog {
 public:
  // A share is written after `step` comments, the same one again after sixteen times as many. A row that
  // waits takes about 100 bytes: 6 MiB with 1,024 comments, each of which moves seven rows of its own; and
  // 16,384 comments are counted again after a crash, in a quarter of a second.
  Backlog(Known& known, std::size_t step) : known_(known), step_(step < 1 ? 1 : step) {}

  // Shares that are written together: `count` of them from `first` on, in a circle.
  struct Turn {
    std::size_t first = 0;
    std::size_t count = 0;
  };
  static constexpr Turn kAll{0, kShares};

  // ---- The writer's thread only.
  bool empty() const;
  Turn due() const;         // what should be written with the next comments
  Turn in_a_pause() const;  // ... or while none come
  // Moves what waits of these to the tables, in the writer's transaction; then the mark, once the newest
  // comment that they have is known ...
  void write(Db& db, const Turn& turn) const;
  void mark(Db& db, const Turn& turn, std::int64_t through) const;
  // ... and the transaction is on disk.
  void written(const Turn& turn, std::int64_t through);
  // A group is on disk, and what its comments count is not. `operations`: how many these were at most.
  void add(const Counters& counters, std::size_t operations);
  std::int64_t through() const { return through_; }
  std::int64_t counted() const;  // the tables have every share up to this comment
  // What the tables have when the store opens.
  void opened(const CountedTo& counted);
  // Comments up to this one are in no number over time; set before the first operation.
  void numbers_after(std::int64_t seq) { numbers_after_ = seq; }
  std::int64_t numbers_after() const { return numbers_after_; }

  // ---- Any thread.
  struct Lacking {
    std::vector<RecordMove> records;  // in the order asked
    CopyMove copy;
  };
  // What the tables lack in a snapshot that has them up to `counted`, for ids and a hash that are not 0.
  // Nothing when the snapshot is too old to be answered for: a share was written since, and then
  // again, or three times others.
  std::optional<Lacking> lacking(const CountedTo& counted, std::span<const std::int64_t> records,
                                 CopyName copy) const;
  std::optional<Numbers> lacking_numbers(const CountedTo& counted) const;  // the same of these

 private:
  struct CopyHash {
    std::size_t operator()(const CopyName& name) const {
      return static_cast<std::size_t>(name.second ^ name.first);
    }
  };
  struct Moves {
    std::int64_t after = 0;  // the tables had all up to here when it began
    RecordMoves records;
    std::unordered_map<CopyName, CopyMove, CopyHash> copies;
    Numbers numbers;
  };
  struct Share {
    Moves now, before;          // before: has been written, and is kept for snapshots that are older
    std::uint64_t written = 0;  // before: by which writing; 0: it is not kept
  };

  template <class F>
  void each(const Turn& turn, F&& of_share) const;
  template <class Take>
  bool lack(const CountedTo& counted, std::size_t share, Take&& take) const;

  Known& known_;
  const std::size_t step_;
  mutable BriefLock lock_;
  std::array<Share, kShares> shares_;  // changed by the writer's thread only, under lock_
  std::int64_t through_ = 0;           // the same: the newest comment that is counted here or in the tables
  std::uint64_t writings_ = 0;
  std::size_t comments_ = 0;  // since a turn came
  std::size_t next_ = 0;      // whose turn is next
  std::int64_t numbers_after_ = 0;
};

// What the tables have in this snapshot.
CountedTo counted_to(Db& db);

}  // namespace chaffinch::sqlite
