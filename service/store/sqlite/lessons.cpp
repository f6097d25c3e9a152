#include "store/sqlite/lessons.h"

#include <stdexcept>

namespace chaffinch::sqlite {
namespace {

std::int64_t next_change(Db& db) {
  auto query = db.use("SELECT coalesce(max(change), 0) + 1 FROM learn_event");
  query.step();
  return query.integer(0);
}

std::int64_t folded_to(Db& db, std::int64_t lane) {
  auto query = db.use("SELECT seq FROM learn_state WHERE lane = ?1");
  return query.bind(lane).step() ? query.integer(0) : 0;
}

std::int64_t put(Db& db, const Teaching& one, std::int64_t lanes,
                 std::optional<std::int64_t> inverse_of = std::nullopt) {
  db.use(
        "INSERT INTO learn_event (comment, site, spam, at, by, sample, lanes, change, lesson, decision,"
        " inverse_of, origin) VALUES (?1, ?2, ?3, ?4, ?5, '', ?6, ?7, ?8, ?9, ?10, ?11)")
      .bind(one.comment, one.site, one.spam, one.at, one.by, lanes, next_change(db), Blob{one.lesson},
            one.decision, inverse_of, Blob{one.origin})
      .run();
  auto query = db.use("SELECT last_insert_rowid()");
  query.step();
  return query.integer(0);
}

void mark(Db& db, std::int64_t seq, bool back) {
  db.use("UPDATE learn_event SET taken_back = ?2, change = ?3 WHERE seq = ?1")
      .bind(seq, back, next_change(db))
      .run();
}

// In lanes that have folded the one.
void work_against(Db& db, std::int64_t seq, Teaching one, std::int64_t lanes, bool back) {
  if (!back) {
    // The newest one that works against it may still be taken out itself.
    std::int64_t against = 0;
    {
      auto query = db.use(
          "SELECT seq, lanes FROM learn_event WHERE inverse_of = ?1 AND taken_back = 0 ORDER BY seq DESC "
          "LIMIT "
          "1");
      if (query.bind(seq).step() && query.integer(1) == lanes) against = query.integer(0);
    }
    const bool loose = against != 0 && ((lanes & kSiteLane) == 0 || against > folded_to(db, one.site)) &&
                       ((lanes & kSharedLane) == 0 || against > folded_to(db, 0));
    if (loose) return mark(db, against, true);
  }
  if (back) one.spam = !one.spam;
  put(db, one, lanes, back ? std::optional(seq) : std::nullopt);
}

}  // namespace

std::int64_t teach(Db& db, const Sites& sites, const Teaching& one) {
  if (one.lesson.empty()) return put(db, one, 0);
  const auto site = sites.find(one.site);
  return put(db, one, site && site->site.shares_lessons ? kSiteLane | kSharedLane : kSiteLane);
}

bool take_lesson(Db& db, std::int64_t seq, bool back, Time now, const std::function<std::string()>& lesson) {
  Teaching one;
  std::int64_t lanes = 0;
  {
    auto query = db.use("SELECT site, comment, spam, by, lanes, lesson FROM learn_event WHERE seq = ?1");
    if (!query.bind(seq).step()) return false;
    one.site = query.integer(0);
    one.comment = query.id(1);
    one.spam = query.integer(2) != 0;
    one.by = query.text(3);
    lanes = query.integer(4);
    one.lesson = query.blob(5);
  }
  one.at = now;
  std::int64_t folded = 0;
  if ((lanes & kSiteLane) != 0 && seq <= folded_to(db, one.site)) folded |= kSiteLane;
  if ((lanes & kSharedLane) != 0 && seq <= folded_to(db, 0)) folded |= kSharedLane;
  mark(db, seq, back);
  if (folded == 0) return false;
  if (one.lesson.empty()) one.lesson = lesson();
  if (!one.lesson.empty()) work_against(db, seq, std::move(one), folded, back);
  return true;
}

std::string lesson_of(const Row& row, const LessonMaker& maker) {
  try {
    return maker(row.comment, row.facts(), row.verdict());
  } catch (const std::runtime_error&) {
    return {};
  }
}

}  // namespace chaffinch::sqlite
