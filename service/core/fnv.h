// FNV-1a with 64 bits (Fowler, Noll and Vo, 1991): a quick number for a text, the same on every machine and
// for ever. Not keyed: whoever writes the text can steer it, so nothing that must hold against people leans
// on it.
#pragma once

#include <cstdint>
#include <string_view>

namespace chaffinch {

class Fnv {
 public:
  static constexpr std::uint64_t kBasis = 0xCBF29CE484222325ULL;
  static constexpr std::uint64_t kPrime = 0x100000001B3ULL;

  constexpr void take(unsigned char byte) { value_ = (value_ ^ byte) * kPrime; }
  constexpr void take(std::string_view text) {
    for (const char c : text) take(static_cast<unsigned char>(c));
  }
  constexpr std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = kBasis;
};

constexpr std::uint64_t fnv(std::string_view text) {
  Fnv hash;
  hash.take(text);
  return hash.value();
}

}  // namespace chaffinch
