// Articles that comments came for lately, in memory: recall asks for one with every comment, and so does the
// writer. An article is never removed and keeps its number. Safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "brief_lock.h"
#include "core/time.h"

namespace chaffinch::sqlite {

class ArticleCache {
 public:
  // Articles at most; when there are as many, all go.
  static constexpr std::size_t kMost = 4'096;

  struct Known {
    std::int64_t no = 0;
    bool closed = false;
    Time first_seen = 0;
    bool whole = false;  // has a URL and a title: a comment brings nothing that it lacks
  };
  std::optional<Known> find(std::int64_t site, const std::string& id) const;

  // As RecordCache has them: what was read is left out when an article has changed since.
  std::uint64_t age() const;
  void put(std::uint64_t age, std::int64_t site, const std::string& id, const Known& known);

  void changed();  // one was opened or closed, which people do seldom: all go

 private:
  mutable BriefLock lock_;
  std::unordered_map<std::string, Known> articles_;  // both guarded by lock_
  std::uint64_t age_ = 0;
};

}  // namespace chaffinch::sqlite
