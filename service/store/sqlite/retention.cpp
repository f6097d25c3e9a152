// forget and sweep: what must not stay.
#include <algorithm>
#include <limits>

#include "analysis/address.h"
#include "analysis/text.h"
#include "secrets.h"
#include "store/sqlite/change.h"
#include "store/sqlite/engine.h"
#include "store/sqlite/pages.h"

namespace chaffinch::sqlite {
namespace {

constexpr std::uint32_t kForgetStep = 100;  // comments erased in one operation
constexpr std::uint32_t kSweepStep = 100;   // comments touched in one operation
constexpr std::uint32_t kSmallStep = 500;   // small rows removed in one operation
constexpr std::uint32_t kCopyStep = 2'000;  // copies looked at in one operation
constexpr Time kCopyPause = kHour;          // between two walks through the copies
constexpr Time kBlockAfterlife = kDay;

// One request to forget, as kept until it is done.
struct Job {
  std::int64_t no = 0;
  Id receipt;
  std::int64_t site = 0;
  Kind kind = Kind::email;
  std::int64_t key = 0;
};

std::uint64_t changed(Db& db) {
  return static_cast<std::uint64_t>(db.changes());
}

std::uint64_t erase_record(Db& db, std::int64_t site, Kind kind, std::int64_t key) {
  if (key == 0) return 0;
  if (site != 0) {
    db.use("DELETE FROM record WHERE site = ?1 AND kind = ?2 AND key = ?3").bind(site, kind, key).run();
    return changed(db);
  }
  db.use("DELETE FROM record WHERE site IN (SELECT no FROM site) AND kind = ?1 AND key = ?2")
      .bind(kind, key)
      .run();
  return changed(db);
}

}  // namespace

Result<Forgotten> Engine::forget(const Forget& wish) {
  const int named =
      (wish.email.empty() ? 0 : 1) + (wish.author_id.empty() ? 0 : 1) + (wish.ip.empty() ? 0 : 1);
  if (named != 1) {
    return fail(Code::invalid, "name exactly one of email, author_id and ip", "/", "make a request for each");
  }
  if (!wish.reach.empty() && !wish.site.empty() && wish.reach != wish.site) {
    return fail(Code::not_found, "there is no such site", "/site");
  }
  Job job;
  const std::string& site = wish.site.empty() ? wish.reach : wish.site;
  if (!site.empty()) {
    const auto entry = known_site(site, "/site");
    if (!entry) return tl::unexpected(entry.error());
    job.site = (*entry)->no;
  }
  std::string ip;
  if (!wish.ip.empty()) {
    const auto address = Address::parse(wish.ip);
    if (!address)
      return fail(Code::invalid, "not an internet address", "/ip", "write 192.0.2.7 or 2001:db8::7");
    ip = address->text();
    job.kind = Kind::address;
    job.key = keys_.address(ip);
  } else if (!wish.author_id.empty()) {
    job.kind = Kind::author;
    job.key = keys_.author_id(wish.author_id);
  } else {
    job.key = keys_.email(wish.email);
  }
  job.receipt = new_id(wish.now);

  // First the request itself is on disk; then it is carried out in steps; what a crash leaves, the sweep
  // finishes.
  const Done noted = writer_.run([&](Change& change) -> Done {
    change.db.use("INSERT INTO forgetting (receipt, site, kind, key) VALUES (?1, ?2, ?3, ?4)")
        .bind(job.receipt, job.site, job.kind, job.key)
        .run();
    if (!ip.empty()) change.db.use("DELETE FROM once WHERE scope = ?1").bind(ip).run();
    return {};
  });
  if (!noted) return tl::unexpected(noted.error());
  Forgotten forgotten;
  forgotten.receipt = job.receipt;
  while (true) {
    auto step = forget_step(job.receipt);
    if (!step) return tl::unexpected(std::move(step).error());
    forgotten.comments += step->comments;
    forgotten.records += step->records;
    if (!step->more) break;
  }
  auto blocks = read([&](Db& db) -> Result<std::uint64_t> {
    const std::string kind = !wish.ip.empty() ? "ip" : !wish.author_id.empty() ? "author" : "email";
    const std::string value = !wish.ip.empty()          ? ip
                              : !wish.author_id.empty() ? wish.author_id
                                                        : ascii_lower(wish.email);
    auto query =
        db.use("SELECT count(*) FROM block WHERE kind = ?1 AND value = ?2 AND (?3 = 0 OR site IN (0, ?3))");
    query.bind(kind, value, job.site).step();
    return query.as<std::uint64_t>(0);
  });
  forgotten.blocks = blocks.value_or(0);
  return forgotten;
}

Result<Engine::ForgetStep> Engine::forget_step(const Id& receipt) {
  return writer_.run(
      [&](Change& change) -> Result<ForgetStep> {
        Db& db = change.db;
        ForgetStep step;
        Job job;
        {
          auto query = db.use("SELECT no, site, kind, key FROM forgetting WHERE receipt = ?1");
          if (!query.bind(receipt).step()) return step;
          job = {.no = query.integer(0),
                 .receipt = receipt,
                 .site = query.integer(1),
                 .kind = query.as<Kind>(2),
                 .key = query.integer(3)};
        }
        Wanted person;
        person.site = job.site;
        if (job.kind == Kind::email) person.email = job.key;
        if (job.kind == Kind::author) person.author_id = job.key;
        if (job.kind == Kind::address) person.address = job.key;
        aim(person, keys_);
        std::vector<Row> rows;
        const Scanned scanned = scan(db, sites_, keys_, person, Sort::oldest, std::nullopt,
                                     std::numeric_limits<std::uint32_t>::max(), [&](Row&& row) {
                                       rows.push_back(std::move(row));
                                       return rows.size() < kForgetStep;
                                     });
        for (const Row& row : rows) {
          // The person's records go; the network's and the domains' are other people's as well.
          step.records += erase_record(db, row.site, Kind::author, row.keys.author);
          if (job.kind != Kind::address)
            step.records += erase_record(db, row.site, Kind::email, row.keys.email);
          if (job.kind == Kind::address)
            step.records += erase_record(db, row.site, Kind::address, row.keys.address);
          erase(change, keys_, row, false);
          ++step.comments;
        }
        step.more = !scanned.finished;
        if (!step.more) {
          step.records += erase_record(db, job.site, job.kind, job.key);
          db.use("DELETE FROM forgetting WHERE no = ?1").bind(job.no).run();
        }
        return step;
      },
      true);
}

// What retention allows no longer, a little at a time.
Result<Swept> Engine::sweep(Time now) {
  // A request to forget that was cut short comes first.
  auto left = read([](Db& db) -> Result<std::optional<Id>> {
    auto query = db.use("SELECT receipt FROM forgetting ORDER BY no LIMIT 1");
    return query.step() ? std::optional(query.id(0)) : std::nullopt;
  });
  if (!left) return tl::unexpected(std::move(left).error());
  if (*left) {
    auto step = forget_step(**left);
    if (!step) return tl::unexpected(std::move(step).error());
    return Swept{.clients = 0, .removed = step->comments, .other = step->records, .more = true};
  }
  return writer_.run([&](Change& change) -> Result<Swept> {
    Swept swept;
    std::uint32_t room = kSweepStep;
    for (const auto& entry : sites_.all()) {
      if (room == 0) break;
      sweep_site(change, *entry, now, room, swept);
    }
    swept.more = room == 0;
    sweep_small(change.db, now, swept);
    return swept;
  });
}

void Engine::sweep_site(Change& change, const Sites::Entry& site, Time now, std::uint32_t& room,
                        Swept& swept) {
  Db& db = change.db;
  const auto rows_of = [&](const char* text, std::int64_t status, std::int64_t days) {
    std::vector<Row> rows;
    if (days <= 0 || room == 0) return rows;
    std::vector<std::int64_t> some;
    {
      auto query = db.use(text);
      query.bind(site.no, room, status);
      while (query.step()) some.push_back(query.integer(0));
    }
    for (const std::int64_t seq : some) {
      auto row = row_by_seq(db, sites_, seq);
      // They come in order of arrival: behind the first one that may stay all may.
      if (!row || row->comment.received_at > now - days * kDay) break;
      rows.push_back(std::move(*row));
    }
    room -= static_cast<std::uint32_t>(rows.size());
    return rows;
  };
  constexpr const char* kOfStatus =
      "SELECT seq FROM comment INDEXED BY comment_site WHERE site = ?1 AND status = ?3 ORDER BY seq LIMIT ?2";
  const Retention& keep = site.site.retention;
  for (const auto& [status, days] : {std::pair{Status::spam, keep.spam_days},
                                     {Status::checked, keep.checked_days},
                                     {Status::rejected, keep.rejected_days}}) {
    for (const Row& row : rows_of(kOfStatus, static_cast<std::int64_t>(status), days)) {
      erase(change, keys_, row, true);
      ++swept.removed;
    }
  }
  constexpr const char* kWithClient =
      "SELECT seq FROM comment INDEXED BY comment_client WHERE site = ?1 AND client = 1 AND ?3 = ?3 ORDER BY "
      "seq"
      " LIMIT ?2";
  for (const Row& row : rows_of(kWithClient, 0, keep.client_days)) {
    const bool indexed = row.seq <= indexed_to(db);
    if (indexed) unindex_row(db, row, keys_);
    db.use("UPDATE comment SET client = 0, ip = '', agent = '', referrer = '' WHERE seq = ?1")
        .bind(row.seq)
        .run();
    Row bare = row;
    bare.comment.client = {};
    if (indexed) index_row(db, bare, keys_);
    ++swept.clients;
  }
}

void Engine::sweep_small(Db& db, Time now, Swept& swept) {
  const auto gone = [&](Query& query) {
    query.run();
    const std::uint64_t count = changed(db);
    swept.other += count;
    if (count >= kSmallStep) swept.more = true;
  };
  gone(db.use("DELETE FROM once WHERE (scope, key) IN (SELECT scope, key FROM once WHERE at <= ?1 LIMIT ?2)")
           .bind(now - kOnceRetention, kSmallStep));
  gone(db.use("DELETE FROM lease WHERE comment IN (SELECT comment FROM lease WHERE until <= ?1 LIMIT ?2)")
           .bind(now, kSmallStep));
  gone(db.use("DELETE FROM block WHERE no IN (SELECT no FROM block WHERE expires_at <= ?1 LIMIT ?2)")
           .bind(now - kBlockAfterlife, kSmallStep));
  gone(db.use("DELETE FROM signing_key WHERE retires_at < ?1").bind(now));

  // The copies have no index by time: a walk through them all, a stretch at a time, now and then.
  if (now < copies_swept_at_ + kCopyPause && copies_swept_at_ <= now) return;
  std::vector<std::pair<std::int64_t, std::int64_t>> old;
  std::uint32_t seen = 0;
  {
    auto query = db.use(
        "SELECT site, hash, last_at FROM copy WHERE (site, hash) > (?1, ?2) ORDER BY site, hash LIMIT ?3");
    query.bind(copies_site_, copies_hash_, kCopyStep);
    while (query.step()) {
      ++seen;
      copies_site_ = query.integer(0);
      copies_hash_ = query.integer(1);
      if (query.integer(2) < now - kCopyRetention) old.push_back({copies_site_, copies_hash_});
    }
  }
  for (const auto& [site, hash] : old) {
    db.use("DELETE FROM copy WHERE site = ?1 AND hash = ?2").bind(site, hash).run();
  }
  swept.other += old.size();
  if (seen == kCopyStep) {
    swept.more = true;
    return;
  }
  copies_site_ = std::numeric_limits<std::int64_t>::min();
  copies_hash_ = std::numeric_limits<std::int64_t>::min();
  copies_swept_at_ = now;
}

}  // namespace chaffinch::sqlite
