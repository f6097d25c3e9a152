#include "store/sqlite/marks.h"

#include <algorithm>
#include <mutex>

namespace chaffinch::sqlite {
namespace {

constexpr std::size_t kTimes = 64;
constexpr std::size_t kKeys = 100'000;
constexpr std::size_t kTotal = 400'000;
constexpr std::size_t kReservations = 100'000;
// Comments that arrive together read their clocks in another order than they ask.
constexpr Time kTogether = 5 * kSecond;

// The keys are hashes already; this only keeps sites and kinds apart (the finaliser of splitmix64).
std::uint64_t mixed(std::int64_t site, std::uint64_t kind, std::int64_t key) {
  std::uint64_t x = static_cast<std::uint64_t>(key) +
                    0x9E3779B97F4A7C15ULL * (static_cast<std::uint64_t>(site) * 8 + kind + 1);
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

constexpr std::uint64_t kCopy = 7;

std::uint64_t key_of(std::int64_t site, Kind kind, std::int64_t key) {
  return key == 0 ? 0 : mixed(site, static_cast<std::uint64_t>(kind), key);
}

std::vector<std::uint64_t> keys_of(const Marks::Ask& ask) {
  std::vector<std::uint64_t> keys;
  const auto add = [&keys](std::uint64_t key) {
    if (key != 0) keys.push_back(key);
  };
  add(key_of(ask.site, Kind::address, ask.keys.address));
  add(key_of(ask.site, Kind::network, ask.keys.network));
  add(key_of(ask.site, Kind::email, ask.keys.email));
  for (const std::int64_t domain : ask.domains) add(key_of(ask.site, Kind::domain, domain));
  return keys;
}

}  // namespace

std::uint32_t Marks::count(std::uint64_t key, const Ask& ask, Time window) const {
  const auto found = key == 0 ? times_.end() : times_.find(key);
  if (found == times_.end()) return 0;
  return static_cast<std::uint32_t>(
      std::count_if(found->second.marks.begin(), found->second.marks.end(), [&](const Mark& mark) {
        return mark.at > ask.as_of - window && mark.at <= ask.as_of + kTogether &&
               (ask.self == 0 || mark.tag != ask.self);
      }));
}

void Marks::put_last(Key& key) {
  key.second.older = newest_;
  key.second.newer = nullptr;
  (newest_ == nullptr ? oldest_ : newest_->second.newer) = &key;
  newest_ = &key;
}

void Marks::take_out(Key& key) {
  const Times& times = key.second;
  (times.older == nullptr ? oldest_ : times.older->second.newer) = times.newer;
  (times.newer == nullptr ? newest_ : times.newer->second.older) = times.older;
}

void Marks::mark(std::uint64_t key, Mark mark) {
  const auto [found, fresh] = times_.try_emplace(key);
  if (!fresh) take_out(*found);
  put_last(*found);
  Times& times = found->second;
  if (times.marks.size() >= kTimes) {
    times.marks.erase(times.marks.begin());
    --total_;
  }
  times.marks.push_back(mark);
  ++total_;
  while (times_.size() > kKeys || total_ > kTotal) {
    const std::uint64_t oldest = oldest_->first;
    total_ -= oldest_->second.marks.size();
    take_out(*oldest_);
    times_.erase(oldest);
  }
}

Marks::Seen Marks::look(const Ask& ask, bool reserve) {
  const std::lock_guard guard(lock_);
  const std::uint64_t address = key_of(ask.site, Kind::address, ask.keys.address);
  Seen seen;
  seen.address_10m = count(address, ask, 10 * kMinute);
  seen.address_1h = count(address, ask, kHour);
  seen.network_10m = count(key_of(ask.site, Kind::network, ask.keys.network), ask, 10 * kMinute);
  seen.email_1h = count(key_of(ask.site, Kind::email, ask.keys.email), ask, kHour);
  for (const std::int64_t domain : ask.domains) {
    seen.domain_1h = std::max(seen.domain_1h, count(key_of(ask.site, Kind::domain, domain), ask, kHour));
  }
  const std::uint64_t copy = ask.copy_hash == 0 ? 0 : mixed(ask.site, kCopy, ask.copy_hash);
  if (const auto found = copies_.find(copy); copy != 0 && found != copies_.end()) seen.copies = found->second;
  if (!reserve) return seen;

  while (!reservations_.empty() && (reservations_.size() >= kReservations ||
                                    reservations_.begin()->second.now < ask.now - kForgotten)) {
    drop(reservations_.begin(), 0);
  }
  seen.reservation = ++last_;
  Reservation& reservation = reservations_[seen.reservation];
  reservation.keys = keys_of(ask);
  reservation.copy = copy;
  reservation.now = ask.now;
  if (copy != 0) ++copies_[copy];
  for (const std::uint64_t key : reservation.keys) mark(key, {.at = ask.as_of, .tag = seen.reservation});
  return seen;
}

// With a tag the times stay under it; without one they go.
void Marks::drop(std::map<std::uint64_t, Reservation>::iterator which, std::uint64_t tag) {
  const auto& [number, reservation] = *which;
  for (const std::uint64_t key : reservation.keys) {
    const auto found = times_.find(key);
    if (found == times_.end()) continue;
    auto& marks = found->second.marks;
    const auto mine = std::find_if(marks.rbegin(), marks.rend(),
                                   [mine = number](const Mark& mark) { return mark.tag == mine; });
    if (mine == marks.rend()) continue;
    if (tag != 0) {
      mine->tag = tag;
      continue;
    }
    marks.erase(std::next(mine).base());
    --total_;
  }
  if (const auto copy = copies_.find(reservation.copy); copy != copies_.end() && --copy->second == 0) {
    copies_.erase(copy);
  }
  reservations_.erase(which);
}

void Marks::release(std::uint64_t reservation) {
  const std::lock_guard guard(lock_);
  const auto found = reservations_.find(reservation);
  if (found != reservations_.end()) drop(found, 0);
}

void Marks::kept(std::uint64_t reservation, std::uint64_t tag) {
  const std::lock_guard guard(lock_);
  const auto found = reservations_.find(reservation);
  if (found != reservations_.end()) drop(found, tag);
}

void Marks::remember(const Ask& ask, std::uint64_t tag) {
  const std::lock_guard guard(lock_);
  for (const std::uint64_t key : keys_of(ask)) mark(key, {.at = ask.as_of, .tag = tag});
}

}  // namespace chaffinch::sqlite
