#include "http/gate.h"

#include <algorithm>
#include <cmath>

#include "http/head.h"

namespace chaffinch::http {
namespace {

// One caller: an IPv4 address, an IPv6 /64, or the text itself when it is no address.
std::string caller(std::string_view text) {
  const auto address = Address::parse(text);
  if (!address) return "?" + std::string(text.substr(0, 64));
  const std::size_t count = address->v4 ? 16 : 8;
  return {reinterpret_cast<const char*>(address->bytes.data()), count};
}

std::string guesser(std::string_view address, Guess guess) {
  const char* const apart = guess == Guess::key ? "key " : guess == Guess::session ? "session " : "";
  return apart + caller(address);
}

}  // namespace

Gate::Gate(GateOptions options) : options_(std::move(options)) {}

bool Gate::trusted(const Address& address) const {
  return std::ranges::any_of(options_.trusted_proxies,
                             [&](const Network& network) { return network.contains(address); });
}

bool Gate::is_trusted(std::string_view peer) const {
  const auto address = Address::parse(peer);
  return address && trusted(*address);
}

std::string Gate::client_address(std::string_view peer, std::string_view forwarded) const {
  const auto self = Address::parse(peer);
  if (!self) return std::string(peer);
  if (forwarded.empty() || !trusted(*self)) return self->text();
  std::string outermost = self->text();
  while (true) {
    const std::size_t comma = forwarded.rfind(',');
    const auto address =
        Address::parse(trimmed(comma == std::string_view::npos ? forwarded : forwarded.substr(comma + 1)));
    if (!address) return self->text();
    outermost = address->text();
    if (comma == std::string_view::npos || !trusted(*address)) return outermost;
    forwarded = forwarded.substr(0, comma);
  }
}

std::string Gate::client_address(const Ask& ask) const {
  if (options_.trusted_proxies.empty()) return client_address(ask.peer, {});
  // Some proxies add a header of their own behind one that the client sent.
  std::string forwarded;
  for (const auto& [name, value] : ask.headers) {
    if (!same_word(name, "X-Forwarded-For")) continue;
    if (!forwarded.empty()) forwarded += ',';
    forwarded += value;
  }
  return client_address(ask.peer, forwarded);
}

int Gate::wait_for_submission(std::string_view address, Time now) {
  if (options_.rate_per_minute <= 0) return 0;
  const double per_second = options_.rate_per_minute / 60.0;
  const double most = std::max(1, options_.rate_burst);
  const std::scoped_lock holding(lock_);
  Allowance& allowance = allowances_.put(caller(address));
  if (allowance.at == 0) {
    allowance.left = most;
  } else if (now > allowance.at) {  // a clock that was set back gives nothing and takes nothing
    const double seconds = static_cast<double>(now - allowance.at) / static_cast<double>(kSecond);
    allowance.left = std::min(most, allowance.left + seconds * per_second);
  }
  allowance.at = std::max<Time>(now, 1);
  if (allowance.left >= 1) {
    allowance.left -= 1;
    return 0;
  }
  return std::max(1, static_cast<int>(std::ceil((1 - allowance.left) / per_second)));
}

std::optional<Token> Gate::token(const std::string& hash, Time now) {
  const std::scoped_lock holding(lock_);
  const Seen* seen = tokens_.find(hash);
  if (seen == nullptr || seen->ticket != ticket_) return std::nullopt;
  if (now < seen->verified_at || now - seen->verified_at >= kTokenFor) return std::nullopt;
  if (seen->token.expires_at && *seen->token.expires_at <= now) return std::nullopt;
  return seen->token;
}

bool Gate::known(const std::string& hash, Time now, Guess guess) {
  if (guess == Guess::session) {
    const SeenSession* seen = sessions_.find(hash);
    return seen != nullptr && !seen->over && now - seen->verified_at < kKnownFor;
  }
  const Seen* seen = tokens_.find(hash);
  return seen != nullptr && now - seen->verified_at < kKnownFor;
}

int Gate::wait_for_token(std::string_view address, const std::string& hash, Time now, Guess guess) {
  const std::scoped_lock holding(lock_);
  const Failures* failures = failures_.find(guesser(address, guess));
  if (failures == nullptr || failures->wait_until <= now || known(hash, now, guess)) return 0;
  const Time left = std::min<Time>(failures->wait_until - now, kLongestWait * kSecond);
  return static_cast<int>((left + kSecond - 1) / kSecond);
}

std::uint64_t Gate::ticket() const {
  const std::scoped_lock holding(lock_);
  return ticket_;
}

void Gate::token_good(std::string_view address, const std::string& hash, const Token& token,
                      std::uint64_t ticket, Time now, Guess guess) {
  const std::scoped_lock holding(lock_);
  if (!known(hash, now, guess)) failures_.erase(guesser(address, guess));
  Seen& seen = tokens_.put(hash);
  seen = {token, now, ticket};
}

void Gate::token_bad(std::string_view address, const std::string& hash, Time now, Guess guess) {
  const std::scoped_lock holding(lock_);
  tokens_.erase(hash);  // revoked: it waits like any other
  failed(address, now, guess);
}

void Gate::failed(std::string_view address, Time now, Guess guess) {
  Failures& failures = failures_.put(guesser(address, guess));
  if (failures.count == 0 || now - std::max(failures.since, failures.wait_until) >= kFailureWindow)
    failures = {0, now, 0};
  failures.count = std::min(failures.count + 1, 1'000);
  const int most = guess == Guess::token ? kFailures : kKeyFailures;
  if (failures.count < most) return;
  const int doublings = std::min(failures.count - most, 10);
  failures.wait_until = now + std::min(kLongestWait, kFirstWait << doublings) * kSecond;
}

std::optional<Session> Gate::session(const std::string& hash, Time now) {
  const std::scoped_lock holding(lock_);
  const SeenSession* seen = sessions_.find(hash);
  if (seen == nullptr || seen->over || seen->ticket != ticket_) return std::nullopt;
  if (now < seen->verified_at || now - seen->verified_at >= kTokenFor) return std::nullopt;
  if (seen->session.expires_at <= now) return std::nullopt;
  return seen->session;
}

bool Gate::is_over(const std::string& hash) {
  const std::scoped_lock holding(lock_);
  const SeenSession* seen = sessions_.find(hash);
  return seen != nullptr && seen->over;
}

void Gate::session_good(std::string_view address, const std::string& hash, const Session& session,
                        std::uint64_t ticket, Time now) {
  const std::scoped_lock holding(lock_);
  if (!known(hash, now, Guess::session)) failures_.erase(guesser(address, Guess::session));
  sessions_.put(hash) = {session, now, ticket, false};
}

void Gate::session_bad(std::string_view address, const std::string& hash, Time now) {
  const std::scoped_lock holding(lock_);
  sessions_.put(hash) = {{}, now, 0, true};
  failed(address, now, Guess::session);
}

void Gate::signed_in(std::string_view address, const std::string& hash, const Session& session,
                     std::uint64_t ticket, Time now) {
  const std::scoped_lock holding(lock_);
  failures_.erase(guesser(address, Guess::token));
  sessions_.put(hash) = {session, now, ticket, false};
}

void Gate::forget_tokens() {
  const std::scoped_lock holding(lock_);
  ++ticket_;
}

}  // namespace chaffinch::http
