// The desk: its pages, and who is signed in there.
#include <algorithm>

#include "http/calls.h"
#include "http/desk_cookie.h"
#include "http/web.h"
#include "http/wire_desk.h"
#include "secrets.h"

namespace chaffinch::http::calls {
namespace {

// All of them are one page, whose script looks at the address.
constexpr std::string_view kPages[] = {"in", "rules", "numbers", "log", "sites", "tokens", "blocks"};

// A token's secret as it may come; anything else is not worth the store's time.
bool may_be_token(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

Result<Answer> desk(Service&, Call& call) {
  const std::string_view place = call.places.empty() ? std::string_view() : call.places.front();
  const bool page =
      place.empty() || std::find(std::begin(kPages), std::end(kPages), place) != std::end(kPages);
  // A page's query says what it shows, which is its script's to read.
  if (!page) {
    if (auto fine = check_query(call, {}); !fine) return tl::unexpected(std::move(fine).error());
  }
  if (auto answer = web_answer(call.ask, page ? "/desk" : call.ask.path, WebUse::desk))
    return std::move(*answer);
  return fail(Code::not_found, "there is no such file");
}

Result<Answer> sign_in(Service& service, Call& call) {
  if (auto fine = check_query(call, {}); !fine) return tl::unexpected(std::move(fine).error());
  const bool trusted = service.gate.is_trusted(call.ask.peer);
  const auto cookie = desk_cookie(call.ask);
  // Else a foreign page could sign its reader in as somebody of its own.
  if (auto fine = check_own_page(call.ask, trusted, cookie.has_value()); !fine)
    return tl::unexpected(std::move(fine).error());
  auto wish = read_sign_in(call.ask.body);
  if (!wish) return tl::unexpected(std::move(wish).error());
  const std::string address = service.gate.client_address(call.ask);
  const NewSecret secret = new_desk_secret();
  SignIn sign{
      .code_hash = {}, .token_hash = {}, .session_hash = secret.hash, .instead_of = {}, .now = call.now};
  if (cookie && !cookie->empty()) sign.instead_of = sha256_hex(*cookie);
  if (!wish->token.empty()) {
    if (!may_be_token(wish->token)) return fail(Code::unauthorized, "that is not a token", "/token");
    sign.token_hash = sha256_hex(wish->token);
    if (auto token = token_of(service, address, sign.token_hash, call.now); !token) {
      Error error = std::move(token).error();
      if (error.code == Code::unauthorized) error.what = "the token is unknown, expired or revoked";
      error.where = "/token";
      return tl::unexpected(std::move(error));
    }
  } else {
    if (!is_desk_secret(wish->code)) return fail(Code::unauthorized, "that is not a code", "/code");
    sign.code_hash = sha256_hex(wish->code);
    if (const int wait = service.gate.wait_for_token(address, sign.code_hash, call.now); wait > 0) {
      service.metrics.refused("tokens");
      return fail(Code::too_many, "too many unknown tokens and codes came from this address", "/code",
                  "wait, then use a link that is fresh", wait);
    }
  }
  const auto ticket = service.gate.ticket();
  auto session = service.store().sign_in(sign);
  if (!session) {
    Error error = std::move(session).error();
    const bool by_code = !sign.code_hash.empty();
    error.where = by_code ? "/code" : "/token";
    if (by_code && error.code == Code::unauthorized) {
      service.gate.token_bad(address, sign.code_hash, call.now);
      service.metrics.refused("tokens");
      error.advice = "a link signs in once, within 30 minutes; ask an admin for a new one, or use a token";
    }
    return tl::unexpected(std::move(error));
  }
  if (!sign.instead_of.empty()) service.gate.forget_tokens();
  service.gate.signed_in(address, secret.hash, *session, ticket, call.now);
  Answer answer = json_answer(write_session(session->token, session->expires_at));
  answer.headers.emplace_back("Set-Cookie", desk_cookie_set(secret.text, came_by_https(call.ask, trusted)));
  return answer;
}

Result<Answer> signed_in(Service&, Call& call) {
  if (auto fine = check_query(call, {}); !fine) return tl::unexpected(std::move(fine).error());
  Token token;
  token.id = call.who.token;
  token.name = call.who.name;
  token.role = call.who.role;
  token.site = call.who.reach;
  return json_answer(write_session(token, call.who.until));
}

// Whoever asks: a session that is over already leaves its cookie behind, which is to go as well.
Result<Answer> sign_out(Service& service, Call& call) {
  if (auto fine = check_query(call, {}); !fine) return tl::unexpected(std::move(fine).error());
  const bool trusted = service.gate.is_trusted(call.ask.peer);
  const auto cookie = desk_cookie(call.ask);
  if (auto fine = check_own_page(call.ask, trusted, cookie.has_value()); !fine)
    return tl::unexpected(std::move(fine).error());
  if (cookie && !cookie->empty()) {
    // Asked for first, as any cookie is: what is made up must not cost a write.
    const std::string hash = sha256_hex(*cookie);
    const auto session = session_of(service, service.gate.client_address(call.ask), hash, call.now);
    if (!session && session.error().code != Code::unauthorized) return tl::unexpected(session.error());
    if (session) {
      if (auto done = service.store().end_session(hash); !done)
        return tl::unexpected(std::move(done).error());
      service.gate.forget_tokens();
    }
  }
  Answer answer = empty_answer();
  answer.headers.emplace_back("Set-Cookie", desk_cookie_gone(came_by_https(call.ask, trusted)));
  return answer;
}

Result<Answer> sign_out_everywhere(Service& service, Call& call) {
  auto once = once_of(call);
  if (!once) return tl::unexpected(std::move(once).error());
  auto ended = service.store().end_sessions(call.who.token, call.now, *once);
  if (!ended) return tl::unexpected(std::move(ended).error());
  service.gate.forget_tokens();
  Answer answer = json_answer(write_sessions_ended(*ended));
  const bool secure = came_by_https(call.ask, service.gate.is_trusted(call.ask.peer));
  answer.headers.emplace_back("Set-Cookie", desk_cookie_gone(secure));
  return with_mark(std::move(answer), *ended);
}

Result<Answer> link_token(Service& service, Call& call) {
  auto once = once_of(call);
  if (!once) return tl::unexpected(std::move(once).error());
  auto id = id_of(call, "token");
  if (!id) return tl::unexpected(std::move(id).error());
  const NewSecret code = new_desk_secret();
  const Time expires_at = call.now + kSignInCode;
  auto done = service.store().add_code(call.who.reach, *id, {code.hash, expires_at}, call.now, *once);
  if (!done) return tl::unexpected(std::move(done).error());
  return json_answer(write_link(code.text, expires_at), 201);
}

}  // namespace chaffinch::http::calls
