// Threads on demand: one for each job that runs, never more than a number, a parked one used again before
// another is made. Parked threads end after half a minute, so that a burst does not keep its memory.
//
// Made for connections: a job lasts as long as a connection does and there is no queue; a job that finds no
// thread is refused at once. Safe from any thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include <pthread.h>

namespace chaffinch::http {

class Crew {
 public:
  explicit Crew(std::uint32_t most) : most_(most) {}
  ~Crew() { wait(); }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  // False when all are busy, when the system gives no thread, or after wait(). Jobs must not throw.
  bool take(std::function<void()> job);

  // Returns when all jobs are done and all threads have ended. No job is taken any more.
  void wait();

 private:
  struct Worker {
    Crew* crew = nullptr;
    pthread_t thread{};
    std::condition_variable wake;
    std::function<void()> job;  // guarded by lock_ while parked
  };

  void work(Worker& worker);
  void bury(std::unique_lock<std::mutex>& holding);  // joins those that ended

  const std::uint32_t most_;
  std::mutex lock_;
  std::condition_variable ended_;
  std::uint32_t alive_ = 0;  // all below: guarded by lock_
  bool closing_ = false;
  std::vector<Worker*> parked_;  // the last one parked is the warmest
  std::vector<std::unique_ptr<Worker>> dead_;
};

}  // namespace chaffinch::http
