#include "http/crew.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace chaffinch::http {
namespace {

// Address space, not memory: only what is touched costs. Below 2 MiB, because a stack that holds a whole huge
// page can be given one at its first byte; above what the deepest request needs also under a sanitizer.
constexpr std::size_t kStack = 1024 * 1024;
constexpr std::chrono::seconds kParked{30};

}  // namespace

Crew::Crew(Source source, std::uint32_t most, std::uint32_t busy)
    : source_(std::move(source)),
      most_(std::max(most, 1U)),
      busy_(busy != 0 ? busy : std::max(std::thread::hardware_concurrency(), 2U)) {}

bool Crew::start() {
  const std::lock_guard holding(lock_);
  return alive_ > 0 || hire();
}

void Crew::post(Job& job) {
  Job* last = posted_.load();
  do job.next = last;
  while (!posted_.compare_exchange_weak(last, &job));
  if (running_.load() >= busy_) return;
  const std::lock_guard holding(lock_);
  take_posted();
  help();
}

// REQUIRES: lock_ is held.
void Crew::take_posted() {
  const auto at = static_cast<std::ptrdiff_t>(jobs_.size());
  for (Job* job = posted_.exchange(nullptr); job != nullptr;) {
    Job* next = job->next;  // it may be run and posted again from here on
    jobs_.push_back(job);
    job = next;
  }
  std::reverse(jobs_.begin() + at, jobs_.end());
}

void Crew::add(const std::vector<Job*>& jobs) {
  const std::lock_guard holding(lock_);
  jobs_.insert(jobs_.end(), jobs.begin(), jobs.end());
}

// REQUIRES: lock_ is held. One that runs will look when it is done, or have somebody look when it waits.
void Crew::help() {
  if (running_ >= busy_ || (jobs_.empty() && (looking_ || running_ > 0))) return;
  if (!parked_.empty()) {
    Worker* worker = parked_.back();
    parked_.pop_back();
    ++running_;
    worker->called = true;
    worker->wake.notify_one();
  } else if (looking_) {
    if (!std::exchange(poked_, true)) source_.poke();
  } else {
    hire();
  }
}

// REQUIRES: lock_ is held.
bool Crew::hire() {
  if (alive_ >= most_ || closing_) return false;
  auto worker = std::make_unique<Worker>();
  worker->crew = this;
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
  workers_.push_back(worker.release());  // work() hands it to dead_
  ++alive_;
  ++running_;
  return true;
}

void Crew::work(Worker& worker) {
  Waiting::tell(&worker);
  std::unique_lock holding(lock_);  // waits until hire() has written the thread's handle
  while (true) {
    bury(holding);
    take_posted();
    if (!jobs_.empty() && running_ <= busy_) {
      Job* job = jobs_.front();
      jobs_.pop_front();
      help();
      worker.job = ++begun_;
      holding.unlock();
      job->run();
      holding.lock();
      worker.job = 0;
      runs(worker);
      continue;
    }
    --running_;
    take_posted();  // what was posted while this one seemed to run
    if (!jobs_.empty() && running_ < busy_) {
      ++running_;
      continue;
    }
    if (closing_ && jobs_.empty()) break;
    if (!looking_ && !closing_) {
      looking_ = true;
      holding.unlock();
      source_.look();
      holding.lock();
      looking_ = poked_ = false;
      ++running_;
      continue;
    }
    parked_.push_back(&worker);
    const bool called = worker.wake.wait_for(holding, kParked, [&] { return worker.called; });
    worker.called = false;
    if (called) continue;  // and counted as running by whoever called
    std::erase(parked_, &worker);
    break;
  }
  std::erase(workers_, &worker);
  dead_.emplace_back(&worker);
  --alive_;
  ended_.notify_all();
}

void Crew::tend() {
  const std::lock_guard holding(lock_);
  take_posted();
  for (std::size_t i = 0; i < workers_.size(); ++i) {  // which grow meanwhile
    Worker& one = *workers_[i];
    if (one.job != 0 && one.job == std::exchange(one.seen, one.job)) stops(one);
  }
}

// REQUIRES (both): lock_ is held.
void Crew::stops(Worker& worker) {
  if (!std::exchange(worker.counts, false)) return;
  --running_;
  take_posted();  // what was posted while this one seemed to run
  help();
}

void Crew::runs(Worker& worker) {
  if (!std::exchange(worker.counts, true)) ++running_;
}

void Crew::Worker::waits() noexcept {
  const std::lock_guard holding(crew->lock_);
  crew->stops(*this);
}

void Crew::Worker::goes_on() noexcept {
  const std::lock_guard holding(crew->lock_);
  crew->runs(*this);
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
  if (looking_ && !std::exchange(poked_, true)) source_.poke();
  for (Worker* worker : std::exchange(parked_, {})) {
    ++running_;
    worker->called = true;
    worker->wake.notify_one();
  }
  ended_.wait(holding, [this] { return alive_ == 0; });
  bury(holding);
}

}  // namespace chaffinch::http
