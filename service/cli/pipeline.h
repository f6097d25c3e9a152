// Lines through many threads and out again in their order, with bounded memory: at most a few chunks for each
// thread are anywhere between reading and writing, however long the input is.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "cli/lines.h"

namespace chaffinch::cli {

struct Line {
  std::string_view text;
  std::uint64_t number = 0;
  bool too_long = false;  // then text is empty
};

// Calls `work` for each line that is not blank, from `jobs` threads at once; what it appends to `out` is
// handed to `write` in the order of the lines, from one thread. Lines are not held back to fill a chunk: what
// was read is worked on. Ends when the input does, when reading stops or fails, or when `write` answers false
// (then `stopped`). REQUIRES: `work` does not throw.
LineReader::Got run_in_order(LineReader& reader, unsigned jobs,
                             const std::function<void(const Line&, std::string& out)>& work,
                             const std::function<bool(std::string_view)>& write);

}  // namespace chaffinch::cli
