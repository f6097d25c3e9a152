// "Most useful to decide first": the order of comment.doubt, the lowest first.
//
//   distance = |score - hold|                                    while the learner is silent
//            = (|score - hold| + kCertain * |2p - 1|) / 2        where it gave the probability p
//   doubt    = distance - kOfCluster * log2(cluster)
//
// So first come comments whose verdict could as well have been another one, and of which the learner knows
// least: those teach most. A cluster is the comment itself and those pending of its site that have (nearly)
// the same text: one decision settles them all, so eight of them are worth three halves of a point of score.
// It is counted once, when the comment comes, up to kMostOfCluster: the newest of a flood stands first, for
// all of it, and those before it keep the place that they had. Nothing is moved when a cluster grows or is
// decided.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "core/verdict.h"

namespace chaffinch::sqlite {

inline constexpr double kCertain = 3;  // points that a certain learner counts as far from doubt
inline constexpr double kOfCluster = 0.5;
inline constexpr std::uint32_t kMostOfCluster = 64;

inline double doubt_of(const Verdict& verdict, double hold, std::uint32_t cluster) {
  double distance = std::abs(verdict.score - hold);
  if (verdict.probability) distance = (distance + kCertain * std::abs(2 * *verdict.probability - 1)) / 2;
  return distance - kOfCluster * std::log2(std::clamp(cluster, std::uint32_t{1}, kMostOfCluster));
}

}  // namespace chaffinch::sqlite
