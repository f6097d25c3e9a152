#include "store/sqlite/counters.h"

#include <algorithm>

namespace chaffinch::sqlite {
namespace {

constexpr std::size_t at(Status status) {
  return static_cast<std::size_t>(status);
}

Time earliest(Time a, Time b) {
  return a == 0 ? b : b == 0 ? a : std::min(a, b);
}

void add(ByStatus& sum, const ByStatus& more) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += more[i];
}

DayCount came_as(const Counted& comment) {
  if (comment.imported) return DayCount::imported;
  switch (comment.status) {
    case Status::pending:
      return DayCount::held;
    case Status::approved:
      return DayCount::passed;
    case Status::checked:
      return DayCount::checked;
    case Status::rejected:  // not by the machine
    case Status::spam:
      break;
  }
  return comment.discard ? DayCount::discarded : DayCount::spam;
}

bool nothing(const ByStatus& by) {
  return std::all_of(by.begin(), by.end(), [](std::int32_t one) { return one == 0; });
}

}  // namespace

RecordMove& RecordMove::operator+=(const RecordMove& more) {
  sqlite::add(by, more.by);
  decided += more.decided;
  first = earliest(first, more.first);
  last = std::max(last, more.last);
  return *this;
}

Record moved(Record record, const RecordMove& by) {
  const auto add = [&](std::uint32_t& count, Status status) {
    const std::int64_t sum = count + std::int64_t{by.by[at(status)]};
    count = static_cast<std::uint32_t>(std::max<std::int64_t>(0, sum));
  };
  add(record.approved, Status::approved);
  add(record.rejected, Status::rejected);
  add(record.spam, Status::spam);
  add(record.pending, Status::pending);
  add(record.checked, Status::checked);
  record.first_seen = earliest(record.first_seen, by.first);
  record.last_seen = std::max(record.last_seen, by.last);
  return record;
}

CopyMove& CopyMove::operator+=(const CopyMove& more) {
  count += more.count;
  spam += more.spam;
  approved += more.approved;
  at = std::max(at, more.at);
  return *this;
}

void Deltas::count(const Counted& comment, std::int32_t by, Time time, Time received, bool records_too,
                   bool rules_too) {
  const std::size_t status = at(comment.status);
  const std::size_t stands = at(comment.stands_as);
  if (records_too) {
    const auto record = [&](Kind kind, std::int64_t key) {
      if (key == 0) return;
      RecordMove move{.by = {}, .decided = comment.decided ? by : 0, .first = time, .last = time};
      move.by[stands] = by;
      records.push_back({record_id(comment.site, kind, key), move});
    };
    record(Kind::author, comment.keys.author);
    record(Kind::author, comment.keys.token);
    record(Kind::email, comment.keys.email);
    record(Kind::address, comment.keys.address);
    record(Kind::network, comment.keys.network);
    for (const std::int64_t domain : comment.domains) record(Kind::domain, domain);
    if (comment.copy_hash != 0) {
      copies.push_back({{comment.site, comment.copy_hash},
                        {.count = by,
                         .spam = comment.stands_as == Status::spam ? by : 0,
                         .approved = comment.stands_as == Status::approved ? by : 0,
                         .at = received}});
    }
  }
  SiteMove site;
  site.by[status] = by;
  site.decided = comment.decided ? by : 0;
  sites.push_back({comment.site, site});
  if (comment.status == Status::approved || comment.status == Status::pending) {
    articles.push_back({comment.article,
                        {.approved = comment.status == Status::approved ? by : 0,
                         .pending = comment.status == Status::pending ? by : 0}});
  }
  if (!rules_too) return;
  if (comment.blog != 0) {
    const bool wrong = comment.decided;  // what its owner says, and was not what we had said
    blogs.push_back(
        {{comment.blog, comment.day},
         {.calls = by,
          .spam = comment.told == Told::spam ? by : 0,
          .ham = comment.told == Told::ham ? by : 0,
          .missed_spam = wrong && comment.stands_as == Status::spam && comment.told != Told::spam ? by : 0,
          .false_positives =
              wrong && comment.stands_as == Status::approved && comment.told != Told::ham ? by : 0}});
  }
  const std::int64_t week = comment.seq > numbers_after ? comment.week : kNoWeek;
  for (const std::string& rule : comment.rules) {
    RuleMove move{.hits = by, .approved = 0, .rejected = 0, .spam = 0};
    if (comment.decided) {
      move.approved = comment.stands_as == Status::approved ? by : 0;
      move.rejected = comment.stands_as == Status::rejected ? by : 0;
      move.spam = comment.stands_as == Status::spam ? by : 0;
    }
    rules.push_back({{week, comment.site, rule}, move});
  }
}

void Deltas::arrived(const Counted& comment, Time time, Time received) {
  count(comment, 1, time, received, true, true);
  if (comment.seq > numbers_after) days.push_back({{comment.day, comment.site}, {came_as(comment), 1}});
}

void Deltas::changed(const Counted& before, const Counted& after, Time received) {
  count(before, -1, 0, 0, true, true);
  count(after, 1, 0, received, true, true);
}

void Deltas::left(const Counted& comment, bool swept) {
  const bool verdict_stays = comment.stands_as == Status::spam || comment.stands_as == Status::rejected;
  count(comment, -1, 0, 0, !swept && !verdict_stays, false);
}

void Counters::add(const Deltas& deltas) {
  through_ = std::max(through_, deltas.through);
  for (const auto& [id, move] : deltas.records) records_[id] += move;
  for (const auto& [name, move] : deltas.copies) copies_[name] += move;
  for (const auto& [site, move] : deltas.sites) {
    SiteMove& sum = sites_[site];
    sqlite::add(sum.by, move.by);
    sum.decided += move.decided;
  }
  for (const auto& [article, move] : deltas.articles) {
    ArticleMove& sum = articles_[article];
    sum.approved += move.approved;
    sum.pending += move.pending;
  }
  for (const auto& [name, move] : deltas.rules) numbers_.rules[name] += move;
  for (const auto& [name, move] : deltas.days) numbers_.day(name.first, name.second, move.first, move.second);
  for (const auto& [name, by] : deltas.waits) numbers_.waits[name] += by;
  for (const auto& [decision, by] : deltas.standing) standing_[decision] += by;
  for (const auto& [name, move] : deltas.blogs) {
    BlogMove& sum = blogs_[name];
    sum.calls += move.calls;
    sum.spam += move.spam;
    sum.ham += move.ham;
    sum.missed_spam += move.missed_spam;
    sum.false_positives += move.false_positives;
  }
}

// No counter goes below zero: a record may have been forgotten between the comment's coming and its going.
void write_record(Db& db, Known& known, std::int64_t id, const RecordMove& move) {
  if (nothing(move.by) && move.decided == 0 && move.last == 0) return;
  known.add_record(id);
  db.use(
        "INSERT INTO record (id, pending, approved, rejected, spam, checked, decided, first_seen, "
        "last_seen)"
        " VALUES (?1, max(0, ?2), max(0, ?3), max(0, ?4), max(0, ?5), max(0, ?6), max(0, ?7), ?8, ?9)"
        " ON CONFLICT DO UPDATE SET pending = max(0, pending + ?2), approved = max(0, approved + ?3),"
        " rejected = max(0, rejected + ?4), spam = max(0, spam + ?5), checked = max(0, checked + ?6),"
        " decided = max(0, decided + ?7),"
        " first_seen = CASE WHEN ?8 = 0 THEN first_seen WHEN first_seen = 0 THEN ?8 ELSE min(first_seen, "
        "?8) END,"
        " last_seen = max(last_seen, ?9)")
      .bind(id, move.by[at(Status::pending)], move.by[at(Status::approved)], move.by[at(Status::rejected)],
            move.by[at(Status::spam)], move.by[at(Status::checked)], move.decided, move.first, move.last)
      .run();
}

void write_copy(Db& db, Known& known, const CopyName& name, const CopyMove& move) {
  if (move.count == 0 && move.spam == 0 && move.approved == 0 && move.at == 0) return;
  known.add(known_copy(name.first, name.second));
  // A text that was silent for the retention begins anew.
  db.use(
        "INSERT INTO copy (site, hash, count, spam, approved, last_at)"
        " VALUES (?1, ?2, max(0, ?3), max(0, ?4), max(0, ?5), ?6)"
        " ON CONFLICT DO UPDATE SET count = max(0, iif(last_at < ?7, 0, count) + ?3),"
        " spam = max(0, iif(last_at < ?7, 0, spam) + ?4), approved = max(0, iif(last_at < ?7, 0, approved) "
        "+ ?5),"
        " last_at = max(last_at, ?6)")
      .bind(name.first, name.second, move.count, move.spam, move.approved, move.at, move.at - kCopyRetention)
      .run();
}

void Counters::flush(Db& db, Known& known) {
  for (const auto& [id, move] : records_) {
    write_record(db, known, id, move);
    known.cache.changes(id);
  }
  for (const auto& [name, move] : copies_) write_copy(db, known, name, move);
  numbers_.write(db);
  records_.clear();
  copies_.clear();
  numbers_ = Numbers();
  flush_lesser(db);
}

void Counters::flush_lesser(Db& db) {
  for (const auto& [site, move] : sites_) {
    if (nothing(move.by) && move.decided == 0) continue;
    db.use(
          "UPDATE site SET pending = max(0, pending + ?2), approved = max(0, approved + ?3),"
          " rejected = max(0, rejected + ?4), spam = max(0, spam + ?5), checked = max(0, checked + ?6),"
          " decided = max(0, decided + ?7) WHERE no = ?1")
        .bind(site, move.by[at(Status::pending)], move.by[at(Status::approved)],
              move.by[at(Status::rejected)], move.by[at(Status::spam)], move.by[at(Status::checked)],
              move.decided)
        .run();
  }
  for (const auto& [article, move] : articles_) {
    if (move.approved == 0 && move.pending == 0) continue;
    db.use(
          "UPDATE article SET approved = max(0, approved + ?2), pending = max(0, pending + ?3) WHERE no = ?1")
        .bind(article, move.approved, move.pending)
        .run();
  }
  for (const auto& [decision, by] : standing_) {
    if (by == 0) continue;
    db.use("UPDATE decision SET standing = max(0, standing + ?2) WHERE no = ?1").bind(decision, by).run();
  }
  for (const auto& [name, move] : blogs_) {
    db.use(
          "INSERT INTO blog_day (blog, day, calls, spam, ham, missed_spam, false_positives)"
          " VALUES (?1, ?2, max(0, ?3), max(0, ?4), max(0, ?5), max(0, ?6), max(0, ?7))"
          " ON CONFLICT DO UPDATE SET calls = max(0, calls + ?3), spam = max(0, spam + ?4),"
          " ham = max(0, ham + ?5), missed_spam = max(0, missed_spam + ?6),"
          " false_positives = max(0, false_positives + ?7)")
        .bind(name.first, name.second, move.calls, move.spam, move.ham, move.missed_spam,
              move.false_positives)
        .run();
  }
  sites_.clear();
  articles_.clear();
  standing_.clear();
  blogs_.clear();
}

}  // namespace chaffinch::sqlite
