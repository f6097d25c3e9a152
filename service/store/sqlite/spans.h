// When comments were written, by stretches of their numbers: of each 256 the earliest and the latest time
// (table `span`). Comments arrive nearly in the order in which they are written, archives too, so that a
// stretch of time lies in few blocks; where it does not, more blocks are looked at, never fewer.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/time.h"
#include "store/sqlite/rows.h"

namespace chaffinch::sqlite {

inline constexpr std::int64_t kSpan = 256;

// Sums up the times of rows in order of their numbers, and writes them block by block. REQUIRES a
// transaction; the last block is written by `finish`.
class SpanWriter {
 public:
  explicit SpanWriter(Db& db) : db_(db) {}
  void add(const Row& row);
  void finish();

 private:
  Db& db_;
  std::optional<std::int64_t> block_;
  Time least_ = 0, most_ = 0;
};

// Numbers from and to, both included, rising; outside of them nothing was written from `since` on and before
// `until`. What is not in `span` yet, beyond `mark`, belongs to them. At most 64: stretches that lie near
// each other are taken together.
using Ranges = std::vector<std::pair<std::int64_t, std::int64_t>>;
Ranges ranges_of(Db& db, std::optional<Time> since, std::optional<Time> until, std::int64_t mark);

}  // namespace chaffinch::sqlite
