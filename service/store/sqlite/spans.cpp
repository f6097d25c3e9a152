#include "store/sqlite/spans.h"

#include <algorithm>
#include <limits>

namespace chaffinch::sqlite {
namespace {

constexpr std::size_t kMostRanges = 64;

}  // namespace

void SpanWriter::add(const Row& row) {
  const std::int64_t block = row.seq / kSpan;
  const Time at = row.comment.shown_at();
  if (block_ != block) {
    finish();
    block_ = block;
    least_ = most_ = at;
  }
  least_ = std::min(least_, at);
  most_ = std::max(most_, at);
}

void SpanWriter::finish() {
  if (!block_) return;
  db_.use(
         "INSERT INTO span (block, least, most) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET"
         " least = min(least, excluded.least), most = max(most, excluded.most)")
      .bind(*block_, least_, most_)
      .run();
  block_.reset();
}

Ranges ranges_of(Db& db, std::optional<Time> since, std::optional<Time> until, std::int64_t mark) {
  constexpr auto kEver = std::numeric_limits<std::int64_t>::max();
  Ranges ranges;
  const auto add = [&ranges](std::int64_t from, std::int64_t to) {
    if (!ranges.empty() && ranges.back().second + 1 >= from)
      ranges.back().second = std::max(ranges.back().second, to);
    else
      ranges.emplace_back(from, to);
  };
  {
    auto query = db.use("SELECT block FROM span WHERE most >= ?1 AND least < ?2 ORDER BY block");
    query.bind(since.value_or(std::numeric_limits<std::int64_t>::min()), until.value_or(kEver));
    while (query.step()) {
      const std::int64_t from = query.integer(0) * kSpan;
      if (from > mark) break;
      add(from, std::min(from + kSpan - 1, mark));
    }
  }
  add(mark + 1, kEver);
  for (std::int64_t gap = kSpan; ranges.size() > kMostRanges; gap *= 2) {
    Ranges fewer;
    for (const auto& [from, to] : ranges) {
      if (!fewer.empty() && from - fewer.back().second <= gap + 1)
        fewer.back().second = to;
      else
        fewer.emplace_back(from, to);
    }
    ranges = std::move(fewer);
  }
  return ranges;
}

}  // namespace chaffinch::sqlite
