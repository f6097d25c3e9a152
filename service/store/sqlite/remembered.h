// What is remembered of a comment's author, address, domains and text: the rows of `record` and `copy` with
// what the backlog has besides, as of the connection's snapshot.
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

// Nothing when the snapshot is too old (Backlog::lacking): take another. REQUIRES a read transaction.
std::optional<Remembered> remembered(Db& db, const Known& rows, const Backlog& backlog, std::int64_t site,
                                     const PersonKeys& keys, std::span<const std::int64_t> domains,
                                     std::int64_t copy_hash, Time now);

}  // namespace chaffinch::sqlite
