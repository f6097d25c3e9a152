// Which comments are nearly the same: an index of sketches (analysis/sketch.h) in memory, filled from the
// table `near` at the start and moved by the writer once a change is on disk. Comments that are on their way
// between recall and keep are in it too, so that nearly equal ones that arrive together see each other.
//
// Three shelves: all that came lately; what stands as spam; what people approved. Each is a ring, so that the
// oldest goes when it is full (sizes: Near::Room; 128 bytes each, 28 MiB when all are full), and is
// found by eight bands of three places: texts that share 60 % of their shingles share a band in 6 of 7 cases,
// at 80 % in practice always. A look walks at most 64 entries of a band on a shelf, the newest first,
// whatever is there: a million equal ones cost no more than 64. It ends after 128 that are not near: texts
// made of few words have whole bands in common with hundreds of others. Of 34,508 public comments none loses
// a near copy by it. Safe from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "brief_lock.h"
#include "core/comment.h"
#include "core/evidence.h"
#include "core/time.h"

namespace chaffinch::sqlite {

// As kept in near.kind. told: people decided so.
enum class Kin : std::uint8_t { recent, spam, told_spam, told_ham };
Kin kin_of(Status, bool decided);

// What came is known so long (as copies are), and so long when people decided it.
inline constexpr Time kNearRetention = 30 * kDay;
inline constexpr Time kToldRetention = 180 * kDay;
inline constexpr std::int64_t kToldOfSite = 20'000;  // of each told kind; the oldest go

struct NearEntry {
  std::int64_t seq = 0;  // the comment's; below zero: a reservation
  std::int64_t site = 0;
  std::int64_t copy_hash = 0;
  Time at = 0;  // when it came to us
  Sketch sketch{};
  bool waits = false;  // for a moderator
};

// The newest of a kind, found by a band in common. One thread at a time.
class Shelf {
 public:
  static constexpr std::size_t kBands = 8;
  static constexpr std::size_t kSteps = 64;  // along one band
  static constexpr std::size_t kVain = 128;  // on a shelf, to what is not near

  explicit Shelf(std::size_t most);
  void put(const NearEntry& entry, bool told);
  void drop(std::int64_t seq);
  void rename(std::int64_t seq, std::int64_t to);
  void set_waits(std::int64_t seq, bool waits);
  bool has(std::int64_t seq) const { return number_of(seq) != 0; }
  std::size_t size() const { return count_; }

  // Calls near(entry, told) for each one that is near, once; newest first within a band, the bands in turn.
  // True: there was more along a band than `steps`, or more than `vain`.
  template <class F>
  bool each(std::int64_t site, const Sketch& sketch, F&& near, std::size_t steps = kSteps,
            std::size_t vain = kVain) const;

 private:
  // What a walk looks at is one line of the processor's cache; what it counts stands apart.
  struct alignas(64) Item {
    std::array<std::uint32_t, kBands> next{};  // by number; 0: none
    Sketch sketch{};
    std::uint32_t site = 0;
    bool told = false;
    bool gone = false;
    bool waits = false;
  };
  struct More {
    std::int64_t seq = 0;
    std::int64_t copy_hash = 0;
    Time at = 0;
  };

  std::size_t slot(std::uint32_t site, std::size_t band, const Sketch& sketch) const;
  void link(std::uint32_t number);
  bool there(std::uint32_t number) const;
  std::size_t place(std::uint32_t number) const { return (number - 1) % static_cast<std::uint32_t>(most_); }

  std::uint32_t number_of(std::int64_t seq) const;  // 0: none
  std::size_t home(std::int64_t seq) const;
  void enter(std::int64_t seq, std::uint32_t number);
  void leave(std::int64_t seq);

  const std::size_t most_;
  std::vector<Item> items_;  // a ring; the item of number n stands at (n - 1) % most_
  std::vector<More> more_;   // beside it
  std::vector<std::uint32_t> heads_;
  // Numbers by seq, open addressing: at most half full, 0 is a free place, and the seq stands in more_.
  std::vector<std::uint32_t> numbers_;
  std::size_t count_ = 0;
  std::uint32_t last_ = 0;  // number of the newest
};

class Near {
 public:
  struct Room {
    std::size_t recent = 1U << 17U;
    std::size_t spam = 1U << 16U;
    std::size_t ham = 1U << 15U;
  };
  struct Ask {
    std::int64_t site = 0;
    std::int64_t copy_hash = 0;
    Sketch sketch{};
    Time now = 0;
    std::int64_t self = 0;  // a kept comment that is not counted; 0: none
  };
  // Each stops at 64. Exact copies that Facts::copies counts are left out everywhere but among those that
  // wait, which are kept already.
  struct Seen {
    std::uint32_t copies = 0, spam = 0, spam_told = 0, ham = 0, waiting = 0;
  };

  Near() : Near(Room{}) {}
  explicit Near(Room room) : recent_(room.recent), spam_(room.spam), ham_(room.ham) {}

  // Counts others and, with a reservation, marks this one in the same step. Nothing without a sketch.
  Seen look(const Ask& ask, std::uint64_t reservation);
  void release(std::uint64_t reservation);
  // The comment is on disk: it takes its reservation's place (0: it had none).
  void kept(std::uint64_t reservation, const NearEntry& entry, Kin kin);
  // It stands otherwise now, or its text is another one (then `changed`).
  void stands(const NearEntry& entry, Kin kin, bool changed);
  void gone(std::int64_t seq);
  void set_waits(std::int64_t seq, bool waits);  // nothing when it is not one of those that came lately

  // The others that are near, newest first, at most `most`.
  std::vector<std::int64_t> others(const Ask& ask, std::size_t most);
  // The same of those that wait for a moderator.
  std::vector<std::int64_t> waiting(const Ask& ask, std::size_t most);
  // The others on all shelves, walking `steps` along each band: for people who ask, not for what is
  // submitted.
  struct Alike {
    std::vector<std::int64_t> seqs;  // newest first
    bool cut = false;                // there may be more
  };
  Alike alike(const Ask& ask, std::size_t steps);

 private:
  template <class Is>
  std::vector<std::int64_t> among(std::initializer_list<const Shelf*> shelves, const Ask& ask,
                                  std::size_t most, const Is& wanted);
  void shelve(const NearEntry& entry, Kin kin);

  mutable BriefLock lock_;
  Shelf recent_, spam_, ham_;  // guarded by lock_
};

}  // namespace chaffinch::sqlite
