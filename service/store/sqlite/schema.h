// Opening the file: one writing process, the right schema, the database's own secret.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "store/sqlite/db.h"
#include "store/store.h"

namespace chaffinch::sqlite {

// "sqlite:<file>" -> file. Throws std::runtime_error.
std::string file_of(const std::string& address);

// Held for as long as a process writes the file: a lock on "<file>.lock", which stays behind. Throws
// std::runtime_error when another one holds it.
class Lock {
 public:
  explicit Lock(const std::string& file);
  ~Lock();
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  int descriptor_ = -1;
};

// Options of a connection to `file`.
Db::Options writing(const StoreOptions& options, const std::string& file);
Db::Options reading(const StoreOptions& options, const std::string& file);
Db::Options checkpointing(const StoreOptions& options, const std::string& file);

// Brings the file to the newest migration; each one is a transaction of its own. Throws std::runtime_error
// with a sentence for the operator: not a database, not one of ours, newer than the program.
void migrate(const std::string& file, const Db::Options& options);

std::int64_t schema_of(Db& db);
std::int64_t schema_known();

// The 16 bytes that key the database's hashes; made on first use. REQUIRES a writing connection, migrated.
std::string secret_of(Db& db);

}  // namespace chaffinch::sqlite
