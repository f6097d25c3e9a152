// Sees that the files of the rules folder have changed, by their names, sizes and times: looked at every two
// seconds, on a thread of its own. A change counts once it has settled, so that files that are being written
// are left alone. The destructor ends it at once.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

namespace chaffinch::cli {

// The folder's packs and lists with their sizes and times. Differs when one of them was changed.
std::string rules_stamp(const std::string& folder);

class RulesWatch {
 public:
  // `taken`: the stamp from before the rules in force were read. `changed` is called on the watch's thread.
  RulesWatch(std::string folder, std::string taken, std::function<void()> changed);

 private:
  void live(const std::stop_token& stop);

  std::string folder_;
  std::string taken_;  // the watch's thread only
  std::function<void()> changed_;
  std::mutex lock_;
  std::condition_variable_any wake_;
  std::jthread thread_;  // last: it uses all the others
};

}  // namespace chaffinch::cli
