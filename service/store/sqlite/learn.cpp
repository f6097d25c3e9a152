// Learn events, and the models that are folded from them.
#include <algorithm>

#include "store/codec.h"
#include "store/sqlite/change.h"
#include "store/sqlite/engine.h"
#include "store/sqlite/lessons.h"

namespace chaffinch::sqlite {
namespace {

constexpr std::uint32_t kEvents = 1'000;

// At most `limit` events `where` (?1 is `after`, ?2 the limit, ?3 the lane's site).
std::vector<LearnEvent> events_where(Db& db, const Sites& sites, const char* where, std::int64_t after,
                                     std::uint32_t limit, std::int64_t lane = 0) {
  auto query = db.made(
      std::string("SELECT seq, change, comment, site, lanes, spam, taken_back, inverse_of, at, lesson, origin"
                  " FROM learn_event WHERE ") +
      where + " LIMIT ?2");
  query.bind(after, std::min(limit, kEvents));
  if (lane != 0) query.at(3, lane);
  std::vector<LearnEvent> events;
  while (query.step()) {
    const auto entry = sites.find(query.integer(3));
    events.push_back({.seq = query.integer(0),
                      .change = query.integer(1),
                      .comment = query.id(2),
                      .site = entry ? entry->site.id : std::string(),
                      .own = (query.integer(4) & kSiteLane) != 0,
                      .shared = (query.integer(4) & kSharedLane) != 0,
                      .spam = query.integer(5) != 0,
                      .taken_back = query.integer(6) != 0,
                      .inverse = !query.null(7),
                      .at = query.integer(8),
                      .lesson = query.blob(9),
                      .origin = query.null(10) ? std::string() : query.blob(10)});
  }
  return events;
}

std::int64_t newest_change(Db& db, std::int64_t lane) {
  auto query = lane == 0 ? db.use("SELECT max(change) FROM learn_event WHERE lanes > 1")
                         : db.use("SELECT max(change) FROM learn_event WHERE site = ?1 AND lanes > 0");
  if (lane != 0) query.bind(lane);
  return query.step() ? query.integer(0) : 0;
}

}  // namespace

Result<std::int64_t> Engine::lane_of(const std::string& site) const {
  if (site.empty()) return 0;
  return known_site(site, "/site").map([](const auto& entry) { return entry->no; });
}

void Engine::teach_with(LessonMaker maker) {
  maker_ = std::move(maker);
}

Result<std::vector<LearnEvent>> Engine::learn_events(std::int64_t after_seq, std::uint32_t limit) {
  return read([&](Db& db) -> Result<std::vector<LearnEvent>> {
    return events_where(db, sites_, "seq > ?1 ORDER BY seq", after_seq, limit);
  });
}

Result<std::vector<LearnEvent>> Engine::learn_changes(std::int64_t after_change, std::uint32_t limit) {
  return read([&](Db& db) -> Result<std::vector<LearnEvent>> {
    return events_where(db, sites_, "change > ?1 ORDER BY change", after_change, limit);
  });
}

Result<std::int64_t> Engine::newest_learn_change() {
  return read([&](Db& db) -> Result<std::int64_t> {
    auto query = db.use("SELECT max(change) FROM learn_event");
    return query.step() ? query.integer(0) : 0;
  });
}

Result<LessonPage> Engine::lessons(const std::string& site, std::int64_t after_seq, std::uint32_t limit) {
  const auto lane = lane_of(site);
  if (!lane) return tl::unexpected(lane.error());
  return read([&](Db& db) -> Result<LessonPage> {
    LessonPage page;
    page.change = newest_change(db, *lane);
    const char* where =
        *lane == 0
            ? "seq > ?1 AND lanes > 1 AND taken_back = 0 AND lesson IS NOT NULL ORDER BY seq"
            : "seq > ?1 AND site = ?3 AND lanes & 1 AND taken_back = 0 AND lesson IS NOT NULL ORDER BY seq";
    page.events = events_where(db, sites_, where, after_seq, limit, *lane);
    return page;
  });
}

Result<std::optional<LearnState>> Engine::learn_state(const std::string& site) {
  const auto lane = lane_of(site);
  if (!lane) return tl::unexpected(lane.error());
  return read([&](Db& db) -> Result<std::optional<LearnState>> {
    auto query = db.use("SELECT seq, model FROM learn_state WHERE lane = ?1");
    if (!query.bind(*lane).step()) return std::nullopt;
    return LearnState{.site = site, .seq = query.integer(0), .change = 0, .model = query.blob(1)};
  });
}

Result<std::optional<std::string>> Engine::starter_model(const std::string& version) {
  return read([&](Db& db) -> Result<std::optional<std::string>> {
    auto query = db.use("SELECT model FROM learn_starter WHERE version = ?1");
    if (!query.bind(version).step()) return std::nullopt;
    return query.blob(0);
  });
}

Done Engine::keep_starter_model(const std::string& version, const std::string& model) {
  return writer_.run([&](Change& change) -> Done {
    change.db.use("DELETE FROM learn_starter").run();
    change.db.use("INSERT INTO learn_starter (version, model) VALUES (?1, ?2)")
        .bind(version, Blob{model})
        .run();
    return {};
  });
}

Done Engine::fold_lessons(const LearnState& state, Time now) {
  const auto lane = lane_of(state.site);
  if (!lane) return tl::unexpected(lane.error());
  return writer_.run([&](Change& change) -> Done {
    Db& db = change.db;
    std::int64_t before = 0;
    {
      auto query = db.use("SELECT seq FROM learn_state WHERE lane = ?1");
      if (query.bind(*lane).step()) before = query.integer(0);
    }
    if (before >= state.seq) return fail(Code::conflict, "the lane is folded further already");
    {
      auto query = *lane == 0
                       ? db.use("SELECT 1 FROM learn_event WHERE change > ?1 AND seq <= ?2 AND lanes > 1")
                       : db.use("SELECT 1 FROM learn_event WHERE change > ?1 AND seq <= ?2 AND site = ?3");
      query.bind(state.change, state.seq);
      if (*lane != 0) query.at(3, *lane);
      if (query.step()) return fail(Code::conflict, "a lesson that is to be folded has changed");
    }
    db.use("INSERT OR REPLACE INTO learn_state (lane, seq, model, at) VALUES (?1, ?2, ?3, ?4)")
        .bind(*lane, state.seq, Blob{state.model}, now)
        .run();
    // Of comments that are not in here the lesson is all there is to take back by.
    const Id none;
    if (*lane == 0) {
      db.use(
            "UPDATE learn_event SET lesson = NULL WHERE seq > ?1 AND seq <= ?2 AND lanes > 1 AND comment <> "
            "?3"
            " AND seq <= coalesce((SELECT seq FROM learn_state WHERE lane = learn_event.site), 0)")
          .bind(before, state.seq, none)
          .run();
    } else {
      db.use(
            "UPDATE learn_event SET lesson = NULL WHERE seq > ?1 AND seq <= ?2 AND site = ?4 AND comment <> "
            "?3"
            " AND (lanes = 1 OR seq <= coalesce((SELECT seq FROM learn_state WHERE lane = 0), 0))")
          .bind(before, state.seq, none, *lane)
          .run();
    }
    return {};
  });
}

Result<Settled> Engine::learn(const Learn& learn) {
  const auto entry = known_site(learn.site, "/site");
  if (!entry) return tl::unexpected(entry.error());
  return writer_.run([&](Change& change) -> Result<Settled> {
    auto before = answered_before(change.db, learn.once, learn.now);
    if (!before) return tl::unexpected(std::move(before).error());
    if (*before) return settled_before(**before);
    Decider decider = this->decider(change, {.kind = DecisionKind::learn,
                                             .by = learn.by,
                                             .by_token = learn.by_token,
                                             .reason = learn.spam ? "spam" : "ham",
                                             .note = {},
                                             .now = learn.now});
    decider.teach_alone((*entry)->no, learn.spam, learn.lesson);
    const Settled settled = decider.finish();
    remember_answer(change.db, learn.once, codec::write(settled), learn.now);
    return settled;
  });
}

}  // namespace chaffinch::sqlite
