// Picks, out of all matches in one text, the one of each pattern that is told. Pure; for one search of one
// thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "analysis/patterns.h"

namespace chaffinch {

// The earliest match of each pattern while one text is searched; of two that start together, the longer one.
class Earliest {
 public:
  void note(std::uint32_t pattern, std::size_t start, std::size_t end) {
    noted_.push_back({pattern, static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end)});
  }

  // Appends what was noted, by rising pattern.
  void hand_over(std::vector<Match>& matches) {
    std::sort(noted_.begin(), noted_.end(), [](const Match& left, const Match& right) {
      if (left.pattern != right.pattern) return left.pattern < right.pattern;
      return left.start != right.start ? left.start < right.start : left.end > right.end;
    });
    for (const Match& match : noted_) {
      if (matches.empty() || &match == &noted_.front() || matches.back().pattern != match.pattern)
        matches.push_back(match);
    }
  }

 private:
  std::vector<Match> noted_;
};

}  // namespace chaffinch
