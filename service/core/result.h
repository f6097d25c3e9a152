// Errors as values. An Error is what a healthy system expects to meet: bad input, a missing id, a full disk.
// Broken promises (a bug, a store that cannot be opened) are exceptions instead.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace chaffinch {

// The stable list of error words. http/problem.cpp holds the only map from a word to an HTTP status.
enum class Code {
  invalid,       // 400 malformed, 422 is not used: one word, one status
  unauthorized,  // 401 no token, or one that is unknown, expired or revoked
  forbidden,     // 403 the token's role or site does not reach so far
  not_found,     // 404
  not_allowed,   // 405 the resource exists, not with this method
  conflict,      // 409 stale version, superseded, idempotency key used for something else
  gone,          // 410
  too_large,     // 413
  unsupported,   // 415 content type
  too_many,      // 429, with retry_after
  unavailable,   // 503 full disk, full writer queue, shutting down
  internal,      // 500 a bug; the client sees no text
};

struct Error {
  Code code = Code::internal;
  std::string what;  // one sentence for the client: what is wrong
  std::string
      where;  // a JSON pointer ("/author/email"), a query parameter ("?limit") or "file:line"; may be empty
  std::string advice;   // how to mend it; may be empty
  int retry_after = 0;  // seconds; only for too_many and unavailable

  bool operator==(const Error&) const = default;
};

template <class T>
using Result = tl::expected<T, Error>;

using Done = Result<void>;

inline tl::unexpected<Error> fail(Code code, std::string what, std::string where = {},
                                  std::string advice = {}, int retry_after = 0) {
  return tl::unexpected<Error>(
      Error{code, std::move(what), std::move(where), std::move(advice), retry_after});
}

}  // namespace chaffinch
