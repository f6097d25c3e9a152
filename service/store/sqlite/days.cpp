#include "store/sqlite/days.h"

#include <algorithm>
#include <cmath>

namespace chaffinch::sqlite {
namespace {

void write_day(Db& db, const SiteDay& name, const DayMove& move) {
  if (std::all_of(move.begin(), move.end(), [](std::int32_t one) { return one == 0; })) return;
  db.use(
        "INSERT INTO site_day (day, site, passed, held, spam, discarded, checked, imported, approved, "
        "rejected,"
        " called_spam, undone) VALUES (?1, ?2, max(0, ?3), max(0, ?4), max(0, ?5), max(0, ?6), max(0, ?7),"
        " max(0, ?8), max(0, ?9), max(0, ?10), max(0, ?11), max(0, ?12)) ON CONFLICT DO UPDATE SET"
        " passed = max(0, passed + ?3), held = max(0, held + ?4), spam = max(0, spam + ?5),"
        " discarded = max(0, discarded + ?6), checked = max(0, checked + ?7), imported = max(0, imported + "
        "?8),"
        " approved = max(0, approved + ?9), rejected = max(0, rejected + ?10),"
        " called_spam = max(0, called_spam + ?11), undone = max(0, undone + ?12)")
      .bind(name.first, name.second, move[0], move[1], move[2], move[3], move[4], move[5], move[6], move[7],
            move[8], move[9])
      .run();
}

void write_wait(Db& db, const SiteWait& name, std::int32_t by) {
  if (by == 0) return;
  db.use(
        "INSERT INTO site_wait (day, site, step, count) VALUES (?1, ?2, ?3, max(0, ?4))"
        " ON CONFLICT DO UPDATE SET count = max(0, count + ?4)")
      .bind(std::get<0>(name), std::get<1>(name), std::get<2>(name), by)
      .run();
}

bool nothing(const RuleMove& move) {
  return move.hits == 0 && move.approved == 0 && move.rejected == 0 && move.spam == 0;
}

void write_week(Db& db, std::int64_t week, std::int64_t site, const std::string& rule, const RuleMove& move) {
  if (nothing(move)) return;
  db.use(
        "INSERT INTO rule_week (week, site, rule, hits, approved, rejected, spam)"
        " VALUES (?1, ?2, ?3, max(0, ?4), max(0, ?5), max(0, ?6), max(0, ?7))"
        " ON CONFLICT DO UPDATE SET hits = max(0, hits + ?4), approved = max(0, approved + ?5),"
        " rejected = max(0, rejected + ?6), spam = max(0, spam + ?7)")
      .bind(week, site, rule, move.hits, move.approved, move.rejected, move.spam)
      .run();
}

void write_stat(Db& db, std::int64_t site, const std::string& rule, const RuleMove& move) {
  if (nothing(move)) return;
  db.use(
        "INSERT INTO rule_stat (site, rule, hits, approved, rejected, spam)"
        " VALUES (?1, ?2, max(0, ?3), max(0, ?4), max(0, ?5), max(0, ?6))"
        " ON CONFLICT DO UPDATE SET hits = max(0, hits + ?3), approved = max(0, approved + ?4),"
        " rejected = max(0, rejected + ?5), spam = max(0, spam + ?6)")
      .bind(site, rule, move.hits, move.approved, move.rejected, move.spam)
      .run();
}

}  // namespace

std::int64_t day_of(Time time) {
  return std::max<Time>(time, 0) / kDay;
}

// 1970-01-01 was a Thursday.
std::int64_t week_of(Time time) {
  return (day_of(time) + 3) / 7;
}

Time begin_of_week(std::int64_t week) {
  return (7 * week - 3) * kDay;
}

std::int64_t wait_step(Time waited) {
  if (waited < kSecond) return 0;
  const double octaves = std::log2(static_cast<double>(waited) / static_cast<double>(kSecond));
  return std::min(1 + static_cast<std::int64_t>(2 * octaves), kWaitSteps - 1);
}

double wait_middle(std::int64_t step) {
  if (step <= 0) return 0;
  return std::exp2(static_cast<double>(step - 1) / 2 + 0.25);
}

DayCount day_count(DecisionKind kind) {
  return kind == DecisionKind::approve  ? DayCount::approved
         : kind == DecisionKind::reject ? DayCount::rejected
                                        : DayCount::called_spam;
}

RuleMove& RuleMove::operator+=(const RuleMove& more) {
  hits += more.hits;
  approved += more.approved;
  rejected += more.rejected;
  spam += more.spam;
  return *this;
}

void Numbers::day(std::int64_t day, std::int64_t site, DayCount what, std::int32_t by) {
  days[{day, site}][static_cast<std::size_t>(what)] += by;
}

void Numbers::add(const Numbers& more) {
  for (const auto& [name, move] : more.days) {
    DayMove& sum = days[name];
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += move[i];
  }
  for (const auto& [name, by] : more.waits) waits[name] += by;
  for (const auto& [name, move] : more.rules) rules[name] += move;
}

// No counter goes below zero, as with records (counters.cpp): what is taken out may be swept by now.
void Numbers::write(Db& db) const {
  Numbers all;
  for (const auto& [name, move] : days) {
    write_day(db, name, move);
    DayMove& sum = all.days[{name.first, kAllSites}];
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += move[i];
  }
  for (const auto& [name, by] : waits) {
    write_wait(db, name, by);
    all.waits[{std::get<0>(name), kAllSites, std::get<2>(name)}] += by;
  }
  for (const auto& [name, move] : rules) {
    const auto& [week, site, rule] = name;
    write_stat(db, site, rule, move);
    if (week == kNoWeek) continue;
    write_week(db, week, site, rule, move);
    all.rules[{week, kAllSites, rule}] += move;
  }
  for (const auto& [name, move] : all.days) write_day(db, name, move);
  for (const auto& [name, by] : all.waits) write_wait(db, name, by);
  for (const auto& [name, move] : all.rules)
    write_week(db, std::get<0>(name), kAllSites, std::get<2>(name), move);
}

std::uint64_t sweep_numbers(Db& db, Time now, std::uint32_t most, bool& more) {
  std::uint64_t gone = 0;
  const auto run = [&](Query& query) {
    query.run();
    const auto count = static_cast<std::uint64_t>(db.changes());
    gone += count;
    if (count >= most) more = true;
  };
  const Time old = now - kNumbersRetention;
  run(db.use("DELETE FROM site_day WHERE (day, site) IN (SELECT day, site FROM site_day WHERE day < ?1 LIMIT "
             "?2)")
          .bind(day_of(old), most));
  run(db.use("DELETE FROM site_wait WHERE (day, site, step) IN (SELECT day, site, step FROM site_wait WHERE "
             "day < "
             "?1 LIMIT ?2)")
          .bind(day_of(old), most));
  run(db.use("DELETE FROM rule_week WHERE (week, site, rule) IN (SELECT week, site, rule FROM rule_week "
             "WHERE week "
             "< ?1 LIMIT ?2)")
          .bind(week_of(old), most));
  return gone;
}

}  // namespace chaffinch::sqlite
