// Picks, out of all matches in one text, the one of each pattern that is told. Pure; for one search of one
// thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "analysis/patterns.h"

namespace chaffinch {

// The earliest match of each pattern while one text is searched; of two that start together, the longer one.
class Earliest {
 public:
  // Patterns are counted from 0.
  explicit Earliest(std::size_t patterns) : patterns_(patterns) {}

  void note(std::uint32_t pattern, std::size_t start, std::size_t end) {
    if (best_.empty()) best_.resize(patterns_, {kNowhere, 0});
    auto& [first, last] = best_[pattern];
    const auto begins = static_cast<std::uint32_t>(start);
    const auto ends = static_cast<std::uint32_t>(end);
    if (first == kNowhere) noted_.push_back(pattern);
    if (begins < first || (begins == first && ends > last)) {
      first = begins;
      last = ends;
    }
  }

  // Appends what was noted, by rising pattern; `numbers` are the caller's own numbers of the patterns.
  void hand_over(const std::vector<std::uint32_t>& numbers, std::vector<Match>& matches) {
    std::sort(noted_.begin(), noted_.end());
    for (const std::uint32_t pattern : noted_) {
      matches.push_back({numbers[pattern], best_[pattern].first, best_[pattern].second});
    }
  }

 private:
  static constexpr std::uint32_t kNowhere = std::numeric_limits<std::uint32_t>::max();

  std::size_t patterns_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> best_;
  std::vector<std::uint32_t> noted_;
};

}  // namespace chaffinch
