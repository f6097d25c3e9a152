#include "store/sqlite/schema.h"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include <SQLiteCpp/Exception.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include "secrets.h"
#include "sqlite_schema.h"

namespace chaffinch::sqlite {
namespace {

// "CHFN" in the file's header, so that file(1) and we know it again.
constexpr std::int64_t kApplication = 0x4348464E;

std::int64_t number_of(std::string_view name) {
  std::int64_t number = 0;
  std::from_chars(name.data(), name.data() + name.size(), number);
  return number;
}

std::int64_t pragma(SQLite::Database& db, const char* text) {
  return db.execAndGet(text).getInt64();
}

void apply(SQLite::Database& db, std::string_view name, std::string_view text) {
  db.exec("BEGIN IMMEDIATE");
  try {
    db.exec(std::string(text));
    db.exec("PRAGMA user_version = " + std::to_string(number_of(name)));
    db.exec("COMMIT");
  } catch (const SQLite::Exception& error) {
    if (sqlite3_get_autocommit(db.getHandle()) == 0) db.exec("ROLLBACK");
    throw std::runtime_error("the migration " + std::string(name) + " failed: " + error.what());
  }
}

}  // namespace

std::string file_of(const std::string& address) {
  constexpr std::string_view kScheme = "sqlite:";
  if (!address.starts_with(kScheme) || address.size() == kScheme.size()) {
    throw std::runtime_error("the store's address is '" + address + "'; it has the form sqlite:<file>");
  }
  const std::string file = address.substr(kScheme.size());
  const auto folder = std::filesystem::path(file).parent_path();
  if (!folder.empty() && !std::filesystem::is_directory(folder)) {
    throw std::runtime_error("there is no folder '" + folder.string() + "' for the database; make it first");
  }
  return file;
}

Lock::Lock(const std::string& file) {
  const std::string name = file + ".lock";
  descriptor_ = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor_ < 0) throw std::runtime_error("cannot open '" + name + "': " + std::strerror(errno));
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    const int why = errno;
    ::close(descriptor_);
    if (why == EWOULDBLOCK) {
      throw std::runtime_error("another process is writing '" + file +
                               "'; stop it first, or use its API (backup works while it runs)");
    }
    throw std::runtime_error("cannot lock '" + name + "': " + std::strerror(why));
  }
}

Lock::~Lock() {
  ::close(descriptor_);
}

Db::Options writing(const StoreOptions& options, const std::string& file) {
  Db::Options one;
  one.file = file;
  one.vfs = options.vfs;
  one.synchronous = options.synchronous;
  one.writes = true;
  one.cache_kib = 8 * 1024;
  return one;
}

Db::Options reading(const StoreOptions& options, const std::string& file) {
  Db::Options one;
  one.file = file;
  one.vfs = options.vfs;
  one.cache_kib = 2 * 1024;  // emptied by every commit; enough for what one call reads
  return one;
}

Db::Options checkpointing(const StoreOptions& options, const std::string& file) {
  Db::Options one = writing(options, file);
  one.cache_kib = 64;  // it reads no rows
  return one;
}

std::int64_t schema_known() {
  return number_of(kSqliteSchema.back().first);
}

std::int64_t schema_of(Db& db) {
  auto query = db.use("PRAGMA user_version");
  return query.step() ? query.integer(0) : 0;
}

void migrate(const std::string& file, const Db::Options& options) {
  try {
    SQLite::Database db(file, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 10'000, options.vfs);
    const std::int64_t version = pragma(db, "PRAGMA user_version");
    const std::int64_t application = pragma(db, "PRAGMA application_id");
    const std::int64_t tables = pragma(db, "SELECT count(*) FROM sqlite_schema");
    if (application != kApplication && (tables > 0 || version != 0)) {
      throw std::runtime_error("'" + file + "' is an SQLite database of something else; name another file");
    }
    if (version > schema_known()) {
      throw std::runtime_error("'" + file + "' was written by a newer version (schema " +
                               std::to_string(version) + ", this program knows " +
                               std::to_string(schema_known()) + "); use that version");
    }
    db.exec("PRAGMA application_id = " + std::to_string(kApplication));
    db.exec("PRAGMA journal_mode = WAL");
    db.exec("PRAGMA synchronous = FULL");
    for (const auto& [name, text] : kSqliteSchema) {
      if (number_of(name) > version) apply(db, name, text);
    }
  } catch (const SQLite::Exception& error) {
    if (error.getErrorCode() == SQLITE_NOTADB) {
      throw std::runtime_error("'" + file + "' is not a database; name another file, or restore a backup");
    }
    throw std::runtime_error("cannot open the database '" + file + "': " + error.what());
  }
}

std::string secret_of(Db& db) {
  {
    auto query = db.use("SELECT value FROM meta WHERE name = 'secret'");
    if (query.step()) return query.text(0);
  }
  const std::string secret = random_bytes(16);
  db.exec("BEGIN IMMEDIATE");
  db.use("INSERT INTO meta (name, value) VALUES ('secret', CAST(?1 AS BLOB))").bind(secret).run();
  db.exec(
      "INSERT INTO meta (name, value)"
      " VALUES ('seq_floor', 0), ('indexed_to', 0), ('health', 0), ('search_version', 0)");
  db.exec("COMMIT");
  return secret;
}

}  // namespace chaffinch::sqlite
