// Browsers that are signed in at the desk.
#include <algorithm>
#include <utility>

#include "store/sqlite/change.h"
#include "store/sqlite/engine.h"
#include "store/sqlite/pages.h"
#include "store/sqlite/tokens.h"

namespace chaffinch::sqlite {
namespace {

// Used at `now`.
void use(Session& session, Time now) {
  session.used_at = now;
  session.expires_at = std::min(now + kSessionIdle, session.created_at + kSessionLongest);
  // A token's end is known beforehand, so that the sweep finds its sessions by theirs.
  if (session.token.expires_at) session.expires_at = std::min(session.expires_at, *session.token.expires_at);
}

void note_token(Db& db, std::int64_t token, Time now) {
  db.use("UPDATE token SET last_used_at = max(coalesce(last_used_at, 0), ?2) WHERE no = ?1")
      .bind(token, now / kHour * kHour)
      .run();
}

Done check_role(const Token& token) {
  if (opens_desk(token.role)) return {};
  return fail(Code::forbidden,
              "a token of the role " + std::string(word(token.role)) + " does not open the desk", {},
              "the desk is for the roles moderator and admin");
}

struct Found {
  std::int64_t no = 0;
  Token token;
};

// Whose token a code or a secret is. The code is used up.
Result<Found> who_signs_in(Db& db, const SignIn& wish) {
  std::int64_t by_code = 0;
  if (!wish.code_hash.empty()) {
    {
      auto query = db.use("SELECT token, expires_at FROM sign_in WHERE hash = ?1");
      if (!query.bind(wish.code_hash).step() || query.integer(1) <= wish.now)
        return fail(Code::unauthorized, "this code is unknown, was used, or is over");
      by_code = query.integer(0);
    }
    db.use("DELETE FROM sign_in WHERE hash = ?1").bind(wish.code_hash).run();
  }
  auto query = db.use(
      "SELECT no, id, name, role, site, created_at, expires_at, revoked_at, last_used_at FROM token"
      " WHERE no = ?1 OR hash = ?2");
  if (!query.bind(by_code, wish.token_hash).step())
    return fail(Code::unauthorized, "this token is not known");
  Found found{.no = query.integer(0), .token = read_token(query, 1)};
  if (auto fine = check_living(found.token, wish.now); !fine) return tl::unexpected(std::move(fine).error());
  if (auto fine = check_role(found.token); !fine) return tl::unexpected(std::move(fine).error());
  return found;
}

}  // namespace

Done Engine::add_code(const std::string& reach, Id token, const NewCode& code, Time now, const Once& once) {
  return writer_.run([&](Change& change) -> Done {
    Db& db = change.db;
    if (auto fine = never_before(db, once, now, "a code"); !fine) return fine;
    {
      auto query = db.use(
          "SELECT id, name, role, site, created_at, expires_at, revoked_at, last_used_at FROM token"
          " WHERE id = ?1 AND (?2 = '' OR site = ?2)");
      if (!query.bind(token, reach).step()) return fail(Code::not_found, "there is no such token", "/id");
      const Token found = read_token(query);
      auto fine = check_living(found, now);
      if (fine) fine = check_role(found);
      if (!fine) return fail(Code::conflict, fine.error().what, "/id", fine.error().advice);
    }
    insert_code(db, token, code);
    remember_answer(db, once, {}, now);
    return {};
  });
}

Result<Session> Engine::sign_in(const SignIn& wish) {
  return writer_.run(Writer::kAside, [&](Change& change) -> Result<Session> {
    Db& db = change.db;
    auto found = who_signs_in(db, wish);
    if (!found) return tl::unexpected(std::move(found).error());
    Session session{.token = std::move(found->token), .created_at = wish.now, .used_at = 0, .expires_at = 0};
    use(session, wish.now);
    db.use("DELETE FROM session WHERE hash = ?1").bind(wish.instead_of).run();
    db.use(
          "DELETE FROM session WHERE no IN (SELECT no FROM session WHERE token = ?1 ORDER BY no DESC LIMIT "
          "-1 "
          "OFFSET ?2)")
        .bind(found->no, kSessions - 1)
        .run();
    db.use("INSERT INTO session (hash, token, created_at, used_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)")
        .bind(wish.session_hash, found->no, session.created_at, session.used_at, session.expires_at)
        .run();
    note_token(db, found->no, wish.now);
    return session;
  });
}

Result<Session> Engine::session(const std::string& hash, Time now) {
  std::int64_t token = 0;
  auto session = read([&](Db& db) -> Result<Session> {
    auto query = db.use(
        "SELECT s.created_at, s.used_at, s.expires_at, t.no, t.id, t.name, t.role, t.site, t.created_at,"
        " t.expires_at, t.revoked_at, t.last_used_at FROM session s JOIN token t ON t.no = s.token"
        " WHERE s.hash = ?1");
    if (!query.bind(hash).step() || query.integer(2) <= now)
      return fail(Code::unauthorized, "this session is unknown or over");
    token = query.integer(3);
    Session found{.token = read_token(query, 4),
                  .created_at = query.integer(0),
                  .used_at = query.integer(1),
                  .expires_at = query.integer(2)};
    if (auto fine = check_living(found.token, now); !fine) return tl::unexpected(std::move(fine).error());
    return found;
  });
  if (!session || now - session->used_at < kSessionNoted) return session;
  use(*session, now);
  writer_.post(Writer::kAside, [hash, token, used = *session](Change& change) {
    change.db.use("UPDATE session SET used_at = ?2, expires_at = ?3 WHERE hash = ?1 AND used_at < ?2")
        .bind(hash, used.used_at, used.expires_at)
        .run();
    note_token(change.db, token, used.used_at);
    return true;
  });
  return session;
}

Done Engine::end_session(const std::string& hash) {
  return writer_.run(Writer::kAside, [&](Change& change) -> Done {
    change.db.use("DELETE FROM session WHERE hash = ?1").bind(hash).run();
    return {};
  });
}

Result<Answered<SessionsEnded>> Engine::end_sessions(Id token, Time now, const Once& once) {
  return writer_.run([&](Change& change) -> Result<Answered<SessionsEnded>> {
    Db& db = change.db;
    auto before = answered_before(db, once, now);
    if (!before) return tl::unexpected(std::move(before).error());
    if (*before)
      return Answered<SessionsEnded>{{static_cast<std::uint64_t>(number_in(fields_of(**before, 1)[0]))},
                                     true};
    std::uint64_t living = 0;
    {
      auto query = db.use(
          "SELECT count(*) FROM session WHERE token = (SELECT no FROM token WHERE id = ?1) AND expires_at > "
          "?2");
      if (query.bind(token, now).step()) living = query.as<std::uint64_t>(0);
    }
    db.use("DELETE FROM session WHERE token = (SELECT no FROM token WHERE id = ?1)").bind(token).run();
    remember_answer(db, once, answer_of({std::to_string(living)}), now);
    return Answered<SessionsEnded>{{living}, false};
  });
}

}  // namespace chaffinch::sqlite
