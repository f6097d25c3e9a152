#include "cli/signals.h"

#include <cstdint>
#include <stdexcept>
#include <utility>

#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace chaffinch::cli {

Signals::Signals(std::function<void()> stop, std::function<void()> reload)
    : stop_(std::move(stop)), reload_(std::move(reload)) {
  wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_ < 0) throw std::runtime_error("the system has no free file descriptor");
  sigemptyset(&ours_);
  // SIGUSR2 is how the destructor wakes the waiter.
  for (const int one : {SIGINT, SIGTERM, SIGHUP, SIGUSR2}) sigaddset(&ours_, one);
  pthread_sigmask(SIG_BLOCK, &ours_, &before_);
  waiter_ = std::thread([this] { listen(); });
}

Signals::~Signals() {
  done_ = true;
  pthread_kill(waiter_.native_handle(), SIGUSR2);
  waiter_.join();
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  ::close(wake_);
}

void Signals::listen() {
  while (true) {
    int which = 0;
    if (sigwait(&ours_, &which) != 0) continue;
    if (done_) return;
    if (which == SIGUSR2) continue;
    if (which == SIGHUP && reload_) {
      reload_();
      continue;
    }
    if (stopped_.exchange(true)) {
      if (which == SIGINT) ::_exit(130);
      continue;
    }
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t wrote = ::write(wake_, &one, sizeof one);
    if (stop_) stop_();
  }
}

}  // namespace chaffinch::cli
