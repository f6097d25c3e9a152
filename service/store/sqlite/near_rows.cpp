#include "store/sqlite/near_rows.h"

#include <algorithm>
#include <string>
#include <vector>

#include "analysis/sketch.h"

namespace chaffinch::sqlite {
namespace {

constexpr std::int64_t kWalk = 2'000;  // rows looked at in one step
constexpr std::int64_t kTrim = 500;    // rows beyond a site's number removed in one step
constexpr Time kWalkPause = kHour;     // between two walks

std::string_view bytes_of(const Sketch& sketch) {
  return {reinterpret_cast<const char*>(sketch.data()), sketch.size()};
}

// Columns: seq, site, kind, at, copy_hash, sketch.
void read(Query& query, NearEntry& entry, Kin& kin) {
  entry.seq = query.integer(0);
  entry.site = query.integer(1);
  kin = query.as<Kin>(2);
  entry.at = query.integer(3);
  entry.copy_hash = query.integer(4);
  const std::string sketch = query.text(5);
  std::copy_n(sketch.begin(), std::min(sketch.size(), entry.sketch.size()), entry.sketch.begin());
}

void insert(Db& db, const NearEntry& entry, Kin kin) {
  db.use(
        "INSERT OR REPLACE INTO near (seq, site, kind, at, copy_hash, sketch)"
        " VALUES (?1, ?2, ?3, ?4, ?5, CAST(?6 AS BLOB))")
      .bind(entry.seq, entry.site, kin, entry.at, entry.copy_hash, bytes_of(entry.sketch))
      .run();
}

void forget_from_index(Change& change, std::vector<std::int64_t> gone) {
  if (gone.empty()) return;
  change.after.push_back([&near = change.near, gone = std::move(gone)] {
    for (const std::int64_t seq : gone) near.gone(seq);
  });
}

}  // namespace

void near_came(Change& change, const NearEntry& entry, Kin kin, std::uint64_t reservation) {
  if (empty(entry.sketch)) return;
  insert(change.db, entry, kin);
  change.after.push_back(
      [&near = change.near, entry, kin, reservation] { near.kept(reservation, entry, kin); });
}

bool near_entry(Db& db, std::int64_t seq, NearEntry& entry, Kin& kin) {
  auto query = db.use("SELECT seq, site, kind, at, copy_hash, sketch FROM near WHERE seq = ?1");
  if (!query.bind(seq).step()) return false;
  read(query, entry, kin);
  return true;
}

void near_stands(Change& change, std::int64_t seq, Kin kin, bool waits) {
  change.after.push_back([&near = change.near, seq, waits] { near.set_waits(seq, waits); });
  NearEntry entry;
  Kin before = Kin::recent;
  if (!near_entry(change.db, seq, entry, before) || before == kin) return;
  change.db.use("UPDATE near SET kind = ?2 WHERE seq = ?1").bind(seq, kin).run();
  change.after.push_back([&near = change.near, entry, kin] { near.stands(entry, kin, false); });
}

void near_edited(Change& change, const NearEntry& entry, Kin kin) {
  if (empty(entry.sketch)) {
    near_gone(change, entry.seq);
    return;
  }
  NearEntry now = entry;
  insert(change.db, now, kin);
  change.after.push_back([&near = change.near, now, kin] { near.stands(now, kin, true); });
}

void near_left(Change& change, const Row& row, bool swept) {
  if (!swept && row.stands_as() != Status::spam && row.stands_as() != Status::rejected) {
    near_gone(change, row.seq);
    return;
  }
  change.db.use("UPDATE near SET key_author = ?2, key_email = ?3, key_address = ?4 WHERE seq = ?1")
      .bind(row.seq, row.keys.author, row.keys.email, row.keys.address)
      .run();
}

void near_gone(Change& change, std::int64_t seq) {
  change.db.use("DELETE FROM near WHERE seq = ?1").bind(seq).run();
  if (change.db.changes() > 0) forget_from_index(change, {seq});
}

void near_forget(Change& change, std::int64_t site, Kind kind, std::int64_t key) {
  if (key == 0) return;
  std::vector<std::int64_t> gone;
  {
    auto query = kind == Kind::author ? change.db.use(
                                            "SELECT seq FROM near WHERE key_author = ?1 AND key_author <> 0"
                                            " AND (?2 = 0 OR site = ?2)")
                 : kind == Kind::email ? change.db.use(
                                             "SELECT seq FROM near WHERE key_email = ?1 AND key_email <> 0"
                                             " AND (?2 = 0 OR site = ?2)")
                                       : change.db.use(
                                             "SELECT seq FROM near WHERE key_address = ?1 AND key_address"
                                             " <> 0 AND (?2 = 0 OR site = ?2)");
    query.bind(key, site);
    while (query.step()) gone.push_back(query.integer(0));
  }
  for (const std::int64_t seq : gone) change.db.use("DELETE FROM near WHERE seq = ?1").bind(seq).run();
  forget_from_index(change, std::move(gone));
}

// Rows stand in the order of arrival: behind the first one that is young enough for everybody none is too
// old.
std::uint64_t near_sweep(Change& change, const Sites& sites, NearSweep& sweep, Time now, bool& more) {
  if (now < sweep.done_at + kWalkPause && sweep.done_at <= now) return 0;
  Db& db = change.db;
  std::vector<std::int64_t> gone;
  std::int64_t seen = 0;
  bool end = false;
  {
    auto query = db.use("SELECT seq, kind, at FROM near WHERE seq > ?1 ORDER BY seq LIMIT ?2");
    query.bind(sweep.place, kWalk);
    while (query.step()) {
      const Time age = now - query.integer(2);
      if (age <= kNearRetention) {
        end = true;
        break;
      }
      ++seen;
      sweep.place = query.integer(0);
      const bool told = query.as<Kin>(1) == Kin::told_spam || query.as<Kin>(1) == Kin::told_ham;
      if (!told || age > kToldRetention) gone.push_back(sweep.place);
    }
  }
  if (end || seen < kWalk) {
    bool crowded = false;
    for (const auto& site : sites.all()) {
      for (const Kin kin : {Kin::told_spam, Kin::told_ham}) {
        std::int64_t newest = 0;
        {
          auto query = db.use(
              "SELECT seq FROM near INDEXED BY near_told WHERE kind >= 2 AND site = ?1 AND kind = ?2"
              " ORDER BY seq DESC LIMIT 1 OFFSET ?3");
          if (!query.bind(site->no, kin, kToldOfSite).step()) continue;
          newest = query.integer(0);
        }
        std::int64_t trimmed = 0;
        auto query = db.use(
            "SELECT seq FROM near INDEXED BY near_told WHERE kind >= 2 AND site = ?1 AND kind = ?2 AND seq "
            "<= ?3"
            " ORDER BY seq LIMIT ?4");
        query.bind(site->no, kin, newest, kTrim);
        while (query.step()) {
          gone.push_back(query.integer(0));
          ++trimmed;
        }
        crowded = crowded || trimmed == kTrim;
      }
    }
    if (crowded) {
      more = true;
    } else {
      sweep.place = 0;
      sweep.done_at = now;
    }
  } else {
    more = true;
  }
  std::sort(gone.begin(), gone.end());
  gone.erase(std::unique(gone.begin(), gone.end()), gone.end());
  for (const std::int64_t seq : gone) db.use("DELETE FROM near WHERE seq = ?1").bind(seq).run();
  const std::uint64_t count = gone.size();
  forget_from_index(change, std::move(gone));
  return count;
}

void near_load(Db& db, Near& near, std::size_t recent) {
  std::vector<std::pair<NearEntry, Kin>> all;
  const auto take = [&all](Query& query) {
    while (query.step()) {
      auto& [entry, kin] = all.emplace_back();
      read(query, entry, kin);
    }
  };
  {
    auto query = db.use("SELECT seq, site, kind, at, copy_hash, sketch FROM near ORDER BY seq DESC LIMIT ?1");
    query.bind(recent);
    take(query);
  }
  const std::int64_t oldest = all.empty() ? 0 : all.back().first.seq;
  {
    auto query = db.use(
        "SELECT seq, site, kind, at, copy_hash, sketch FROM near INDEXED BY near_told WHERE kind >= 2 AND "
        "seq < ?1");
    query.bind(oldest);
    take(query);
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first.seq < b.first.seq; });
  for (const auto& [entry, kin] : all) {
    if (entry.seq < oldest)
      near.stands(entry, kin, false);
    else
      near.kept(0, entry, kin);
  }
  // A partial index has them, without their rows.
  auto query = db.use("SELECT seq FROM comment INDEXED BY comment_site_score WHERE status = 0 AND seq >= ?1");
  query.bind(oldest);
  while (query.step()) near.set_waits(query.integer(0), true);
}

}  // namespace chaffinch::sqlite
