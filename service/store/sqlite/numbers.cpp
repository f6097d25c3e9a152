// What is asked of the numbers over time, and how old the queue is.
#include <algorithm>

#include "store/sqlite/engine.h"

namespace chaffinch::sqlite {
namespace {

constexpr std::uint32_t kDays = 400;
constexpr std::uint32_t kWeeks = 104;
constexpr std::uint32_t kRulesAtOnce = 1'000;
constexpr std::uint32_t kAged = 10'000;  // comments that are counted of one age, all sites together

// Where one age ends and the next begins, in seconds.
constexpr std::int64_t kAges[] = {0, 3'600, 6 * 3'600, 86'400, 3 * 86'400, 7 * 86'400};

std::int64_t site_in(const std::vector<std::shared_ptr<const Sites::Entry>>& sites,
                     const std::string& named) {
  return named.empty() ? kAllSites : sites.front()->no;
}

std::optional<Time> numbers_since(Db& db) {
  auto query = db.use("SELECT value FROM meta WHERE name = 'numbers_since'");
  if (!query.step() || query.integer(0) == 0) return std::nullopt;
  return query.integer(0);
}

DayNumbers day_in(Db& db, std::int64_t day, std::int64_t site, const Numbers& lacking) {
  std::array<std::uint64_t, kDayCounts> sums{};
  {
    auto query = db.use(
        "SELECT passed, held, spam, discarded, checked, imported, approved, rejected, called_spam, undone"
        " FROM site_day WHERE day = ?1 AND site = ?2");
    if (query.bind(day, site).step())
      for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = query.as<std::uint64_t>(static_cast<int>(i));
  }
  // New comments alone are lacking: nothing is taken out.
  for (auto one = lacking.days.lower_bound({day, 0}); one != lacking.days.end() && one->first.first == day;
       ++one) {
    if (site != kAllSites && one->first.second != site) continue;
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += static_cast<std::uint64_t>(one->second[i]);
  }
  const auto of = [&](DayCount what) { return sums[static_cast<std::size_t>(what)]; };
  DayNumbers numbers{.day = day * kDay,
                     .submitted = 0,
                     .approved_by_machine = of(DayCount::passed),
                     .held = of(DayCount::held),
                     .spam_by_machine = of(DayCount::spam),
                     .discarded = of(DayCount::discarded),
                     .checked = of(DayCount::checked),
                     .imported = of(DayCount::imported),
                     .approved = of(DayCount::approved),
                     .rejected = of(DayCount::rejected),
                     .spam = of(DayCount::called_spam),
                     .undone = of(DayCount::undone),
                     .median_seconds = {}};
  numbers.submitted = numbers.approved_by_machine + numbers.held + numbers.spam_by_machine +
                      numbers.discarded + numbers.checked;
  return numbers;
}

std::optional<double> median_wait(Db& db, std::int64_t day, std::int64_t site) {
  std::array<std::uint64_t, kWaitSteps> steps{};
  std::uint64_t all = 0;
  auto query = db.use("SELECT step, count FROM site_wait WHERE day = ?1 AND site = ?2");
  query.bind(day, site);
  while (query.step()) {
    const auto step = static_cast<std::size_t>(std::clamp<std::int64_t>(query.integer(0), 0, kWaitSteps - 1));
    steps[step] += query.as<std::uint64_t>(1);
    all += query.as<std::uint64_t>(1);
  }
  if (all == 0) return std::nullopt;
  std::uint64_t left = (all + 1) / 2;
  std::size_t step = 0;
  while (steps[step] < left) left -= steps[step++];
  return wait_middle(static_cast<std::int64_t>(step));
}

// The first comment (its number) that came at `time` or after. They lie in order of arrival.
std::int64_t first_since(Db& db, Time time, std::int64_t newest) {
  std::int64_t low = 0, high = newest + 1;
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    auto query = db.use("SELECT seq, received_at FROM comment WHERE seq >= ?1 ORDER BY seq LIMIT 1");
    if (!query.bind(middle).step() || query.integer(1) >= time)
      high = middle;
    else
      low = query.integer(0) + 1;
  }
  return low;
}

std::uint32_t waiting_between(Db& db, std::int64_t site, std::int64_t from, std::int64_t to,
                              std::uint32_t most) {
  auto query = db.use(
      "SELECT count(*) FROM (SELECT 1 FROM comment INDEXED BY comment_site WHERE site = ?1 AND status = 0"
      " AND seq >= ?2 AND seq < ?3 LIMIT ?4)");
  return query.bind(site, from, to, most).step() ? query.as<std::uint32_t>(0) : 0;
}

// Those of the sites on which something waits; how much is waiting goes to `days`.
std::vector<std::int64_t> with_queue(Db& db, const std::vector<std::shared_ptr<const Sites::Entry>>& sites,
                                     Days& days) {
  std::vector<std::int64_t> waiting;
  for (const auto& entry : sites) {
    auto query = db.use("SELECT pending FROM site WHERE no = ?1");
    if (!query.bind(entry->no).step() || query.integer(0) == 0) continue;
    days.pending += query.as<std::uint64_t>(0);
    waiting.push_back(entry->no);
  }
  return waiting;
}

void look_at_queue(Db& db, const std::vector<std::shared_ptr<const Sites::Entry>>& sites, Time now,
                   std::int64_t newest, Days& days) {
  const std::vector<std::int64_t> waiting = with_queue(db, sites, days);
  for (const std::int64_t site : waiting) {
    auto query = db.use(
        "SELECT received_at FROM comment INDEXED BY comment_site WHERE site = ?1 AND status = 0 ORDER BY seq"
        " LIMIT 1");
    if (query.bind(site).step())
      days.oldest = std::min(days.oldest.value_or(query.integer(0)), query.integer(0));
  }
  std::int64_t to = newest + 1;
  for (std::size_t i = 0; i < std::size(kAges); ++i) {
    const bool last = i + 1 == std::size(kAges);
    QueueAge age{.from = kAges[i], .to = {}, .count = 0, .more = false};
    if (!last) age.to = kAges[i + 1];
    const std::int64_t from =
        last || waiting.empty() ? 0 : std::min(to, first_since(db, now - *age.to * kSecond + 1, newest));
    for (const std::int64_t site : waiting) {
      age.count += waiting_between(db, site, from, to, kAged + 1 - age.count);
      if (age.count <= kAged) continue;
      age.count = kAged;
      age.more = true;
      break;
    }
    days.ages.push_back(age);
    to = from;
  }
}

}  // namespace

Result<std::vector<std::shared_ptr<const Sites::Entry>>> Engine::sites_asked(const std::string& site) const {
  if (site.empty()) return sites_.all();
  auto entry = known_site(site, "?site");
  if (!entry) return tl::unexpected(std::move(entry).error());
  return std::vector{std::move(*entry)};
}

Result<Days> Engine::days(const DaysQuery& wish) {
  const auto sites = sites_asked(wish.site);
  if (!sites) return tl::unexpected(sites.error());
  const std::int64_t site = site_in(*sites, wish.site);
  const std::int64_t today = day_of(wish.now);
  const std::int64_t many = std::clamp<std::int64_t>(wish.days, 1, kDays);
  Days days;
  const Done done = read_counted([&](Db& db) -> Result<bool> {
    const auto lacking = backlog_.lacking_numbers(counted_to(db));
    if (!lacking) return false;
    days = Days();
    days.since = numbers_since(db);
    for (std::int64_t day = std::max<std::int64_t>(0, today + 1 - many); day <= today; ++day) {
      days.days.push_back(day_in(db, day, site, *lacking));
      days.days.back().median_seconds = median_wait(db, day, site);
    }
    look_at_queue(db, *sites, wish.now, last_seq_, days);
    return true;
  });
  if (!done) return tl::unexpected(done.error());
  return days;
}

Result<RuleWeeks> Engine::rule_weeks(const RuleWeeksQuery& wish) {
  const auto sites = sites_asked(wish.site);
  if (!sites) return tl::unexpected(sites.error());
  const std::int64_t site = site_in(*sites, wish.site);
  const std::int64_t last = week_of(wish.now);
  const std::int64_t many = std::clamp<std::int64_t>(wish.weeks, 1, kWeeks);
  const std::uint32_t limit = std::clamp<std::uint32_t>(wish.limit, 1, kRulesAtOnce);
  RuleWeeks weeks;
  const Done done = read_counted([&](Db& db) -> Result<bool> {
    const auto lacking = backlog_.lacking_numbers(counted_to(db));
    if (!lacking) return false;
    weeks = RuleWeeks();
    weeks.since = numbers_since(db);
    std::map<std::string, std::map<std::int64_t, RuleMove>> rules;
    for (std::int64_t week = std::max<std::int64_t>(0, last + 1 - many); week <= last; ++week) {
      auto query = wish.rule.empty()
                       ? db.use(
                             "SELECT rule, hits, approved, rejected, spam FROM rule_week WHERE week = ?1 AND "
                             "site = ?2 AND rule > ?3 AND hits > 0 ORDER BY rule LIMIT ?4")
                       : db.use(
                             "SELECT rule, hits, approved, rejected, spam FROM rule_week WHERE week = ?1 AND "
                             "site = ?2 AND rule = ?3 AND hits > 0 LIMIT ?4");
      query.bind(week, site, wish.rule.empty() ? wish.after : wish.rule, limit + 1);
      while (query.step())
        rules[query.text(0)][week] = {.hits = query.as<std::int32_t>(1),
                                      .approved = query.as<std::int32_t>(2),
                                      .rejected = query.as<std::int32_t>(3),
                                      .spam = query.as<std::int32_t>(4)};
    }
    for (const auto& [name, move] : lacking->rules) {
      const auto& [week, of, rule] = name;
      if (week <= last - many || week > last || (site != kAllSites && of != site)) continue;
      if (wish.rule.empty() ? rule <= wish.after : rule != wish.rule) continue;
      rules[rule][week] += move;
    }
    for (const auto& [rule, moves] : rules) {
      std::vector<RuleWeek> some;
      for (const auto& [week, move] : moves) {
        if (move.hits <= 0) continue;
        some.push_back({.week = begin_of_week(week),
                        .hits = static_cast<std::uint64_t>(move.hits),
                        .spam = static_cast<std::uint64_t>(move.spam),
                        .approved = static_cast<std::uint64_t>(move.approved),
                        .rejected = static_cast<std::uint64_t>(move.rejected)});
      }
      if (some.empty()) continue;
      if (weeks.rules.size() == limit) {
        weeks.more = true;
        break;
      }
      weeks.rules.emplace_back(rule, std::move(some));
    }
    return true;
  });
  if (!done) return tl::unexpected(done.error());
  return weeks;
}

}  // namespace chaffinch::sqlite
