#include "http/wire_desk.h"

#include "core/limits.h"
#include "http/wire_json.h"

namespace chaffinch::http {

Result<SignInWish> read_sign_in(std::string_view body) {
  auto json = parse_json(body);
  if (!json) return tl::unexpected(std::move(json).error());
  Flaws flaws;
  Fields from(*json, {}, flaws, "a sign-in");
  SignInWish wish;
  wish.code = from.text_or_empty("code", limits::kSecret);
  wish.token = from.text_or_empty("token", limits::kSecret);
  if (!wish.code.empty() && !wish.token.empty())
    from.wrong("token", "there is a code already", "send one of both");
  if (wish.code.empty() && wish.token.empty())
    from.missing("code", "it is required", "the code of a sign-in link, or a token as \"token\"");
  from.finish();
  if (flaws.any()) return flaws.error();
  return wish;
}

std::string write_session(const Token& token, std::optional<Time> expires_at) {
  Json json = {{"role", word(token.role)}, {"name", token.name}};
  json["site"] = token.site.empty() ? Json() : Json(token.site);
  json["token_id"] = token.id.text();
  json["holder"] = token.name;
  json["expires_at"] = expires_at ? Json(format_time(*expires_at)) : Json();
  return dump(json);
}

std::string write_sessions_ended(const SessionsEnded& ended) {
  return dump({{"ended", ended.ended}});
}

std::string desk_path(std::string_view code) {
  return "/desk/in#" + std::string(code);
}

std::string write_link(std::string_view code, Time expires_at) {
  return dump({{"code", code}, {"path", desk_path(code)}, {"expires_at", format_time(expires_at)}});
}

}  // namespace chaffinch::http
