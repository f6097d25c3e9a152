// The first look of grams.h: at which places of a text a gram may begin. Pure; safe from any thread.
//
// Tables of bits are asked at every place. Several places are asked at once where the processor can (x86 with
// AVX2), one after the other elsewhere; what is found is the same.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace chaffinch {

// A set of hashes, with more in it than was put there.
class GramBits {
 public:
  // Holds nothing.
  GramBits() = default;
  // For so many: one place in sixty that holds no gram is found all the same, more when there are very many.
  explicit GramBits(std::size_t grams);

  bool used() const { return !words_.empty(); }
  void put(std::uint32_t hash) { words_[hash >> shift_ >> 5U] |= std::uint32_t{1} << (hash >> shift_ & 31U); }
  // REQUIRES: used.
  bool has(std::uint32_t hash) const {
    return (words_[hash >> shift_ >> 5U] >> (hash >> shift_ & 31U) & 1U) != 0;
  }

  const std::vector<std::uint32_t>& words() const { return words_; }
  unsigned shift() const { return shift_; }

 private:
  std::vector<std::uint32_t> words_;
  unsigned shift_ = 31;
};

struct GramTables {
  GramBits six, four, three;  // by how many bytes of a place count
};

// The highest bits of a product are its best mixed ones (Knuth 6.4); the factors are primes near the golden
// section of 2^32, of xxHash (Collet 2012).
struct GramHash {
  static constexpr std::uint32_t kFirst = 0x9E3779B1, kSecond = 0xC2B2AE3D, kThree = 0x85EBCA77;
  static constexpr std::uint32_t kThreeBytes =
      std::endian::native == std::endian::little ? 0x00FFFFFF : 0xFFFFFF00;

  static std::uint32_t bytes(const char* at) {
    std::uint32_t four = 0;
    std::memcpy(&four, at, sizeof four);
    return four;
  }
  // Of the bytes from `at` on; four can be read in each case.
  static std::uint32_t six(const char* at) { return bytes(at) * kFirst + bytes(at + 2) * kSecond; }
  static std::uint32_t four(const char* at) { return bytes(at) * kFirst; }
  static std::uint32_t three(const char* at) { return (bytes(at) & kThreeBytes) * kThree; }
};

inline constexpr std::size_t kGramPlaces = 256;  // at once
inline constexpr std::size_t kGramRoom = 24;     // bytes that can be read behind the last place

// A bit for each place: whether it is in the table. All 0 for a table that is not used.
struct GramMarks {
  using Bits = std::array<std::uint64_t, kGramPlaces / 64>;
  Bits six, four, three;
};

enum class GramScan : std::uint8_t { one_by_one, eight_at_once };
bool can_scan(GramScan how);  // this processor

// Marks the first `places` places of the text, and none in the rest of the last word that has some; the words
// behind it are left as they are. REQUIRES: places <= kGramPlaces, can_scan(how), and kGramRoom
// readable bytes behind them.
void mark_grams(GramScan how, const char* text, std::size_t places, const GramTables& tables,
                GramMarks& marks);

GramScan quickest_scan();  // of those that this processor can

}  // namespace chaffinch
