// Signals as calls on a thread of their own. Blocked for the whole process while a Signals lives, so nothing
// ever runs inside a signal handler. Make it before any other thread; one at a time.
#pragma once

#include <atomic>
#include <csignal>
#include <functional>
#include <thread>

namespace chaffinch::cli {

class Signals {
 public:
  // `stop` is called at the first SIGINT or SIGTERM, `reload` at each SIGHUP (when it is set; else SIGHUP
  // stops too). A second SIGINT ends the process at once with 130: what was acknowledged is on disk anyway.
  explicit Signals(std::function<void()> stop = {}, std::function<void()> reload = {});
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  bool stopped() const { return stopped_; }
  int wake() const { return wake_; }  // readable from the first stop on

 private:
  void listen();

  std::function<void()> stop_, reload_;
  std::atomic<bool> stopped_ = false;
  std::atomic<bool> done_ = false;
  int wake_ = -1;
  sigset_t ours_{}, before_{};
  std::thread waiter_;
};

}  // namespace chaffinch::cli
