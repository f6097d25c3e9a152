// What must happen without anybody asking: retention and the learner's horizon, every minute. A thread of its
// own; the destructor stops it at once, between two steps.
#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "learning.h"
#include "log.h"
#include "store/store.h"

namespace chaffinch::cli {

class Housekeeper {
 public:
  // All must outlive it.
  Housekeeper(Store& store, Learning& learning, Log& log);

 private:
  void live(const std::stop_token& stop);
  void sweep(const std::stop_token& stop);
  void fold(const std::stop_token& stop);
  bool rest(const std::stop_token& stop);  // false: it is time to stop

  Store& store_;
  Learning& learning_;
  Log& log_;
  std::mutex lock_;
  std::condition_variable_any wake_;
  std::jthread thread_;  // last: it uses all the others
};

}  // namespace chaffinch::cli
