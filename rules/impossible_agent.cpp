#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    {.content = "Nice.",
     .hit = true,
     .user_agent = "Mozilla/5.0 (Windows NT 5.1; Trident/7.0; rv:11.0) like Gecko"},
    {.content = "Nice.",
     .hit = true,
     .user_agent = "Mozilla/5.0 (Windows NT 5.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/112.0.0.0 "
                   "Safari/537.36"},
    {.content = "Nice.",
     .hit = true,
     .user_agent = "Mozilla/5.0 (Windows NT 6.1; rv:140.0) Gecko/20100101 Firefox/140.0"},
    {.content = "Nice.", .hit = false, .user_agent = "Mozilla/5.0"},
    {.content = "Nice.", .hit = false},
    {.content = "Nice.",
     .hit = false,
     .user_agent = "Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko"},
    {.content = "Nice.",
     .hit = false,
     .user_agent = "Mozilla/5.0 (Windows NT 5.1; rv:40.0) Gecko/20100101 Firefox/40.0"},
    {.content = "Nice.",
     .hit = false,
     .user_agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                   "Chrome/126.0.0.0 Safari/537.36"},
    {.content = "Nice.", .hit = false, .user_agent = ""},
};

// The number behind `mark`; -1 without one.
int number_after(std::string_view text, std::string_view mark) {
  std::size_t at = text.find(mark);
  if (at == std::string_view::npos) return -1;
  int number = 0;
  for (at += mark.size(); at < text.size() && is_digit(text[at]) && number < 10'000; ++at) {
    number = number * 10 + (text[at] - '0');
  }
  return number;
}

// Browsers that never ran on the system that they claim. The last versions: Internet Explorer 8, Chrome 49
// and Firefox 52 on Windows XP; Internet Explorer 9 on Vista; Chrome 109 and Firefox 115 on Windows 7 and 8.
bool impossible(std::string_view agent) {
  const std::size_t windows = agent.find("Windows NT ");
  if (windows == std::string_view::npos) return false;
  const std::string_view system = agent.substr(windows + 11, 3);
  if (system == "10.") return false;
  const int chrome = number_after(agent, "Chrome/");
  const int firefox = number_after(agent, "Firefox/");
  const int explorer = agent.find("Trident/7") != std::string_view::npos ? 11 : number_after(agent, "MSIE ");
  if (system.starts_with("5.")) return chrome > 49 || firefox > 52 || explorer > 8;
  if (system == "6.0") return chrome > 49 || firefox > 52 || explorer > 9;
  return chrome > 109 || firefox > 115;
}

std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  const std::string& agent = seen.comment.client.user_agent;
  if (agent.empty() || !impossible(agent)) return std::nullopt;
  return Noticed{.evidence = {whole(seen, Field::user_agent)}};
}

}  // namespace

extern constinit const Rule impossible_agent{
    .name = "impossible_agent",
    .about = "Claims to be a browser that never ran on the system that it claims.",
    .score = 1.25,
    .examples = kExamples,
    .examine = examine};

}  // namespace chaffinch::rules
