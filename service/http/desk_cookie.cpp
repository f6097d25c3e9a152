#include "http/desk_cookie.h"

#include <algorithm>

#include "analysis/text.h"
#include "core/session.h"
#include "http/head.h"
#include "secrets.h"

namespace chaffinch::http {
namespace {

// The last value of a header that a list may have been made of; "" when there is none.
std::string_view last_of(const Ask& ask, std::string_view name) {
  std::string_view last;
  for (const auto& [key, value] : ask.headers)
    if (same_word(key, name)) last = value;
  const std::size_t comma = last.rfind(',');
  return trimmed(comma == std::string_view::npos ? last : last.substr(comma + 1));
}

// Host and port, lower case, without a port that the scheme implies.
std::string authority(std::string_view text, std::string_view usual_port) {
  std::string lower = ascii_lower(text);
  if (lower.ends_with(usual_port)) lower.resize(lower.size() - usual_port.size());
  return lower;
}

tl::unexpected<Error> refused(std::string what) {
  return fail(Code::forbidden, std::move(what), "Origin",
              "only the desk's own pages may write with its cookie; a program sends a token instead: "
              "Authorization: Bearer chf_...; a proxy in front has to pass Host on, or to be trusted "
              "(http.trusted_proxies) and send X-Forwarded-Host");
}

}  // namespace

std::optional<std::string> desk_cookie(const Ask& ask) {
  std::optional<std::string> found;
  for (const auto& [key, value] : ask.headers) {
    if (!same_word(key, "Cookie")) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const std::string_view one = trimmed(rest.substr(0, rest.find(';')));
      rest.remove_prefix(std::min(rest.find(';'), rest.size() - 1) + 1);
      const std::size_t equals = one.find('=');
      if (equals == std::string_view::npos || trimmed(one.substr(0, equals)) != kDeskCookie) continue;
      const std::string_view secret = trimmed(one.substr(equals + 1));
      if (found || !is_desk_secret(secret))
        found = std::string();
      else
        found = secret;
    }
  }
  return found;
}

std::string desk_cookie_set(std::string_view secret, bool secure) {
  return std::string(kDeskCookie) + "=" + std::string(secret) +
         "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(kSessionLongest / kSecond) +
         (secure ? "; Secure" : "");
}

std::string desk_cookie_gone(bool secure) {
  return std::string(kDeskCookie) + "=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0" +
         (secure ? "; Secure" : "");
}

bool came_by_https(const Ask& ask, bool trusted) {
  return trusted && same_word(last_of(ask, "X-Forwarded-Proto"), "https");
}

Done check_own_page(const Ask& ask, bool trusted, bool needed) {
  std::size_t origins = 0;
  std::string_view origin;
  for (const auto& [key, value] : ask.headers) {
    if (same_word(key, "Origin")) {
      ++origins;
      origin = value;
    }
    if (same_word(key, "Sec-Fetch-Site") && value != "same-origin")
      return refused("this was sent from another site's page");
  }
  if (origins == 0 && !needed) return {};
  if (origins != 1) return refused("a write with the desk's cookie needs one Origin");
  const bool plain = origin.starts_with("http://");
  if (!plain && !origin.starts_with("https://")) return refused("this was sent from no page of this service");
  const std::string_view port = plain ? ":80" : ":443";
  const std::string wanted = authority(origin.substr(plain ? 7 : 8), port);
  const auto is_ours = [&](std::string_view host) {
    return !host.empty() && authority(host, port) == wanted;
  };
  if (is_ours(trimmed(ask.header("Host"))) || (trusted && is_ours(last_of(ask, "X-Forwarded-Host"))))
    return {};
  return refused("this was sent from another service's page");
}

}  // namespace chaffinch::http
