#include "store/sqlite/record_cache.h"

#include <algorithm>
#include <bit>
#include <mutex>
#include <utility>

#include "store/sqlite/counters.h"

namespace chaffinch::sqlite {
RecordCache::RecordCache(std::size_t most)
    : most_(most), sets_(std::min(kFirstSets, std::max<std::size_t>(std::bit_floor(most / kTogether), 1))) {}

std::uint64_t RecordCache::age() const {
  const std::lock_guard guard(lock_);
  return age_;
}

void RecordCache::put(std::uint64_t age, const CountedTo& counted, std::int64_t id, const Record& record) {
  const std::lock_guard guard(lock_);
  const std::size_t share = share_of(id);
  if (age == age_ && counted[share] == counted_[share] && id != 0) enter(id, record);
}

void RecordCache::committed(std::span<const RecordMoves* const> moves, const CountedTo& counted) {
  std::sort(made_.begin(), made_.end());
  const std::lock_guard guard(lock_);
  ++age_;
  counted_ = counted;
  for (const RecordMoves* some : moves) {
    for (const auto& [id, by] : *some) {
      Set& set = sets_[set_of(id)];
      if (const std::size_t slot = slot_of(set, id); slot != kTogether) {
        if (!set[slot].take(id, moved(set[slot].record(), by))) erase(id);
      } else if (std::binary_search(made_.begin(), made_.end(), id)) {
        enter(id, moved({}, by));
      }
    }
  }
  for (const std::int64_t id : changed_) erase(id);
  if (all_changed_) {
    for (Set& set : sets_) set.fill(Entry{});
    count_ = 0;
  }
  made_.clear();
  changed_.clear();
  all_changed_ = false;
}

Record RecordCache::Entry::record() const {
  Record record;
  record.approved = static_cast<std::uint32_t>(approved);
  record.rejected = static_cast<std::uint32_t>(rejected_high << 12U | rejected_low);
  record.spam = static_cast<std::uint32_t>(spam);
  record.pending = static_cast<std::uint32_t>(pending);
  record.checked = static_cast<std::uint32_t>(checked_high << 12U | checked_low);
  record.first_seen = static_cast<Time>(first_seen);
  record.last_seen = static_cast<Time>(last_seen);
  return record;
}

bool RecordCache::Entry::take(std::int64_t of, const Record& record) {
  constexpr std::uint64_t kTime = (1ULL << 52U) - 1;
  constexpr std::uint32_t kCount = (1U << 17U) - 1, kLow = (1U << 12U) - 1, kHigh = (1U << 5U) - 1;
  Entry made;
  made.id = of;
  made.first_seen = static_cast<std::uint64_t>(record.first_seen) & kTime;
  made.last_seen = static_cast<std::uint64_t>(record.last_seen) & kTime;
  made.approved = record.approved & kCount;
  made.spam = record.spam & kCount;
  made.pending = record.pending & kCount;
  made.rejected_low = record.rejected & kLow;
  made.rejected_high = record.rejected >> 12U & kHigh;
  made.checked_low = record.checked & kLow;
  made.checked_high = record.checked >> 12U & kHigh;
  if (made.record() != record) return false;
  *this = made;
  return true;
}

void RecordCache::enter(std::int64_t id, const Record& record) {
  Entry entry;
  erase(id);
  if (entry.take(id, record)) enter(entry);
}

void RecordCache::enter(const Entry& entry) {
  if (count_ >= sets_.size() * kTogether / 2 && sets_.size() * kTogether * 2 <= most_) grow();
  Set& set = sets_[set_of(entry.id)];
  if (set.back().id == 0) ++count_;
  std::move_backward(set.begin(), set.end() - 1, set.end());
  set.front() = entry;
}

void RecordCache::erase(std::int64_t id) {
  Set& set = sets_[set_of(id)];
  const std::size_t slot = slot_of(set, id);
  if (slot == kTogether) return;
  const auto there = set.begin() + static_cast<std::ptrdiff_t>(slot);
  std::move(there + 1, set.end(), there);
  set.back() = Entry{};
  --count_;
}

void RecordCache::grow() {
  std::vector<Set> before(sets_.size() * 2);
  before.swap(sets_);
  count_ = 0;
  for (const Set& set : before) {
    for (auto entry = set.rbegin(); entry != set.rend(); ++entry)
      if (entry->id != 0) enter(*entry);
  }
}

}  // namespace chaffinch::sqlite
