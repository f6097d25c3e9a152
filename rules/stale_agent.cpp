#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {{"years", 4, "years by which a browser may be older than the comment"}};

void in_2024(Evidence& seen) {
  seen.facts.now = (2024 - 1970) * 365LL * kDay + 14 * kDay;
}

constexpr Example kExamples[] = {
    {.content = "Nice.",
     .hit = true,
     .user_agent = "Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/45.0.2454.101 "
                   "Safari/537.36",
     .adjust = in_2024},
    {.content = "Nice.",
     .hit = true,
     .user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:60.0) Gecko/20100101 Firefox/60.0",
     .adjust = in_2024},
    {.content = "Nice.",
     .hit = false,
     .user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0",
     .adjust = in_2024},
    {.content = "Nice.",
     .hit = false,
     .user_agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                   "Chrome/109.0.0.0 Safari/537.36",
     .adjust = in_2024},
    {.content = "Nice.",
     .hit = false,
     .user_agent = "Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/45.0.2454.101 "
                   "Safari/537.36",
     .adjust =
         [](Evidence& seen) {
           in_2024(seen);
           seen.comment.created_at = (2016 - 1970) * 365LL * kDay;
         }},
    {.content = "Nice.", .hit = false},
};

int version_after(std::string_view text, std::string_view mark) {
  std::size_t at = text.find(mark);
  if (at == std::string_view::npos) return -1;
  int number = 0;
  for (at += mark.size(); at < text.size() && is_digit(text[at]) && number < 10'000; ++at) {
    number = number * 10 + (text[at] - '0');
  }
  return number;
}

// Years since 1970 in which a version came out, to a few months: both browsers counted up every six weeks or
// so until 2021 (Chrome 94, Firefox 92) and every four since.
double released(int version, double first, double per_year, int turn) {
  const double turned = first + turn / per_year;
  return version <= turn ? first + version / per_year : turned + (version - turn) / 13.0;
}

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  const std::string& agent = seen.comment.client.user_agent;
  const Time now = seen.comment.created_at.value_or(seen.facts.now);
  if (agent.empty() || now == 0) return std::nullopt;
  // Phones and sets that browse are kept for long, and are often never updated.
  if (agent.find("Mobile") != std::string::npos || agent.find("Android") != std::string::npos)
    return std::nullopt;
  double year = 0;
  if (const int chrome = version_after(agent, "Chrome/"); chrome > 0) {
    year = released(chrome, 38.7, 7.2, 94);
  } else if (const int firefox = version_after(agent, "Firefox/"); firefox > 3) {
    year = released(firefox, 40.6, 8.3, 92);
  } else {
    return std::nullopt;
  }
  const double age = static_cast<double>(now) / (365.25 * static_cast<double>(kDay)) - year;
  if (age < knobs["years"]) return std::nullopt;
  return Noticed{.about = "The browser was " + std::to_string(static_cast<int>(age)) + " years old by then.",
                 .evidence = {whole(seen, Field::user_agent)}};
}

}  // namespace

extern constinit const Rule stale_agent{.name = "stale_agent",
                                        .about = "Was sent by a browser that was years out of date.",
                                        .score = 1.0,
                                        .knobs = kKnobs,
                                        .examples = kExamples,
                                        .examine = examine};

}  // namespace chaffinch::rules
