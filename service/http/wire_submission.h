// Reading the fields of a submission, shared by wire*.cpp.
#pragma once

#include <string>
#include <vector>

#include "core/comment.h"
#include "http/wire_json.h"

namespace chaffinch::http {

inline constexpr std::size_t kHoneypot = 200;  // bytes kept of what stood in the honeypot

// Asks `from` for every field of a submission; the caller finishes it. `claims` and `token` as in Incoming;
// may be null: then nobody asks what was claimed, and a form's token is no field here, since nothing would
// use it up.
Submission read_fields(Fields& from, std::vector<std::string>* claims, bool needs_article,
                       std::string* token = nullptr);

}  // namespace chaffinch::http
