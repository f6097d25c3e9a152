// What is known of the rows of `record` and `copy` without asking the database.
//
// Which of them there may be is told by a Bloom filter (Bloom 1970) beside the tables. Most comments come
// from people and with texts that were never seen, and five or six rows that are not there are as many pages
// looked at in vain. It never says "no" of a row that is there; rows that are gone stay known until the next
// start. What stands in the rows of `record` is at hand for those that were asked for or written lately.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "store/sqlite/record_cache.h"

namespace chaffinch::sqlite {

class Known {
 public:
  // Sixteen bits a row for `rows` and as many again to come (at least a quarter of a million), at most 32
  // MiB. With three places a row, at most one in two hundred that are not there is looked for; when more rows
  // come than were expected, more are, and nothing is wrong. REQUIRES: nobody else uses it meanwhile.
  void size_for(std::uint64_t rows);

  // Any thread. add() before the row is committed.
  void add(std::uint64_t key);
  bool may_have(std::uint64_t key) const;

  // A row of `record` is made or moved by the open transaction; the writer's thread only.
  void add_record(std::int64_t id);

  RecordCache cache;  // of `record`: what stands in the rows, where it is at hand

 private:
  template <class F>
  void each_place(std::uint64_t key, F&& place) const;

  std::unique_ptr<std::atomic<std::uint64_t>[]> words_;
  std::uint64_t mask_ = 0;  // of places
};

// What stands for a row. Keys are keyed hashes already; those of the two tables share the filter.
constexpr std::uint64_t known_record(std::int64_t id) {
  return static_cast<std::uint64_t>(id);
}
constexpr std::uint64_t known_copy(std::int64_t site, std::int64_t hash) {
  return static_cast<std::uint64_t>(hash) ^ static_cast<std::uint64_t>(site) * 0x9E3779B97F4A7C15ULL;
}

}  // namespace chaffinch::sqlite
