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

constexpr std::uint32_t kForgetStep = 100;    // comments erased in one operation
constexpr std::uint32_t kSweepStep = 100;     // comments touched in one operation
constexpr std::uint32_t kSmallStep = 500;     // small rows removed in one operation
constexpr std::uint32_t kCopyStep = 2'000;    // copies looked at in one operation
constexpr std::uint32_t kRecordStep = 2'000;  // and records
constexpr Time kCopyPause = kHour;            // between two walks through the copies
constexpr Time kRecordPause = kDay;           // and through the records
constexpr Time kBlockAfterlife = kDay;

// What is remembered of somebody goes so long after the latest comment, when no person ever said anything of
// it.
constexpr Time kRecordRetention = 365 * kDay;

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

std::uint64_t erase_record(Db& db, Known& known, std::int64_t site, Kind kind, std::int64_t key) {
  if (key == 0) return 0;
  const std::int64_t id = record_id(site, kind, key);
  db.use("DELETE FROM record WHERE id = ?1").bind(id).run();
  known.cache.changes(id);
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

  const std::string kind = !wish.ip.empty() ? "ip" : !wish.author_id.empty() ? "author" : "email";
  const std::string value = !wish.ip.empty()          ? ip
                            : !wish.author_id.empty() ? wish.author_id
                                                      : ascii_lower(wish.email);

  // First the request itself is on disk; then it is carried out in steps; what a crash leaves, the sweep or
  // the same request again finishes.
  auto noted = writer_.run([&](Change& change) -> Result<Forgotten> {
    Db& db = change.db;
    auto before = answered_before(db, wish.once, wish.now);
    if (!before) return tl::unexpected(std::move(before).error());
    Forgotten forgotten;
    if (*before) {
      const auto fields = fields_of(**before, 2);
      forgotten.receipt = Id::parse(fields[0]).value_or(Id{});
      forgotten.blocks = static_cast<std::uint64_t>(number_in(fields[1]));
      forgotten.replayed = true;
      return forgotten;
    }
    forgotten.receipt = job.receipt;
    db.use("INSERT INTO forgetting (receipt, site, kind, key) VALUES (?1, ?2, ?3, ?4)")
        .bind(job.receipt, job.site, job.kind, job.key)
        .run();
    if (!ip.empty()) {
      const std::string scope = "address:" + ip;  // as the door names a public caller
      db.use("DELETE FROM once WHERE scope = ?1").bind(scope).run();
    }
    {
      auto query =
          db.use("SELECT count(*) FROM block WHERE kind = ?1 AND value = ?2 AND (?3 = 0 OR site IN (0, ?3))");
      query.bind(kind, value, job.site).step();
      forgotten.blocks = query.as<std::uint64_t>(0);
    }
    remember_answer(db, wish.once, answer_of({forgotten.receipt.text(), std::to_string(forgotten.blocks)}),
                    wish.now);
    return forgotten;
  });
  if (!noted) return noted;
  return finish_forgetting(std::move(*noted));
}

Result<Forgotten> Engine::finish_forgetting(Forgotten forgotten) {
  while (true) {
    auto step = forget_step(forgotten.receipt);
    if (!step) return tl::unexpected(std::move(step).error());
    if (!step->more) break;
  }
  return read([&](Db& db) -> Result<Forgotten> {
    auto query = db.use("SELECT comments, records FROM forgetting WHERE receipt = ?1");
    if (query.bind(forgotten.receipt).step()) {
      forgotten.comments = query.as<std::uint64_t>(0);
      forgotten.records = query.as<std::uint64_t>(1);
    }
    return forgotten;
  });
}

Result<Engine::ForgetStep> Engine::forget_step(const Id& receipt) {
  return writer_.run(Writer::kFresh, [&](Change& change) -> Result<ForgetStep> {
    Db& db = change.db;
    ForgetStep step;
    Job job;
    {
      auto query = db.use("SELECT no, site, kind, key FROM forgetting WHERE receipt = ?1 AND key <> 0");
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
      step.records += erase_record(db, known_, row.site, Kind::author, row.keys.author);
      if (job.kind != Kind::address)
        step.records += erase_record(db, known_, row.site, Kind::email, row.keys.email);
      if (job.kind == Kind::address)
        step.records += erase_record(db, known_, row.site, Kind::address, row.keys.address);
      step.records += erase_record(db, known_, row.site, Kind::author, row.keys.token);
      erase(change, keys_, row, false);
      near_gone(change, row.seq);
      ++step.comments;
    }
    step.more = !scanned.finished;
    if (!step.more) {
      for (const auto& site : sites_.all()) {
        if (job.site == 0 || job.site == site->no)
          step.records += erase_record(db, known_, site->no, job.kind, job.key);
      }
      near_forget(change, job.site, job.kind, job.key);
    }
    // Once done the line knows nobody any more; its numbers stay as long as a key does, for the same
    // request again.
    db.use(
          "UPDATE forgetting SET comments = comments + ?2, records = records + ?3, key = iif(?4, key, 0)"
          " WHERE no = ?1")
        .bind(job.no, step.comments, step.records, step.more)
        .run();
    return step;
  });
}

// What retention allows no longer, a little at a time.
Result<Swept> Engine::sweep(Time now) {
  // A request to forget that was cut short comes first.
  auto left = read([](Db& db) -> Result<std::optional<Id>> {
    auto query = db.use("SELECT receipt FROM forgetting WHERE key <> 0 ORDER BY no LIMIT 1");
    return query.step() ? std::optional(query.id(0)) : std::nullopt;
  });
  if (!left) return tl::unexpected(std::move(left).error());
  if (*left) {
    auto step = forget_step(**left);
    if (!step) return tl::unexpected(std::move(step).error());
    return Swept{.clients = 0, .removed = step->comments, .other = step->records, .more = true};
  }
  return writer_.run(Writer::kFresh, [&](Change& change) -> Result<Swept> {
    Swept swept;
    std::uint32_t room = kSweepStep;
    for (const auto& entry : sites_.all()) {
      if (room == 0) break;
      sweep_site(change, *entry, now, room, swept);
    }
    swept.more = room == 0;
    sweep_small(change, now, swept);
    sweep_copies(change.db, now, swept);
    sweep_records(change.db, now, swept);
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

void Engine::sweep_small(Change& change, Time now, Swept& swept) {
  Db& db = change.db;
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
  gone(db.use("DELETE FROM session WHERE no IN (SELECT no FROM session WHERE expires_at <= ?1 LIMIT ?2)")
           .bind(now, kSmallStep));
  gone(db.use("DELETE FROM sign_in WHERE no IN (SELECT no FROM sign_in WHERE expires_at <= ?1 LIMIT ?2)")
           .bind(now, kSmallStep));
  const Id yesterday = Id::from(now - kOnceRetention, {});
  gone(db.use("DELETE FROM forgetting WHERE key = 0 AND receipt <= ?1").bind(yesterday));
  gone(db.use("DELETE FROM signing_key WHERE retires_at < ?1").bind(now));

  swept.other += sweep_numbers(db, now, kSmallStep, swept.more);
  swept.other += near_sweep(change, sites_, near_sweep_, now, swept.more);
}

// The copies have no index by time: a walk through them all, a stretch at a time, now and then.
void Engine::sweep_copies(Db& db, Time now, Swept& swept) {
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

// Nor have the records. Those of comments that wait stay with them.
void Engine::sweep_records(Db& db, Time now, Swept& swept) {
  if (now < records_swept_at_ + kRecordPause && records_swept_at_ <= now) return;
  std::int64_t last = std::numeric_limits<std::int64_t>::max();
  bool end = true;
  {
    auto query = db.use("SELECT id FROM record WHERE id > ?1 ORDER BY id LIMIT 1 OFFSET ?2");
    if (query.bind(records_place_, kRecordStep - 1).step()) {
      last = query.integer(0);
      end = false;
    }
  }
  db.use(
        "DELETE FROM record WHERE id > ?1 AND id <= ?2 AND last_seen < ?3 AND approved = 0 AND decided = 0 "
        "AND "
        "pending = 0")
      .bind(records_place_, last, now - kRecordRetention)
      .run();
  const std::uint64_t gone = changed(db);
  if (gone != 0) known_.cache.changes_all();
  swept.other += gone;
  records_place_ = end ? std::numeric_limits<std::int64_t>::min() : last;
  if (end)
    records_swept_at_ = now;
  else
    swept.more = true;
}

}  // namespace chaffinch::sqlite
