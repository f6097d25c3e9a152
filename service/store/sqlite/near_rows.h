// The table `near`: what the index of near copies (near.h) is filled from. Every call belongs to an operation
// of the writer, and hands the same change to the index once it is on disk. REQUIRES everywhere: `near`
// outlives the change.
#pragma once

#include <cstdint>

#include "store/sqlite/near.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/writer.h"

namespace chaffinch::sqlite {

// A comment came; nothing without a sketch.
void near_came(Change&, const NearEntry&, Kin, std::uint64_t reservation);
// It stands otherwise now, as one that waits for a moderator or not.
void near_stands(Change&, std::int64_t seq, Kin, bool waits);
// Its text is another one now. REQUIRES entry.seq is kept.
void near_edited(Change&, const NearEntry&, Kin);
// The comment goes. What people or the machine found out about its text stays until its own time is over,
// when the comment was swept or was unwanted (as with Deltas::left).
void near_left(Change&, const Row&, bool swept);
void near_gone(Change&, std::int64_t seq);

// Forgets the sketches of a person whose comments went before. site 0: all sites.
void near_forget(Change&, std::int64_t site, Kind kind, std::int64_t key);

// One step of retention, from a place in the table on; answers how many rows went and moves the place on.
// `more` is set when the walk is not at its end.
struct NearSweep {
  std::int64_t place = 0;
  Time done_at = 0;  // when the last walk came through
};
std::uint64_t near_sweep(Change&, const Sites&, NearSweep&, Time now, bool& more);

// Fills an empty index with the newest `recent` rows and all that people decided.
void near_load(Db&, Near&, std::size_t recent);

// The sketch of a kept comment; false when it has none.
bool near_entry(Db&, std::int64_t seq, NearEntry&, Kin&);

}  // namespace chaffinch::sqlite
