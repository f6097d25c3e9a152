#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

#include <sqlite3.h>

#include "store_house.h"

using namespace chaffinch;

TEST_SUITE_BEGIN("store");

namespace {

// Keeps the file's write lock, as a stuck disk would, until it is let go.
class Stuck {
 public:
  explicit Stuck(const std::string& file) {
    REQUIRE(sqlite3_open(file.c_str(), &db_) == SQLITE_OK);
    sqlite3_busy_timeout(db_, 5000);
    REQUIRE(sqlite3_exec(db_, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  }
  ~Stuck() { let_go(); }
  Stuck(const Stuck&) = delete;
  Stuck& operator=(const Stuck&) = delete;
  void let_go() {
    if (db_ != nullptr) sqlite3_close(db_);
    db_ = nullptr;
  }

 private:
  sqlite3* db_ = nullptr;
};

// What those are told who do not wait.
struct Heard {
  Store::Then one() {
    return [this](Result<Kept> said, std::shared_ptr<const void> rest) {
      const std::scoped_lock holding(lock);
      kept.push_back(std::move(said));
      remains += rest != nullptr ? 1 : 0;
      changed.notify_all();
    };
  }
  std::size_t count() {
    const std::scoped_lock holding(lock);
    return kept.size();
  }
  bool all(std::size_t wanted) {
    std::unique_lock holding(lock);
    return changed.wait_for(holding, std::chrono::seconds(20), [&] { return kept.size() >= wanted; });
  }

  std::mutex lock;
  std::condition_variable changed;
  std::vector<Result<Kept>> kept;
  int remains = 0;
};

}  // namespace

TEST_CASE("everybody writes and reads at once, and every acknowledged comment is there exactly once") {
  House house;
  constexpr int kThreads = 12, kEach = 40;
  std::vector<std::vector<Id>> kept(kThreads);
  std::atomic<int> failed{0}, running{kThreads};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        Draft draft;
        draft.ip = "192.0.2." + std::to_string(t);
        draft.copy_hash = static_cast<std::uint64_t>(i + 1);
        draft.domains = {"shop" + std::to_string(i % 3) + ".example"};
        const auto recalled = house.store->recall(probe_of(draft, true));
        Keep keep = keep_of(draft);
        keep.reservation = recalled ? recalled->reservation : 0;
        const Id id = keep.comment.id;
        if (!recalled || !house.store->keep(std::move(keep))) {
          ++failed;
          continue;
        }
        kept[static_cast<std::size_t>(t)].push_back(id);
        if (i % 4 == 0 && !house.store->settle(deciding(DecisionKind::spam, {id}))) ++failed;
      }
      --running;
    });
  }
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      while (running > 0) {
        QueueQuery query = in_site();
        if (t == 1) query.text = "thoughtful";
        if (t == 2) query.sort = Sort::score;
        if (!house.store->queue(query)) ++failed;
        if (!house.store->stats("blog")) ++failed;
        if (t == 0 && !house.store->index_step()) ++failed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(failed == 0);
  QueueQuery query = in_site();
  query.status.reset();
  const std::vector<Id> all = all_of(*house.store, query);
  CHECK(all.size() == kThreads * kEach);
  const std::set<Id> unique(all.begin(), all.end());
  for (const auto& mine : kept) {
    for (const Id& id : mine) CHECK(unique.contains(id));
  }
  const SiteStats stats = value_of(house.store->stats("blog"));
  CHECK(stats.spam == kThreads * kEach / 4);
  CHECK(stats.pending + stats.spam == kThreads * kEach);
  const Facts facts = value_of(house.store->recall(probe_of({}))).facts;
  CHECK(facts.email.pending == stats.pending);
  CHECK(facts.email.spam == stats.spam);
}

TEST_CASE("one operation's failure fails one: its neighbours in the group are kept") {
  House house;
  std::atomic<int> good{0}, refused{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 32; ++t) {
    threads.emplace_back([&, t] {
      Draft draft;
      if (t % 2 == 0) draft.site = "nowhere";
      (house.store->keep(keep_of(draft)) ? good : refused)++;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(good == 16);
  CHECK(refused == 16);
  CHECK(value_of(house.store->stats("blog")).pending == 16);
  CHECK(value_of(house.store->recall(probe_of({}))).facts.email.pending == 16);
}

TEST_CASE("one that fails after it changed something leaves nothing of itself and takes nobody along") {
  House house;
  std::atomic<int> started{0}, good{0}, refused{0};
  {
    // All wait for one group; the half of them has one id, each with an article of its own that is made
    // first.
    Stuck stuck(house.file());
    const Keep same = keep_of({});
    std::vector<std::thread> threads;
    for (int t = 0; t < 32; ++t) {
      threads.emplace_back([&, t] {
        Draft draft;
        draft.article = "article-" + std::to_string(t);
        Keep keep = keep_of(draft);
        if (t % 2 == 0) keep.comment.id = same.comment.id;
        ++started;
        (house.store->keep(std::move(keep)) ? good : refused)++;
      });
    }
    while (started < 32) std::this_thread::yield();
    stuck.let_go();
    for (std::thread& thread : threads) thread.join();
  }
  CHECK(good == 17);
  CHECK(refused == 15);
  CHECK(value_of(house.store->stats("blog")).pending == 17);
  CHECK(value_of(house.store->recall(probe_of({}))).facts.email.pending == 17);
  CHECK(value_of(house.store->articles("blog", {}, 100)).items.size() == 17);
  CHECK(all_of(*house.store, in_site()).size() == 17);
}

TEST_CASE("the same id twice is refused, and what it would have counted is not counted") {
  House house;
  const Keep keep = keep_of({});
  REQUIRE(house.store->keep(keep).has_value());
  CHECK_FALSE(house.store->keep(keep).has_value());
  CHECK(value_of(house.store->stats("blog")).pending == 1);
  CHECK(value_of(house.store->recall(probe_of({}))).facts.email.pending == 1);
}

TEST_CASE("a full queue answers unavailable at once, and what waits in vain is never carried out") {
  StoreOptions options;
  options.queue_limit = 4;
  options.group_limit = 1;
  House house(options);
  Stuck stuck(house.file());
  // The same of comments that nobody waits for, in a store of their own.
  House unheard(options);
  Stuck stuck_as_well(unheard.file());
  Heard heard;
  for (int i = 0; i < 16; ++i) unheard.store->keep(keep_of({}), heard.one());
  CHECK(heard.count() >= 11);  // at once: the writer holds one, four wait

  std::atomic<int> kept{0}, unavailable{0}, other{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&] {
      const auto answer = house.store->keep(keep_of({}));
      if (answer) {
        ++kept;
      } else if (answer.error().code == Code::unavailable && answer.error().retry_after > 0) {
        ++unavailable;
      } else {
        ++other;
      }
    });
  }
  // The writer holds one, four wait: the others are told at once, while nothing moves. The four wait ten
  // seconds at most, then they are told as well.
  for (std::thread& thread : threads) thread.join();
  stuck.let_go();
  CHECK(other == 0);
  CHECK(unavailable == 16);
  CHECK(kept == 0);
  CHECK(house.store->health().writable);
  CHECK(value_of(house.store->count(in_site(), 100)).count == 0);
  CHECK(value_of(house.store->recall(probe_of({}))).facts.recent_address_1h == 0);

  REQUIRE(heard.all(16));
  stuck_as_well.let_go();
  for (const Result<Kept>& one : heard.kept) {
    CHECK(refusal(one).code == Code::unavailable);
    CHECK(refusal(one).retry_after > 0);
  }
  CHECK(value_of(unheard.store->count(in_site(), 100)).count == 0);
  CHECK(value_of(unheard.store->recall(probe_of({}))).facts.recent_address_1h == 0);
}

TEST_CASE("who does not wait is told once, after the group is on disk, with what he brought along") {
  Heard heard;
  {
    House house;
    for (int i = 0; i < 200; ++i) {
      Draft draft;
      if (i % 5 == 0) draft.site = "nowhere";
      house.store->keep(keep_of(draft), heard.one());
    }
    REQUIRE(heard.all(200));
    CHECK(value_of(house.store->stats("blog")).pending == 160);
    CHECK(value_of(house.store->recall(probe_of({}))).facts.email.pending == 160);
    int refused = 0;
    for (const Result<Kept>& one : heard.kept) {
      if (one)
        CHECK(value_of(house.store->comment("", one->id)).status == Status::pending);
      else
        refused += one.error().code == Code::not_found ? 1 : 0;
    }
    CHECK(refused == 40);

    // One key makes one comment, whether or not somebody waits for it.
    Keep first = keep_of({}), second = keep_of({});
    first.once = second.once = {.scope = "blog", .key = "k", .fingerprint = "f", .at = 0};
    house.store->keep(first, heard.one());
    const Kept again = value_of(house.store->keep(second));
    CHECK(again.replayed);
    REQUIRE(heard.all(201));
    CHECK(value_of(heard.kept.back()).id == again.id);

    // A store that closes carries out what it took.
    for (int i = 0; i < 50; ++i) house.store->keep(keep_of({}), heard.one());
  }
  REQUIRE(heard.all(251));
  CHECK(std::count_if(heard.kept.begin() + 201, heard.kept.end(),
                      [](const auto& one) { return one.has_value(); }) == 50);
  CHECK(heard.remains == 251);  // each held something, until it was let go here
}
