#include "store/sqlite/known.h"

#include <algorithm>
#include <bit>

namespace chaffinch::sqlite {
namespace {

constexpr std::uint64_t kBitsOfRow = 16;
constexpr std::uint64_t kFewestRows = 250'000;
constexpr std::uint64_t kMostBits = 1ULL << 28U;
constexpr int kPlaces = 3;

}  // namespace

void Known::size_for(std::uint64_t rows) {
  const std::uint64_t wanted = (rows + std::max(rows, kFewestRows)) * kBitsOfRow;
  const std::uint64_t bits = std::min(kMostBits, std::bit_ceil(wanted));
  words_ = std::make_unique<std::atomic<std::uint64_t>[]>(bits / 64);
  mask_ = bits - 1;
}

// Double hashing (Kirsch and Mitzenmacher 2006).
template <class F>
void Known::each_place(std::uint64_t key, F&& place) const {
  std::uint64_t at = key * 0xBF58476D1CE4E5B9ULL;
  at ^= at >> 31U;
  const std::uint64_t step = (at >> 32U) | 1U;
  for (int i = 0; i < kPlaces; ++i, at += step) {
    const std::uint64_t bit = at & mask_;
    place(bit / 64, 1ULL << (bit % 64));
  }
}

void Known::add(std::uint64_t key) {
  each_place(key, [this](std::size_t word, std::uint64_t bit) {
    if ((words_[word].load(std::memory_order_relaxed) & bit) == 0) words_[word].fetch_or(bit);
  });
}

void Known::add_record(std::int64_t id) {
  if (!may_have(known_record(id))) cache.makes(id);
  add(known_record(id));
}

bool Known::may_have(std::uint64_t key) const {
  bool all = true;
  each_place(key,
             [&](std::size_t word, std::uint64_t bit) { all = all && (words_[word].load() & bit) != 0; });
  return all;
}

}  // namespace chaffinch::sqlite
