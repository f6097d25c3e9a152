// What newly kept comments count in the tables `record` and `copy` and in the numbers over time (days.h),
// before it is written there. A comment counts in six or seven rows that lie anywhere in the first two;
// written with the comment they cost a page each, while those of a thousand comments share pages. Nothing can
// be lost: a comment's own row says what it counts, and 'counted' in `meta` tells up to which comment (seq)
// the tables have it; what lies beyond is counted again when the store opens.
//
// Operations other than keep find the tables whole: the writer writes the backlog out before them, in their
// own transaction. So a comment beyond 'counted' stands as it came. Readers add what their snapshot lacks.
#pragma once

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

namespace chaffinch::sqlite {

class Backlog {
 public:
  explicit Backlog(Known& known) : known_(known) {}

  // So many comments wait at most; about 600 bytes each, twice.
  static constexpr std::size_t kComments = 1024;

  // ---- The writer's thread only.
  bool empty() const { return comments_ == 0; }
  bool has_room(std::size_t comments) const { return comments_ + comments <= kComments; }
  // Moves what waits to the tables, in the writer's transaction; then the mark, once the newest comment that
  // they have is known ...
  void write(Db& db) const;
  void mark(Db& db, std::int64_t through) const;
  // ... and the transaction is on disk.
  void written(std::int64_t through);
  // These comments are on disk, and what they count is not.
  void add(const Counters& counters, std::size_t comments);
  std::int64_t through() const { return now_.through; }
  // Comments up to this one are in no number over time; set before the first operation.
  void numbers_after(std::int64_t seq) { numbers_after_ = seq; }
  std::int64_t numbers_after() const { return numbers_after_; }

  // ---- Any thread.
  struct Lacking {
    std::vector<RecordMove> records;  // in the order asked
    CopyMove copy;
  };
  // What the tables lack in a snapshot that has them up to `counted`. Nothing when the snapshot is too old to
  // be answered for: two writings have come since.
  std::optional<Lacking> lacking(std::int64_t counted, std::span<const std::int64_t> records,
                                 CopyName copy) const;
  std::optional<Numbers> lacking_numbers(std::int64_t counted) const;  // the same of these

 private:
  struct CopyHash {
    std::size_t operator()(const CopyName& name) const {
      return static_cast<std::size_t>(name.second ^ name.first);
    }
  };
  struct Moves {
    std::int64_t after = 0;    // the tables had all up to here when it began ...
    std::int64_t through = 0;  // ... and it goes up to here
    std::unordered_map<std::int64_t, RecordMove> records;
    std::unordered_map<CopyName, CopyMove, CopyHash> copies;
    Numbers numbers;
  };

  Known& known_;
  mutable BriefLock lock_;
  Moves now_, before_;  // changed by the writer's thread only, under lock_; before_ has been written
  std::size_t comments_ = 0;
  std::int64_t numbers_after_ = 0;
};

// Up to which comment the tables have it, in this snapshot.
std::int64_t counted_to(Db& db);

}  // namespace chaffinch::sqlite
