// Something by number, for the few numbers that a search meets. Pure; for one search of one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace chaffinch {

// A text meets a handful of the tens of thousands of literals that it is searched for, so this is a hash
// table that allocates nothing but its values as long as there are few.
template <class T>
class Sparse {
 public:
  // As it was left; at first T().
  T& at(std::uint32_t number) {
    std::uint32_t& place = slots()[slot_of(number)];
    if (place != 0) return met_[place - 1].second;
    if (met_.empty()) met_.reserve(kFew / 4);
    met_.emplace_back(number, T());
    place = static_cast<std::uint32_t>(met_.size());
    if (met_.size() * 2 > slots().size()) grow();
    return met_.back().second;
  }

  // nullptr for a number that was not met.
  const T* find(std::uint32_t number) const {
    const std::uint32_t place = slots()[slot_of(number)];
    return place == 0 ? nullptr : &met_[place - 1].second;
  }

  // Pairs of number and value, in the order in which they were met.
  auto begin() const { return met_.begin(); }
  auto end() const { return met_.end(); }
  bool empty() const { return met_.empty(); }

 private:
  static constexpr std::size_t kFew = 64;  // a power of two, as all sizes

  std::span<std::uint32_t> slots() {
    return many_.empty() ? std::span<std::uint32_t>(few_) : std::span<std::uint32_t>(many_);
  }
  std::span<const std::uint32_t> slots() const {
    return many_.empty() ? std::span<const std::uint32_t>(few_) : std::span<const std::uint32_t>(many_);
  }

  // Where the number is, or would be.
  std::size_t slot_of(std::uint32_t number) const {
    const std::span<const std::uint32_t> all = slots();
    std::size_t slot = (number * 0x9E3779B1U >> 12U) & (all.size() - 1);
    while (all[slot] != 0 && met_[all[slot] - 1].first != number) slot = (slot + 1) & (all.size() - 1);
    return slot;
  }

  void grow() {
    many_.assign(slots().size() * 4, 0);
    for (std::uint32_t i = 0; i < met_.size(); ++i) many_[slot_of(met_[i].first)] = i + 1;
  }

  std::vector<std::pair<std::uint32_t, T>> met_;
  std::array<std::uint32_t, kFew> few_{};  // places in met_, from 1
  std::vector<std::uint32_t> many_;        // instead of few_
};

}  // namespace chaffinch
