// Comments made up for the benches: every one different, in length and words like those of a blog (about 350
// bytes).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/comment.h"

namespace chaffinch::bench {

// A small generator with a full period (splitmix64, Steele et al. 2014): the same on every machine.
inline std::uint64_t mix(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9E3779B97F4A7C15ULL);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

// The same seed always gives the same order.
template <class T>
void shuffle(std::vector<T>& all, std::uint64_t seed) {
  for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[mix(seed) % i]);
}

// The same number always gives the same comment. About one in ten carries a link, one in twenty is spammy.
Submission made_up(std::uint64_t number, const std::string& site);

// As the body of POST /v1/comments.
std::string as_json(const Submission& submission);

}  // namespace chaffinch::bench
