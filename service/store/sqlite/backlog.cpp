#include "store/sqlite/backlog.h"

#include <algorithm>
#include <mutex>
#include <numeric>

namespace chaffinch::sqlite {
namespace {

constexpr std::uint64_t kKept = 2;  // writings that the moves of one before them outlast
// In a pause all is written in one transaction, when it is no more than so many rows for each comment of a
// step.
constexpr std::size_t kFewRows = 8;

}  // namespace

CountedTo counted_to(Db& db) {
  CountedTo counted{};
  auto query = db.use("SELECT share, through FROM counted");
  while (query.step()) counted.at(query.as<std::size_t>(0)) = query.integer(1);
  return counted;
}

template <class F>
void Backlog::each(const Turn& turn, F&& of_share) const {
  for (std::size_t i = 0; i < turn.count; ++i) of_share((turn.first + i) % kShares);
}

bool Backlog::empty() const {
  return std::ranges::all_of(shares_, [this](const Share& one) { return one.now.after >= through_; });
}

Backlog::Turn Backlog::due() const {
  return {.first = next_, .count = std::min(comments_ / step_, kShares)};
}

Backlog::Turn Backlog::in_a_pause() const {
  const std::size_t rows = std::accumulate(
      shares_.begin(), shares_.end(), std::size_t{0},
      [](std::size_t sum, const Share& one) { return sum + one.now.records.size() + one.now.copies.size(); });
  return rows <= kFewRows * step_ ? kAll : Turn{.first = next_, .count = 1};
}

void Backlog::write(Db& db, const Turn& turn) const {
  std::vector<std::pair<std::int64_t, RecordMove>> records;
  std::vector<std::pair<CopyName, CopyMove>> copies;
  each(turn, [&](std::size_t share) {
    const Moves& now = shares_[share].now;
    records.insert(records.end(), now.records.begin(), now.records.end());
    copies.insert(copies.end(), now.copies.begin(), now.copies.end());
    if (share == kNumbersShare) now.numbers.write(db);
  });
  // In the tables' own order: neighbours share a page.
  const auto by_name = [](const auto& a, const auto& b) { return a.first < b.first; };
  std::sort(records.begin(), records.end(), by_name);
  std::sort(copies.begin(), copies.end(), by_name);
  for (const auto& [id, move] : records) write_record(db, known_, id, move);
  for (const auto& [name, move] : copies) write_copy(db, known_, name, move);
}

void Backlog::mark(Db& db, const Turn& turn, std::int64_t through) const {
  each(turn, [&](std::size_t share) {
    if (through <= shares_[share].now.after) return;
    db.use("UPDATE counted SET through = ?2 WHERE share = ?1").bind(share, through).run();
  });
}

std::int64_t Backlog::counted() const {
  return std::ranges::min_element(shares_, {}, [](const Share& one) { return one.now.after; })->now.after;
}

void Backlog::written(const Turn& turn, std::int64_t through) {
  if (turn.count == 0 && !known_.cache.changed()) return;
  std::vector<const RecordMoves*> moves;
  std::vector<Moves> gone;  // let go without the lock
  moves.reserve(kShares);
  gone.reserve(2 * kShares);
  CountedTo counted{};
  for (std::size_t share = 0; share < kShares; ++share) counted[share] = shares_[share].now.after;
  each(turn, [&](std::size_t share) {
    moves.push_back(&shares_[share].now.records);
    counted[share] = std::max(counted[share], through);
  });
  known_.cache.committed(moves, counted);
  if (turn.count == 0) return;

  const std::lock_guard guard(lock_);
  ++writings_;
  each(turn, [&](std::size_t share) {
    Share& one = shares_[share];
    if (through <= one.now.after) return;
    gone.push_back(std::exchange(one.before, std::exchange(one.now, Moves())));
    one.now.after = through;
    one.written = writings_;
  });
  for (Share& one : shares_) {
    if (one.written == 0 || one.written + kKept >= writings_) continue;
    gone.push_back(std::exchange(one.before, Moves()));
    one.written = 0;
  }
  through_ = std::max(through_, through);
  comments_ -= std::min(comments_, turn.count * step_);
  next_ = (turn.first + turn.count) % kShares;
}

void Backlog::add(const Counters& counters, std::size_t operations) {
  const std::lock_guard guard(lock_);
  for (const auto& [id, move] : counters.records()) shares_[share_of(id)].now.records[id] += move;
  for (const auto& [name, move] : counters.copies()) shares_[share_of(name)].now.copies[name] += move;
  shares_[kNumbersShare].now.numbers.add(counters.numbers());
  through_ = std::max(through_, counters.through());
  comments_ += operations;
}

void Backlog::opened(const CountedTo& counted) {
  const std::lock_guard guard(lock_);
  for (std::size_t share = 0; share < kShares; ++share) shares_[share].now.after = counted[share];
  // Not the newest that any share has: should counting the rest fail, the others' marks stay where they are.
  through_ = *std::ranges::min_element(counted);
}

// Hands on what the tables lack of a share. False: the snapshot is too old. REQUIRES: lock_ is held.
template <class Take>
bool Backlog::lack(const CountedTo& counted, std::size_t share, Take&& take) const {
  const Share& one = shares_[share];
  if (counted[share] < one.now.after) {
    if (one.written == 0 || counted[share] < one.before.after) return false;
    take(one.before);
  }
  // More than that: what waits here is there already, committed a moment ago, and written() is not yet
  // called.
  if (counted[share] <= one.now.after) take(one.now);
  return true;
}

std::optional<Backlog::Lacking> Backlog::lacking(const CountedTo& counted,
                                                 std::span<const std::int64_t> records, CopyName copy) const {
  Lacking lacking;
  lacking.records.resize(records.size());
  const std::lock_guard guard(lock_);
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (records[i] == 0) continue;
    const bool young = lack(counted, share_of(records[i]), [&](const Moves& from) {
      if (const auto found = from.records.find(records[i]); found != from.records.end())
        lacking.records[i] += found->second;
    });
    if (!young) return std::nullopt;
  }
  if (copy.second == 0) return lacking;
  const bool young = lack(counted, share_of(copy), [&](const Moves& from) {
    if (const auto found = from.copies.find(copy); found != from.copies.end()) lacking.copy += found->second;
  });
  if (!young) return std::nullopt;
  return lacking;
}

std::optional<Numbers> Backlog::lacking_numbers(const CountedTo& counted) const {
  Numbers lacking;
  const std::lock_guard guard(lock_);
  if (!lack(counted, kNumbersShare, [&](const Moves& from) { lacking.add(from.numbers); }))
    return std::nullopt;
  return lacking;
}

}  // namespace chaffinch::sqlite
