#include "store/sqlite/change.h"

#include <charconv>

#include "core/fnv.h"
#include "secrets.h"
#include "store/codec.h"
#include "store/sqlite/lessons.h"
#include "store/sqlite/near_rows.h"
#include "store/sqlite/search.h"

namespace chaffinch::sqlite {
namespace {

// Whether the comment's words were changed after that decision.
bool edited_since(Db& db, const Row& row, std::int64_t decision) {
  if (!row.comment.edited_at) return false;
  auto query = db.use("SELECT at FROM decision WHERE no = ?1");
  return query.bind(decision).step() && *row.comment.edited_at >= query.integer(0);
}

std::int64_t last_row(Db& db) {
  auto query = db.use("SELECT last_insert_rowid()");
  query.step();
  return query.integer(0);
}

// The learn event that a decision made of a comment.
std::optional<std::int64_t> learned_by(Db& db, std::int64_t decision, std::int64_t comment) {
  auto query = db.use("SELECT learned FROM decision_item WHERE decision = ?1 AND comment = ?2");
  return query.bind(decision, comment).step() ? query.maybe(0) : std::nullopt;
}

// Whether a person decided it before, whatever became of that but an undo.
bool decided_before(Db& db, const Row& row) {
  if (row.latest_decision) return true;
  if (!row.comment.edited_at) return false;
  auto query = db.use("SELECT 1 FROM decision_item WHERE comment = ?1 AND day IS NOT NULL LIMIT 1");
  return query.bind(row.seq).step();
}

}  // namespace

Result<std::optional<std::string>> answered_before(Db& db, const Once& once, Time now) {
  std::optional<std::string> answer;
  if (once.key.empty()) return answer;
  auto query = db.use("SELECT fingerprint, answer FROM once WHERE scope = ?1 AND key = ?2 AND at > ?3");
  if (!query.bind(once.scope, once.key, now - kOnceRetention).step()) return answer;
  if (query.text(0) != once.fingerprint) {
    return fail(Code::conflict, "this key was used for another request", "Idempotency-Key",
                "use a new key for each request, and the same one only to repeat it");
  }
  answer = query.text(1);
  return answer;
}

void remember_answer(Db& db, const Once& once, const std::string& answer, Time now) {
  if (once.key.empty()) return;
  db.use("INSERT OR REPLACE INTO once (scope, key, fingerprint, answer, at) VALUES (?1, ?2, ?3, ?4, ?5)")
      .bind(once.scope, once.key, once.fingerprint, answer, now)
      .run();
}

std::string answer_of(const std::vector<std::string>& fields) {
  return codec::write(fields);
}

std::vector<std::string> fields_of(const std::string& answer, std::size_t least) {
  auto fields = codec::read_list(answer).value_or(std::vector<std::string>());
  if (fields.size() < least) fields.resize(least);
  return fields;
}

std::int64_t number_in(const std::string& field) {
  std::int64_t number = 0;
  std::from_chars(field.data(), field.data() + field.size(), number);
  return number;
}

Settled settled_before(const std::string& answer) {
  Settled settled = codec::read_settled(answer).value_or(Settled{});
  settled.replayed = true;
  return settled;
}

std::string answer_of(const Kept& kept, const std::string& verdict_text) {
  return codec::write(std::vector<std::string>{kept.id.text(), std::string(word(kept.status)), verdict_text});
}

Kept kept_before(const std::string& answer) {
  const auto fields = fields_of(answer, 3);
  return Kept{.id = Id::parse(fields[0]).value_or(Id{}),
              .status = status_from(fields[1]).value_or(Status::pending),
              .replayed = true,
              .verdict = codec::read_verdict(fields[2])};
}

std::int64_t article_no(Db& db, std::int64_t site, const ArticleRef& ref, Time now) {
  {
    auto query = db.use(
        "SELECT no, url = '' AND ?3 <> '' OR title = '' AND ?4 <> '' FROM article WHERE site = ?1 AND id = "
        "?2");
    if (query.bind(site, ref.id, ref.url, ref.title).step()) {
      const std::int64_t no = query.integer(0);
      if (query.integer(1) != 0) {
        db.use(
              "UPDATE article SET url = iif(url = '', ?2, url), title = iif(title = '', ?3, title) WHERE no "
              "= ?1")
            .bind(no, ref.url, ref.title)
            .run();
      }
      return no;
    }
  }
  db.use("INSERT INTO article (site, id, url, title, first_seen) VALUES (?1, ?2, ?3, ?4, ?5)")
      .bind(site, ref.id, ref.url, ref.title, now)
      .run();
  return last_row(db);
}

std::int64_t blog_no(Db& db, std::int64_t site, const std::string& name) {
  constexpr std::int64_t kBlogs = 1'000;
  const auto found = [&](const std::string& one) -> std::int64_t {
    auto query = db.use("SELECT no FROM blog WHERE site = ?1 AND name = ?2");
    return query.bind(site, one).step() ? query.integer(0) : 0;
  };
  if (const std::int64_t no = found(name); no != 0) return no;
  std::string as = name;
  {
    auto query = db.use("SELECT count(*) FROM blog WHERE site = ?1");
    if (query.bind(site).step() && query.integer(0) >= kBlogs) as.clear();
  }
  if (as.empty()) {
    if (const std::int64_t no = found(as); no != 0) return no;
  }
  db.use("INSERT INTO blog (site, name) VALUES (?1, ?2)").bind(site, as).run();
  return last_row(db);
}

std::int64_t content_key(std::string_view content) {
  const auto blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!content.empty() && blank(content.front())) content.remove_prefix(1);
  while (!content.empty() && blank(content.back())) content.remove_suffix(1);
  Fnv hash;
  for (const char c : content) {
    if (c != '\r') hash.take(static_cast<unsigned char>(c));
  }
  return static_cast<std::int64_t>(hash.value());
}

State state_of(const Row& row) {
  return {.status = row.comment.status,
          .decided = row.comment.decided,
          .discard = row.comment.discard,
          .latest_decision = row.latest_decision,
          .counts_as = row.counts_as};
}

void set_state(Change& change, const Keys& keys, const Row& row, const State& state) {
  const Counted before = counted(row, keys);
  Counted after = before;
  after.status = state.status;
  after.stands_as = state.counts_as.value_or(state.status);
  after.decided = state.decided;
  change.deltas.changed(before, after);
  near_stands(change, row.seq, kin_of(after.stands_as, state.decided), after.status == Status::pending);
  change.db
      .use(
          "UPDATE comment SET status = ?2, decided = ?3, discard = ?4, latest_decision = ?5, version = "
          "version + 1, counts_as = ?6"
          " WHERE seq = ?1")
      .bind(row.seq, state.status, state.decided, state.discard, state.latest_decision, state.counts_as)
      .run();
  if (row.comment.status == Status::pending && state.status != Status::pending) {
    change.db.use("DELETE FROM lease WHERE comment = ?1").bind(row.seq).run();
  }
}

void erase(Change& change, const Keys& keys, const Row& row, bool swept) {
  Db& db = change.db;
  if (row.seq <= indexed_to(db)) unindex_row(db, row, keys);
  change.deltas.left(counted(row, keys), swept);
  near_left(change, row, swept);
  if (row.latest_decision) change.deltas.standing.push_back({*row.latest_decision, -1});
  db.use("DELETE FROM decision_item WHERE comment = ?1").bind(row.seq).run();
  db.use("DELETE FROM event WHERE comment = ?1").bind(row.seq).run();
  db.use("DELETE FROM lease WHERE comment = ?1").bind(row.seq).run();
  db.use("DELETE FROM comment WHERE seq = ?1").bind(row.seq).run();
  db.use("UPDATE meta SET value = ?1 WHERE name = 'seq_floor' AND value < ?1").bind(row.seq).run();
}

Decider::Decider(Change& change, const Keys& keys, const Sites& sites, const LessonMaker& maker, Who who)
    : change_(change), keys_(keys), sites_(sites), maker_(maker), who_(std::move(who)) {}

void Decider::take(std::optional<std::int64_t> lesson, bool back, const Row& row) {
  if (!lesson) return;
  settled_.approximate |= take_lesson(change_.db, *lesson, back, who_.now,
                                      [&] { return maker_ ? lesson_of(row, maker_) : std::string(); });
  if (who_.kind == DecisionKind::undo) ++settled_.lessons;
}

void Decider::skip(const Id& id, std::string why) {
  settled_.skipped.push_back({.id = id, .why = std::move(why)});
}

void Decider::begin(std::int64_t site) {
  if (no_ != 0) {
    several_ = several_ || site_ != site;
    return;
  }
  site_ = site;
  settled_.id = new_id(who_.now);
  change_.db
      .use(
          "INSERT INTO decision (id, kind, by, by_token, at, site, reason, note, changed, standing, skipped)"
          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0, '')")
      .bind(settled_.id, who_.kind, who_.by, who_.by_token, who_.now, site, who_.reason, who_.note)
      .run();
  no_ = last_row(change_.db);
}

void Decider::item(const Row& row, const State& after, std::optional<std::int64_t> learned,
                   std::optional<std::int64_t> day, std::optional<std::int64_t> waited) {
  change_.db
      .use(
          "INSERT INTO decision_item (decision, comment, before, after, before_decided, before_discard, "
          "previous,"
          " learned, before_counts, day, waited) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")
      .bind(no_, row.seq, row.comment.status, after.status, row.comment.decided, row.comment.discard,
            row.latest_decision, learned, row.counts_as, day, waited)
      .run();
  ++settled_.changed;
}

bool Decider::decide(const Row& row, std::optional<std::int32_t> version,
                     const std::optional<std::string>& lesson) {
  const Comment& comment = row.comment;
  const Status status = status_of(who_.kind);
  const char* why = nullptr;
  if ((comment.status == Status::checked) != who_.report)
    why = "checked";
  else if (version && *version != comment.version)
    why = "stale";
  else if (comment.decided && row.stands_as() == status)
    why = "already";
  if (why != nullptr) {
    skip(comment.id, why);
    return false;
  }
  begin(row.site);
  Db& db = change_.db;
  if (row.latest_decision) {
    take(learned_by(db, *row.latest_decision, row.seq), true, row);
    change_.deltas.standing.push_back({*row.latest_decision, -1});
  }
  std::optional<std::int64_t> learned;
  if (teaches(who_.kind)) {
    learned = teach(db, sites_,
                    {.site = row.site,
                     .comment = comment.id,
                     .spam = who_.kind == DecisionKind::spam,
                     .lesson = lesson   ? *lesson
                               : maker_ ? lesson_of(row, maker_)
                                        : std::string(),
                     .by = who_.by,
                     .at = who_.now,
                     .decision = {}});
    ++settled_.lessons;
  }
  const State after{.status = who_.report ? Status::checked : status,
                    .decided = true,
                    .discard = comment.discard && status == Status::spam,
                    .latest_decision = no_,
                    .counts_as = who_.report ? std::optional(status) : std::nullopt};
  std::optional<std::int64_t> day, waited;
  if (!who_.archive) {
    day = day_of(who_.now);
    change_.deltas.days.push_back({{*day, row.site}, {day_count(who_.kind), 1}});
    if (comment.status == Status::pending && !decided_before(db, row)) {
      waited = wait_step(who_.now - comment.received_at);
      change_.deltas.waits.push_back({{*day, row.site, *waited}, 1});
    }
  }
  item(row, after, learned, day, waited);
  change_.deltas.standing.push_back({no_, 1});
  set_state(change_, keys_, row, after);
  return true;
}

bool Decider::take_back(std::int64_t no, const Row& row, const Item& before) {
  if (row.latest_decision != no) {
    skip(row.comment.id, "superseded");
    return false;
  }
  begin(row.site);
  Db& db = change_.db;
  take(before.learned, true, row);
  change_.deltas.standing.push_back({no, -1});
  if (const auto previous = before.before.latest_decision) {
    take(learned_by(db, *previous, row.seq), false, row);
    change_.deltas.standing.push_back({*previous, 1});
  }
  if (before.day) {
    change_.deltas.days.push_back({{*before.day, row.site}, {day_count(before.kind), -1}});
    change_.deltas.days.push_back({{day_of(who_.now), row.site}, {DayCount::undone, 1}});
    if (before.waited) change_.deltas.waits.push_back({{*before.day, row.site, *before.waited}, -1});
    db.use("UPDATE decision_item SET day = NULL, waited = NULL WHERE decision = ?1 AND comment = ?2")
        .bind(no, row.seq)
        .run();
  }
  State restored = before.before;
  // What was approved were other words, when the text was changed since: they wait for a person at best.
  if (restored.status == Status::approved && edited_since(db, row, no)) {
    restored.status = Status::pending;
    restored.decided = false;
  }
  item(row, restored, std::nullopt);
  set_state(change_, keys_, row, restored);
  return true;
}

void Decider::teach_alone(std::int64_t site, bool spam, const std::string& lesson,
                          const std::string& origin) {
  begin(site);
  teach(change_.db, sites_,
        {.site = site,
         .comment = {},
         .spam = spam,
         .lesson = lesson,
         .by = who_.by,
         .at = who_.now,
         .decision = no_,
         .origin = origin});
  ++settled_.lessons;
}

void Decider::take_back_alone(std::int64_t no, std::int64_t site) {
  std::vector<std::int64_t> standing;
  {
    auto query = change_.db.use("SELECT seq FROM learn_event WHERE decision = ?1 AND taken_back = 0");
    query.bind(no);
    while (query.step()) standing.push_back(query.integer(0));
  }
  for (const std::int64_t lesson : standing) {
    begin(site);
    settled_.approximate |= take_lesson(change_.db, lesson, true, who_.now, [] { return std::string(); });
    ++settled_.lessons;
  }
}

Settled Decider::finish() {
  if (no_ == 0) return settled_;
  const std::string skipped = codec::write(settled_.skipped);
  change_.db.use("UPDATE decision SET changed = ?2, skipped = ?3, site = ?4 WHERE no = ?1")
      .bind(no_, settled_.changed, skipped, several_ ? std::nullopt : site_)
      .run();
  return settled_;
}

}  // namespace chaffinch::sqlite
