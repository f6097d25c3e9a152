// Finding patterns and judging, without a server.
#pragma once

namespace chaffinch::bench {

// Ours beside raw Vectorscan or Hyperscan (where it was there to build with), RE2::Set and RE2 one by one.
void bench_patterns();

// The whole judgement of a comment, and the share of each part.
void bench_judge();

}  // namespace chaffinch::bench
