#include "store/sqlite/readers.h"

#include <algorithm>
#include <chrono>

#include "waiting.h"

namespace chaffinch::sqlite {

Readers::Readers(const Db::Options& options, std::uint32_t count) {
  for (std::uint32_t i = 0; i < std::max(count, 1U); ++i) idle_.push_back(std::make_unique<Db>(options));
}

std::unique_ptr<Db> Readers::take() {
  std::unique_lock lock(lock_);
  if (idle_.empty()) {
    const Waiting waiting;
    if (!free_.wait_for(lock, std::chrono::seconds(10), [&] { return !idle_.empty(); })) return nullptr;
  }
  auto db = std::move(idle_.back());
  idle_.pop_back();
  return db;
}

void Readers::give_back(std::unique_ptr<Db> db) {
  {
    const std::lock_guard guard(lock_);
    idle_.push_back(std::move(db));
  }
  free_.notify_one();
}

}  // namespace chaffinch::sqlite
