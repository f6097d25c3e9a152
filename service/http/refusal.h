// The door's own refusals, as application/problem+json (RFC 9457).
#pragma once

#include <string_view>

#include "http/door.h"

namespace chaffinch::http {

// `status`: one of those that door.h names. `detail`: a sentence that needs no escaping in JSON.
Answer refusal(int status, std::string_view detail);

}  // namespace chaffinch::http
