// What a browser brings along that is signed in at the desk: the session's cookie, and whether a write came
// from one of our own pages. Pure; safe from any thread.
//
// The cookie holds a secret of 43 characters, of which the store keeps the hash. It is not for scripts and
// not sent from other sites' pages (SameSite=Strict); but "site" is not "origin" (another port, a neighbour
// under the same domain), so a write is asked for its Origin as well (check_own_page).
//
// `trusted`: the peer is a proxy whose X-Forwarded-Proto and X-Forwarded-Host are believed; of several
// values the last one, which that proxy wrote.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "http/door.h"

namespace chaffinch::http {

inline constexpr std::string_view kDeskCookie = "chaffinch_desk";

// The secret; "" when there is such a cookie but what it holds cannot be one of ours, or there are several
// (a neighbour under the same domain may have put one there); nothing when there is none.
std::optional<std::string> desk_cookie(const Ask& ask);

// Set-Cookie headers: it stays as long as a session can last, and goes.
std::string desk_cookie_set(std::string_view secret, bool secure);
std::string desk_cookie_gone(bool secure);

bool came_by_https(const Ask& ask, bool trusted);

// Whether this write comes from a page of this service: its Origin's host and port are those that were asked
// (Host, or X-Forwarded-Host), and Sec-Fetch-Site, when sent, is same-origin. `needed`: without an Origin it
// is none. forbidden otherwise.
Done check_own_page(const Ask& ask, bool trusted, bool needed);

}  // namespace chaffinch::http
