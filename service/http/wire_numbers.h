// Numbers over time, as JSON and as tables. Safe from any thread.
#pragma once

#include <optional>
#include <string>

#include "store/store.h"

namespace chaffinch::http {

std::string date_of(Time time);      // "2026-11-28"
std::string iso_week_of(Time time);  // "2026-W48" (ISO 8601: the week of its Thursday's year)

// {"site", "since", "days": [...], "queue": {"pending", "oldest", "ages": [...]}}; `site` empty: all.
std::string write_days(const Days& days, const std::string& site);
std::string write_days_table(const Days& days);
// {"site", "since", "rules": [{"rule", "weeks": [...]}], "next"}
std::string write_rule_weeks(const RuleWeeks& weeks, const std::string& site,
                             const std::optional<std::string>& next);
std::string rule_weeks_table_head();
std::string write_rule_weeks_table(const RuleWeeks& weeks);  // its lines

}  // namespace chaffinch::http
