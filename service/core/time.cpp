#include "core/time.h"

#include <chrono>
#include <cstdio>

namespace chaffinch {
namespace {

// Reads exactly `count` digits at `at`, moving it on. -1 when they are not there.
int digits(std::string_view text, std::size_t& at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const char c = text[at + i];
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  at += count;
  return value;
}

bool take(std::string_view text, std::size_t& at, char c) {
  if (at >= text.size() || text[at] != c) return false;
  ++at;
  return true;
}

}  // namespace

std::string format_time(Time time) {
  namespace chr = std::chrono;
  const chr::sys_time<chr::microseconds> point{chr::microseconds{time}};
  const auto day = chr::floor<chr::days>(point);
  const chr::year_month_day date{day};
  const chr::hh_mm_ss clock{point - day};
  char buffer[64];
  const int written =
      std::snprintf(buffer, sizeof buffer, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                    static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                    static_cast<int>(clock.seconds().count()));
  std::string text(buffer, static_cast<std::size_t>(written));
  if (const auto fraction = clock.subseconds().count(); fraction != 0) {
    std::snprintf(buffer, sizeof buffer, ".%06d", static_cast<int>(fraction));
    text += buffer;
  }
  return text + "Z";
}

std::optional<Time> parse_time(std::string_view text) {
  namespace chr = std::chrono;
  std::size_t at = 0;
  const int year = digits(text, at, 4);
  if (year < 1970 || !take(text, at, '-')) return std::nullopt;
  const int month = digits(text, at, 2);
  if (month < 0 || !take(text, at, '-')) return std::nullopt;
  const int day = digits(text, at, 2);
  if (day < 0) return std::nullopt;
  const chr::year_month_day date{chr::year{year}, chr::month{static_cast<unsigned>(month)},
                                 chr::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  Time time = chr::sys_days{date}.time_since_epoch().count() * kDay;
  if (at == text.size()) return time;

  if (!take(text, at, 'T') && !take(text, at, 't') && !take(text, at, ' ')) return std::nullopt;
  const int hour = digits(text, at, 2);
  if (hour < 0 || hour > 23 || !take(text, at, ':')) return std::nullopt;
  const int minute = digits(text, at, 2);
  if (minute < 0 || minute > 59) return std::nullopt;
  int second = 0;
  if (take(text, at, ':')) {
    second = digits(text, at, 2);
    if (second < 0 || second > 60) return std::nullopt;  // 60: a leap second, counted as the next one
    if (take(text, at, '.') || take(text, at, ',')) {
      Time unit = kSecond / 10;
      bool any = false;
      for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
        time += (text[at] - '0') * unit;
        unit /= 10;
        any = true;
      }
      if (!any) return std::nullopt;
    }
  }
  time += hour * kHour + minute * kMinute + second * kSecond;

  if (at == text.size()) return time;
  if (take(text, at, 'Z') || take(text, at, 'z')) {
    return at == text.size() ? std::optional(time) : std::nullopt;
  }
  const bool east = text[at] == '+';
  if (!take(text, at, '+') && !take(text, at, '-')) return std::nullopt;
  const int zone_hour = digits(text, at, 2);
  take(text, at, ':');
  const int zone_minute = digits(text, at, 2);
  if (zone_hour < 0 || zone_hour > 23 || zone_minute < 0 || zone_minute > 59 || at != text.size())
    return std::nullopt;
  const Time zone = zone_hour * kHour + zone_minute * kMinute;
  time = east ? time - zone : time + zone;
  return time < 0 ? std::nullopt : std::optional(time);
}

}  // namespace chaffinch
