#include "analysis/sketch.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "analysis/utf8.h"

namespace chaffinch {
namespace {

constexpr std::size_t kPlaces = std::tuple_size_v<Sketch>;
constexpr std::uint32_t kNothing = 0xFFFFFFFF;

// The finaliser of splitmix64.
constexpr std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

// What stands between words beyond ASCII: punctuation, symbols, pictures, private characters. Coarse, by
// block: what it takes wrongly it takes wrongly in both texts.
constexpr bool between(char32_t c) {
  return (c < 0xC0 && c != 0xAA && c != 0xB5 && c != 0xBA) || (c >= 0x2000 && c < 0x2C00) ||
         (c >= 0x3000 && c < 0x3040) || (c >= 0xE000 && c < 0xF900) || (c >= 0xFE00 && c < 0xFE70) ||
         (c >= 0x1F000 && c < 0x1FB00) || c >= 0xE0000;
}

// The minima of each place, as shingles come in.
class Minima {
 public:
  Minima() { least_.fill(kNothing); }

  // The next character; 0 stands for all that is between words.
  void take(std::uint32_t c) {
    window_ = window_ << 16 | (c & 0xFFFF);
    if (++taken_ < 4) return;
    const std::uint64_t hash = mixed(window_);
    std::uint32_t& least = least_[(hash >> 32) * kPlaces >> 32];
    least = std::min(least, static_cast<std::uint32_t>(hash));
    seen_[hash % seen_.size()] = true;
  }
  // At least so many different shingles, as far as 256 pigeonholes tell.
  std::uint32_t different() const {
    return static_cast<std::uint32_t>(std::count(seen_.begin(), seen_.end(), true));
  }
  Sketch sketch() const {
    Sketch sketch;
    for (std::size_t i = 0; i < kPlaces; ++i) {
      std::size_t from = i, distance = 0;
      while (least_[from] == kNothing && distance < kPlaces) {
        from = (from + 1) % kPlaces;
        ++distance;
      }
      sketch[i] =
          static_cast<std::uint8_t>(mixed(least_[from] + (static_cast<std::uint64_t>(distance) << 40)));
    }
    if (empty(sketch)) sketch[0] = 1;
    return sketch;
  }

 private:
  std::array<std::uint32_t, kPlaces> least_;
  std::array<bool, 256> seen_{};
  std::uint64_t window_ = 0;
  std::uint32_t taken_ = 0;
};

}  // namespace

Sketch sketch_of(std::string_view folded) {
  Minima minima;
  bool word = false;
  const auto character = [&](std::uint32_t c) {
    minima.take(c);
    word = true;
  };
  const auto gap = [&] {
    if (word) minima.take(0);
    word = false;
  };
  for (std::size_t i = 0; i < folded.size();) {
    const char lead = folded[i];
    if (static_cast<unsigned char>(lead) < 0x80) {
      if (ascii_digit(lead))
        character('0');
      else if (ascii_letter(lead))
        character(static_cast<unsigned char>(lead));
      else
        gap();
      ++i;
      continue;
    }
    const CodePoint c = decode_at(folded, i);
    if (between(c.value))
      gap();
    else
      character(c.value);
    i += c.length;
  }
  return minima.different() < kFewestShingles ? Sketch{} : minima.sketch();
}

std::uint32_t agreement(const Sketch& a, const Sketch& b) {
  constexpr std::uint64_t kLow = 0x7F7F7F7F7F7F7F7FULL;
  std::uint32_t differ = 0;
  for (std::size_t i = 0; i < kPlaces; i += 8) {
    std::uint64_t x = 0, y = 0;
    std::memcpy(&x, a.data() + i, 8);
    std::memcpy(&y, b.data() + i, 8);
    const std::uint64_t other = x ^ y;
    // A one in each byte that is not zero; the product's highest byte is their sum.
    const std::uint64_t ones = ((((other & kLow) + kLow) | other) & ~kLow) >> 7;
    differ += static_cast<std::uint32_t>(ones * 0x0101010101010101ULL >> 56);
  }
  return static_cast<std::uint32_t>(kPlaces) - differ;
}

}  // namespace chaffinch
