// Rows of `record` that were read or written lately, in memory. Every comment asks for four or five of them,
// and a connection's page cache is emptied by every commit: read from the database they cost as much of the
// processor as judging.
//
// What stands here is what the tables have (`counted`, of each share, as in backlog.h); the writer moves both
// together, after its commit and before anybody hears of it. A row that is not here may be in the table
// all the same (known.h tells most of those that are not). Nothing is written through it. Safe from any
// thread; the lock is held for some loads from memory, and while the room doubles.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "brief_lock.h"
#include "core/evidence.h"
#include "store/sqlite/shares.h"

namespace chaffinch::sqlite {

struct RecordMove;

class RecordCache {
 public:
  // Rows at most, 32 bytes each; room is made as they come. Of nine rows that would stand at one place the
  // one that came longest ago goes. Rows that count 2^17 of a kind, or have times before 1970 or after
  // 2112, are none for it.
  static constexpr std::size_t kMost = 1U << 18U;

  explicit RecordCache(std::size_t most = kMost);

  struct Taken {
    CountedTo counted{};  // the tables have all comments up to these
    std::vector<Record> records;
  };
  // The rows of these ids, in this order; an empty record for id 0 and for those of which `absent` says that
  // no table has them. Nothing when one is not here. `absent` may be asked under the lock.
  template <class Absent>
  std::optional<Taken> take(std::span<const std::int64_t> ids, const Absent& absent) const {
    Taken taken;
    taken.records.resize(ids.size());
    const std::lock_guard guard(lock_);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (ids[i] == 0 || absent(ids[i])) continue;
      const Set& set = sets_[set_of(ids[i])];
      const std::size_t slot = slot_of(set, ids[i]);
      if (slot == kTogether) return std::nullopt;
      taken.records[i] = set[slot].record();
    }
    taken.counted = counted_;
    return taken;
  }

  // To be asked before the first read in a transaction whose rows are then put in. They are left out when
  // something has changed since, or when the transaction sees the row's share up to another comment.
  std::uint64_t age() const;
  void put(std::uint64_t age, const CountedTo& counted, std::int64_t id, const Record& record);

  // ---- The writer's thread only. In a transaction, which may come to nothing: this row is changed, all may
  // be, or one is made by the backlog's first move of it ...
  void changes(std::int64_t id) {
    if (changed_.size() < kNoted)
      changed_.push_back(id);
    else
      all_changed_ = true;
  }
  void changes_all() { all_changed_ = true; }
  bool changed() const { return all_changed_ || !changed_.empty(); }
  void makes(std::int64_t id) {
    if (made_.size() < kNoted) made_.push_back(id);
  }
  // ... and it is on disk, with these moves of the backlog in the tables.
  void committed(std::span<const std::unordered_map<std::int64_t, RecordMove>* const> moves,
                 const CountedTo& counted);

 private:
  static constexpr std::size_t kTogether = 8;
  static constexpr std::size_t kFirstSets = 256;
  static constexpr std::size_t kNoted = 1U << 16U;  // changes that are not on disk yet, or never came to be
  struct Entry {
    std::int64_t id = 0;  // 0: free
    std::uint64_t first_seen : 52 = 0, rejected_low : 12 = 0;
    std::uint64_t last_seen : 52 = 0, checked_low : 12 = 0;
    std::uint64_t approved : 17 = 0, spam : 17 = 0, pending : 17 = 0, rejected_high : 5 = 0,
                             checked_high : 5 = 0;

    Record record() const;
    bool take(std::int64_t of, const Record& record);  // false: it does not fit, and nothing is changed
  };
  static_assert(sizeof(Entry) == 32);
  using Set = std::array<Entry, kTogether>;  // the latest first

  // Ids are keyed hashes.
  std::size_t set_of(std::int64_t id) const { return static_cast<std::uint64_t>(id) & (sets_.size() - 1); }
  static std::size_t slot_of(const Set& set, std::int64_t id) {  // kTogether: it is not there
    return static_cast<std::size_t>(
        std::find_if(set.begin(), set.end(), [id](const Entry& one) { return one.id == id; }) - set.begin());
  }
  void enter(std::int64_t id, const Record& record);
  void enter(const Entry& entry);
  void erase(std::int64_t id);
  void grow();

  const std::size_t most_;
  mutable BriefLock lock_;
  std::vector<Set> sets_;  // all below: guarded by lock_
  std::size_t count_ = 0;
  std::uint64_t age_ = 0;
  CountedTo counted_{};
  std::vector<std::int64_t> changed_, made_;  // the writer's thread only
  bool all_changed_ = false;
};

}  // namespace chaffinch::sqlite
