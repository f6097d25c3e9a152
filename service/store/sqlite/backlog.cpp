#include "store/sqlite/backlog.h"

#include <algorithm>
#include <mutex>

namespace chaffinch::sqlite {

std::int64_t counted_to(Db& db) {
  auto query = db.use("SELECT value FROM meta WHERE name = 'counted'");
  return query.step() ? query.integer(0) : 0;
}

void Backlog::write(Db& db) const {
  if (empty()) return;
  // In the tables' own order: neighbours share a page.
  std::vector<std::pair<std::int64_t, RecordMove>> records(now_.records.begin(), now_.records.end());
  std::vector<std::pair<CopyName, CopyMove>> copies(now_.copies.begin(), now_.copies.end());
  const auto by_name = [](const auto& a, const auto& b) { return a.first < b.first; };
  std::sort(records.begin(), records.end(), by_name);
  std::sort(copies.begin(), copies.end(), by_name);
  for (const auto& [id, move] : records) write_record(db, known_, id, move);
  for (const auto& [name, move] : copies) write_copy(db, known_, name, move);
  now_.numbers.write(db);
}

void Backlog::mark(Db& db, std::int64_t through) const {
  if (through <= now_.after) return;
  db.use("UPDATE meta SET value = ?1 WHERE name = 'counted'").bind(through).run();
}

void Backlog::written(std::int64_t through) {
  const bool more = through > now_.after;
  known_.cache.committed(now_.records, more ? through : now_.after);
  if (!more) return;
  const std::lock_guard guard(lock_);
  before_ = std::move(now_);
  now_ = Moves{};
  now_.after = now_.through = through;
  comments_ = 0;
}

void Backlog::add(const Counters& counters, std::size_t comments) {
  const std::lock_guard guard(lock_);
  for (const auto& [id, move] : counters.records()) now_.records[id] += move;
  for (const auto& [name, move] : counters.copies()) now_.copies[name] += move;
  now_.numbers.add(counters.numbers());
  now_.through = std::max(now_.through, counters.through());
  comments_ += comments;
}

std::optional<Backlog::Lacking> Backlog::lacking(std::int64_t counted, std::span<const std::int64_t> records,
                                                 CopyName copy) const {
  Lacking lacking;
  lacking.records.resize(records.size());
  const auto take = [&](const Moves& from) {
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (const auto found = from.records.find(records[i]); found != from.records.end())
        lacking.records[i] += found->second;
    }
    if (const auto found = from.copies.find(copy); found != from.copies.end()) lacking.copy += found->second;
  };
  const std::lock_guard guard(lock_);
  if (counted < before_.after) return std::nullopt;
  if (counted < now_.after) take(before_);
  // Already there when it was committed a moment ago and written() is not yet called.
  if (counted < now_.through) take(now_);
  return lacking;
}

std::optional<Numbers> Backlog::lacking_numbers(std::int64_t counted) const {
  Numbers lacking;
  const std::lock_guard guard(lock_);
  if (counted < before_.after) return std::nullopt;
  if (counted < now_.after) lacking.add(before_.numbers);
  if (counted < now_.through) lacking.add(now_.numbers);
  return lacking;
}

}  // namespace chaffinch::sqlite
