// Which ways a regex may match, out of what required.cpp has read. Private to it. Pure.
#pragma once

#include <optional>
#include <vector>

#include "analysis/required.h"
#include "analysis/required_parts.h"

namespace chaffinch {

// A piece of a sequence as it was read.
struct Item {
  Piece piece;
  std::vector<Piece> branches = {};  // when it is a group that is there once: its alternatives
};

// A sequence as the fewest chances to be tried in vain: one piece, or one for each branch of one of its
// groups.
//
//   \b(win a (phone|car)|free spins|...)\b    {win a phone, win a car}, {free spins}, ...
std::vector<Piece> branched(const std::vector<Item>& items, Piece whole);

// All branches of a regex; nothing when one of them needs nothing, or all together are met so often that
// looking for them gains nothing.
std::optional<Ways> ways_of(const std::vector<Piece>& branches);

}  // namespace chaffinch
