// What must happen without anybody asking: retention, every minute. A thread of its own; the destructor stops
// it at once, between two steps.
#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "log.h"
#include "store/store.h"

namespace chaffinch::cli {

class Housekeeper {
 public:
  // Both must outlive it.
  Housekeeper(Store& store, Log& log);

 private:
  void live(const std::stop_token& stop);
  void sweep(const std::stop_token& stop);
  bool rest(const std::stop_token& stop);  // false: it is time to stop

  Store& store_;
  Log& log_;
  std::mutex lock_;
  std::condition_variable_any wake_;
  std::jthread thread_;  // last: it uses all the others
};

}  // namespace chaffinch::cli
