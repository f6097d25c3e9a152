// How the benches of one thread measure.
#pragma once

#include <algorithm>
#include <vector>

#include <time.h>

namespace chaffinch::bench {

// Processor time of this thread, µs: other programs on the machine do not count.
inline double now_us() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

}  // namespace chaffinch::bench
