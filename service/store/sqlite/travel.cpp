// Lessons that come from a file, and the key that they were made with.
#include <map>
#include <memory>
#include <stdexcept>

#include "store/sqlite/change.h"
#include "store/sqlite/engine.h"

namespace chaffinch::sqlite {
namespace {

bool has_learned(Db& db) {
  auto query = db.use(
      "SELECT 1 FROM learn_event WHERE lesson IS NOT NULL UNION ALL SELECT 1 FROM learn_state LIMIT 1");
  return query.step();
}

// Whether this very lesson is there and counts: under the number that it was given here, or as one that came
// from a file. Of a folded one the features are gone; its number and label say enough.
bool stands(Db& db, std::int64_t site, const ImportLessons::One& one) {
  if (one.seq > 0) {
    auto query = db.use(
        "SELECT lesson FROM learn_event WHERE seq = ?1 AND site = ?2 AND spam = ?3 AND taken_back = 0"
        " AND inverse_of IS NULL");
    if (query.bind(one.seq, site, one.spam).step() && (query.null(0) || query.blob(0) == one.lesson))
      return true;
  }
  auto query = db.use(
      "SELECT 1 FROM learn_event WHERE origin = ?1 AND site = ?2 AND spam = ?3 AND lesson = ?4 AND "
      "taken_back = 0"
      " LIMIT 1");
  return query.bind(Blob{one.origin}, site, one.spam, Blob{one.lesson}).step();
}

}  // namespace

std::string Engine::feature_secret() {
  const auto adopted = read([](Db& db) -> Result<std::string> {
    auto query = db.use("SELECT secret FROM learn_key");
    return query.step() ? query.blob(0) : std::string();
  });
  if (!adopted) throw std::runtime_error("the key of what was learned: " + adopted.error().what);
  if (!adopted->empty()) return *adopted;
  std::string secret;
  for (const char* part : {"0", "1", "2", "3"}) {
    const auto number = static_cast<std::uint64_t>(keys_.of("features", part));
    for (int i = 0; i < 8; ++i) secret += static_cast<char>(number >> (8 * i) & 0xff);
  }
  return secret;
}

std::string Engine::lessons_name() const {
  const auto number = static_cast<std::uint64_t>(keys_.of("lessons", "name"));
  std::string name;
  for (int i = 60; i >= 0; i -= 4) name += "0123456789abcdef"[number >> i & 15];
  return name;
}

Result<LessonsImported> Engine::import_lessons(const ImportLessons& wish) {
  if (wish.lessons.empty()) return LessonsImported{};
  if (wish.secret.size() != 32) return fail(Code::invalid, "a feature key is 32 bytes", "/key");
  std::map<std::string, std::int64_t> sites;
  for (const ImportLessons::One& one : wish.lessons) {
    if (sites.contains(one.site)) continue;
    const auto entry = known_site(one.site, one.site.c_str());
    if (!entry) return tl::unexpected(entry.error());
    sites.emplace(one.site, (*entry)->no);
  }
  const bool adopt = wish.secret != feature_secret();
  return writer_.run([&](Change& change) -> Result<LessonsImported> {
    LessonsImported done;
    if (adopt) {
      if (has_learned(change.db)) {
        return fail(
            Code::conflict,
            "these lessons were made under another database's key, and this database has learned already", {},
            "teach it by the labelled comments instead: `chaffinch export` there, `chaffinch import` here");
      }
      change.db.use("INSERT OR REPLACE INTO learn_key (one, secret) VALUES (1, ?1)")
          .bind(Blob{wish.secret})
          .run();
      change.db.use("DELETE FROM learn_starter").run();
      done.adopted = true;
    }
    std::map<std::int64_t, std::unique_ptr<Decider>> deciders;  // one decision a site
    for (const ImportLessons::One& one : wish.lessons) {
      const std::int64_t site = sites.at(one.site);
      if (stands(change.db, site, one)) {
        ++done.known;
        continue;
      }
      auto& decider = deciders[site];
      if (!decider) {
        decider = std::make_unique<Decider>(change, keys_, sites_, maker_,
                                            Decider::Who{.kind = DecisionKind::learn,
                                                         .by = wish.by,
                                                         .by_token = {},
                                                         .reason = "lessons of a file",
                                                         .note = {},
                                                         .now = wish.now});
      }
      decider->teach_alone(site, one.spam, one.lesson, one.origin);
      ++done.added;
    }
    for (const auto& [site, decider] : deciders) done.decisions.push_back(decider->finish().id);
    return done;
  });
}

}  // namespace chaffinch::sqlite
