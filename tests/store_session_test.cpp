// Sessions of the desk: signing in once, sliding, ending.
#include <atomic>
#include <thread>

#include "core/session.h"
#include "store_house.h"

using namespace chaffinch;

namespace {

// Of role moderator, on "blog".
Token token_named(const std::string& name, Role role = Role::moderator, const std::string& site = "blog") {
  Token token;
  token.id = new_id(kNoon);
  token.name = name;
  token.role = role;
  token.site = site;
  token.created_at = kNoon;
  return token;
}

// A token whose secret's hash is its name.
Token added(House& house, const Token& token) {
  done(house.store->add_token(token, token.name));
  return token;
}

SignIn by_code(const std::string& code, const std::string& session, Time now = kNoon) {
  SignIn wish;
  wish.code_hash = code;
  wish.session_hash = session;
  wish.now = now;
  return wish;
}

SignIn by_token(const std::string& token, const std::string& session, Time now = kNoon) {
  SignIn wish;
  wish.token_hash = token;
  wish.session_hash = session;
  wish.now = now;
  return wish;
}

// Whether a write that was asked for before is done, too: the writer works in order.
void settled(House& house) {
  CHECK(house.store->health().writable);
}

}  // namespace

TEST_SUITE_BEGIN("store: sessions");

TEST_CASE("a code signs in once, in the name of its token, and no longer than it is good") {
  House house;
  const Token ana = added(house, token_named("ana"));
  done(house.store->add_code("", ana.id, {"code-1", kNoon + kSignInCode}, kNoon));
  done(house.store->add_code("blog", ana.id, {"code-2", kNoon + kSignInCode}, kNoon));
  const Session session = value_of(house.store->sign_in(by_code("code-1", "session-1", kNoon + kMinute)));
  CHECK(session.token.id == ana.id);
  CHECK(session.token.name == "ana");
  CHECK(session.created_at == kNoon + kMinute);
  CHECK(session.expires_at == kNoon + kMinute + kSessionIdle);
  CHECK(refusal(house.store->sign_in(by_code("code-1", "session-2", kNoon + kMinute))).code ==
        Code::unauthorized);
  CHECK(refusal(house.store->session("session-2", kNoon + kMinute)).code == Code::unauthorized);
  CHECK(refusal(house.store->sign_in(by_code("code-2", "session-2", kNoon + kSignInCode))).code ==
        Code::unauthorized);
  CHECK(refusal(house.store->sign_in(by_code("never", "session-2"))).code == Code::unauthorized);
  // A code is no token, nor is a session.
  CHECK(refusal(house.store->token("code-2", kNoon)).code == Code::unauthorized);
  CHECK(refusal(house.store->token("session-1", kNoon)).code == Code::unauthorized);
  CHECK(refusal(house.store->sign_in(by_token("session-1", "session-2"))).code == Code::unauthorized);
  CHECK(refusal(house.store->sign_in(by_code("ana", "session-2"))).code == Code::unauthorized);
  house.reopen();
  CHECK(value_of(house.store->session("session-1", kNoon + kHour)).token.id == ana.id);
}

TEST_CASE("of many who use one code together one is signed in") {
  House house;
  const Token ana = added(house, token_named("ana"));
  done(house.store->add_code("", ana.id, {"code", kNoon + kSignInCode}, kNoon));
  std::atomic<int> in{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      if (house.store->sign_in(by_code("code", "session-" + std::to_string(i)))) ++in;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(in == 1);
  CHECK(value_of(house.store->end_sessions(ana.id, kNoon)).ended == 1);
}

TEST_CASE("only moderators and admins have a desk, and a code is for a token that lives, within reach") {
  House house;
  for (const Role role : {Role::frontend, Role::feed, Role::metrics, Role::akismet}) {
    const Token token = added(house, token_named(std::string(word(role)), role));
    CHECK(refusal(house.store->sign_in(by_token(token.name, "session"))).code == Code::forbidden);
    CHECK(refusal(house.store->add_code("", token.id, {"code", kNoon + kHour}, kNoon)).code ==
          Code::conflict);
  }
  const Token ana = added(house, token_named("ana"));
  CHECK(refusal(house.store->add_code("other", ana.id, {"code", kNoon + kHour}, kNoon)).code ==
        Code::not_found);
  CHECK(refusal(house.store->add_code("", new_id(kNoon), {"code", kNoon + kHour}, kNoon)).code ==
        Code::not_found);
  CHECK(refusal(house.store->sign_in(by_code("code", "session"))).code == Code::unauthorized);
  Token brief = token_named("brief", Role::admin, "");
  brief.expires_at = kNoon + kHour;
  added(house, brief);
  CHECK(refusal(house.store->add_code("", brief.id, {"code", kNoon + kDay}, kNoon + kHour)).code ==
        Code::conflict);
  done(house.store->revoke_token("", ana.id, kNoon));
  CHECK(refusal(house.store->add_code("", ana.id, {"code", kNoon + kHour}, kNoon)).code == Code::conflict);
  CHECK(refusal(house.store->sign_in(by_token("ana", "session"))).code == Code::unauthorized);
}

TEST_CASE("a session slides with its use, is noted every five minutes, and lasts thirty days at most") {
  House house;
  added(house, token_named("ana"));
  done(house.store->sign_in(by_token("ana", "s")));
  // Soon after, nothing is written.
  const auto early = value_of(house.store->session("s", kNoon + kSessionNoted - 1));
  CHECK(early.used_at == kNoon);
  CHECK(early.expires_at == kNoon + kSessionIdle);
  settled(house);
  CHECK(value_of(house.store->session("s", kNoon + 1)).used_at == kNoon);
  // Later the end moves along.
  const auto later = value_of(house.store->session("s", kNoon + kSessionNoted));
  CHECK(later.expires_at == kNoon + kSessionNoted + kSessionIdle);
  settled(house);
  CHECK(value_of(house.store->session("s", kNoon + kSessionNoted + 1)).used_at == kNoon + kSessionNoted);
  CHECK(value_of(house.store->tokens("")).front().last_used_at.value_or(0) == kNoon / kHour * kHour);
  CHECK(refusal(house.store->session("s", kNoon + kSessionNoted + kSessionIdle)).code == Code::unauthorized);

  // Used all the time.
  Time now = kNoon + kSessionNoted;
  for (; now < kNoon + kSessionLongest; now += 10 * kHour) {
    const auto used = house.store->session("s", now);
    REQUIRE(used.has_value());
    CHECK(used->expires_at <= kNoon + kSessionLongest);
    settled(house);
  }
  CHECK(house.store->session("s", kNoon + kSessionLongest - 1).has_value());
  CHECK_FALSE(house.store->session("s", kNoon + kSessionLongest).has_value());
}

TEST_CASE("a session ends with its token") {
  House house;
  const Token ana = added(house, token_named("ana"));
  Token brief = token_named("brief");
  brief.expires_at = kNoon + kHour;
  added(house, brief);
  done(house.store->sign_in(by_token("ana", "s")));
  done(house.store->add_code("", ana.id, {"code", kNoon + kHour}, kNoon));
  CHECK(value_of(house.store->sign_in(by_token("brief", "b"))).expires_at == kNoon + kHour);
  CHECK(house.store->session("b", kNoon + kHour - 1).has_value());
  CHECK_FALSE(house.store->session("b", kNoon + kHour).has_value());
  done(house.store->revoke_token("", ana.id, kNoon));
  CHECK_FALSE(house.store->session("s", kNoon).has_value());
  CHECK_FALSE(house.store->sign_in(by_code("code", "t")).has_value());
}

TEST_CASE("a token has twenty sessions, the oldest goes; and so with its codes") {
  House house;
  const Token ana = added(house, token_named("ana"));
  added(house, token_named("ben"));
  done(house.store->sign_in(by_token("ben", "ben's")));
  for (std::size_t i = 0; i <= kSessions; ++i)
    done(house.store->sign_in(by_token("ana", "s" + std::to_string(i))));
  CHECK_FALSE(house.store->session("s0", kNoon).has_value());
  for (std::size_t i = 1; i <= kSessions; ++i) CHECK(house.store->session("s" + std::to_string(i), kNoon));
  CHECK(house.store->session("ben's", kNoon).has_value());
  for (std::size_t i = 0; i <= kSignInCodes; ++i)
    done(house.store->add_code("", ana.id, {"c" + std::to_string(i), kNoon + kHour}, kNoon));
  CHECK_FALSE(house.store->sign_in(by_code("c0", "x")).has_value());
  CHECK(house.store->sign_in(by_code("c1", "x")).has_value());
}

TEST_CASE("sessions are ended one by one, all of a token, or by the one that takes their place") {
  House house;
  const Token ana = added(house, token_named("ana"));
  added(house, token_named("ben"));
  for (const char* name : {"a", "b", "c"}) done(house.store->sign_in(by_token("ana", name)));
  done(house.store->sign_in(by_token("ben", "ben's")));
  done(house.store->end_session("a"));
  done(house.store->end_session("a"));
  CHECK_FALSE(house.store->session("a", kNoon).has_value());
  CHECK(house.store->session("b", kNoon).has_value());
  SignIn instead = by_token("ana", "d");
  instead.instead_of = "b";
  done(house.store->sign_in(instead));
  CHECK_FALSE(house.store->session("b", kNoon).has_value());
  Once once{"ana", "key", "print", kNoon};
  const auto ended = value_of(house.store->end_sessions(ana.id, kNoon, once));
  CHECK(ended.ended == 2);
  CHECK_FALSE(ended.replayed);
  CHECK_FALSE(house.store->session("c", kNoon).has_value());
  CHECK(house.store->session("ben's", kNoon).has_value());
  const auto again = value_of(house.store->end_sessions(ana.id, kNoon, once));
  CHECK(again.ended == 2);
  CHECK(again.replayed);
  CHECK(value_of(house.store->end_sessions(ana.id, kNoon)).ended == 0);
}

TEST_CASE("a code is made once for a key, and never shown again") {
  House house;
  const Token ana = added(house, token_named("ana"));
  const Once once{"admin", "key", "print", kNoon};
  done(house.store->add_code("", ana.id, {"one", kNoon + kHour}, kNoon, once));
  const Error again = refusal(house.store->add_code("", ana.id, {"two", kNoon + kHour}, kNoon, once));
  CHECK(again.code == Code::conflict);
  CHECK(again.where == "Idempotency-Key");
  CHECK_FALSE(house.store->sign_in(by_code("two", "s")).has_value());
  // With a token, both or neither.
  Token ben = token_named("ben");
  done(house.store->add_token(ben, "ben", {}, NewCode{"three", kNoon + kHour}));
  CHECK(value_of(house.store->sign_in(by_code("three", "s"))).token.id == ben.id);
  CHECK_FALSE(house.store->add_token(ben, "ben", {}, NewCode{"four", kNoon + kHour}).has_value());
  CHECK_FALSE(house.store->sign_in(by_code("four", "t")).has_value());
}

TEST_CASE("the sweep takes what is over, and nothing before") {
  House house;
  const Token ana = added(house, token_named("ana"));
  done(house.store->sign_in(by_token("ana", "s")));
  done(house.store->add_code("", ana.id, {"code", kNoon + kSignInCode}, kNoon));
  CHECK(value_of(house.store->sweep(kNoon + kSignInCode - 1)).other == 0);
  CHECK(value_of(house.store->sweep(kNoon + kSignInCode)).other == 1);
  CHECK(value_of(house.store->sweep(kNoon + kSessionIdle - 1)).other == 0);
  CHECK(house.store->session("s", kNoon).has_value());
  CHECK(value_of(house.store->sweep(kNoon + kSessionIdle)).other == 1);
  CHECK_FALSE(house.store->session("s", kNoon).has_value());
}
