// The rows of `record` and `copy` in sixteen shares, by the four highest bits of their keys, which are keyed
// hashes: shares are of a size, and the rows of one stand together in their table. Each is written at a time
// of its own (backlog.h), so the tables have one share up to another comment than the next.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace chaffinch::sqlite {

inline constexpr std::size_t kShares = 16;       // as many as `counted` has rows
inline constexpr std::size_t kNumbersShare = 0;  // the numbers over time are written with it

constexpr std::size_t share_of(std::int64_t record) {
  return static_cast<std::size_t>(static_cast<std::uint64_t>(record) >> 60U);
}
constexpr std::size_t share_of(const std::pair<std::int64_t, std::int64_t>& copy) {  // site, hash
  return share_of(copy.second);
}

// Up to which comment (seq) the tables have each share.
using CountedTo = std::array<std::int64_t, kShares>;

}  // namespace chaffinch::sqlite
