#include "http/crew.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace chaffinch::http {
namespace {

// Address space, not memory: only what is touched costs. Below 2 MiB, because a stack that holds a whole huge
// page can be given one at its first byte; above what the deepest request needs also under a sanitizer.
constexpr std::size_t kStack = 1024 * 1024;
constexpr std::chrono::seconds kParked{30};

}  // namespace

bool Crew::take(std::function<void()> job) {
  std::unique_lock holding(lock_);
  bury(holding);
  if (closing_) return false;
  if (!parked_.empty()) {
    Worker* worker = parked_.back();
    parked_.pop_back();
    worker->job = std::move(job);
    worker->wake.notify_one();
    return true;
  }
  if (alive_ >= most_) return false;

  auto worker = std::make_unique<Worker>();
  worker->crew = this;
  worker->job = std::move(job);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStack);
  const int wrong = pthread_create(
      &worker->thread, &attributes,
      [](void* self) -> void* {
        auto* mine = static_cast<Worker*>(self);
        mine->crew->work(*mine);
        return nullptr;
      },
      worker.get());
  pthread_attr_destroy(&attributes);
  if (wrong != 0) return false;
  worker.release();  // work() hands it to dead_
  ++alive_;
  return true;
}

void Crew::work(Worker& worker) {
  std::unique_lock holding(lock_);  // waits until take() has written the thread's handle
  while (worker.job) {
    std::function<void()> job = std::exchange(worker.job, nullptr);
    holding.unlock();
    job();
    job = nullptr;  // what it holds ends with it, not with the thread
    holding.lock();
    if (closing_) break;
    parked_.push_back(&worker);
    worker.wake.wait_for(holding, kParked, [&] { return worker.job || closing_; });
    if (!worker.job) std::erase(parked_, &worker);
  }
  dead_.emplace_back(&worker);
  --alive_;
  ended_.notify_all();
}

void Crew::bury(std::unique_lock<std::mutex>& holding) {
  if (dead_.empty()) return;
  const auto dead = std::exchange(dead_, {});
  holding.unlock();
  for (const auto& worker : dead) pthread_join(worker->thread, nullptr);
  holding.lock();
}

void Crew::wait() {
  std::unique_lock holding(lock_);
  closing_ = true;
  for (Worker* worker : parked_) worker->wake.notify_one();
  ended_.wait(holding, [this] { return alive_ == 0; });
  bury(holding);
}

}  // namespace chaffinch::http
