// A short name for everything that was put in, in this order. Pure.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/fnv.h"
#include "core/verdict.h"

namespace chaffinch {

// Lengths go in too, so that "ab","c" differs from "a","bc".
class Digest {
 public:
  void add(std::string_view text) {
    add(static_cast<std::uint64_t>(text.size()));
    hash_.take(text);
  }
  void add(double number) { add(std::bit_cast<std::uint64_t>(number)); }
  void add(std::uint64_t number) {
    for (int i = 0; i < 8; ++i) hash_.take(static_cast<unsigned char>(number >> (8 * i)));
  }
  void add(std::optional<Action> action) { add(action ? 1 + static_cast<std::uint64_t>(*action) : 0); }

  // The upper bits of FNV are the less mixed ones; a final mix (MurmurHash3's) makes any twelve digits as
  // good.
  std::string text() const {
    std::uint64_t mixed = hash_.value();
    mixed = (mixed ^ (mixed >> 33U)) * 0xFF51AFD7ED558CCDULL;
    mixed = (mixed ^ (mixed >> 33U)) * 0xC4CEB9FE1A85EC53ULL;
    mixed ^= mixed >> 33U;
    std::string made;
    for (int i = 0; i < 12; ++i) made += "0123456789abcdef"[(mixed >> (60 - 4 * i)) & 0xFU];
    return made;
  }

 private:
  Fnv hash_;
};

}  // namespace chaffinch
