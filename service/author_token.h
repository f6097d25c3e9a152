// The signed author token: how an author who has no verified id is known again from another network, without
// anybody being able to become that author by typing a name and an email. It travels as a cookie. Pure; safe
// from any thread.
//
// It is bound to the site, the name and the email (any case) of the comment with which it was given, holds
// for kAuthorToken, and says nothing of the person: a key (the id of that first comment), the second when it
// was signed, and the signature. "1.<key>.<seconds>.<base64url of HMAC-SHA-256>".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/comment.h"

namespace chaffinch {

inline constexpr Time kAuthorToken = 180 * kDay;

// Empty for a comment with neither name nor email: there is nobody to know again.
std::string write_author_token(std::string_view secret, const Submission& comment, const Id& key, Time now);

// The key, when the token was signed with this secret for this site, name and email, and has not expired.
std::optional<Id> read_author_token(std::string_view secret, const Submission& comment,
                                    std::string_view token, Time now);

// "chaffinch_author_<site>": one service may serve several sites under one host.
std::string author_cookie_name(std::string_view site);

// The value of a cookie in a Cookie header; empty when it is not there.
std::string_view cookie_in(std::string_view header, std::string_view name);

// A Set-Cookie header: not for scripts, not for other sites, for the comments' calls alone.
std::string author_cookie(std::string_view site, std::string_view token, bool secure);

}  // namespace chaffinch
