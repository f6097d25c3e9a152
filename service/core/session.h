// Sessions of the desk: a browser that is signed in in a token's name. It may do what the token may, as long
// as the token may.
#pragma once

#include <cstddef>

#include "core/site.h"
#include "core/time.h"

namespace chaffinch {

inline constexpr Time kSessionIdle = 12 * kHour;    // so long after its latest use it is over
inline constexpr Time kSessionLongest = 30 * kDay;  // and so long after it began, whatever its use
inline constexpr Time kSessionNoted = 5 * kMinute;  // a use so soon after the one that is noted is not noted
inline constexpr Time kSignInCode = 30 * kMinute;   // a one-time code is good for so long
inline constexpr std::size_t kSessions = 20;        // of one token; a further one ends the oldest
inline constexpr std::size_t kSignInCodes = 20;     // unused ones of one token; as above

struct Session {
  Token token;
  Time created_at = 0;
  Time used_at = 0;     // as noted
  Time expires_at = 0;  // if it is not used again; never behind the token's own end
};

constexpr bool opens_desk(Role role) {
  return role == Role::admin || role == Role::moderator;
}

}  // namespace chaffinch
