#include "analysis/gram_scan.h"

#include <algorithm>

#if defined(__x86_64__) && defined(__GNUC__)
#define CHAFFINCH_AVX2 1
#include <immintrin.h>
#else
#define CHAFFINCH_AVX2 0
#endif

namespace chaffinch {
namespace {

// Bits of a table for each gram.
constexpr std::size_t kBitsEach = 64;
constexpr std::size_t kLeastBits = 1U << 14U;
constexpr std::size_t kMostBits = 1U << 22U;  // 512 KiB, about what stays in a core's cache

// What a loop needs of a table, where the compiler knows that nothing changes it.
struct Table {
  explicit Table(const GramBits& bits) : words(bits.words().data()), shift(bits.shift()) {}
  std::uint64_t bit(std::uint32_t hash) const {
    const std::uint32_t place = hash >> shift;
    return words[place >> 5U] >> (place & 31U) & 1U;
  }
  const std::uint32_t* words;
  unsigned shift;
};

struct Tables {
  explicit Tables(const GramTables& all) : six(all.six), four(all.four), three(all.three) {}
  Table six, four, three;
};

struct OneByOne {
  template <bool Six, bool Four, bool Three>
  static void run(const char* text, std::size_t places, const Tables& tables, GramMarks& marks) {
    const Tables own = tables;
    for (std::size_t word = 0; word * 64 < places; ++word) {
      std::uint64_t six = 0, four = 0, three = 0;
      const std::size_t count = std::min<std::size_t>(64, places - word * 64);
      for (std::size_t i = 0; i < count; ++i) {
        const char* at = text + word * 64 + i;
        if constexpr (Six) six = six >> 1U | own.six.bit(GramHash::six(at)) << 63U;
        if constexpr (Four) four = four >> 1U | own.four.bit(GramHash::four(at)) << 63U;
        if constexpr (Three) three = three >> 1U | own.three.bit(GramHash::three(at)) << 63U;
      }
      marks.six[word] = six >> (64 - count);
      marks.four[word] = four >> (64 - count);
      marks.three[word] = three >> (64 - count);
    }
  }
};

#if CHAFFINCH_AVX2

constexpr int whole(std::uint32_t number) {
  return static_cast<int>(number);
}

// Where the mitigation of CVE-2022-40982 makes gathering slow, this is about as slow as one by one.
struct EightAtOnce {
  // A byte: a bit for each of eight hashes.
  __attribute__((target("avx2"), always_inline)) static inline std::uint64_t bits(const Table& table,
                                                                                  __m256i hashes) {
    const __m256i places = _mm256_srl_epi32(hashes, _mm_cvtsi32_si128(whole(table.shift)));
    const __m256i words =
        _mm256_i32gather_epi32(reinterpret_cast<const int*>(table.words), _mm256_srli_epi32(places, 5), 4);
    // The bit that counts becomes the sign: it is moved up by 31 less its place.
    const __m256i up = _mm256_andnot_si256(places, _mm256_set1_epi32(31));
    const int signs = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_sllv_epi32(words, up)));
    return static_cast<std::uint64_t>(static_cast<unsigned>(signs));
  }

  template <bool Six, bool Four, bool Three>
  __attribute__((target("avx2"))) static void run(const char* text, std::size_t places, const Tables& tables,
                                                  GramMarks& marks) {
    const Tables own = tables;
    // The four bytes at each of eight places, out of sixteen; in each half of a register by itself.
    const __m256i spread = _mm256_setr_epi8(0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 5, 3, 4, 5, 6,  //
                                            4, 5, 6, 7, 5, 6, 7, 8, 6, 7, 8, 9, 7, 8, 9, 10);
    const __m256i spread_on = _mm256_add_epi8(spread, _mm256_set1_epi8(2));
    const __m256i first = _mm256_set1_epi32(whole(GramHash::kFirst));
    const __m256i second = _mm256_set1_epi32(whole(GramHash::kSecond));
    const __m256i factor = _mm256_set1_epi32(whole(GramHash::kThree));
    const __m256i three_bytes = _mm256_set1_epi32(whole(GramHash::kThreeBytes));
    for (std::size_t word = 0; word * 64 < places; ++word) {
      std::uint64_t six = 0, four = 0, three = 0;
      const std::size_t count = std::min<std::size_t>(64, places - word * 64);
      for (std::size_t i = 0; i < count; i += 8) {
        const __m256i here = _mm256_broadcastsi128_si256(
            _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + word * 64 + i)));
        const __m256i bytes = _mm256_shuffle_epi8(here, spread);
        const __m256i product = _mm256_mullo_epi32(bytes, first);
        if constexpr (Six) {
          const __m256i on = _mm256_shuffle_epi8(here, spread_on);
          six |= bits(own.six, _mm256_add_epi32(product, _mm256_mullo_epi32(on, second))) << i;
        }
        if constexpr (Four) four |= bits(own.four, product) << i;
        if constexpr (Three)
          three |= bits(own.three, _mm256_mullo_epi32(_mm256_and_si256(bytes, three_bytes), factor)) << i;
      }
      const std::uint64_t there = ~std::uint64_t{0} >> (64 - count);
      marks.six[word] = six & there;
      marks.four[word] = four & there;
      marks.three[word] = three & there;
    }
  }
};

#endif

template <class How>
void mark(const char* text, std::size_t places, const GramTables& tables, GramMarks& marks) {
  const unsigned used =
      (tables.six.used() ? 4U : 0U) + (tables.four.used() ? 2U : 0U) + (tables.three.used() ? 1U : 0U);
  const Tables all(tables);
  switch (used) {
    case 1:
      return How::template run<false, false, true>(text, places, all, marks);
    case 2:
      return How::template run<false, true, false>(text, places, all, marks);
    case 3:
      return How::template run<false, true, true>(text, places, all, marks);
    case 4:
      return How::template run<true, false, false>(text, places, all, marks);
    case 5:
      return How::template run<true, false, true>(text, places, all, marks);
    case 6:
      return How::template run<true, true, false>(text, places, all, marks);
    case 7:
      return How::template run<true, true, true>(text, places, all, marks);
    default:
      return How::template run<false, false, false>(text, places, all, marks);
  }
}

}  // namespace

GramBits::GramBits(std::size_t grams) {
  const std::size_t bits = std::clamp(std::bit_ceil(grams * kBitsEach), kLeastBits, kMostBits);
  words_.assign(bits / 32, 0);
  shift_ = 32U - static_cast<unsigned>(std::countr_zero(bits));
}

bool can_scan(GramScan how) {
  if (how == GramScan::one_by_one) return true;
#if CHAFFINCH_AVX2
  return __builtin_cpu_supports("avx2") != 0;
#else
  return false;
#endif
}

void mark_grams(GramScan how, const char* text, std::size_t places, const GramTables& tables,
                GramMarks& marks) {
  switch (how) {
#if CHAFFINCH_AVX2
    case GramScan::eight_at_once:
      return mark<EightAtOnce>(text, places, tables, marks);
#endif
    default:
      return mark<OneByOne>(text, places, tables, marks);
  }
}

GramScan quickest_scan() {
  static const GramScan kHow =
      can_scan(GramScan::eight_at_once) ? GramScan::eight_at_once : GramScan::one_by_one;
  return kHow;
}

}  // namespace chaffinch
