// Comments made up for the benches: every one different, in length and words like those of a blog (about 350
// bytes).
#pragma once

#include <cstdint>
#include <string>

#include "core/comment.h"

namespace chaffinch::bench {

// The same number always gives the same comment. About one in ten carries a link, one in twenty is spammy.
Submission made_up(std::uint64_t number, const std::string& site);

// As the body of POST /v1/comments.
std::string as_json(const Submission& submission);

}  // namespace chaffinch::bench
