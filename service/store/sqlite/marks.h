// What is remembered for an hour and lost with the process: when comments came from an address, a network, an
// email or with a domain (velocity), and which comments are on their way between recall and keep, so that
// equal ones that arrive together see each other. Bounded: the last 64 times of each key, at most 100,000
// keys and 400,000 times; what was not seen for longest goes first. Safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "brief_lock.h"
#include "core/time.h"
#include "store/sqlite/keys.h"

namespace chaffinch::sqlite {

// A reservation that was neither kept nor released for so long belongs to a caller that is gone.
inline constexpr Time kForgotten = 10 * kMinute;

class Marks {
 public:
  struct Ask {
    std::int64_t site = 0;
    PersonKeys keys;
    std::vector<std::int64_t> domains;
    std::int64_t copy_hash = 0;  // 0: none
    Time as_of = 0;
    Time now = 0;
    std::uint64_t self = 0;  // tag of a kept comment that is not counted
  };
  struct Seen {
    std::uint32_t address_10m = 0, address_1h = 0, network_10m = 0, email_1h = 0, domain_1h = 0;
    std::uint32_t copies = 0;  // of the same text, on their way
    std::uint64_t reservation = 0;
  };

  // Counts others; with `reserve`, marks this one in the same step.
  Seen look(const Ask& ask, bool reserve);
  void release(std::uint64_t reservation);
  // The comment was kept: the database knows the copy from now on, the times stay.
  void kept(std::uint64_t reservation, std::uint64_t tag);
  // A comment of before the start.
  void remember(const Ask& ask, std::uint64_t tag);

 private:
  struct Mark {
    Time at = 0;
    std::uint64_t tag = 0;
  };
  struct Times;
  using Key = std::pair<const std::uint64_t, Times>;  // as it stands in the map, which never moves it
  struct Times {
    std::vector<Mark> marks;
    Key* older = nullptr;  // what was used just before, and just after
    Key* newer = nullptr;
  };
  struct Reservation {
    std::vector<std::uint64_t> keys;
    std::uint64_t copy = 0;
    Time now = 0;
  };

  std::uint32_t count(std::uint64_t key, const Ask& ask, Time window) const;
  void mark(std::uint64_t key, Mark mark);
  void put_last(Key& key);
  void take_out(Key& key);
  void drop(std::map<std::uint64_t, Reservation>::iterator which, std::uint64_t tag);

  mutable BriefLock lock_;
  std::unordered_map<std::uint64_t, Times> times_;           // guarded by lock_
  Key* oldest_ = nullptr;                                    // guarded by lock_; least lately used
  Key* newest_ = nullptr;                                    // guarded by lock_
  std::size_t total_ = 0;                                    // guarded by lock_
  std::map<std::uint64_t, Reservation> reservations_;        // guarded by lock_
  std::unordered_map<std::uint64_t, std::uint32_t> copies_;  // guarded by lock_
  std::uint64_t last_ = 0;                                   // guarded by lock_
};

}  // namespace chaffinch::sqlite
