#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    {.content = "Great post",
     .hit = true,
     .user_agent = "",
     .adjust = [](Evidence& seen) { seen.comment.client.ip = "192.0.2.7"; }},
    {.content = "Great post", .hit = true, .user_agent = "python-requests/2.31.0"},
    {.content = "Great post", .hit = true, .user_agent = "curl/8.5.0"},
    {.content = "Great post", .hit = false},
    {.content = "Great post", .hit = false, .user_agent = ""},
    {.content = "[...] linked [...]",
     .hit = false,
     .user_agent = "The Incutio XML-RPC PHP Library -- WordPress/6.4",
     .type = "pingback"},
};

// Front ends that hand on no address hand on no agent either: then its absence tells nothing.
std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  if (is_pingback(seen) || is_trackback(seen)) return std::nullopt;
  const std::string& agent = seen.comment.client.user_agent;
  if (agent.empty()) {
    if (seen.comment.client.ip.empty()) return std::nullopt;
    return Noticed{.about = "Came without the name of a browser."};
  }
  static constexpr std::array<std::string_view, 16> kTools = {
      "aiohttp",         "apache-httpclient", "curl/",     "go-http-client", "guzzlehttp", "headlesschrome",
      "java/",           "libwww-perl",       "mechanize", "node-fetch",     "okhttp",     "phantomjs",
      "python-requests", "python-urllib",     "scrapy",    "wget/"};
  if (!holds_any(lowered(agent), kTools)) return std::nullopt;
  return Noticed{.about = "Was sent by a program, not by a browser.",
                 .evidence = {whole(seen, Field::user_agent)}};
}

}  // namespace

extern constinit const Rule no_agent{.name = "no_agent",
                                     .about = "Was not sent by a browser.",
                                     .score = 1.5,
                                     .examples = kExamples,
                                     .examine = examine};

}  // namespace chaffinch::rules
