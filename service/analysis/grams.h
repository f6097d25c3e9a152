// Many literals in one pass over a text, at about a nanosecond a byte. Pure; immutable once built; safe from
// any thread.
//
// Each literal is known by six bytes in a row of it (four or fewer, if it is short), which are chosen to be
// rare. Tables of bits say of nearly every place in a text that no literal has its bytes there, by all of
// them or, if it is short or there are few, by its first three; at the others the literals with these bytes
// are compared. Where too many of them share the same bytes, so that a text made for it could have each place
// compared with all of them, they run through an automaton instead. 60,000 literals take about 5 MB and 0.05
// s.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/automaton.h"

namespace chaffinch {

class Grams {
 public:
  // Finds nothing.
  Grams() = default;
  // REQUIRES: unique, none empty, fewer than 2^32 bytes in all.
  explicit Grams(const std::vector<std::string>& literals);

  // Calls visit(literal, start, end) for every occurrence: the literal's place in the list, and the byte
  // after it. Those of one literal come from left to right.
  template <class Visit>
  void search(std::string_view text, const Visit& visit) const {
    if (by_all_) {
      threes_.used() ? search_grams<Long::all, true>(text, visit)
                     : search_grams<Long::all, false>(text, visit);
    } else if (fours_.used()) {
      threes_.used() ? search_grams<Long::first, true>(text, visit)
                     : search_grams<Long::first, false>(text, visit);
    } else if (threes_.used()) {
      search_grams<Long::none, true>(text, visit);
    }
    if (levels_[0].used()) search_bytes(text, visit);
    automaton_.search(text, [&](std::uint32_t literal, std::size_t end) {
      visit(crowded_[literal], end - (starts_[crowded_[literal] + 1] - starts_[crowded_[literal]]), end);
    });
  }

  // Bytes in use, about.
  std::size_t memory() const;

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  struct Entry {
    std::uint32_t literal = 0;
    std::uint32_t offset = 0;  // of the gram in the literal
  };
  struct Slot {
    std::uint64_t gram = 0;
    std::uint32_t first = kNone;  // of entries
    std::uint32_t last = 0;
  };
  // A set of hashes, with more in it than was put there.
  struct Bits {
    std::vector<std::uint64_t> words = {0};
    unsigned shift = 58;

    Bits() = default;
    explicit Bits(std::size_t grams);
    bool used() const { return words.size() > 1; }
    void put(std::uint64_t hash) { words[hash >> shift >> 6U] |= std::uint64_t{1} << (hash >> shift & 63U); }
    bool has(std::uint64_t hash) const { return bit(hash) != 0; }
    std::uint64_t bit(std::uint64_t hash) const {
      return words[hash >> shift >> 6U] >> (hash >> shift & 63U) & 1U;
    }
  };
  // Literals whose grams have one length.
  struct Level {
    Bits bits;                // of the grams
    std::vector<Slot> slots;  // open addressing, by another hash
    unsigned slots_shift = 0;
    std::vector<Entry> entries;

    bool used() const { return !entries.empty(); }
  };

  // The highest bits of a product are its best mixed ones (Knuth 6.4).
  static std::uint64_t hash(std::uint64_t gram) { return gram * 0x9E3779B97F4A7C15ULL; }
  static std::uint64_t other_hash(std::uint64_t gram) { return (gram ^ gram >> 23U) * 0xD6E8FEB86659FD93ULL; }

  // `size` bytes, the rest are 0.
  static std::uint64_t gram_of(const char* at, std::size_t size) {
    std::uint64_t gram = 0;
    std::memcpy(&gram, at, size);
    return gram;
  }
  // The first `size` bytes of eight.
  static std::uint64_t first_of(std::uint64_t eight, std::size_t size) {
    const std::size_t others = 64U - 8U * size;
    if constexpr (std::endian::native == std::endian::little) return eight & ~std::uint64_t{0} >> others;
    return eight & ~std::uint64_t{0} << others;
  }

  // What is asked at each place of grams that have four bytes or more: their first four, all of them, or
  // nothing, as they are among the threes.
  enum class Long : std::uint8_t { none, first, all };

  template <Long How, bool Three, class Visit>
  void search_grams(std::string_view text, const Visit& visit) const {
    const auto look = [&](std::uint64_t eight, std::size_t at) {
      const std::uint64_t six = first_of(eight, 6), four = first_of(eight, 4), three = first_of(eight, 3);
      std::uint64_t any = 0;  // one branch for all tables
      if constexpr (How == Long::first) any = fours_.bit(hash(four));
      if constexpr (How == Long::all) any = levels_[4].bits.bit(hash(six)) | levels_[3].bits.bit(hash(four));
      if constexpr (Three) any |= threes_.bit(hash(three));
      if (any == 0) return;
      const auto ask = [&](const Level& level, std::uint64_t gram) {
        if (level.bits.has(hash(gram))) compare(level, gram, text, at, visit);
      };
      ask(levels_[4], six);
      ask(levels_[3], four);
      if constexpr (Three) {
        ask(levels_[2], three);
        ask(levels_[1], first_of(eight, 2));
      }
    };
    std::size_t i = 0;
    for (; i + 8 <= text.size(); ++i) look(gram_of(text.data() + i, 8), i);
    // What seems to go on beyond the end is taken for no literal: compare looks at the text alone.
    for (; i < text.size(); ++i) look(gram_of(text.data() + i, text.size() - i), i);
  }

  template <class Visit>
  void search_bytes(std::string_view text, const Visit& visit) const {
    for (const Slot& slot : levels_[0].slots) {
      if (slot.first == kNone) continue;
      char byte = 0;
      std::memcpy(&byte, &slot.gram, 1);
      for (std::size_t at = text.find(byte); at != std::string_view::npos; at = text.find(byte, at + 1))
        compare(levels_[0], slot.gram, text, at, visit);
    }
  }

  template <class Visit>
  void compare(const Level& level, std::uint64_t gram, std::string_view text, std::size_t at,
               const Visit& visit) const {
    const std::size_t mask = level.slots.size() - 1;
    for (std::size_t i = other_hash(gram) >> level.slots_shift;; i = (i + 1) & mask) {
      const Slot& slot = level.slots[i];
      if (slot.first == kNone) return;
      if (slot.gram != gram) continue;
      for (std::uint32_t k = slot.first; k < slot.last; ++k) {
        const Entry& entry = level.entries[k];
        const std::uint32_t from = starts_[entry.literal];
        const std::size_t size = starts_[entry.literal + 1] - from;
        if (entry.offset > at || size > text.size() - (at - entry.offset)) continue;
        if (std::memcmp(text.data() + (at - entry.offset), bytes_.data() + from, size) == 0)
          visit(entry.literal, at - entry.offset, at - entry.offset + size);
      }
      return;
    }
  }

  static std::size_t level_for(std::size_t length, std::size_t literals);
  // Of six bytes each.
  static bool common_beginnings(const std::vector<std::pair<std::uint64_t, Entry>>& grams);
  static Level level_of(std::vector<std::pair<std::uint64_t, Entry>> grams);

  // Bytes of a gram, by level.
  static constexpr std::array<std::size_t, 5> kSizes = {1, 2, 3, 4, 6};

  std::array<Level, kSizes.size()> levels_;
  bool by_all_ = false;  // grams of four and six bytes are asked for as they are: Long::all
  Bits fours_;           // or by their first four bytes, which are here
  Bits threes_;          // the first three bytes of the others
  std::string bytes_;    // all literals, one after the other: [starts_[i], starts_[i + 1])
  std::vector<std::uint32_t> starts_;
  Automaton automaton_;
  std::vector<std::uint32_t> crowded_;  // the literals in the automaton
};

// How rare a literal is in comments, in bits: the chance that it begins at a given place is about 2^-rarity.
double rarity(std::string_view literal);

}  // namespace chaffinch
