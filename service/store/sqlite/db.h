// One connection to the database file, with its prepared statements. One thread at a time. SQLite's errors
// come out as SQLite::Exception; the writer and the readers' pool turn them into errors of the house.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "core/id.h"
#include "store/sqlite/words.h"

namespace chaffinch::sqlite {

// Bytes to be bound, which must live as long as the Query. None: NULL.
struct Blob {
  const std::string& bytes;
};

// One use of a prepared statement: bind, step, read; reset when it goes out of scope. Strings and ids that
// are bound must live as long as the Query (they are not copied); views are copied.
class Query {
 public:
  explicit Query(SQLite::Statement& statement) : statement_(statement) {}
  ~Query() { statement_.tryReset(); }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  // Binds ?1, ?2 ... in order. Chainable.
  template <class... A>
  Query& bind(A&&... values) {
    int index = 0;
    (one(++index, std::forward<A>(values)), ...);
    return *this;
  }
  template <class A>
  Query& at(int index, A&& value) {
    one(index, std::forward<A>(value));
    return *this;
  }

  bool step() { return statement_.executeStep(); }
  void run() {
    while (step()) {
    }
  }

  bool null(int column) const { return statement_.getColumn(column).isNull(); }
  std::int64_t integer(int column) const { return statement_.getColumn(column).getInt64(); }
  template <class T>
  T as(int column) const {
    return static_cast<T>(integer(column));
  }
  double real(int column) const { return statement_.getColumn(column).getDouble(); }
  std::string text(int column) const { return statement_.getColumn(column).getString(); }
  std::string blob(int column) const;  // empty for NULL
  std::optional<std::int64_t> maybe(int column) const {
    return null(column) ? std::nullopt : std::optional(integer(column));
  }
  Id id(int column) const;

 private:
  void one(int index, std::nullptr_t) { statement_.bind(index); }
  void one(int index, double value) { statement_.bind(index, value); }
  void one(int index, const std::string& value) { statement_.bindNoCopy(index, value); }
  void one(int index, std::string&&) = delete;
  void one(int index, const Blob& value) {
    if (value.bytes.empty())
      statement_.bind(index);
    else
      statement_.bindNoCopy(index, value.bytes.data(), static_cast<int>(value.bytes.size()));
  }
  void one(int index, std::string_view value) { statement_.bind(index, std::string(value)); }
  void one(int index, const char* value) { statement_.bind(index, value); }
  void one(int index, const Id& value) {
    statement_.bindNoCopy(index, value.bytes.data(), static_cast<int>(value.bytes.size()));
  }
  void one(int index, Id&&) = delete;
  template <class T>
  requires std::is_integral_v<T> || std::is_enum_v<T>
  void one(int index, T value) { statement_.bind(index, static_cast<std::int64_t>(value)); }
  template <class T>
  void one(int index, const std::optional<T>& value) {
    if (value)
      one(index, *value);
    else
      statement_.bind(index);
  }

  SQLite::Statement& statement_;
};

class Db {
 public:
  struct Options {
    std::string file;
    std::string vfs;
    std::string synchronous = "FULL";
    bool writes = false;   // otherwise the connection refuses to write
    int cache_kib = 2048;  // page cache
  };
  static constexpr int kBusyTimeout = 10'000;  // ms
  explicit Db(const Options& options);
  Db(const Db&) = delete;
  Db& operator=(const Db&) = delete;

  // A statement by its text, prepared on first use. `text` must be a literal: it is known by its address.
  Query use(const char* text);
  // A statement whose text is put together; few forms of each.
  Query made(const std::string& text);
  void exec(const char* text) { use(text).run(); }

  // Rows changed by the latest INSERT, UPDATE or DELETE.
  std::int64_t changes() const { return database_.getChanges(); }
  // By this connection so far, of all statements.
  std::int64_t all_changes() const { return database_.getTotalChanges(); }
  bool in_transaction() const;
  // Pages in the write-ahead log as of this connection's latest commit.
  std::uint32_t log_pages() const { return log_pages_; }
  SQLite::Database& database() { return database_; }
  const Words& words() const { return words_; }

 private:
  SQLite::Database database_;
  Words words_;
  std::uint32_t log_pages_ = 0;
  std::unordered_map<const void*, std::unique_ptr<SQLite::Statement>> literals_;
  std::unordered_map<std::string, std::unique_ptr<SQLite::Statement>> made_;
};

// A read transaction: everything inside sees one state of the database.
class Snapshot {
 public:
  explicit Snapshot(Db& db) : db_(db) { db_.exec("BEGIN"); }
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  Db& db_;
};

// What the operator is told about an SQLite error.
struct Trouble {
  bool space = false;    // the disk is full
  bool storage = false;  // the file cannot be read or written (the transaction is lost)
  std::string sentence;
};
Trouble trouble_of(const SQLite::Exception& error);

}  // namespace chaffinch::sqlite
