// A few connections that only read, lent to one thread each. Safe from any thread.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "store/sqlite/db.h"

namespace chaffinch::sqlite {

class Readers {
 public:
  Readers(const Db::Options& options, std::uint32_t count);

  class Lent {
   public:
    Lent(Readers& readers, std::unique_ptr<Db> db) : readers_(readers), db_(std::move(db)) {}
    ~Lent() { readers_.give_back(std::move(db_)); }
    Lent(const Lent&) = delete;
    Lent& operator=(const Lent&) = delete;
    Db& db() { return *db_; }

   private:
    Readers& readers_;
    std::unique_ptr<Db> db_;
  };

  // Null after ten seconds without a free one. The last one used is the first one lent: its caches are warm.
  std::unique_ptr<Db> take();
  void give_back(std::unique_ptr<Db> db);

 private:
  std::mutex lock_;
  std::condition_variable free_;
  std::vector<std::unique_ptr<Db>> idle_;  // guarded by lock_
};

}  // namespace chaffinch::sqlite
