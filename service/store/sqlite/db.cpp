#include "store/sqlite/db.h"

#include <cstring>

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

namespace chaffinch::sqlite {

std::string Query::blob(int column) const {
  const auto value = statement_.getColumn(column);
  const int size = value.getBytes();
  return size == 0 ? std::string()
                   : std::string(static_cast<const char*>(value.getBlob()), static_cast<std::size_t>(size));
}

Id Query::id(int column) const {
  Id id;
  const auto value = statement_.getColumn(column);
  if (value.getBytes() == static_cast<int>(id.bytes.size())) {
    std::memcpy(id.bytes.data(), value.getBlob(), id.bytes.size());
  }
  return id;
}

Db::Db(const Options& options)
    : database_(options.file,
                SQLite::OPEN_NOMUTEX | SQLite::OPEN_READWRITE | (options.writes ? SQLite::OPEN_CREATE : 0),
                kBusyTimeout, options.vfs),
      words_(database_.getHandle()) {
  const std::string cache = "PRAGMA cache_size = -" + std::to_string(options.cache_kib);
  database_.exec(cache);
  database_.exec("PRAGMA foreign_keys = ON");
  database_.exec("PRAGMA temp_store = MEMORY");
  database_.exec("PRAGMA trusted_schema = OFF");
  if (options.writes) {
    database_.exec("PRAGMA journal_mode = WAL");
    // What was erased is overwritten wherever the page is written anyway.
    database_.exec("PRAGMA secure_delete = FAST");
    database_.exec("PRAGMA synchronous = " + options.synchronous);
    // Who writes says when the log is carried over (checkpoints.h); this hook takes the place of SQLite's
    // own.
    sqlite3_wal_hook(
        database_.getHandle(),
        [](void* db, sqlite3*, const char*, int pages) {
          static_cast<Db*>(db)->log_pages_ = static_cast<std::uint32_t>(pages);
          return SQLITE_OK;
        },
        this);
    database_.exec("PRAGMA journal_size_limit = 134217728");
  } else {
    database_.exec("PRAGMA query_only = ON");
  }
}

Query Db::use(const char* text) {
  auto& slot = literals_[text];
  if (!slot) slot = std::make_unique<SQLite::Statement>(database_, text);
  return Query(*slot);
}

Query Db::made(const std::string& text) {
  auto& slot = made_[text];
  if (!slot) slot = std::make_unique<SQLite::Statement>(database_, text);
  return Query(*slot);
}

bool Db::in_transaction() const {
  return sqlite3_get_autocommit(database_.getHandle()) == 0;
}

Snapshot::~Snapshot() {
  try {
    db_.exec("COMMIT");
  } catch (const SQLite::Exception&) {
    // A reading transaction has nothing to lose; the connection is clean again with the next statement.
  }
}

Trouble trouble_of(const SQLite::Exception& error) {
  switch (error.getErrorCode()) {
    case SQLITE_FULL:
      return {.space = true, .storage = true, .sentence = "the disk is full"};
    case SQLITE_IOERR:
      return {.space = false,
              .storage = true,
              .sentence = std::string("the database file cannot be read or written: ") + error.what()};
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_NOMEM:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {.space = false,
              .storage = true,
              .sentence = std::string("the database is not usable: ") + error.what()};
    default:
      return {.space = false, .storage = false, .sentence = error.what()};
  }
}

}  // namespace chaffinch::sqlite
