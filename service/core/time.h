// Time as plain data. `now` is always a parameter; only main, the http door and the command line read a
// clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chaffinch {

// Microseconds since 1970-01-01T00:00:00Z, UTC, leap seconds ignored (as POSIX does).
using Time = std::int64_t;

inline constexpr Time kMillisecond = 1'000;
inline constexpr Time kSecond = 1'000'000;
inline constexpr Time kMinute = 60 * kSecond;
inline constexpr Time kHour = 60 * kMinute;
inline constexpr Time kDay = 24 * kHour;

// "2026-11-23T15:59:47.000123Z"; the fraction is left out when zero. Years 0001 to 9999.
std::string format_time(Time time);

// RFC 3339 date-time, and the looser forms that archives hold: a space for the T, no zone (taken as UTC), a
// date alone (midnight). Fractions beyond microseconds are cut. Nothing when the text is not a valid time of
// the years 1970 to 9999.
std::optional<Time> parse_time(std::string_view text);

}  // namespace chaffinch
