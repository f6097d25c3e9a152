#include "store/sqlite/remembered.h"

#include <algorithm>
#include <utility>

namespace chaffinch::sqlite {
namespace {

Record record_in(Db& db, std::int64_t id) {
  Record record;
  auto query = db.use(
      "SELECT approved, rejected, spam, pending, checked, first_seen, last_seen FROM record WHERE id = ?1");
  if (!query.bind(id).step()) return record;
  record.approved = query.as<std::uint32_t>(0);
  record.rejected = query.as<std::uint32_t>(1);
  record.spam = query.as<std::uint32_t>(2);
  record.pending = query.as<std::uint32_t>(3);
  record.checked = query.as<std::uint32_t>(4);
  record.first_seen = query.integer(5);
  record.last_seen = query.integer(6);
  return record;
}

// An author may be known in two ways, and most comments are counted in both: what is best known counts.
Record better(Record author, const Record& token) {
  const auto most = [](std::uint32_t& count, std::uint32_t other) { count = std::max(count, other); };
  most(author.approved, token.approved);
  most(author.rejected, token.rejected);
  most(author.spam, token.spam);
  most(author.pending, token.pending);
  most(author.checked, token.checked);
  if (author.first_seen == 0 || (token.first_seen != 0 && token.first_seen < author.first_seen))
    author.first_seen = token.first_seen;
  author.last_seen = std::max(author.last_seen, token.last_seen);
  return author;
}

CopyMove copy_in(Db& db, const CopyName& name, Time since) {
  CopyMove copy;
  auto query =
      db.use("SELECT count, spam, approved FROM copy WHERE site = ?1 AND hash = ?2 AND last_at >= ?3");
  if (!query.bind(name.first, name.second, since).step()) return copy;
  copy.count = query.as<std::int32_t>(0);
  copy.spam = query.as<std::int32_t>(1);
  copy.approved = query.as<std::int32_t>(2);
  return copy;
}

// What the tables have.
struct Rows {
  CountedTo counted{};
  std::vector<Record> records;
  CopyMove copy;
};

std::optional<Remembered> together(const Rows& rows, const Backlog& backlog, const RowsWanted& sought) {
  const auto lacking = backlog.lacking(rows.counted, sought.records, sought.copy);
  if (!lacking) return std::nullopt;
  const auto at = [&](std::size_t i) { return moved(rows.records[i], lacking->records[i]); };
  Remembered known;
  known.author = sought.records[1] == 0 ? at(0) : better(at(0), at(1));
  known.email = at(2);
  known.address = at(3);
  known.network = at(4);
  for (std::size_t i = 5; i < sought.records.size(); ++i) known.domains.push_back(at(i));
  if (sought.copy.second != 0) {
    known.copy = rows.copy;
    known.copy += lacking->copy;
  }
  return known;
}

}  // namespace

RowsWanted::RowsWanted(std::int64_t site, const PersonKeys& keys, std::span<const std::int64_t> domains,
                       std::int64_t copy_hash)
    : copy(site, copy_hash) {
  records.reserve(5 + domains.size());
  const auto want = [&](Kind kind, std::int64_t key) {
    records.push_back(key == 0 ? 0 : record_id(site, kind, key));
  };
  want(Kind::author, keys.author);
  want(Kind::author, keys.token);
  want(Kind::email, keys.email);
  want(Kind::address, keys.address);
  want(Kind::network, keys.network);
  for (const std::int64_t domain : domains) want(Kind::domain, domain);
}

std::optional<Remembered> remembered(const Known& known, const Backlog& backlog, const RowsWanted& sought) {
  auto taken =
      known.cache.take(sought.records, [&](std::int64_t id) { return !known.may_have(known_record(id)); });
  if (!taken) return std::nullopt;
  // Asked after it was told up to where the tables go: what they have by then is known.
  if (sought.copy.second != 0 && known.may_have(known_copy(sought.copy.first, sought.copy.second)))
    return std::nullopt;
  return together({taken->counted, std::move(taken->records), {}}, backlog, sought);
}

std::optional<Remembered> remembered(Db& db, Known& known, std::uint64_t age, const Backlog& backlog,
                                     const RowsWanted& sought, Time now) {
  Rows rows{counted_to(db), std::vector<Record>(sought.records.size()), {}};
  for (std::size_t i = 0; i < sought.records.size(); ++i) {
    const std::int64_t id = sought.records[i];
    if (id == 0 || !known.may_have(known_record(id))) continue;
    rows.records[i] = record_in(db, id);
    known.cache.put(age, rows.counted, id, rows.records[i]);
  }
  const auto& [site, hash] = sought.copy;
  if (hash != 0 && known.may_have(known_copy(site, hash)))
    rows.copy = copy_in(db, sought.copy, now - kCopyRetention);
  return together(rows, backlog, sought);
}

}  // namespace chaffinch::sqlite
