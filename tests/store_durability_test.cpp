// What was acknowledged survives: a power cut at a random moment, a disk that is full.
//
// The power cut: an SQLite VFS over the usual one that keeps what a sync has not carried to the disk apart,
// for the database and its log alike. A cut throws all of that away at once, as a machine does that loses its
// power. (A killed process would not do: the page cache outlives it.)
#include <csignal>
#include <cstring>
#include <map>
#include <mutex>
#include <random>
#include <thread>

#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store_house.h"

using namespace chaffinch;

TEST_SUITE_BEGIN("store");

namespace {

// The content of each file as the program sees it, and as the disk holds it.
struct Disk {
  struct File {
    std::string seen;
    std::string held;
  };
  std::mutex lock;
  std::map<std::string, File> files;
  bool cut = false;  // from here on nothing reaches the disk
};

Disk* the_disk = nullptr;  // a VFS has no place for an argument of its own

struct Handle {
  sqlite3_file base;
  std::string* name;
  sqlite3_file* real;  // of the usual VFS: for locks and shared memory only
};

Handle* handle(sqlite3_file* file) {
  return reinterpret_cast<Handle*>(file);
}
sqlite3_file* real(sqlite3_file* file) {
  return handle(file)->real;
}

int shim_close(sqlite3_file* file) {
  Handle* one = handle(file);
  if (one->real != nullptr) {
    if (one->real->pMethods != nullptr) one->real->pMethods->xClose(one->real);
    sqlite3_free(one->real);
  }
  delete one->name;
  return SQLITE_OK;
}
int shim_read(sqlite3_file* file, void* out, int amount, sqlite3_int64 at) {
  const std::lock_guard guard(the_disk->lock);
  const std::string& seen = the_disk->files[*handle(file)->name].seen;
  const auto from = static_cast<std::size_t>(at), wish = static_cast<std::size_t>(amount);
  const std::size_t have = from >= seen.size() ? 0 : std::min(wish, seen.size() - from);
  if (have > 0) std::memcpy(out, seen.data() + from, have);
  if (have == wish) return SQLITE_OK;
  std::memset(static_cast<char*>(out) + have, 0, wish - have);
  return SQLITE_IOERR_SHORT_READ;
}
int shim_write(sqlite3_file* file, const void* from, int amount, sqlite3_int64 at) {
  const std::lock_guard guard(the_disk->lock);
  std::string& seen = the_disk->files[*handle(file)->name].seen;
  const auto to = static_cast<std::size_t>(at), size = static_cast<std::size_t>(amount);
  if (seen.size() < to + size) seen.resize(to + size);
  std::memcpy(seen.data() + to, from, size);
  return SQLITE_OK;
}
int shim_truncate(sqlite3_file* file, sqlite3_int64 size) {
  const std::lock_guard guard(the_disk->lock);
  the_disk->files[*handle(file)->name].seen.resize(static_cast<std::size_t>(size));
  return SQLITE_OK;
}
int shim_sync(sqlite3_file* file, int) {
  const std::lock_guard guard(the_disk->lock);
  Disk::File& one = the_disk->files[*handle(file)->name];
  if (!the_disk->cut) one.held = one.seen;
  return SQLITE_OK;
}
int shim_size(sqlite3_file* file, sqlite3_int64* size) {
  const std::lock_guard guard(the_disk->lock);
  *size = static_cast<sqlite3_int64>(the_disk->files[*handle(file)->name].seen.size());
  return SQLITE_OK;
}
int shim_lock(sqlite3_file* file, int how) {
  return real(file) ? real(file)->pMethods->xLock(real(file), how) : SQLITE_OK;
}
int shim_unlock(sqlite3_file* file, int how) {
  return real(file) ? real(file)->pMethods->xUnlock(real(file), how) : SQLITE_OK;
}
int shim_reserved(sqlite3_file* file, int* out) {
  *out = 0;
  return real(file) ? real(file)->pMethods->xCheckReservedLock(real(file), out) : SQLITE_OK;
}
int shim_control(sqlite3_file*, int, void*) {
  return SQLITE_NOTFOUND;
}
int shim_sector(sqlite3_file*) {
  return 4096;
}
// No promise of atomic or ordered writes: the database may rely on syncs alone.
int shim_traits(sqlite3_file*) {
  return 0;
}
int shim_shm_map(sqlite3_file* f, int a, int b, int c, void volatile** d) {
  return real(f)->pMethods->xShmMap(real(f), a, b, c, d);
}
int shim_shm_lock(sqlite3_file* f, int a, int b, int c) {
  return real(f)->pMethods->xShmLock(real(f), a, b, c);
}
void shim_shm_barrier(sqlite3_file* f) {
  real(f)->pMethods->xShmBarrier(real(f));
}
int shim_shm_unmap(sqlite3_file* f, int a) {
  return real(f)->pMethods->xShmUnmap(real(f), a);
}

const sqlite3_io_methods kMethods = {
    2,           shim_close,   shim_read,     shim_write,       shim_truncate,  shim_sync,
    shim_size,   shim_lock,    shim_unlock,   shim_reserved,    shim_control,   shim_sector,
    shim_traits, shim_shm_map, shim_shm_lock, shim_shm_barrier, shim_shm_unmap, nullptr,
    nullptr};

int shim_open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out) {
  Handle* one = handle(file);
  one->name = new std::string(name == nullptr ? "temporary" : name);
  one->real = nullptr;
  one->base.pMethods = &kMethods;
  auto* usual = static_cast<sqlite3_vfs*>(vfs->pAppData);
  if ((flags & SQLITE_OPEN_MAIN_DB) != 0) {
    one->real = static_cast<sqlite3_file*>(sqlite3_malloc(usual->szOsFile));
    std::memset(one->real, 0, static_cast<std::size_t>(usual->szOsFile));
    const int code = usual->xOpen(usual, name, one->real, flags, out);
    if (code != SQLITE_OK) {
      shim_close(file);
      one->base.pMethods = nullptr;
      return code;
    }
  }
  if (out != nullptr) *out = flags;
  const std::lock_guard guard(the_disk->lock);
  the_disk->files[*one->name];
  return SQLITE_OK;
}
int shim_delete(sqlite3_vfs*, const char* name, int) {
  const std::lock_guard guard(the_disk->lock);
  if (the_disk->cut)
    the_disk->files[name].seen.clear();
  else
    the_disk->files.erase(name);
  return SQLITE_OK;
}
int shim_access(sqlite3_vfs*, const char* name, int, int* out) {
  const std::lock_guard guard(the_disk->lock);
  const auto found = the_disk->files.find(name);
  *out = found != the_disk->files.end() && !found->second.seen.empty() ? 1 : 0;
  return SQLITE_OK;
}

// Registers the shim for as long as it lives.
class Shim {
 public:
  Shim() : vfs_(*sqlite3_vfs_find(nullptr)) {
    the_disk = &disk_;
    vfs_.pAppData = sqlite3_vfs_find(nullptr);
    vfs_.zName = "powercut";
    vfs_.szOsFile = sizeof(Handle);
    vfs_.xOpen = shim_open;
    vfs_.xDelete = shim_delete;
    vfs_.xAccess = shim_access;
    vfs_.pNext = nullptr;
    sqlite3_vfs_register(&vfs_, 0);
  }
  ~Shim() {
    sqlite3_vfs_unregister(&vfs_);
    the_disk = nullptr;
  }
  Shim(const Shim&) = delete;
  Shim& operator=(const Shim&) = delete;

  void cut() {
    const std::lock_guard guard(disk_.lock);
    disk_.cut = true;
  }
  bool is_cut() {
    const std::lock_guard guard(disk_.lock);
    return disk_.cut;
  }
  // The machine comes up again, with what the disk holds.
  void power() {
    const std::lock_guard guard(disk_.lock);
    for (auto& [name, file] : disk_.files) file.seen = file.held;
    disk_.cut = false;
  }

 private:
  Disk disk_;
  sqlite3_vfs vfs_;
};

std::string check(const std::string& file, const char* vfs, const char* question = "PRAGMA integrity_check") {
  sqlite3* db = nullptr;
  std::string answer;
  if (sqlite3_open_v2(file.c_str(), &db, SQLITE_OPEN_READWRITE, vfs) != SQLITE_OK) {
    answer = sqlite3_errmsg(db);
  } else {
    const auto take = [](void* to, int, char** values, char**) {
      *static_cast<std::string*>(to) += values[0] == nullptr ? "" : values[0];
      return 0;
    };
    if (sqlite3_exec(db, question, take, &answer, nullptr) != SQLITE_OK) answer = sqlite3_errmsg(db);
  }
  sqlite3_close(db);
  return answer;
}

struct Outcome {
  std::size_t acknowledged = 0;
  std::size_t lost = 0;
  std::string integrity;
};

// Writes from several threads, cuts the power after some writes, starts again and looks for what was
// acknowledged.
Outcome power_cut(const std::string& synchronous, std::uint32_t seed, std::uint32_t log_step = 4000) {
  Shim shim;
  Folder folder;
  StoreOptions options;
  options.address = "sqlite:" + (folder / "x.db").string();
  options.vfs = "powercut";
  options.synchronous = synchronous;
  options.log_step = log_step;
  options.readers = 2;
  const std::string file = options.address.substr(7);
  auto store = open_store(options);
  done(store->add_site(site_named("blog"), {}).map([](auto&&) {}));

  std::mt19937 random(seed);
  const std::size_t until = 20 + random() % 200;
  std::mutex lock;
  std::vector<Id> acknowledged;  // guarded by lock
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      while (true) {
        Keep keep = keep_of({});
        const Id id = keep.comment.id;
        const auto kept = store->keep(std::move(keep));
        const std::lock_guard guard(lock);
        // Whatever is answered after the cut was answered by a machine without power.
        if (!kept || shim.is_cut()) return;
        acknowledged.push_back(id);
        if (acknowledged.size() == until) shim.cut();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  store.reset();
  shim.power();
  Outcome outcome;
  outcome.acknowledged = acknowledged.size();
  for (const char* gone : {"-shm", "-wal"}) std::filesystem::remove(file + gone);
  try {
    store = open_store(options);
    for (const Id& id : acknowledged) {
      const auto detail = store->detail({}, id, kNoon);
      if (!detail || detail->verdict != keep_of({}).verdict) ++outcome.lost;
    }
    QueueQuery query;
    query.now = kNoon;
    if (all_of(*store, query).size() < acknowledged.size() - outcome.lost) ++outcome.lost;
    store.reset();
    outcome.integrity = check(file, "powercut");
  } catch (const std::runtime_error& error) {
    outcome.lost = acknowledged.size();
    outcome.integrity = error.what();
  }
  return outcome;
}

}  // namespace

TEST_CASE("an acknowledged comment survives a power cut at any moment") {
  for (std::uint32_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    const Outcome outcome = power_cut("FULL", seed);
    CHECK(outcome.acknowledged >= 20);
    CHECK(outcome.lost == 0);
    CHECK(outcome.integrity == "ok");
  }
}

TEST_CASE("it survives as well while the log is being carried over to the file") {
  for (std::uint32_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    const Outcome outcome = power_cut("FULL", seed, 8);
    CHECK(outcome.acknowledged >= 20);
    CHECK(outcome.lost == 0);
    CHECK(outcome.integrity == "ok");
  }
}

TEST_CASE("the log stays short while everybody writes and reads, and all of it is carried over") {
  StoreOptions options;
  options.log_step = 50;
  House house(options);
  constexpr std::size_t kThreads = 4, kEach = 500;
  // Eight steps, what one group may add, and a little for a reader that was in the way once or twice.
  constexpr std::uintmax_t kMost = (8 * 50 + 600) * (4096 + 24);
  std::atomic<std::uintmax_t> longest{0};
  std::atomic<std::size_t> at_work{kThreads};
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (std::size_t i = 0; i < kEach; ++i) {
        Draft draft;
        draft.content = std::string(600, 'x');
        add(*house.store, draft);
        const auto size = std::filesystem::file_size(house.file() + "-wal");
        for (std::uintmax_t seen = longest; seen < size && !longest.compare_exchange_weak(seen, size);) {
        }
      }
      --at_work;
    });
  }
  threads.emplace_back([&] {
    while (at_work > 0) (void)house.store->queue(in_site());
  });
  for (std::thread& thread : threads) thread.join();
  CHECK(longest > 50 * 4096);
  const std::uintmax_t seen = longest;
  CAPTURE(seen);
  CHECK(seen < kMost);
  CHECK(std::filesystem::file_size(house.file()) > 1'000'000);  // most of it is there before the store closes
  CHECK(value_of(house.store->stats("blog")).pending == kThreads * kEach);
}

TEST_CASE("without fsync the same power cut loses comments: the test can see it") {
  std::size_t lost = 0;
  for (std::uint32_t seed = 1; seed <= 3; ++seed) lost += power_cut("OFF", seed).lost;
  CHECK(lost > 0);
}

TEST_CASE("a full disk answers unavailable, keeps nothing half, and serves again when there is room") {
  Folder folder;
  StoreOptions options;
  options.address = "sqlite:" + (folder / "x.db").string();
  const std::string file = options.address.substr(7);
  // In a child, since the limit holds for the whole process. Its exit code is the number of the check that
  // failed.
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const auto require = [](bool good, int number) {
      if (!good) ::_exit(number);
    };
    auto store = open_store(options);
    require(store->add_site(site_named("blog"), {}).has_value(), 1);
    std::atomic<int> told{0};
    store->observe({.committed = {}, .failed = [&](std::string_view) { ++told; }});
    std::vector<Id> kept;
    Draft big;
    big.content = std::string(20'000, 'x');
    for (int i = 0; i < 5; ++i) {
      Keep keep = keep_of(big);
      kept.push_back(keep.comment.id);
      require(store->keep(std::move(keep)).has_value(), 2);
    }
    rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    const rlimit full{.rlim_cur = static_cast<rlim_t>(std::filesystem::file_size(file + "-wal")) + 100'000,
                      .rlim_max = limit.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &full);
    std::vector<Id> refused;
    for (int i = 0; i < 20; ++i) {
      Keep keep = keep_of(big);
      keep.copy_hash = 5;
      const Id id = keep.comment.id;
      const auto answer = store->keep(std::move(keep));
      if (answer) {
        kept.push_back(id);
        continue;
      }
      require(answer.error().code == Code::unavailable, 3);
      require(answer.error().retry_after > 0 && !answer.error().what.empty(), 4);
      refused.push_back(id);
    }
    require(!refused.empty(), 5);
    require(told > 0, 6);
    bool told_by_health = false;  // small writes still find a little room
    for (int i = 0; i < 100 && !told_by_health; ++i) told_by_health = !store->health().writable;
    require(told_by_health, 7);
    for (const Id& id : kept) require(store->comment({}, id).has_value(), 8);
    for (const Id& id : refused) require(!store->comment({}, id).has_value(), 9);
    ::setrlimit(RLIMIT_FSIZE, &limit);
    require(store->health().writable, 10);
    Keep keep = keep_of(big);
    kept.push_back(keep.comment.id);
    require(store->keep(std::move(keep)).has_value(), 11);
    store.reset();
    store = open_store(options);
    for (const Id& id : kept) require(store->comment({}, id).has_value(), 12);
    QueueQuery query;
    query.now = kNoon;
    const auto count = store->count(query, 1000);
    require(count && count->count == kept.size(), 13);
    store.reset();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(check(file, nullptr) == "ok");
}
