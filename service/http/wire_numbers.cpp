#include "http/wire_numbers.h"

#include <chrono>
#include <cmath>

#include "http/csv.h"
#include "http/wire_json.h"
#include "http/wire_values.h"

namespace chaffinch::http {
namespace {

std::chrono::sys_days days_of(Time time) {
  return std::chrono::floor<std::chrono::days>(
      std::chrono::sys_time<std::chrono::microseconds>(std::chrono::microseconds(time)));
}

std::string padded(std::uint64_t number, std::size_t width) {
  std::string text = std::to_string(number);
  if (text.size() < width) text.insert(0, width - text.size(), '0');
  return text;
}

// It is not known to fractions of a second.
std::int64_t whole(double seconds) {
  return std::llround(seconds);
}

Json age_json(const QueueAge& age) {
  return {{"from_seconds", age.from},
          {"to_seconds", age.to ? Json(*age.to) : Json()},
          {"count", age.count},
          {"more", age.more}};
}

// Of what people decided among its hits: how much was unwanted.
Json precision(const RuleWeek& week) {
  const std::uint64_t told = week.spam + week.approved + week.rejected;
  if (told == 0) return {};
  return static_cast<double>(week.spam + week.rejected) / static_cast<double>(told);
}

}  // namespace

std::string date_of(Time time) {
  const std::chrono::year_month_day date(days_of(time));
  return padded(static_cast<std::uint64_t>(static_cast<int>(date.year())), 4) + "-" +
         padded(static_cast<unsigned>(date.month()), 2) + "-" + padded(static_cast<unsigned>(date.day()), 2);
}

std::string iso_week_of(Time time) {
  using std::chrono::days;
  const std::chrono::sys_days day = days_of(time);
  const auto since_monday = static_cast<int>(std::chrono::weekday(day).iso_encoding()) - 1;
  const std::chrono::sys_days thursday = day + days(3 - since_monday);
  const std::chrono::year year = std::chrono::year_month_day(thursday).year();
  const std::chrono::sys_days new_year(year / std::chrono::January / 1);
  return padded(static_cast<std::uint64_t>(static_cast<int>(year)), 4) + "-W" +
         padded(static_cast<std::uint64_t>((thursday - new_year).count() / 7 + 1), 2);
}

std::string write_days(const Days& days, const std::string& site) {
  Json json = {{"site", text_or_null(site)}, {"since", time_json(days.since)}, {"days", Json::array()}};
  for (const DayNumbers& one : days.days) {
    json["days"].push_back(
        {{"day", date_of(one.day)},
         {"submitted", one.submitted},
         {"approved_by_machine", one.approved_by_machine},
         {"held", one.held},
         {"spam_by_machine", one.spam_by_machine},
         {"discarded", one.discarded},
         {"checked", one.checked},
         {"imported", one.imported},
         {"approved", one.approved},
         {"rejected", one.rejected},
         {"spam", one.spam},
         {"undone", one.undone},
         {"median_seconds", one.median_seconds ? Json(whole(*one.median_seconds)) : Json()}});
  }
  json["queue"] = {{"pending", days.pending}, {"oldest", time_json(days.oldest)}, {"ages", Json::array()}};
  for (const QueueAge& age : days.ages) json["queue"]["ages"].push_back(age_json(age));
  return dump(json);
}

std::string write_days_table(const Days& days) {
  std::string table;
  csv_line(table, {"day", "submitted", "approved_by_machine", "held", "spam_by_machine", "discarded",
                   "checked", "imported", "approved", "rejected", "spam", "undone", "median_seconds"});
  const auto text = [](std::uint64_t number) { return std::to_string(number); };
  for (const DayNumbers& one : days.days) {
    csv_line(table, {date_of(one.day), text(one.submitted), text(one.approved_by_machine), text(one.held),
                     text(one.spam_by_machine), text(one.discarded), text(one.checked), text(one.imported),
                     text(one.approved), text(one.rejected), text(one.spam), text(one.undone),
                     one.median_seconds ? std::to_string(whole(*one.median_seconds)) : std::string()});
  }
  return table;
}

std::string write_rule_weeks(const RuleWeeks& weeks, const std::string& site,
                             const std::optional<std::string>& next) {
  Json json = {{"site", text_or_null(site)},
               {"since", time_json(weeks.since)},
               {"rules", Json::array()},
               {"next", next_json(next)}};
  for (const auto& [rule, all] : weeks.rules) {
    Json some = Json::array();
    for (const RuleWeek& one : all) {
      some.push_back({{"week", iso_week_of(one.week)},
                      {"from", date_of(one.week)},
                      {"hits", one.hits},
                      {"spam", one.spam},
                      {"approved", one.approved},
                      {"rejected", one.rejected},
                      {"precision", precision(one)}});
    }
    json["rules"].push_back({{"rule", rule}, {"weeks", std::move(some)}});
  }
  return dump(json);
}

std::string rule_weeks_table_head() {
  std::string table;
  csv_line(table, {"rule", "week", "from", "hits", "spam", "approved", "rejected"});
  return table;
}

std::string write_rule_weeks_table(const RuleWeeks& weeks) {
  std::string table;
  for (const auto& [rule, all] : weeks.rules) {
    const std::string name = csv_text(rule);
    for (const RuleWeek& one : all) {
      csv_line(table, {name, iso_week_of(one.week), date_of(one.week), std::to_string(one.hits),
                       std::to_string(one.spam), std::to_string(one.approved), std::to_string(one.rejected)});
    }
  }
  return table;
}

}  // namespace chaffinch::http
