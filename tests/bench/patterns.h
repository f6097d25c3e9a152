// Finding patterns and judging, without a server.
#pragma once

#include "bench/writing.h"

namespace chaffinch::bench {

// Ours beside raw Vectorscan or Hyperscan (where it was there to build with), RE2::Set and RE2 one by one:
// with what people write (writing.h), and with words made of syllables, which comments hardly ever hold.
void bench_patterns(const WritingFiles& files);

// The whole judgement of a comment, and the share of each part.
void bench_judge();

}  // namespace chaffinch::bench
