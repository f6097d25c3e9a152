// Something by number, for the few numbers that a search meets. Pure; for one search of one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
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
    if (met_.size() * 2 >= places()) grow();
    const auto of = [&](auto& slots) -> T& {
      auto& place = slots[slot_of(slots, number)];
      if (place == 0) {
        if (met_.empty()) met_.reserve(kFew / 4);
        met_.emplace_back(number, T());
        place = static_cast<std::remove_reference_t<decltype(place)>>(met_.size());
      }
      return met_[place - 1].second;
    };
    return many_.empty() ? of(few_) : of(many_);
  }

  // nullptr for a number that was not met.
  const T* find(std::uint32_t number) const {
    const std::uint32_t place = many_.empty() ? few_[slot_of(few_, number)] : many_[slot_of(many_, number)];
    return place == 0 ? nullptr : &met_[place - 1].second;
  }

  // Pairs of number and value, in the order in which they were met.
  auto begin() const { return met_.begin(); }
  auto end() const { return met_.end(); }
  bool empty() const { return met_.empty(); }

 private:
  static constexpr std::size_t kFew = 64;  // a power of two, as all sizes

  std::size_t places() const { return many_.empty() ? few_.size() : many_.size(); }

  // Where the number is, or would be.
  template <class Slots>
  std::size_t slot_of(const Slots& slots, std::uint32_t number) const {
    std::size_t slot = (number * 0x9E3779B1U >> 12U) & (slots.size() - 1);
    while (slots[slot] != 0 && met_[slots[slot] - 1U].first != number) slot = (slot + 1) & (slots.size() - 1);
    return slot;
  }

  void grow() {
    std::vector<std::uint32_t> more(places() * 4);
    for (std::uint32_t i = 0; i < met_.size(); ++i) more[slot_of(more, met_[i].first)] = i + 1;
    many_ = std::move(more);
  }

  std::vector<std::pair<std::uint32_t, T>> met_;
  std::array<std::uint8_t, kFew> few_{};  // places in met_, from 1
  std::vector<std::uint32_t> many_;       // instead of few_
};

}  // namespace chaffinch
