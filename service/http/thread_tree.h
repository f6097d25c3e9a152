// The replies of a page of a thread, nested: by place in `items`. Replies whose parent is on another page (or
// gone) stand at the top; deeper than limits::kThreadDepth they stand beside their parent instead of below
// it.
#pragma once

#include <cstddef>
#include <vector>

#include "core/comment.h"

namespace chaffinch::http {

struct ThreadTree {
  std::vector<std::size_t> tops;
  std::vector<std::vector<std::size_t>> replies;  // of each item, in order
};

// REQUIRES: parents stand before their replies.
ThreadTree tree_of(const std::vector<Comment>& items);

}  // namespace chaffinch::http
