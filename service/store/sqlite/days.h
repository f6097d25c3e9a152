// Numbers over time: of each site and day what came and what people decided, of each site, rule and week how
// the week's comments stand. They count what happened: neither retention nor a removal changes them, an undo
// takes a decision out of the day on which it was made.
//
// As records and copies (backlog.h) they are written for many new comments at once, and can be counted again
// from the comments' own rows. Each is kept for its site and, as site 0, for all sites together. What is
// older than two years is swept.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "core/decision.h"
#include "core/time.h"
#include "store/sqlite/db.h"

namespace chaffinch::sqlite {

inline constexpr std::int64_t kAllSites = 0;
inline constexpr Time kNumbersRetention = 2 * 366 * kDay;

// Days since 1970 and weeks since that of 1970-01-01, UTC. A week begins on Monday. Before 1970: 0.
std::int64_t day_of(Time time);
std::int64_t week_of(Time time);
Time begin_of_week(std::int64_t week);

// How long a comment waited, in steps of half an octave: 0 is less than a second, then up to 1.41 s, up to
// 2 s, 2.83 s ... The last one holds all above four years.
inline constexpr std::int64_t kWaitSteps = 56;
std::int64_t wait_step(Time waited);
// The step's middle in seconds: whatever lies in the step is at most a fifth (2^(1/4)) off, or half a second.
double wait_middle(std::int64_t step);

// What is counted of a day, in the order of site_day's columns.
enum class DayCount : std::uint8_t {
  passed,
  held,
  spam,
  discarded,
  checked,
  imported,
  approved,
  rejected,
  called_spam,
  undone
};
inline constexpr std::size_t kDayCounts = 10;
DayCount day_count(DecisionKind kind);  // REQUIRES is_status(kind)

using DayMove = std::array<std::int32_t, kDayCounts>;

struct RuleMove {
  std::int32_t hits = 0, approved = 0, rejected = 0, spam = 0;

  RuleMove& operator+=(const RuleMove& more);
};

inline constexpr std::int64_t kNoWeek = -1;                              // in rule_stat alone
using SiteDay = std::pair<std::int64_t, std::int64_t>;                   // day, site
using SiteWait = std::tuple<std::int64_t, std::int64_t, std::int64_t>;   // day, site, step
using RuleInWeek = std::tuple<std::int64_t, std::int64_t, std::string>;  // week, site, rule

// Moves of these numbers, summed up.
struct Numbers {
  std::map<SiteDay, DayMove> days;
  std::map<SiteWait, std::int32_t> waits;
  std::map<RuleInWeek, RuleMove> rules;

  void day(std::int64_t day, std::int64_t site, DayCount what, std::int32_t by);
  void add(const Numbers& more);
  void write(Db& db) const;
};

// Takes out what is older than the retention, at most `most` rows of each table; how many these were.
std::uint64_t sweep_numbers(Db& db, Time now, std::uint32_t most, bool& more);

}  // namespace chaffinch::sqlite
