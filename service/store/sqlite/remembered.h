// What is remembered of a comment's author, address, domains and text: the rows of `record` and `copy` with
// what the backlog has besides.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/evidence.h"
#include "store/sqlite/backlog.h"
#include "store/sqlite/db.h"
#include "store/sqlite/keys.h"
#include "store/sqlite/known.h"

namespace chaffinch::sqlite {

struct Remembered {
  Record author, email, address, network;
  std::vector<Record> domains;  // in the order asked
  CopyMove copy;                // of the same text within kCopyRetention before `now`
};

// What of it is asked for; a key of 0 has no row.
struct RowsWanted {
  RowsWanted(std::int64_t site, const PersonKeys& keys, std::span<const std::int64_t> domains,
             std::int64_t copy_hash);

  std::vector<std::int64_t> records;  // author, its token, email, address, network, then the domains
  CopyName copy;
};

// Without the database, when all that there is of it is at hand: what is on disk by now, as a snapshot taken
// now would have it. Nothing when it must be read.
std::optional<Remembered> remembered(const Known& known, const Backlog& backlog, const RowsWanted& sought);

// Nothing when the snapshot is too old (Backlog::lacking): take another. What is read is at hand from then
// on. REQUIRES a read transaction; `age`: of the cache, asked before the first read in it.
std::optional<Remembered> remembered(Db& db, Known& known, std::uint64_t age, const Backlog& backlog,
                                     const RowsWanted& sought, Time now);

}  // namespace chaffinch::sqlite
