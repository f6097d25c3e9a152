// Few threads for many jobs: as many run at once as there are processors, and one more for each that stands
// still (waiting.h), up to a number. What a job touches is warm then from the one before, which a thread
// for each connection never is: measured on two processors with 64 connections, 64 KiB of a thread's own
// memory cost 28 us to walk instead of 7.
//
// When there is nothing to do, one thread looks for more (an epoll set, say) and the others are parked, the
// last one parked woken first. Parked ones end after half a minute, so that a burst does not keep its memory.
// Jobs run in the order in which they were posted. Safe from any thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include <pthread.h>

#include "waiting.h"

namespace chaffinch::http {

class Crew {
 public:
  class Job {
   public:
    virtual void run() = 0;  // must not throw
    Job* next = nullptr;     // the crew's

   protected:
    ~Job() = default;
  };
  // Where jobs come from. `look` blocks until there is something, posts it with add() and returns; one thread
  // at a time. `poke` ends a look that blocks, or the next one.
  struct Source {
    std::function<void()> look;
    std::function<void()> poke;
  };

  // `most` threads altogether, `busy` of them at once unless they wait; 0: one for each processor.
  explicit Crew(Source source, std::uint32_t most, std::uint32_t busy = 0);
  ~Crew() { wait(); }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  // Has somebody look, if nobody does anything. False: the system gives no thread at all.
  bool start();

  void post(Job& job);                      // it runs some time, on one of the threads
  void add(const std::vector<Job*>& jobs);  // the same, of `look`

  // To be called some times a second: one that has been at the same job since the last time waits for
  // something without having said so (a slow disk), and another one may run until it is done.
  void tend();

  // Returns when all that was posted has run and all threads have ended; `look` is not called any more.
  void wait();

 private:
  struct Worker final : Listening {
    void waits() noexcept override;
    void goes_on() noexcept override;

    Crew* crew = nullptr;
    pthread_t thread{};
    std::condition_variable wake;
    bool called = false;     // all below: guarded by lock_
    bool counts = true;      // among those that run
    std::uint64_t job = 0;   // its number; 0: none
    std::uint64_t seen = 0;  // by the last tend()
  };

  void work(Worker& worker);
  void stops(Worker& worker);
  void runs(Worker& worker);
  void help();  // another one, if there is something for it to do
  void take_posted();
  bool hire();
  void bury(std::unique_lock<std::mutex>& holding);  // joins those that ended

  const Source source_;
  const std::uint32_t most_;
  const std::uint32_t busy_;
  // What was posted, the last one first. Whoever posts takes no lock while enough are running: they look here
  // before they stop.
  std::atomic<Job*> posted_{nullptr};
  std::atomic<std::uint32_t> running_{0};  // alive, not parked, not looking, not waiting; changed under lock_
  std::mutex lock_;
  std::condition_variable ended_;
  std::deque<Job*> jobs_;    // all below: guarded by lock_
  std::uint64_t begun_ = 0;  // jobs
  std::uint32_t alive_ = 0;
  bool looking_ = false;  // one is in `look`
  bool poked_ = false;
  bool closing_ = false;
  std::vector<Worker*> workers_;
  std::vector<Worker*> parked_;  // the last one parked is the warmest
  std::vector<std::unique_ptr<Worker>> dead_;
};

}  // namespace chaffinch::http
