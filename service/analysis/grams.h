// Many literals in one pass over a text, at about a nanosecond a byte. Pure; immutable once built; safe from
// any thread.
//
// Each literal is known by six bytes in a row of it (four or fewer, if it is short or there are few), which
// are chosen to be rare. Tables of bits (gram_scan.h) say of nearly every place in a text that no literal has
// its bytes there; at the others the literals with these bytes are compared. Where too many of them share the
// same bytes, so that a text made for it could have each place compared with all of them, they run through an
// automaton instead. 60,000 literals take about 5 MB and 0.05 s.
#pragma once

#include <algorithm>
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
#include "analysis/gram_scan.h"

namespace chaffinch {

class Grams {
 public:
  // Finds nothing.
  Grams() = default;
  // REQUIRES: unique, none empty, none of 2^16 bytes, fewer than 2^32 bytes in all.
  explicit Grams(const std::vector<std::string>& literals);

  // Calls visit(literal, start, end) for every occurrence: the literal's place in the list, and the byte
  // after it. Those of one literal come from left to right.
  template <class Visit>
  void search(std::string_view text, const Visit& visit) const {
    // First which places are worth a look, then the looks: asking all places alike waits for no branch.
    std::array<char, kGramPlaces + 2 * kGramRoom> padded;  // the end of the text, and zeros
    for (std::size_t from = 0; marks_any_ && from < text.size(); from += kGramPlaces) {
      const std::string_view rest = text.substr(from);
      const std::size_t places = std::min(rest.size(), kGramPlaces);
      const char* at = rest.data();
      if (rest.size() < places + kGramRoom) {
        std::memcpy(padded.data(), rest.data(), rest.size());
        std::memset(padded.data() + rest.size(), 0, kGramRoom);
        at = padded.data();
      }
      GramMarks marks;
      mark_grams(scan_, at, places, tables_, marks);
      for (std::size_t i = 0; i * 64 < places; ++i) {
        for (std::uint64_t any = marks.six[i] | marks.four[i] | marks.three[i]; any != 0; any &= any - 1) {
          const auto bit = static_cast<unsigned>(std::countr_zero(any));
          compare_at(text, from + i * 64 + bit, (marks.six[i] >> bit & 1U) != 0,
                     (marks.four[i] >> bit & 1U) != 0, (marks.three[i] >> bit & 1U) != 0, visit);
        }
      }
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
    std::uint32_t from = 0;    // of bytes_
    std::uint16_t size = 0;    // of the literal
    std::uint16_t offset = 0;  // of the gram in it
  };
  struct Slot {
    std::uint64_t gram = 0;
    std::uint32_t first = kNone;  // of entries
    std::uint32_t last = 0;
  };
  // Literals whose grams have one length.
  struct Level {
    std::vector<Slot> slots;  // open addressing
    unsigned slots_shift = 0;
    std::vector<Entry> entries;

    bool used() const { return !entries.empty(); }
  };

  // The highest bits of a product are its best mixed ones (Knuth 6.4).
  static std::uint64_t hash(std::uint64_t gram) { return gram * 0x9E3779B97F4A7C15ULL; }

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

  template <class Visit>
  void compare_at(std::string_view text, std::size_t at, bool six, bool four, bool three,
                  const Visit& visit) const {
    // What seems to go on beyond the end is taken for no literal: compare looks at the text alone.
    const std::size_t left = text.size() - at;
    const std::uint64_t eight =
        left >= 8 ? gram_of(text.data() + at, 8) : gram_of(text.data() + at, left);  // no copy in a loop
    if (six) compare(levels_[4], first_of(eight, 6), text, at, visit);
    if (four) compare(levels_[3], first_of(eight, 4), text, at, visit);
    if (!three) return;
    compare(levels_[2], first_of(eight, 3), text, at, visit);
    compare(levels_[1], first_of(eight, 2), text, at, visit);
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
    if (!level.used()) return;
    const std::size_t mask = level.slots.size() - 1;
    for (std::size_t i = hash(gram) >> level.slots_shift;; i = (i + 1) & mask) {
      const Slot& slot = level.slots[i];
      if (slot.first == kNone) return;
      if (slot.gram != gram) continue;
      for (std::uint32_t k = slot.first; k < slot.last; ++k) {
        const Entry& entry = level.entries[k];
        if (entry.offset > at || entry.size > text.size() - (at - entry.offset)) continue;
        const std::size_t start = at - entry.offset;
        if (holds(text.substr(start), entry)) visit(entry.literal, start, start + entry.size);
      }
      return;
    }
  }

  // Whether the text begins with the literal. Most have eight bytes or fewer.
  bool holds(std::string_view text, const Entry& entry) const {
    const char* const literal = bytes_.data() + entry.from;
    if (entry.size > 8 || text.size() < 8) return std::memcmp(text.data(), literal, entry.size) == 0;
    return first_of(gram_of(text.data(), 8) ^ gram_of(literal, 8), entry.size) == 0;
  }

  static std::size_t level_for(std::size_t length, std::size_t literals);
  void mark(std::uint64_t gram, std::size_t size);
  static Level level_of(std::vector<std::pair<std::uint64_t, Entry>> grams);

  // Bytes of a gram, by level.
  static constexpr std::array<std::size_t, 5> kSizes = {1, 2, 3, 4, 6};

  std::array<Level, kSizes.size()> levels_;
  GramTables tables_;  // grams of two bytes stand among those of three, with every byte that may follow
  bool marks_any_ = false;
  GramScan scan_ = GramScan::one_by_one;
  std::string bytes_;  // all literals, one after the other: [starts_[i], starts_[i + 1]), and eight more
  std::vector<std::uint32_t> starts_;
  Automaton automaton_;
  std::vector<std::uint32_t> crowded_;  // the literals in the automaton
};

// How rare a literal is in comments, in bits: the chance that it begins at a given place is about 2^-rarity.
double rarity(std::string_view literal);

}  // namespace chaffinch
