#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "http/gate.h"

using namespace chaffinch;
using namespace chaffinch::http;

namespace {

constexpr Time kNow = 1'800'000'000 * kSecond;

GateOptions behind(std::initializer_list<const char*> proxies) {
  GateOptions options;
  for (const char* proxy : proxies) options.trusted_proxies.push_back(Network::parse(proxy).value());
  return options;
}

Token named(const char* name) {
  Token token;
  token.name = name;
  return token;
}

// As many failures as make an address wait.
void guess(Gate& gate, std::string_view address, Time now, int times = Gate::kFailures) {
  for (int i = 0; i < times; ++i) gate.token_bad(address, "guess " + std::to_string(i), now);
}

}  // namespace

TEST_SUITE_BEGIN("http");

TEST_CASE("X-Forwarded-For is believed from trusted proxies alone, from its end") {
  const Gate gate(behind({"127.0.0.1", "10.0.0.0/8", "2001:db8:1::/48"}));
  struct Row {
    const char* peer;
    const char* forwarded;
    const char* client;
  };
  static constexpr Row kRows[] = {
      {"127.0.0.1", "", "127.0.0.1"},
      {"127.0.0.1", "203.0.113.5", "203.0.113.5"},
      {"127.0.0.1", "1.1.1.1, 203.0.113.5", "203.0.113.5"},
      {"127.0.0.1", "1.1.1.1, 203.0.113.5 , 10.1.2.3", "203.0.113.5"},
      {"127.0.0.1", "junk, 203.0.113.5", "203.0.113.5"},
      {"127.0.0.1", "10.0.0.1, 10.0.0.2", "10.0.0.1"},
      {"2001:db8:1::7", "2001:DB8:2:0::1", "2001:db8:2::1"},
      {"10.9.9.9", "::ffff:203.0.113.5", "203.0.113.5"},
      // not trusted: whatever it says
      {"203.0.113.9", "1.1.1.1", "203.0.113.9"},
      {"203.0.113.9", "127.0.0.1", "203.0.113.9"},
      // unreadable
      {"127.0.0.1", "unknown", "127.0.0.1"},
      {"127.0.0.1", "203.0.113.5,", "127.0.0.1"},
      {"127.0.0.1", ",", "127.0.0.1"},
      {"127.0.0.1", "1.1.1.1, junk, 10.0.0.1", "127.0.0.1"},
      {"127.0.0.1", "203.0.113.5:80", "127.0.0.1"},
      {"127.0.0.1", "203.0.113.500", "127.0.0.1"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.peer);
    CAPTURE(row.forwarded);
    CHECK(gate.client_address(row.peer, row.forwarded) == row.client);
  }
  CHECK(Gate({}).client_address("127.0.0.1", "203.0.113.5") == "127.0.0.1");
}

TEST_CASE("a forged X-Forwarded-For header before the proxy's own changes nothing") {
  const Gate gate(behind({"127.0.0.1"}));
  Ask ask;
  ask.peer = "127.0.0.1";
  ask.headers = {{"X-Forwarded-For", "1.1.1.1"}, {"Host", "h"}, {"x-forwarded-for", "203.0.113.5"}};
  CHECK(gate.client_address(ask) == "203.0.113.5");
  ask.headers.clear();
  CHECK(gate.client_address(ask) == "127.0.0.1");
}

TEST_CASE("an address may submit its burst at once and then its rate") {
  Gate gate({{}, 30, 3});
  for (int i = 0; i < 3; ++i) CHECK(gate.wait_for_submission("203.0.113.5", kNow) == 0);
  CHECK(gate.wait_for_submission("203.0.113.5", kNow) == 2);
  CHECK(gate.wait_for_submission("203.0.113.5", kNow + kSecond) == 1);
  CHECK(gate.wait_for_submission("203.0.113.5", kNow + 2 * kSecond) == 0);
  CHECK(gate.wait_for_submission("203.0.113.5", kNow + 2 * kSecond) == 2);
  CHECK(gate.wait_for_submission("203.0.113.6", kNow) == 0);
  // An hour of silence gives the burst back, and no more.
  for (int i = 0; i < 3; ++i) CHECK(gate.wait_for_submission("203.0.113.5", kNow + kHour) == 0);
  CHECK(gate.wait_for_submission("203.0.113.5", kNow + kHour) == 2);
  // A clock that was set back does not lock anybody out for long.
  CHECK(gate.wait_for_submission("203.0.113.5", kNow) <= 2);
  CHECK(gate.wait_for_submission("203.0.113.5", kNow + 2 * kSecond) == 0);
}

TEST_CASE("one IPv6 subscriber is one caller, however many addresses it has") {
  Gate gate({{}, 60, 1});
  CHECK(gate.wait_for_submission("2001:db8::1", kNow) == 0);
  CHECK(gate.wait_for_submission("2001:db8::ffff:2", kNow) == 1);
  CHECK(gate.wait_for_submission("2001:db8:0:1::1", kNow) == 0);
  CHECK(gate.wait_for_submission("not an address", kNow) == 0);
  CHECK(gate.wait_for_submission("not an address", kNow) == 1);
}

TEST_CASE("a rate of zero is no limit") {
  Gate gate({{}, 0, 1});
  for (int i = 0; i < 100; ++i) CHECK(gate.wait_for_submission("203.0.113.5", kNow) == 0);
}

TEST_CASE("a bounded table forgets what was touched longest ago") {
  Bounded<int> table(3);
  for (const char* key : {"a", "b", "c"}) table.put(key) = 1;
  REQUIRE(table.find("a") != nullptr);
  table.put("d") = 1;
  CHECK(table.find("b") == nullptr);
  CHECK(table.find("a") != nullptr);
  CHECK(table.size() == 3);
  table.erase("a");
  table.erase("nobody");
  CHECK(table.size() == 2);
}

TEST_CASE("a verified token is believed for five seconds, until it expires or tokens change") {
  Gate gate({});
  CHECK_FALSE(gate.token("hash", kNow).has_value());
  gate.token_good("203.0.113.5", "hash", named("ana"), gate.ticket(), kNow);
  REQUIRE(gate.token("hash", kNow).has_value());
  CHECK(gate.token("hash", kNow)->name == "ana");
  CHECK(gate.token("hash", kNow + Gate::kTokenFor - 1).has_value());
  CHECK_FALSE(gate.token("hash", kNow + Gate::kTokenFor).has_value());
  CHECK_FALSE(gate.token("hash", kNow - kHour).has_value());
  CHECK_FALSE(gate.token("other", kNow).has_value());

  Token brief = named("brief");
  brief.expires_at = kNow + kSecond;
  gate.token_good("203.0.113.5", "brief", brief, gate.ticket(), kNow);
  CHECK(gate.token("brief", kNow).has_value());
  CHECK_FALSE(gate.token("brief", kNow + kSecond).has_value());

  gate.token_good("203.0.113.5", "hash", named("ana"), gate.ticket(), kNow);
  gate.forget_tokens();
  CHECK_FALSE(gate.token("hash", kNow).has_value());
}

TEST_CASE("an answer of the store that a revocation overtook is not remembered") {
  Gate gate({});
  const auto ticket = gate.ticket();  // the store is asked: the token is good
  gate.forget_tokens();               // it is revoked
  gate.token_good("203.0.113.5", "hash", named("ana"), ticket, kNow);
  CHECK_FALSE(gate.token("hash", kNow).has_value());
}

TEST_CASE("an address that guesses tokens has to wait, longer with each further failure") {
  Gate gate({});
  guess(gate, "203.0.113.5", kNow, Gate::kFailures - 1);
  CHECK(gate.wait_for_token("203.0.113.5", "new", kNow) == 0);
  gate.token_bad("203.0.113.5", "guess", kNow);
  CHECK(gate.wait_for_token("203.0.113.5", "new", kNow) == 10);
  CHECK(gate.wait_for_token("203.0.113.5", "new", kNow) == 10);
  CHECK(gate.wait_for_token("203.0.113.6", "new", kNow) == 0);
  CHECK(gate.wait_for_token("203.0.113.5", "new", kNow + 10 * kSecond - 1) == 1);
  Time now = kNow;
  for (const int wait : {10, 20, 40, 80, 160, 320, 600, 600, 600}) {
    CHECK(gate.wait_for_token("203.0.113.5", "new", now) == wait);
    now += wait * kSecond;
    CHECK(gate.wait_for_token("203.0.113.5", "new", now) == 0);
    gate.token_bad("203.0.113.5", "guess", now);
  }
  // Ten quiet minutes after the wait all is forgotten.
  now += 600 * kSecond + Gate::kFailureWindow;
  gate.token_bad("203.0.113.5", "guess", now);
  CHECK(gate.wait_for_token("203.0.113.5", "new", now) == 0);
}

TEST_CASE("failures spread over more than the window do not add up") {
  Gate gate({});
  for (int i = 0; i < 100; ++i) {
    const Time now = kNow + i * (Gate::kFailureWindow / 5);
    gate.token_bad("203.0.113.5", "guess", now);
    CHECK(gate.wait_for_token("203.0.113.5", "new", now) == 0);
  }
}

TEST_CASE("a good token clears its address; one that was known already does not") {
  Gate gate({});
  guess(gate, "203.0.113.5", kNow, Gate::kFailures - 1);
  gate.token_good("203.0.113.5", "hash", named("ana"), gate.ticket(), kNow);
  gate.token_bad("203.0.113.5", "guess", kNow);
  CHECK(gate.wait_for_token("203.0.113.5", "new", kNow) == 0);

  guess(gate, "203.0.113.5", kNow, Gate::kFailures - 1);
  gate.token_good("203.0.113.5", "hash", named("ana"), gate.ticket(), kNow + Gate::kTokenFor);
  CHECK(gate.wait_for_token("203.0.113.5", "new", kNow) > 0);
}

TEST_CASE("nobody behind the same proxy can lock out a token that is in use") {
  Gate gate({});
  gate.token_good("203.0.113.5", "hash", named("ana"), gate.ticket(), kNow);
  guess(gate, "203.0.113.5", kNow, 50);
  CHECK(gate.wait_for_token("203.0.113.5", "new", kNow) > 0);
  // Believed at once, and later still looked at, also after tokens changed.
  CHECK(gate.token("hash", kNow).has_value());
  CHECK(gate.wait_for_token("203.0.113.5", "hash", kNow + kMinute) == 0);
  gate.forget_tokens();
  CHECK(gate.wait_for_token("203.0.113.5", "hash", kNow + kMinute) == 0);
  // Once it is revoked it waits like any other.
  gate.token_bad("203.0.113.5", "hash", kNow + kMinute);
  CHECK(gate.wait_for_token("203.0.113.5", "hash", kNow + kMinute) > 0);
}

TEST_CASE("a session is believed as a token is, counted apart, and over for good") {
  Gate gate({});
  Session session;
  session.token = named("ana");
  session.expires_at = kNow + kMinute;
  gate.signed_in("203.0.113.5", "s", session, gate.ticket(), kNow);
  REQUIRE(gate.session("s", kNow).has_value());
  CHECK(gate.session("s", kNow)->token.name == "ana");
  CHECK_FALSE(gate.token("s", kNow).has_value());
  CHECK_FALSE(gate.session("s", kNow + Gate::kTokenFor).has_value());
  CHECK_FALSE(gate.session("s", kNow - kHour).has_value());
  session.expires_at = kNow + kSecond;
  gate.session_good("203.0.113.5", "brief", session, gate.ticket(), kNow);
  CHECK_FALSE(gate.session("brief", kNow + kSecond).has_value());
  gate.forget_tokens();
  CHECK_FALSE(gate.session("s", kNow).has_value());

  CHECK_FALSE(gate.is_over("s"));
  for (int i = 0; i < Gate::kKeyFailures; ++i) {
    CHECK(gate.wait_for_token("203.0.113.5", "new", kNow, Guess::session) == 0);
    gate.session_bad("203.0.113.5", "guess " + std::to_string(i), kNow);
  }
  CHECK(gate.is_over("guess 0"));
  CHECK(gate.wait_for_token("203.0.113.5", "new", kNow, Guess::session) == 10);
  CHECK(gate.wait_for_token("203.0.113.5", "s", kNow, Guess::session) == 0);  // was good a moment ago
  CHECK(gate.wait_for_token("203.0.113.5", "new", kNow) == 0);
  CHECK(gate.wait_for_token("203.0.113.5", "new", kNow, Guess::key) == 0);
  gate.session_bad("203.0.113.5", "s", kNow);
  CHECK(gate.is_over("s"));
  CHECK(gate.wait_for_token("203.0.113.5", "s", kNow, Guess::session) > 0);
  // Signing in clears what was guessed of tokens and codes there.
  guess(gate, "203.0.113.7", kNow);
  gate.signed_in("203.0.113.7", "t", session, gate.ticket(), kNow);
  CHECK(gate.wait_for_token("203.0.113.7", "new", kNow) == 0);
}

TEST_CASE("one gate serves many threads") {
  Gate gate({{}, 60, 100});
  std::atomic<int> passed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 1'000; ++i) {
        if (gate.wait_for_submission("203.0.113.5", kNow) == 0) ++passed;
        gate.token_good("203.0.113.5", "hash", named("ana"), gate.ticket(), kNow);
        if (i % 100 == 0) gate.forget_tokens();
        if (const auto token = gate.token("hash", kNow)) CHECK(token->name == "ana");
        gate.token_bad("203.0.113.7", "guess " + std::to_string(i), kNow);
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(passed == 100);
}

TEST_SUITE_END();
