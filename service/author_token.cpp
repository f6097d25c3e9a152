#include "author_token.h"

#include <algorithm>
#include <charconv>

#include "analysis/text.h"
#include "secrets.h"

namespace chaffinch {
namespace {

constexpr std::string_view kAuthorVersion = "1.";
constexpr Time kAuthorAhead = kMinute;  // another process of ours may be that much ahead

std::string signature(std::string_view secret, const Submission& comment, std::string_view payload) {
  std::string text = "author:";
  // Each with its length: no two comments sign the same text.
  for (const std::string& part : {comment.site, comment.author.name, ascii_lower(comment.author.email)}) {
    text += std::to_string(part.size());
    text += ':';
    text += part;
  }
  text += payload;
  return base64url(hmac_sha256(secret, text));
}

}  // namespace

std::string write_author_token(std::string_view secret, const Submission& comment, const Id& key, Time now) {
  if (comment.author.name.empty() && comment.author.email.empty()) return {};
  std::string token(kAuthorVersion);
  token += key.text() + "." + std::to_string(now / kSecond);
  return token + "." + signature(secret, comment, token);
}

std::optional<Id> read_author_token(std::string_view secret, const Submission& comment,
                                    std::string_view token, Time now) {
  if (!token.starts_with(kAuthorVersion)) return std::nullopt;
  const std::size_t second = token.find('.', kAuthorVersion.size());
  const std::size_t third = second == std::string_view::npos ? second : token.find('.', second + 1);
  if (third == std::string_view::npos) return std::nullopt;
  if (!same_secret(signature(secret, comment, token.substr(0, third)), token.substr(third + 1)))
    return std::nullopt;
  Time at = 0;
  const std::string_view seconds = token.substr(second + 1, third - second - 1);
  const auto [end, error] = std::from_chars(seconds.data(), seconds.data() + seconds.size(), at);
  if (error != std::errc() || end != seconds.data() + seconds.size()) return std::nullopt;
  if (at > now / kSecond + kAuthorAhead / kSecond || (now / kSecond - at) >= kAuthorToken / kSecond)
    return std::nullopt;
  return Id::parse(token.substr(kAuthorVersion.size(), second - kAuthorVersion.size()));
}

std::string author_cookie_name(std::string_view site) {
  return "chaffinch_author_" + std::string(site);
}

std::string_view cookie_in(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    std::string_view pair = header.substr(0, header.find(';'));
    header.remove_prefix(std::min(header.size(), pair.size() + 1));
    while (!pair.empty() && pair.front() == ' ') pair.remove_prefix(1);
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name) return pair.substr(equals + 1);
  }
  return {};
}

std::string author_cookie(std::string_view site, std::string_view token, bool secure) {
  return author_cookie_name(site) + "=" + std::string(token) +
         "; Path=/v1/comments; Max-Age=" + std::to_string(kAuthorToken / kSecond) +
         "; HttpOnly; SameSite=Lax" + (secure ? "; Secure" : "");
}

}  // namespace chaffinch
