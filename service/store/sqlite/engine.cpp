// Opening, the search index beside the writer, backup, health.
#include "store/sqlite/engine.h"

#include <filesystem>
#include <stdexcept>

#include <sqlite3.h>
#include <sys/statvfs.h>

namespace chaffinch {
namespace sqlite {
namespace {

constexpr std::uint32_t kIndexIdle = 100;  // comments indexed in one step while nothing else is to do
constexpr std::uint32_t kIndexBusy = 32;   // and after a group when too many wait
// That is too many. A burst is caught up with after it; until then searches walk through what is not indexed
// yet, page by page.
constexpr std::int64_t kIndexBehind = 100'000;
constexpr std::uint32_t kIndexForced = 500;

// SQLite's memory statistics cost a lock around every allocation, and nobody reads them.
bool without_statistics() {
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  return true;
}

std::string opened(const StoreOptions& options) {
  without_statistics();
  return file_of(options.address);
}

std::int64_t number(Db& db, const char* text) {
  auto query = db.use(text);
  return query.step() ? query.integer(0) : 0;
}

void know_rows(Db& db, Known& known) {
  const auto rows = number(db, "SELECT count(*) FROM record") + number(db, "SELECT count(*) FROM copy");
  known.size_for(static_cast<std::uint64_t>(rows));
  auto records = db.use("SELECT id FROM record");
  while (records.step()) known.add(known_record(records.integer(0)));
  auto copies = db.use("SELECT site, hash FROM copy");
  while (copies.step()) known.add(known_copy(copies.integer(0), copies.integer(1)));
}

// What is asked of the file before the threads start.
std::string prepared(const StoreOptions& options, const std::string& file) {
  migrate(file, writing(options, file));
  try {
    Db db(writing(options, file));
    const std::string secret = secret_of(db);
    if (number(db, "SELECT value FROM meta WHERE name = 'search_version'") != kSearchVersion) {
      db.exec("BEGIN IMMEDIATE");
      db.exec("INSERT INTO search (search) VALUES ('delete-all')");
      db.exec("UPDATE meta SET value = 0 WHERE name = 'indexed_to'");
      db.use("UPDATE meta SET value = ?1 WHERE name = 'search_version'").bind(kSearchVersion).run();
      db.exec("COMMIT");
    }
    return secret;
  } catch (const SQLite::Exception& error) {
    throw std::runtime_error("cannot open the database '" + file + "': " + trouble_of(error).sentence);
  }
}

}  // namespace

Engine::Engine(const StoreOptions& options)
    : options_(options),
      file_(opened(options)),
      lock_(file_),
      keys_(prepared(options, file_)),
      backlog_(known_, options.backlog_step),
      readers_(reading(options, file_), options.readers),
      checkpoints_(checkpointing(options, file_), options.log_step),
      writer_(std::make_unique<Db>(writing(options, file_)), near_, known_, backlog_,
              {.queue_limit = options.queue_limit, .group_limit = std::max(options.group_limit, 1U)},
              {.step =
                   [this](Db& db) {
                     return index_idle(db, indexed_ + kIndexBehind < last_seq_ ? kIndexBusy : kIndexIdle);
                   },
               .behind = [this] { return indexed_ + kIndexBehind < last_seq_; },
               .between = [this](Db& db) { checkpoints_.between(db); }}) {
  const Done done = read([&](Db& db) -> Done {
    sites_.load(db);
    last_seq_ = std::max(number(db, "SELECT coalesce(max(seq), 0) FROM comment"),
                         number(db, "SELECT value FROM meta WHERE name = 'seq_floor'"));
    indexed_ = indexed_to(db);
    backlog_.numbers_after(number(db, "SELECT value FROM meta WHERE name = 'numbers_after'"));
    know_rows(db, known_);
    near_load(db, near_, Near::Room{}.recent);
    auto query = db.use("SELECT kind, value FROM block");
    while (query.step()) blocked_.add(query.text(0), query.text(1));
    return {};
  });
  if (!done) throw std::runtime_error("cannot read the database '" + file_ + "': " + done.error().what);
  count_again();
  remember_last_hour();
  writer_.wake();
}

bool Engine::index_idle(Db& db, std::uint32_t most) {
  if (indexed_ >= last_seq_) return false;
  db.exec("BEGIN IMMEDIATE");
  const std::uint32_t count = index_some(db, sites_, keys_, most);
  const std::int64_t mark = indexed_to(db);
  db.exec("COMMIT");
  // Numbers that were given to operations that failed leave gaps: none waiting means up to date.
  indexed_ = count == 0 ? last_seq_.load() : mark;
  return count == most;
}

Done Engine::index_step() {
  return writer_.run([&](Change& change) -> Done {
    index_some(change.db, sites_, keys_, kIndexForced);
    const std::int64_t mark = indexed_to(change.db);
    change.after.push_back([this, mark] { indexed_ = std::max(indexed_.load(), mark); });
    return {};
  });
}

Done Engine::backup(const std::string& file, const std::function<void(double part)>& progress) {
  std::error_code ignored;
  if (std::filesystem::exists(file, ignored)) {
    return fail(Code::conflict, "there is a file of this name already", file,
                "name another one, or move it away");
  }
  return copy_store(options_.address, file, progress);
}

Health Engine::health() {
  Health health;
  health.queue_depth = writer_.depth();
  health.queue_limit = options_.queue_limit;
  health.schema_known = schema_known();
  const Done written = writer_.run(Writer::kAside, [](Change& change) -> Done {
    change.db.exec("UPDATE meta SET value = value + 1 WHERE name = 'health'");
    return {};
  });
  if (!written) {
    health.writable = false;
    health.problem = written.error().what;
  }
  if (auto schema = read([](Db& db) -> Result<std::int64_t> { return schema_of(db); }))
    health.schema = *schema;
  struct statvfs disk {};
  const auto folder = std::filesystem::path(file_).parent_path();
  if (::statvfs(folder.empty() ? "." : folder.c_str(), &disk) == 0) {
    health.free_bytes = static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
  }
  return health;
}

void Engine::observe(CommitObserver observer) {
  writer_.observe(std::move(observer));
}

}  // namespace sqlite

std::unique_ptr<Store> open_store(const StoreOptions& options) {
  return std::make_unique<sqlite::Engine>(options);
}

}  // namespace chaffinch
