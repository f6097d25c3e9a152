// Tokens.
#include "store/sqlite/tokens.h"

#include <algorithm>

#include "store/sqlite/change.h"
#include "store/sqlite/engine.h"

namespace chaffinch::sqlite {
namespace {

constexpr std::int64_t kTokens = 10'000;

}  // namespace

Done never_before(Db& db, const Once& once, Time now, const std::string& what) {
  auto before = answered_before(db, once, now);
  if (!before) return tl::unexpected(std::move(before).error());
  if (!*before) return {};
  return fail(Code::conflict, what + " was made with this key already; its secret was shown then only",
              "Idempotency-Key", "make another one with a new key, and revoke a token that nobody knows");
}

Done insert_token(Db& db, const Token& token, const std::string& secret_hash) {
  auto taken = db.use("SELECT 1 FROM token WHERE id = ?1 OR hash = ?2");
  if (taken.bind(token.id, secret_hash).step())
    return fail(Code::conflict, "there is such a token already", "/id");
  db.use(
        "INSERT INTO token (id, hash, name, role, site, created_at, expires_at, revoked_at, last_used_at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")
      .bind(token.id, secret_hash, token.name, token.role, token.site, token.created_at, token.expires_at,
            token.revoked_at, token.last_used_at)
      .run();
  return {};
}

void insert_code(Db& db, const Id& token, const NewCode& code) {
  db.use(
        "DELETE FROM sign_in WHERE no IN (SELECT no FROM sign_in WHERE token = (SELECT no FROM token WHERE "
        "id "
        "= "
        "?1) ORDER BY no DESC LIMIT -1 OFFSET ?2)")
      .bind(token, kSignInCodes - 1)
      .run();
  db.use("INSERT INTO sign_in (hash, token, expires_at) SELECT ?2, no, ?3 FROM token WHERE id = ?1")
      .bind(token, code.hash, code.expires_at)
      .run();
}

Token read_token(Query& query, int first) {
  Token token;
  token.id = query.id(first);
  token.name = query.text(first + 1);
  token.role = query.as<Role>(first + 2);
  token.site = query.text(first + 3);
  token.created_at = query.integer(first + 4);
  token.expires_at = query.maybe(first + 5);
  token.revoked_at = query.maybe(first + 6);
  token.last_used_at = query.maybe(first + 7);
  return token;
}

Done check_living(const Token& token, Time now) {
  if (token.revoked_at && *token.revoked_at <= now) return fail(Code::unauthorized, "this token was revoked");
  if (token.expires_at && *token.expires_at <= now) return fail(Code::unauthorized, "this token has expired");
  return {};
}

Done Engine::add_token(const Token& token, const std::string& secret_hash, const Once& once,
                       const std::optional<NewCode>& code) {
  return writer_.run([&](Change& change) -> Done {
    if (auto fine = never_before(change.db, once, token.created_at, "a token"); !fine) return fine;
    if (auto made = insert_token(change.db, token, secret_hash); !made) return made;
    if (code) insert_code(change.db, token.id, *code);
    remember_answer(change.db, once, {}, token.created_at);
    return {};
  });
}

Result<Token> Engine::token(const std::string& secret_hash, Time now) {
  auto token = read([&](Db& db) -> Result<Token> {
    auto query = db.use(
        "SELECT id, name, role, site, created_at, expires_at, revoked_at, last_used_at FROM token WHERE hash "
        "= ?1");
    if (!query.bind(secret_hash).step()) return fail(Code::unauthorized, "this token is not known");
    Token found = read_token(query);
    if (auto fine = check_living(found, now); !fine) return tl::unexpected(std::move(fine).error());
    return found;
  });
  if (!token) return token;
  const Time hour = now / kHour * kHour;
  if (token->last_used_at.value_or(0) < hour) {
    bool noted = true;
    {
      const std::lock_guard guard(used_lock_);
      Time& last = used_[secret_hash];
      noted = last >= hour;
      last = std::max(last, hour);
    }
    if (!noted) {
      writer_.post(Writer::kAside, [secret_hash, hour](Change& change) {
        change.db.use("UPDATE token SET last_used_at = ?2 WHERE hash = ?1").bind(secret_hash, hour).run();
        return true;
      });
    }
    token->last_used_at = hour;
  }
  return token;
}

Result<std::vector<Token>> Engine::tokens(const std::string& reach) {
  return read([&](Db& db) -> Result<std::vector<Token>> {
    auto query = db.use(
        "SELECT id, name, role, site, created_at, expires_at, revoked_at, last_used_at FROM token"
        " WHERE ?1 = '' OR site = ?1 ORDER BY no LIMIT ?2");
    query.bind(reach, kTokens);
    std::vector<Token> all;
    while (query.step()) all.push_back(read_token(query));
    return all;
  });
}

Result<Took> Engine::revoke_token(const std::string& reach, Id id, Time now, const Once& once) {
  return writer_.run([&](Change& change) -> Result<Took> {
    Db& db = change.db;
    auto before = answered_before(db, once, now);
    if (!before) return tl::unexpected(std::move(before).error());
    if (*before) return Took{.replayed = true};
    db.use("UPDATE token SET revoked_at = coalesce(revoked_at, ?3) WHERE id = ?1 AND (?2 = '' OR site = ?2)")
        .bind(id, reach, now)
        .run();
    if (db.changes() == 0) return fail(Code::not_found, "there is no such token", "/id");
    db.use("DELETE FROM session WHERE token = (SELECT no FROM token WHERE id = ?1)").bind(id).run();
    db.use("DELETE FROM sign_in WHERE token = (SELECT no FROM token WHERE id = ?1)").bind(id).run();
    remember_answer(db, once, {}, now);
    return Took{};
  });
}

}  // namespace chaffinch::sqlite
