#include "store/sqlite/remembered.h"

#include <algorithm>

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

Record record(Db& db, const Known& rows, std::int64_t id, const RecordMove& lacking) {
  Record record = rows.may_have(known_record(id)) ? record_in(db, id) : Record{};
  const auto more = [&](std::uint32_t& count, Status status) {
    count += static_cast<std::uint32_t>(std::max(0, lacking.by[static_cast<std::size_t>(status)]));
  };
  more(record.approved, Status::approved);
  more(record.rejected, Status::rejected);
  more(record.spam, Status::spam);
  more(record.pending, Status::pending);
  more(record.checked, Status::checked);
  if (record.first_seen == 0 || (lacking.first != 0 && lacking.first < record.first_seen))
    record.first_seen = lacking.first;
  record.last_seen = std::max(record.last_seen, lacking.last);
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

CopyMove copy(Db& db, const Known& rows, std::int64_t site, std::int64_t hash, Time since, CopyMove lacking) {
  if (!rows.may_have(known_copy(site, hash))) return lacking;
  auto query =
      db.use("SELECT count, spam, approved FROM copy WHERE site = ?1 AND hash = ?2 AND last_at >= ?3");
  if (!query.bind(site, hash, since).step()) return lacking;
  lacking.count += query.as<std::int32_t>(0);
  lacking.spam += query.as<std::int32_t>(1);
  lacking.approved += query.as<std::int32_t>(2);
  return lacking;
}

}  // namespace

std::optional<Remembered> remembered(Db& db, const Known& rows, const Backlog& backlog, std::int64_t site,
                                     const PersonKeys& keys, std::span<const std::int64_t> domains,
                                     std::int64_t copy_hash, Time now) {
  std::vector<std::int64_t> ids;
  ids.reserve(5 + domains.size());
  const auto want = [&](Kind kind, std::int64_t key) {
    ids.push_back(key == 0 ? 0 : record_id(site, kind, key));
  };
  want(Kind::author, keys.author);
  want(Kind::author, keys.token);
  want(Kind::email, keys.email);
  want(Kind::address, keys.address);
  want(Kind::network, keys.network);
  for (const std::int64_t domain : domains) want(Kind::domain, domain);

  const auto lacking = backlog.lacking(counted_to(db), ids, {site, copy_hash});
  if (!lacking) return std::nullopt;
  std::size_t next = 0;
  const auto take = [&] {
    const std::size_t at = next++;
    return ids[at] == 0 ? Record{} : record(db, rows, ids[at], lacking->records[at]);
  };
  Remembered known;
  const Record author = take();
  known.author = keys.token == 0 ? author : better(author, record(db, rows, ids[1], lacking->records[1]));
  ++next;
  known.email = take();
  known.address = take();
  known.network = take();
  for (std::size_t i = 0; i < domains.size(); ++i) known.domains.push_back(take());
  if (copy_hash != 0) known.copy = copy(db, rows, site, copy_hash, now - kCopyRetention, lacking->copy);
  return known;
}

}  // namespace chaffinch::sqlite
