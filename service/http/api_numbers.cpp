// What the desk draws: numbers by day and by week.
#include <cmath>

#include "core/limits.h"
#include "http/calls.h"
#include "http/csv.h"
#include "http/query.h"
#include "http/wire_numbers.h"

namespace chaffinch::http::calls {
namespace {

constexpr std::uint32_t kDays = 400;
constexpr std::uint32_t kWeeks = 104;
constexpr std::size_t kRuleName = 200;
constexpr std::uint32_t kRulesAtOnce = 500;       // of a table, at each look into the store
constexpr std::size_t kTable = 16 * 1024 * 1024;  // bytes

std::uint32_t whole_number(Query& from, std::string_view name, std::uint32_t usual, std::uint32_t most) {
  const double number = from.number(name, 1, most).value_or(usual);
  if (number != std::floor(number)) from.wrong(name, "it must be a whole number");
  return static_cast<std::uint32_t>(number);
}

Result<std::pair<DaysQuery, Days>> days_asked(Service& service, const Call& call) {
  Query from(call.ask);
  const std::string named = from.text_or_empty("site", limits::kSiteName);
  DaysQuery wish{.site = {}, .days = whole_number(from, "days", 90, kDays), .now = call.now};
  if (auto fine = from.finish(); !fine) return tl::unexpected(std::move(fine).error());
  auto site = site_of(call, named, false, "?site");
  if (!site) return tl::unexpected(std::move(site).error());
  wish.site = std::move(*site);
  auto days = service.store().days(wish);
  if (!days) return tl::unexpected(std::move(days).error());
  return std::pair(std::move(wish), std::move(*days));
}

Result<RuleWeeksQuery> weeks_wished(const Call& call, Query& from) {
  const std::string named = from.text_or_empty("site", limits::kSiteName);
  RuleWeeksQuery wish;
  wish.rule = from.text_or_empty("rule", kRuleName);
  wish.weeks = whole_number(from, "weeks", 26, kWeeks);
  wish.now = call.now;
  if (auto fine = from.finish(); !fine) return tl::unexpected(std::move(fine).error());
  auto site = site_of(call, named, false, "?site");
  if (!site) return tl::unexpected(std::move(site).error());
  wish.site = std::move(*site);
  return wish;
}

}  // namespace

Result<Answer> stats_days(Service& service, Call& call) {
  return days_asked(service, call).map([](const auto& asked) {
    return json_answer(write_days(asked.second, asked.first.site));
  });
}

Result<Answer> stats_days_table(Service& service, Call& call) {
  return days_asked(service, call).map([](const auto& asked) {
    return csv_answer(write_days_table(asked.second), "days.csv");
  });
}

Result<Answer> stats_rules(Service& service, Call& call) {
  Query from(call.ask);
  const std::string cursor = from.cursor();
  const std::uint32_t limit = from.page();
  auto wish = weeks_wished(call, from);
  if (!wish) return tl::unexpected(std::move(wish).error());
  auto after = name_from_cursor(cursor);
  if (!after) return tl::unexpected(std::move(after).error());
  wish->after = std::move(*after);
  wish->limit = limit;
  const auto weeks = service.store().rule_weeks(*wish);
  if (!weeks) return tl::unexpected(weeks.error());
  std::optional<std::string> next;
  if (weeks->more) next = name_cursor(weeks->rules.back().first);
  return json_answer(write_rule_weeks(*weeks, wish->site, next));
}

Result<Answer> stats_rules_table(Service& service, Call& call) {
  Query from(call.ask);
  auto wish = weeks_wished(call, from);
  if (!wish) return tl::unexpected(std::move(wish).error());
  wish->limit = kRulesAtOnce;
  std::string table = rule_weeks_table_head();
  while (true) {
    const auto weeks = service.store().rule_weeks(*wish);
    if (!weeks) return tl::unexpected(weeks.error());
    table += write_rule_weeks_table(*weeks);
    if (!weeks->more) return csv_answer(std::move(table), "rules.csv");
    if (table.size() > kTable)
      return fail(Code::invalid, "that table is too large", "?weeks", "ask for fewer weeks, or for one rule");
    wish->after = weeks->rules.back().first;
  }
}

}  // namespace chaffinch::http::calls
