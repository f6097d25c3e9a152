#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

#include "http/crew.h"

using chaffinch::http::Crew;

namespace {

// Jobs wait here until they are let go.
class Room {
 public:
  void enter() {
    std::unique_lock holding(lock_);
    threads_.insert(std::this_thread::get_id());
    ++inside_;
    changed_.notify_all();
    CHECK(changed_.wait_for(holding, std::chrono::seconds(20), [this] { return open_; }));
    --inside_;
    changed_.notify_all();
  }
  bool holds(int count) {
    std::unique_lock holding(lock_);
    return changed_.wait_for(holding, std::chrono::seconds(20), [&] { return inside_ == count; });
  }
  void open(bool is) {
    const std::scoped_lock holding(lock_);
    open_ = is;
    changed_.notify_all();
  }
  std::size_t threads() {
    const std::scoped_lock holding(lock_);
    return threads_.size();
  }

 private:
  std::mutex lock_;
  std::condition_variable changed_;
  bool open_ = false;
  int inside_ = 0;
  std::set<std::thread::id> threads_;
};

}  // namespace

TEST_SUITE_BEGIN("http");

TEST_CASE("a crew runs as many jobs at once as it was given, and refuses one more") {
  Room room;
  Crew crew(3);
  for (int i = 0; i < 3; ++i) CHECK(crew.take([&] { room.enter(); }));
  REQUIRE(room.holds(3));
  CHECK_FALSE(crew.take([] { FAIL("a job too many"); }));
  CHECK(room.threads() == 3);
  room.open(true);
  REQUIRE(room.holds(0));
  crew.wait();
  CHECK_FALSE(crew.take([] { FAIL("a job too late"); }));
}

TEST_CASE("a crew uses its threads again") {
  std::mutex lock;
  std::set<std::thread::id> threads;
  std::atomic<int> done{0};
  Crew crew(2);
  int taken = 0;
  while (taken < 500) {
    // Refused only while both are at work.
    if (crew.take([&] {
          const std::scoped_lock holding(lock);
          threads.insert(std::this_thread::get_id());
          ++done;
        }))
      ++taken;
    else
      std::this_thread::yield();
  }
  crew.wait();
  CHECK(done == 500);
  CHECK(threads.size() <= 2);
}

TEST_CASE("a crew lets go of what a job held when the job is done, not when its thread ends") {
  auto held = std::make_shared<int>(7);
  std::weak_ptr<int> seen = held;
  Crew crew(1);
  CHECK(crew.take([held] { CHECK(*held == 7); }));
  held.reset();
  // A second job is taken only when the thread is free again.
  while (!crew.take([] {})) std::this_thread::yield();
  CHECK(seen.expired());
}

TEST_CASE("a crew with jobs under way ends when they do") {
  Room room;
  std::thread opener;
  {
    Crew crew(4);
    for (int i = 0; i < 4; ++i) CHECK(crew.take([&] { room.enter(); }));
    REQUIRE(room.holds(4));
    opener = std::thread([&] { room.open(true); });
  }
  CHECK(room.holds(0));
  opener.join();
}

TEST_SUITE_END();
