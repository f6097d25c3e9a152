// Everything that counts comments: reputation records, copies, sites, articles, numbers over time (days.h),
// standing decisions. Operations say how the counters move; the writer sums the moves of a group up and
// writes each counter once.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/comment.h"
#include "core/time.h"
#include "store/sqlite/days.h"
#include "store/sqlite/db.h"
#include "store/sqlite/keys.h"
#include "store/sqlite/known.h"
#include "store/store.h"

namespace chaffinch::sqlite {

// A copy is remembered so long after the last one.
inline constexpr Time kCopyRetention = 30 * kDay;

using ByStatus = std::array<std::int32_t, 5>;  // in the order of Status

struct RecordMove {
  ByStatus by{};
  std::int32_t decided = 0;
  Time first = 0;  // 0: says nothing of when
  Time last = 0;

  RecordMove& operator+=(const RecordMove& more);
};

using RecordMoves = std::unordered_map<std::int64_t, RecordMove>;  // by record.id

// A record with a move, as write_record makes its row.
Record moved(Record record, const RecordMove& by);

using CopyName = std::pair<std::int64_t, std::int64_t>;  // site, hash

struct CopyMove {
  std::int32_t count = 0, spam = 0, approved = 0;
  Time at = 0;

  CopyMove& operator+=(const CopyMove& more);
};

// One row of `record`, one of `copy`; it is known before it is committed.
void write_record(Db& db, Known& known, std::int64_t id, const RecordMove& move);
void write_copy(Db& db, Known& known, const CopyName& name, const CopyMove& move);

struct SiteMove {
  ByStatus by{};
  std::int32_t decided = 0;
};

struct ArticleMove {
  std::int32_t approved = 0, pending = 0;
};

// Of one blog and day (blog_day).
struct BlogMove {
  std::int32_t calls = 0, spam = 0, ham = 0, missed_spam = 0, false_positives = 0;
};
using BlogDay = std::pair<std::int64_t, std::int64_t>;  // blog.no, days since 1970

// What of a comment is counted.
struct Counted {
  std::int64_t seq = 0;
  std::int64_t site = 0;
  std::int64_t article = 0;
  Status status = Status::pending;
  Status stands_as = Status::pending;  // in records, copies and statistics of rules (Row::stands_as)
  bool decided = false;
  bool discard = false;
  bool imported = false;
  std::int64_t blog = 0;  // of one that its client keeps; 0: of none
  std::int64_t day = 0;   // on which it came
  std::int64_t week = 0;  // in which it came; of an archive's: in which it was written
  Told told = Told::nothing;
  PersonKeys keys;
  std::vector<std::int64_t> domains;  // keyed hashes
  std::int64_t copy_hash = 0;
  std::vector<std::string> rules;
};

// The moves of one operation.
struct Deltas {
  std::vector<std::pair<std::int64_t, RecordMove>> records;  // record.id
  std::vector<std::pair<CopyName, CopyMove>> copies;
  std::vector<std::pair<std::int64_t, SiteMove>> sites;
  std::vector<std::pair<std::int64_t, ArticleMove>> articles;
  std::vector<std::pair<RuleInWeek, RuleMove>> rules;
  std::vector<std::pair<SiteDay, std::pair<DayCount, std::int32_t>>> days;
  std::vector<std::pair<SiteWait, std::int32_t>> waits;
  std::vector<std::pair<std::int64_t, std::int32_t>> standing;  // decision.no
  std::vector<std::pair<BlogDay, BlogMove>> blogs;
  std::int64_t through = 0;        // the newest comment (seq) whose coming is among them
  std::int64_t numbers_after = 0;  // comments up to here (seq) are in no number over time

  // A comment came (at its own time; we heard of it at `received`) ...
  void arrived(const Counted&, Time at, Time received);
  // ... changed (its text at `received`; 0: the text is the same) ...
  void changed(const Counted& before, const Counted& after, Time received = 0);
  // ... or goes. Statistics of rules stay: they are of what happened, not of what is still here. What was
  // found out about its author and text stays as well when it was `swept`, spam or rejected; a comment that
  // somebody removed is taken out of the records.
  void left(const Counted&, bool swept);

 private:
  void count(const Counted&, std::int32_t by, Time at, Time received, bool records_too, bool rules_too);
};

class Counters {
 public:
  void add(const Deltas&);
  void flush(Db&, Known&);  // writes all moves and forgets them, but `through`
  void flush_lesser(Db&);   // all but those of records and copies and the numbers over time, which stay
  std::int64_t through() const { return through_; }
  const std::map<std::int64_t, RecordMove>& records() const { return records_; }
  const std::map<CopyName, CopyMove>& copies() const { return copies_; }
  const Numbers& numbers() const { return numbers_; }

 private:
  std::int64_t through_ = 0;
  std::map<std::int64_t, RecordMove> records_;
  std::map<CopyName, CopyMove> copies_;
  std::map<std::int64_t, SiteMove> sites_;
  std::map<std::int64_t, ArticleMove> articles_;
  Numbers numbers_;
  std::map<std::int64_t, std::int32_t> standing_;
  std::map<BlogDay, BlogMove> blogs_;
};

}  // namespace chaffinch::sqlite
