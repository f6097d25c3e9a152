// What the learner costs: features, an opinion of three models, a lesson; processor time and memory.
#pragma once

namespace chaffinch::bench {

void bench_learner();

}  // namespace chaffinch::bench
