#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "http/crew.h"
#include "waiting.h"

using chaffinch::Waiting;
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
  void open() {
    const std::scoped_lock holding(lock_);
    open_ = true;
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

struct Job final : Crew::Job {
  explicit Job(std::function<void()> w) : work(std::move(w)) {}
  void run() override { work(); }
  std::function<void()> work;
};

// A crew whose looking waits for a bell and finds what was put there meanwhile.
struct House {
  explicit House(std::uint32_t most, std::uint32_t busy = 2)
      : crew({.look = [this] { look(); }, .poke = [this] { ring({}); }}, most, busy) {
    REQUIRE(crew.start());
  }
  Job& job(std::function<void()> work) {
    const std::scoped_lock holding(lock);
    return jobs.emplace_back(std::move(work));
  }
  void ring(std::vector<Crew::Job*> more) {
    const std::scoped_lock holding(lock);
    found.insert(found.end(), more.begin(), more.end());
    rung = true;
    bell.notify_all();
  }
  void look() {
    std::vector<Crew::Job*> mine;
    {
      std::unique_lock holding(lock);
      CHECK(++looking == 1);
      bell.wait(holding, [this] { return rung; });
      rung = false;
      --looking;
      mine.swap(found);
    }
    crew.add(mine);
  }

  std::mutex lock;
  std::condition_variable bell;
  bool rung = false;
  int looking = 0;
  std::vector<Crew::Job*> found;
  std::deque<Job> jobs;
  Crew crew;
};

}  // namespace

TEST_SUITE_BEGIN("http");

TEST_CASE("a crew runs what was posted and what was found, each once, on few threads") {
  std::mutex lock;
  std::set<std::thread::id> threads;
  std::atomic<int> done{0};
  House house(50);
  const auto work = [&] {
    const std::scoped_lock holding(lock);
    threads.insert(std::this_thread::get_id());
    ++done;
  };
  std::vector<std::thread> posters;
  for (int i = 0; i < 4; ++i) {
    posters.emplace_back([&, i] {
      for (int k = 0; k < 500; ++k) {
        Job& job = house.job(work);
        if (i % 2 == 0)
          house.crew.post(job);
        else
          house.ring({&job});
      }
    });
  }
  for (std::thread& one : posters) one.join();
  std::atomic<bool> last{false};
  house.crew.post(house.job([&] { last = true; }));
  while (done < 2000 || !last) std::this_thread::yield();
  house.crew.wait();
  CHECK(done == 2000);
  CHECK(threads.size() <= 4);  // two at once, and those who were parked meanwhile
}

TEST_CASE("jobs of one poster run in their order") {
  std::vector<int> order;  // one thread at a time: busy is 1
  House house(1, 1);
  for (int i = 0; i < 300; ++i) house.crew.post(house.job([&order, i] { order.push_back(i); }));
  house.crew.wait();
  REQUIRE(order.size() == 300);
  for (int i = 0; i < 300; ++i) CHECK(order[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("a crew has no more jobs at once than it may, unless they wait") {
  Room room;
  House house(20, 2);
  for (int i = 0; i < 5; ++i) house.crew.post(house.job([&] { room.enter(); }));
  REQUIRE(room.holds(2));
  CHECK(room.threads() == 2);
  room.open();
  house.crew.wait();

  Room waiting;
  House other(20, 2);
  for (int i = 0; i < 10; ++i) {
    other.crew.post(other.job([&] {
      const Waiting wait;
      const Waiting again;  // counts once
      waiting.enter();
    }));
  }
  REQUIRE(waiting.holds(10));
  std::atomic<bool> ran{false};
  other.ring({&other.job([&] { ran = true; })});
  while (!ran) std::this_thread::yield();
  waiting.open();
  other.crew.wait();
}

TEST_CASE("jobs that wait without having said so hold up the others for two looks at most") {
  Room room;
  House house(20, 2);
  for (int i = 0; i < 3; ++i) house.crew.post(house.job([&] { room.enter(); }));
  REQUIRE(room.holds(2));
  house.crew.tend();
  house.crew.tend();
  REQUIRE(room.holds(3));
  std::atomic<bool> ran{false};
  house.crew.tend();
  house.crew.tend();
  house.ring({&house.job([&] { ran = true; })});  // one looks meanwhile
  while (!ran) std::this_thread::yield();
  room.open();
  house.crew.wait();
}

// Some nanoseconds each.
void turn_around(int times) {
  for (std::atomic<int> turn{0}; turn < times; ++turn) {
  }
}

TEST_CASE("what is posted while the last one begins to wait is not left lying") {
  House house(10, 1);
  int lost = 0;
  for (int i = 0; i < 20'000 && lost == 0; ++i) {
    std::atomic<bool> begun{false}, ran{false}, over{false};
    Job& first = house.job([&] {
      begun = true;
      turn_around(i / 100);
      const Waiting wait;
      const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
      while (!ran && std::chrono::steady_clock::now() < until) std::this_thread::yield();
      lost += ran ? 0 : 1;
      over = true;
    });
    Job& second = house.job([&] { ran = true; });
    house.crew.post(first);
    while (!begun) {
    }
    turn_around(i % 100);
    house.crew.post(second);
    while (!over) std::this_thread::yield();
  }
  house.crew.wait();
  CHECK(lost == 0);
}

TEST_CASE("a crew never has more threads than it was given") {
  Room room;
  House house(3, 2);
  for (int i = 0; i < 8; ++i) {
    house.crew.post(house.job([&] {
      const Waiting wait;
      room.enter();
    }));
  }
  REQUIRE(room.holds(3));
  CHECK(room.threads() == 3);
  room.open();
  house.crew.wait();
  CHECK(room.threads() == 3);
}

TEST_CASE("a crew with jobs under way ends when they do, and takes what they post") {
  Room room;
  std::atomic<int> done{0};
  House house(8, 4);
  for (int i = 0; i < 4; ++i) {
    house.crew.post(house.job([&] {
      room.enter();
      house.crew.post(house.job([&] { ++done; }));
    }));
  }
  REQUIRE(room.holds(4));
  std::thread opener([&] { room.open(); });
  house.crew.wait();
  CHECK(done == 4);
  opener.join();
}

TEST_SUITE_END();
