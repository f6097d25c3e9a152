#include "store/sqlite/near.h"

#include <algorithm>
#include <functional>
#include <mutex>

#include "analysis/sketch.h"
#include "store/sqlite/marks.h"

namespace chaffinch::sqlite {
namespace {

constexpr std::uint32_t kEnough = 64;  // as all counts of Facts
constexpr std::size_t kFirstHeads = 1U << 12U;

constexpr std::size_t kFirstNumbers = 1U << 12U;

bool in_band(const Sketch& a, const Sketch& b, std::size_t band) {
  return a[3 * band] == b[3 * band] && a[3 * band + 1] == b[3 * band + 1] &&
         a[3 * band + 2] == b[3 * band + 2];
}

}  // namespace

Kin kin_of(Status status, bool decided) {
  if (status == Status::spam) return decided ? Kin::told_spam : Kin::spam;
  return status == Status::approved && decided ? Kin::told_ham : Kin::recent;
}

// Room for all of them: it is memory once it is used, and nothing is ever moved to a larger one.
Shelf::Shelf(std::size_t most) : most_(most), numbers_(kFirstNumbers, 0) {
  items_.reserve(most);
  more_.reserve(most);
}

// Where a seq is looked for first. Numbers that follow each other are strewn (Knuth's multiplicative hash).
std::size_t Shelf::home(std::int64_t seq) const {
  const std::uint64_t x = static_cast<std::uint64_t>(seq) * 0x9E3779B97F4A7C15ULL;
  return static_cast<std::size_t>(x >> 32U) & (numbers_.size() - 1);
}

std::uint32_t Shelf::number_of(std::int64_t seq) const {
  for (std::size_t at = home(seq);; at = (at + 1) & (numbers_.size() - 1)) {
    const std::uint32_t number = numbers_[at];
    if (number == 0 || more_[place(number)].seq == seq) return number;
  }
}

// REQUIRES more_ to hold the seq at the number's place.
void Shelf::enter(std::int64_t seq, std::uint32_t number) {
  if (2 * (count_ + 1) > numbers_.size()) {
    std::vector<std::uint32_t> before(numbers_.size() * 2, 0);
    before.swap(numbers_);
    count_ = 0;
    for (const std::uint32_t one : before) {
      if (one != 0) enter(more_[place(one)].seq, one);
    }
  }
  std::size_t at = home(seq);
  while (numbers_[at] != 0) at = (at + 1) & (numbers_.size() - 1);
  numbers_[at] = number;
  ++count_;
}

// What stands behind moves up, so that no search ends too early. REQUIRES the seq to be there.
void Shelf::leave(std::int64_t seq) {
  const std::size_t mask = numbers_.size() - 1;
  std::size_t hole = home(seq);
  while (more_[place(numbers_[hole])].seq != seq) hole = (hole + 1) & mask;
  for (std::size_t at = (hole + 1) & mask; numbers_[at] != 0; at = (at + 1) & mask) {
    const std::size_t wish = home(more_[place(numbers_[at])].seq);
    if (((at - wish) & mask) < ((at - hole) & mask)) continue;
    numbers_[hole] = numbers_[at];
    hole = at;
  }
  numbers_[hole] = 0;
  --count_;
}

std::size_t Shelf::slot(std::uint32_t site, std::size_t band, const Sketch& sketch) const {
  std::uint64_t x = static_cast<std::uint64_t>(sketch[3 * band]) << 16U |
                    static_cast<std::uint64_t>(sketch[3 * band + 1]) << 8U | sketch[3 * band + 2];
  x += (static_cast<std::uint64_t>(site) * kBands + band + 1) * 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  x ^= x >> 27U;
  return static_cast<std::size_t>(x) & (heads_.size() - 1);
}

// Numbers of items that the ring has overwritten are behind; a chain ends there.
bool Shelf::there(std::uint32_t number) const {
  return number != 0 && last_ - number < items_.size();
}

void Shelf::link(std::uint32_t number) {
  Item& one = items_[place(number)];
  for (std::size_t band = 0; band < kBands; ++band) {
    std::uint32_t& head = heads_[slot(one.site, band, one.sketch)];
    one.next[band] = head;
    head = number;
  }
}

void Shelf::put(const NearEntry& entry, bool told) {
  drop(entry.seq);
  ++last_;
  const std::size_t here = place(last_);
  if (items_.size() < most_) {
    items_.emplace_back();
    more_.emplace_back();
  } else if (!items_[here].gone) {
    leave(more_[here].seq);
  }
  Item& one = items_[here];
  one.sketch = entry.sketch;
  one.site = static_cast<std::uint32_t>(entry.site);
  one.told = told;
  one.gone = false;
  one.waits = entry.waits;
  more_[here] = {.seq = entry.seq, .copy_hash = entry.copy_hash, .at = entry.at};
  enter(entry.seq, last_);
  if (items_.size() * kBands <= heads_.size()) {
    link(last_);
    return;
  }
  // More links than heads: twice as many heads, and all chains anew.
  heads_.assign(std::max(kFirstHeads, heads_.size() * 2), 0);
  for (std::uint32_t number = last_ - static_cast<std::uint32_t>(items_.size()) + 1;; ++number) {
    link(number);
    if (number == last_) break;
  }
}

void Shelf::drop(std::int64_t seq) {
  const std::uint32_t number = number_of(seq);
  if (number == 0) return;
  items_[place(number)].gone = true;
  leave(seq);
}

void Shelf::rename(std::int64_t seq, std::int64_t to) {
  const std::uint32_t number = number_of(seq);
  if (number == 0) return;
  leave(seq);
  more_[place(number)].seq = to;
  enter(to, number);
}

void Shelf::set_waits(std::int64_t seq, bool waits) {
  if (const std::uint32_t number = number_of(seq); number != 0) items_[place(number)].waits = waits;
}

template <class F>
bool Shelf::each(std::int64_t of_site, const Sketch& sketch, F&& near, std::size_t steps,
                 std::size_t vain) const {
  if (count_ == 0) return false;
  const auto site = static_cast<std::uint32_t>(of_site);
  // A step along every band in turn, and each next item asked for before it is looked at: the processor
  // fetches eight of them side by side. One band after the other, every step waited for memory.
  std::array<std::uint32_t, kBands> numbers{}, before{};
  for (std::size_t band = 0; band < kBands; ++band) numbers[band] = heads_[slot(site, band, sketch)];
  for (std::size_t band = 0; band < kBands; ++band) {
    before[band] = numbers[band] + 1;
    if (there(numbers[band])) __builtin_prefetch(&items_[place(numbers[band])]);
  }
  bool more = true;
  for (std::size_t step = 0; step < steps && more; ++step) {
    more = false;
    for (std::size_t band = 0; band < kBands; ++band) {
      const std::uint32_t number = numbers[band];
      // Numbers fall along a chain: one that does not was overwritten.
      if (!there(number) || number >= before[band]) continue;
      const std::size_t here = place(number);
      const Item& one = items_[here];
      before[band] = number;
      const std::uint32_t next = numbers[band] = one.next[band];
      if (there(next)) {
        __builtin_prefetch(&items_[place(next)]);
        more = true;
      }
      const bool alike = !one.gone && one.site == site && in_band(one.sketch, sketch, band) &&
                         agreement(one.sketch, sketch) >= kNear;
      if (!alike) {
        if (vain-- == 0) return true;
        continue;
      }
      bool seen = false;
      for (std::size_t earlier = 0; earlier < band && !seen; ++earlier)
        seen = in_band(one.sketch, sketch, earlier);
      if (seen) continue;
      near({.seq = more_[here].seq,
            .site = of_site,
            .copy_hash = more_[here].copy_hash,
            .at = more_[here].at,
            .sketch = one.sketch,
            .waits = one.waits},
           one.told);
    }
  }
  return more;
}

Near::Seen Near::look(const Ask& ask, std::uint64_t reservation) {
  Seen seen;
  if (empty(ask.sketch)) return seen;
  const auto counted = [&](const NearEntry& entry) {
    if (entry.seq == ask.self) return false;
    if (entry.seq < 0 && entry.at < ask.now - kForgotten) return false;
    return entry.copy_hash != ask.copy_hash || entry.at < ask.now - kNearRetention;
  };
  const std::lock_guard guard(lock_);
  recent_.each(ask.site, ask.sketch, [&](const NearEntry& entry, bool) {
    if (entry.at >= ask.now - kNearRetention && counted(entry)) ++seen.copies;
    if (entry.waits && entry.seq > 0 && entry.seq != ask.self) ++seen.waiting;
  });
  spam_.each(ask.site, ask.sketch, [&](const NearEntry& entry, bool told) {
    if (entry.at < ask.now - (told ? kToldRetention : kNearRetention) || !counted(entry)) return;
    ++seen.spam;
    if (told) ++seen.spam_told;
  });
  ham_.each(ask.site, ask.sketch, [&](const NearEntry& entry, bool) {
    if (entry.at >= ask.now - kToldRetention && counted(entry)) ++seen.ham;
  });
  for (std::uint32_t* count : {&seen.copies, &seen.spam, &seen.spam_told, &seen.ham, &seen.waiting})
    *count = std::min(*count, kEnough);
  if (reservation != 0) {
    recent_.put({.seq = -static_cast<std::int64_t>(reservation),
                 .site = ask.site,
                 .copy_hash = ask.copy_hash,
                 .at = ask.now,
                 .sketch = ask.sketch},
                false);
  }
  return seen;
}

void Near::release(std::uint64_t reservation) {
  const std::lock_guard guard(lock_);
  recent_.drop(-static_cast<std::int64_t>(reservation));
}

void Near::shelve(const NearEntry& entry, Kin kin) {
  spam_.drop(entry.seq);
  ham_.drop(entry.seq);
  if (kin == Kin::spam || kin == Kin::told_spam) spam_.put(entry, kin == Kin::told_spam);
  if (kin == Kin::told_ham) ham_.put(entry, true);
}

void Near::kept(std::uint64_t reservation, const NearEntry& entry, Kin kin) {
  const std::lock_guard guard(lock_);
  const std::int64_t mark = -static_cast<std::int64_t>(reservation);
  if (reservation != 0 && recent_.has(mark)) {
    recent_.rename(mark, entry.seq);
    recent_.set_waits(entry.seq, entry.waits);
  } else {
    recent_.put(entry, false);
  }
  shelve(entry, kin);
}

void Near::stands(const NearEntry& entry, Kin kin, bool changed) {
  const std::lock_guard guard(lock_);
  if (changed) recent_.put(entry, false);
  shelve(entry, kin);
}

void Near::gone(std::int64_t seq) {
  const std::lock_guard guard(lock_);
  for (Shelf* shelf : {&recent_, &spam_, &ham_}) shelf->drop(seq);
}

void Near::set_waits(std::int64_t seq, bool waits) {
  const std::lock_guard guard(lock_);
  recent_.set_waits(seq, waits);
}

Near::Alike Near::alike(const Ask& ask, std::size_t steps) {
  Alike alike;
  if (empty(ask.sketch)) return alike;
  std::vector<std::int64_t>& found = alike.seqs;
  const auto take = [&](const NearEntry& entry, bool) {
    if (entry.seq > 0 && entry.seq != ask.self) found.push_back(entry.seq);
  };
  {
    const std::lock_guard guard(lock_);
    for (const Shelf* shelf : {&recent_, &spam_, &ham_})
      alike.cut |= shelf->each(ask.site, ask.sketch, take, steps, steps * Shelf::kBands);
  }
  std::sort(found.begin(), found.end(), std::greater<>());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return alike;
}

std::vector<std::int64_t> Near::others(const Ask& ask, std::size_t most) {
  return among({&recent_, &spam_, &ham_}, ask, most, [](const NearEntry&) { return true; });
}

std::vector<std::int64_t> Near::waiting(const Ask& ask, std::size_t most) {
  return among({&recent_}, ask, most, [](const NearEntry& entry) { return entry.waits; });
}

// For people, who can wait for it: as far along the bands as there may be something.
template <class Is>
std::vector<std::int64_t> Near::among(std::initializer_list<const Shelf*> shelves, const Ask& ask,
                                      std::size_t most, const Is& wanted) {
  std::vector<std::int64_t> found;
  if (empty(ask.sketch)) return found;
  const auto take = [&](const NearEntry& entry, bool) {
    if (entry.seq > 0 && entry.seq != ask.self && entry.copy_hash != ask.copy_hash && wanted(entry))
      found.push_back(entry.seq);
  };
  {
    const std::lock_guard guard(lock_);
    for (const Shelf* shelf : shelves)
      shelf->each(ask.site, ask.sketch, take, Shelf::kSteps, Shelf::kSteps * Shelf::kBands);
  }
  std::sort(found.begin(), found.end(), std::greater<>());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  if (found.size() > most) found.resize(most);
  return found;
}

}  // namespace chaffinch::sqlite
