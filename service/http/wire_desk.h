// The desk's sign-in as JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/site.h"
#include "core/time.h"
#include "store/store.h"

namespace chaffinch::http {

// Exactly one of {"code"} and {"token"}.
struct SignInWish {
  std::string code;
  std::string token;
};
Result<SignInWish> read_sign_in(std::string_view body);

// {"role", "name", "site", "token_id", "holder", "expires_at"}. `expires_at`: of the session, or of the token
// that asks; null: never. `holder`: how this caller's leases are shown.
std::string write_session(const Token& token, std::optional<Time> expires_at);
std::string write_sessions_ended(const SessionsEnded& ended);  // {"ended"}

// Where a code signs in, without the service's own address: in the fragment, which is in no log, and which
// whoever looks at a link for its preview does not send.
std::string desk_path(std::string_view code);
std::string write_link(std::string_view code, Time expires_at);  // {"code", "path", "expires_at"}

}  // namespace chaffinch::http
