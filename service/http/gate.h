// The gate: who is calling, how fast, and whether a token was seen a moment ago. Pure logic behind one lock;
// `now` is handed in; no HTTP library. Safe from any thread. Every table is bounded: when it is full, the
// entry that was not touched for the longest time goes.
//
// Addresses count as one caller each; of IPv6 the /64, because that is what one subscriber gets.
//
// **Guessed tokens.** A secret has 256 random bits, so guessing is hopeless; what is slowed here is the
// noise, and with it the store's work. After kFailures failures within kFailureWindow an address has to wait
// before the next unknown secret of its own is looked at: 10 s, and twice as long after each further failure,
// up to 10 minutes. Attempts during the wait are refused and neither lengthen nor shorten it.
//
// Addresses are shared (an office, a proxy that does not say for whom it speaks), so nobody may lock out his
// neighbours: a secret that was good within kKnownFor is still looked at while its address has to wait. Only
// a token's first use from such an address waits. For the same reason the success of such a known secret does
// not clear the address's failures; the success of one that was not known does.
//
// A key of the Akismet protocol has 48 bits, because its clients let a person type no more. They are counted
// apart, and looked at kKeyFailures times before an address has to wait: whoever asks from a hundred thousand
// addresses at once needs some thousand years for one key.
//
// Sessions of the desk (core/session.h) are known by the hash of their cookie's secret and counted apart as
// well: a page that is left open goes on asking with a cookie that is over, and must not keep anybody from
// signing in. What was over once stays so, so that it is asked and counted once. A code that signs in is a
// token for the count.
//
// Order of calls for a request with a token (and with a session's cookie, by the names of that):
//   if (auto token = gate.token(hash, now)) -> go on
//   if (int wait = gate.wait_for_token(address, hash, now)) -> 429, Retry-After: wait
//   auto ticket = gate.ticket();  ask the store;  token_good(...) or token_bad(...)
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analysis/address.h"
#include "core/session.h"
#include "core/site.h"
#include "core/time.h"
#include "http/door.h"

namespace chaffinch::http {

// A map that forgets the entry touched longest ago when a new one finds no room. One thread at a time.
template <class Value>
class Bounded {
 public:
  explicit Bounded(std::size_t most) : most_(most) {}

  // nullptr when there is none. A pointer is good until the next put().
  Value* find(const std::string& key) {
    const auto found = places_.find(key);
    if (found == places_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return &found->second->second;
  }
  // The entry of this key, made when there is none.
  Value& put(const std::string& key) {
    if (Value* value = find(key)) return *value;
    if (entries_.size() >= most_) {
      places_.erase(entries_.back().first);
      entries_.pop_back();
    }
    entries_.emplace_front(key, Value{});
    places_.emplace(key, entries_.begin());
    return entries_.front().second;
  }
  void erase(const std::string& key) {
    const auto found = places_.find(key);
    if (found == places_.end()) return;
    entries_.erase(found->second);
    places_.erase(found);
  }
  std::size_t size() const { return entries_.size(); }

 private:
  using Entries = std::list<std::pair<std::string, Value>>;
  const std::size_t most_;
  Entries entries_;  // touched last first
  std::unordered_map<std::string, typename Entries::iterator> places_;
};

struct GateOptions {
  std::vector<Network> trusted_proxies;
  int rate_per_minute = 30;  // submissions of one address; 0: no limit
  int rate_burst = 10;       // so many at once; at least 1
};

enum class Guess : std::uint8_t { token, key, session };

class Gate {
 public:
  static constexpr std::size_t kCallers = 20'000;  // addresses remembered in each table
  static constexpr std::size_t kTokens = 10'000;   // secrets remembered, and as many of sessions
  static constexpr Time kTokenFor = 5 * kSecond;   // a verified token is believed without asking
  static constexpr Time kKnownFor = kDay;
  static constexpr int kFailures = 10;
  static constexpr int kKeyFailures = 30;
  static constexpr Time kFailureWindow = 10 * kMinute;
  static constexpr int kFirstWait = 10;  // seconds
  static constexpr int kLongestWait = 600;

  explicit Gate(GateOptions options);

  // The caller's address as canonical text. `forwarded`: all X-Forwarded-For headers in order, joined by
  // commas. It is believed only when the peer is a trusted proxy, and read from its end: the first address
  // that is not a trusted proxy is the caller's. What cannot be read makes the peer itself the caller; when
  // all are trusted, it is the outermost one.
  std::string client_address(std::string_view peer, std::string_view forwarded) const;
  std::string client_address(const Ask& ask) const;

  // Whether what the peer says of its client (X-Forwarded-...) is believed.
  bool is_trusted(std::string_view peer) const;

  // Takes one submission from the address's allowance. 0, or the seconds to wait when there is none left.
  int wait_for_submission(std::string_view address, Time now);

  // The token of a secret's hash, when it was verified within kTokenFor and has not expired since.
  std::optional<Token> token(const std::string& hash, Time now);
  // 0: the store may be asked about this hash. Else the seconds to wait.
  int wait_for_token(std::string_view address, const std::string& hash, Time now, Guess guess = Guess::token);
  // Taken before the store is asked, so that an answer which forget_tokens() overtook is not remembered.
  std::uint64_t ticket() const;
  void token_good(std::string_view address, const std::string& hash, const Token& token, std::uint64_t ticket,
                  Time now, Guess guess = Guess::token);
  void token_bad(std::string_view address, const std::string& hash, Time now, Guess guess = Guess::token);

  // The session of a secret's hash, when it was verified within kTokenFor and is not over since.
  std::optional<Session> session(const std::string& hash, Time now);
  bool is_over(const std::string& hash);  // it was, when the store was last asked: it stays so
  void session_good(std::string_view address, const std::string& hash, const Session& session,
                    std::uint64_t ticket, Time now);
  void session_bad(std::string_view address, const std::string& hash, Time now);
  // A browser signed in with a token or a code: its address is cleared, and its session known.
  void signed_in(std::string_view address, const std::string& hash, const Session& session,
                 std::uint64_t ticket, Time now);

  // Upon any change of tokens or sessions: the next use of each asks the store. REQUIRES: called after the
  // change is committed.
  void forget_tokens();

 private:
  struct Allowance {
    double left = 0;
    Time at = 0;  // 0: fresh
  };
  struct Failures {
    int count = 0;
    Time since = 0;
    Time wait_until = 0;
  };
  struct Seen {
    Token token;
    Time verified_at = 0;
    std::uint64_t ticket = 0;
  };

  struct SeenSession {
    Session session;
    Time verified_at = 0;
    std::uint64_t ticket = 0;
    bool over = false;
  };

  bool trusted(const Address& address) const;
  // All REQUIRE lock_.
  bool known(const std::string& hash, Time now, Guess guess);
  void failed(std::string_view address, Time now, Guess guess);

  const GateOptions options_;
  mutable std::mutex lock_;
  Bounded<Allowance> allowances_{kCallers};  // all below: guarded by lock_
  Bounded<Failures> failures_{kCallers};
  Bounded<Seen> tokens_{kTokens};
  Bounded<SeenSession> sessions_{kTokens};
  std::uint64_t ticket_ = 1;
};

}  // namespace chaffinch::http
