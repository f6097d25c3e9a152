#include <doctest/doctest.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "analysis/gram_scan.h"
#include "analysis/grams.h"

using namespace chaffinch;

namespace {

std::string random_bytes(std::mt19937& random, std::size_t size, unsigned kinds) {
  std::string text(size, '\0');
  for (char& one : text) one = static_cast<char>(random() % kinds);
  return text;
}

bool marked(const GramMarks::Bits& bits, std::size_t place) {
  return (bits[place / 64] >> place % 64 & 1U) != 0;
}

}  // namespace

TEST_CASE("all ways to scan mark the same places, those that the tables hold and no others") {
  std::mt19937 random(29);
  CHECK(can_scan(GramScan::one_by_one));
  CHECK(can_scan(quickest_scan()));
  for (const GramScan how : {GramScan::one_by_one, GramScan::eight_at_once}) {
    if (!can_scan(how)) continue;
    CAPTURE(static_cast<int>(how));
    for (unsigned used = 0; used < 8; ++used) {
      for (std::size_t places = 0; places <= kGramPlaces; places += places < 20 ? 1 : 59) {
        CAPTURE(used);
        CAPTURE(places);
        const std::string text = random_bytes(random, places + kGramRoom, places % 2 == 0 ? 256 : 4);
        GramTables tables;
        if ((used & 1U) != 0) tables.six = GramBits(random() % 20'000 + 1);
        if ((used & 2U) != 0) tables.four = GramBits(random() % 2'000 + 1);
        if ((used & 4U) != 0) tables.three = GramBits(1);
        for (std::size_t i = 0; i < places; i += 7) {
          if (tables.six.used()) tables.six.put(GramHash::six(text.data() + i));
          if (tables.four.used()) tables.four.put(GramHash::four(text.data() + i));
          if (tables.three.used()) tables.three.put(GramHash::three(text.data() + i));
        }
        GramMarks marks;
        for (GramMarks::Bits* bits : {&marks.six, &marks.four, &marks.three}) bits->fill(random());
        mark_grams(how, text.data(), places, tables, marks);
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < (places + 63) / 64 * 64; ++i) {
          const bool here = i < places;
          const char* at = text.data() + (here ? i : 0);
          if (marked(marks.six, i) != (here && tables.six.used() && tables.six.has(GramHash::six(at))))
            ++wrong;
          if (marked(marks.four, i) != (here && tables.four.used() && tables.four.has(GramHash::four(at))))
            ++wrong;
          if (marked(marks.three, i) !=
              (here && tables.three.used() && tables.three.has(GramHash::three(at))))
            ++wrong;
        }
        CHECK(wrong == 0);
      }
    }
  }
}

TEST_CASE("literals are found at every place of texts of every size around what is looked at together") {
  const std::vector<std::string> literals = {"q", "zx", "wvu", "four", "sixsix", "a literal of some length"};
  const Grams grams(literals);
  for (const std::size_t size :
       {1U, 2U, 3U, 7U, 8U, 9U, 40U, 255U, 256U, 257U, 279U, 280U, 281U, 512U, 600U}) {
    for (std::uint32_t number = 0; number < literals.size(); ++number) {
      const std::string& literal = literals[number];
      if (literal.size() > size) continue;
      for (std::size_t at = 0; at + literal.size() <= size; at += at + 30 < size ? 13 : 1) {
        std::string text(size, '.');
        text.replace(at, literal.size(), literal);
        std::size_t met = 0;
        grams.search(text, [&](std::uint32_t found, std::size_t start, std::size_t end) {
          if (found == number && start == at && end == at + literal.size()) ++met;
        });
        CAPTURE(size);
        CAPTURE(at);
        CAPTURE(literal);
        CHECK(met == 1);
        // The last byte lies behind the end.
        std::size_t cut = 0;
        grams.search(std::string_view(text).substr(0, at + literal.size() - 1),
                     [&](std::uint32_t found, std::size_t, std::size_t) { cut += found == number ? 1 : 0; });
        CHECK(cut == 0);
      }
    }
  }
}
