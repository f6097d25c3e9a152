// The small words by which a language is known: articles, pronouns, prepositions, forms of "to be". A guess
// for rules, no identification: it needs a sentence, and it knows the ten languages that are listed. Pure;
// safe from any thread.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <string_view>

#include "rules/reading.h"

namespace chaffinch::rules {

enum Language : std::uint16_t {
  kEnglish = 1,
  kGerman = 2,
  kFrench = 4,
  kSpanish = 8,
  kPortuguese = 16,
  kItalian = 32,
  kDutch = 64,
  kIndonesian = 128,
  kPolish = 256,
  kTurkish = 512,
};

struct SmallWord {
  std::string_view word;
  std::uint16_t languages = 0;
};

// All letters are ASCII: words with marks are rarer than those without, and these are enough.
inline constexpr std::array kSmallWords = {
    SmallWord{"a", kEnglish | kPortuguese | kSpanish | kFrench | kItalian},
    SmallWord{"ada", kIndonesian},
    SmallWord{"al", kSpanish | kItalian | kDutch},
    SmallWord{"am", kEnglish | kGerman},
    SmallWord{"an", kEnglish | kGerman},
    SmallWord{"and", kEnglish},
    SmallWord{"anda", kIndonesian},
    SmallWord{"are", kEnglish},
    SmallWord{"as", kEnglish | kPortuguese},
    SmallWord{"at", kEnglish},
    SmallWord{"au", kFrench},
    SmallWord{"auch", kGerman},
    SmallWord{"auf", kGerman},
    SmallWord{"avec", kFrench},
    SmallWord{"be", kEnglish},
    SmallWord{"bir", kTurkish},
    SmallWord{"bisa", kIndonesian},
    SmallWord{"bu", kTurkish},
    SmallWord{"but", kEnglish},
    SmallWord{"by", kEnglish},
    SmallWord{"can", kEnglish},
    SmallWord{"che", kItalian},
    SmallWord{"com", kPortuguese},
    SmallWord{"con", kSpanish | kItalian},
    SmallWord{"da", kGerman | kPortuguese | kItalian | kTurkish},
    SmallWord{"dan", kDutch | kIndonesian},
    SmallWord{"dari", kIndonesian},
    SmallWord{"das", kGerman | kPortuguese},
    SmallWord{"dat", kDutch},
    SmallWord{"de", kFrench | kSpanish | kPortuguese | kDutch | kTurkish},
    SmallWord{"del", kSpanish | kItalian},
    SmallWord{"della", kItalian},
    SmallWord{"dem", kGerman},
    SmallWord{"den", kGerman},
    SmallWord{"dengan", kIndonesian},
    SmallWord{"der", kGerman},
    SmallWord{"des", kGerman | kFrench},
    SmallWord{"di", kItalian | kIndonesian},
    SmallWord{"die", kGerman | kDutch},
    SmallWord{"do", kEnglish | kPortuguese | kPolish},
    SmallWord{"du", kGerman | kFrench},
    SmallWord{"e", kPortuguese | kItalian},
    SmallWord{"een", kDutch},
    SmallWord{"ein", kGerman},
    SmallWord{"eine", kGerman},
    SmallWord{"el", kSpanish},
    SmallWord{"en", kFrench | kSpanish | kDutch},
    SmallWord{"es", kGerman | kSpanish},
    SmallWord{"est", kFrench},
    SmallWord{"et", kFrench},
    SmallWord{"eu", kPortuguese},
    SmallWord{"for", kEnglish},
    SmallWord{"from", kEnglish},
    SmallWord{"gli", kItalian},
    SmallWord{"has", kEnglish | kSpanish},
    SmallWord{"have", kEnglish},
    SmallWord{"het", kDutch},
    SmallWord{"how", kEnglish},
    SmallWord{"i", kEnglish | kItalian | kPolish},
    SmallWord{"ich", kGerman},
    SmallWord{"ik", kDutch},
    SmallWord{"il", kFrench | kItalian},
    SmallWord{"im", kGerman},
    SmallWord{"in", kEnglish | kGerman | kItalian | kDutch},
    SmallWord{"ini", kIndonesian},
    SmallWord{"is", kEnglish | kDutch},
    SmallWord{"ist", kGerman},
    SmallWord{"it", kEnglish},
    SmallWord{"itu", kIndonesian},
    SmallWord{"je", kFrench | kDutch},
    SmallWord{"jest", kPolish},
    SmallWord{"la", kFrench | kSpanish | kItalian},
    SmallWord{"las", kSpanish},
    SmallWord{"le", kFrench | kItalian},
    SmallWord{"les", kFrench},
    SmallWord{"los", kSpanish},
    SmallWord{"mais", kFrench | kPortuguese},
    SmallWord{"mas", kSpanish | kPortuguese},
    SmallWord{"me", kEnglish | kFrench | kSpanish | kPortuguese | kDutch},
    SmallWord{"met", kDutch},
    SmallWord{"mi", kSpanish | kItalian | kPolish | kTurkish},
    SmallWord{"mit", kGerman},
    SmallWord{"muy", kSpanish},
    SmallWord{"my", kEnglish},
    SmallWord{"na", kPortuguese | kPolish},
    SmallWord{"nicht", kGerman},
    SmallWord{"nie", kGerman | kPolish},
    SmallWord{"niet", kDutch},
    SmallWord{"no", kEnglish | kSpanish | kPortuguese},
    SmallWord{"non", kFrench | kItalian},
    SmallWord{"not", kEnglish},
    SmallWord{"o", kPortuguese | kPolish},
    SmallWord{"of", kEnglish | kDutch},
    SmallWord{"on", kEnglish | kFrench},
    SmallWord{"or", kEnglish},
    SmallWord{"os", kPortuguese},
    SmallWord{"ou", kFrench | kPortuguese},
    SmallWord{"our", kEnglish},
    SmallWord{"para", kSpanish | kPortuguese},
    SmallWord{"pas", kFrench},
    SmallWord{"per", kItalian},
    SmallWord{"pero", kSpanish},
    SmallWord{"por", kSpanish | kPortuguese},
    SmallWord{"pour", kFrench},
    SmallWord{"que", kFrench | kSpanish | kPortuguese},
    SmallWord{"qui", kFrench},
    SmallWord{"saya", kIndonesian},
    SmallWord{"se", kSpanish | kPortuguese | kItalian},
    SmallWord{"sind", kGerman},
    SmallWord{"sono", kItalian},
    SmallWord{"su", kSpanish},
    SmallWord{"sur", kFrench},
    SmallWord{"that", kEnglish},
    SmallWord{"the", kEnglish},
    SmallWord{"they", kEnglish},
    SmallWord{"this", kEnglish},
    SmallWord{"tidak", kIndonesian},
    SmallWord{"to", kEnglish | kPolish},
    SmallWord{"um", kGerman | kPortuguese},
    SmallWord{"uma", kPortuguese},
    SmallWord{"un", kFrench | kSpanish | kItalian},
    SmallWord{"una", kSpanish | kItalian},
    SmallWord{"und", kGerman},
    SmallWord{"une", kFrench},
    SmallWord{"untuk", kIndonesian},
    SmallWord{"van", kDutch},
    SmallWord{"ve", kTurkish},
    SmallWord{"von", kGerman},
    SmallWord{"voor", kDutch},
    SmallWord{"vous", kFrench},
    SmallWord{"w", kPolish},
    SmallWord{"was", kEnglish | kGerman | kDutch},
    SmallWord{"we", kEnglish | kDutch},
    SmallWord{"what", kEnglish},
    SmallWord{"wie", kGerman | kDutch},
    SmallWord{"will", kEnglish | kGerman},
    SmallWord{"with", kEnglish},
    SmallWord{"y", kSpanish},
    SmallWord{"yang", kIndonesian},
    SmallWord{"you", kEnglish},
    SmallWord{"your", kEnglish},
    SmallWord{"z", kPolish},
    SmallWord{"zu", kGerman},
};
static_assert(std::is_sorted(kSmallWords.begin(), kSmallWords.end(),
                             [](const SmallWord& one, const SmallWord& other) {
                               return one.word < other.word;
                             }));

// The table above as a hash of the words' bytes, so that a word costs one look.
struct SmallWordTable {
  static constexpr std::size_t kCells = 1024;
  std::array<std::uint64_t, kCells> keys = {};
  std::array<std::uint16_t, kCells> languages = {};

  static constexpr std::size_t cell(std::uint64_t key) {
    return static_cast<std::size_t>((key * 0x9E3779B97F4A7C15ULL) >> 54U);
  }
  constexpr SmallWordTable() {
    for (const SmallWord& word : kSmallWords) {
      std::uint64_t key = 0;
      for (const char c : word.word) key = (key << 8U) | static_cast<unsigned char>(c);
      std::size_t at = cell(key);
      while (keys[at] != 0) at = (at + 1) % kCells;
      keys[at] = key;
      languages[at] = word.languages;
    }
  }
};
inline constexpr SmallWordTable kSmallWordTable;

// The languages that have this word among their small ones; 0: none. Letter case of ASCII does not count.
constexpr std::uint16_t languages_of(std::string_view word) {
  if (word.empty() || word.size() > 6) return 0;
  std::uint64_t key = 0;
  for (const char c : word) key = (key << 8U) | static_cast<unsigned char>(lower(c));
  std::size_t at = SmallWordTable::cell(key);
  while (kSmallWordTable.keys[at] != 0 && kSmallWordTable.keys[at] != key)
    at = (at + 1) % SmallWordTable::kCells;
  return kSmallWordTable.languages[at];
}
static_assert(languages_of("The") == kEnglish && languages_of("chaff") == 0);

// The one language whose small words clearly outnumber those of all others, with at least `least` of them
// that are not shared by everybody; 0: it cannot be said. Looks at the first 40 words.
inline std::uint16_t language_of(std::string_view text, int least) {
  std::array<int, 10> counts = {};
  int words = 0;
  for (std::size_t at = 0; at < text.size() && words < 40;) {
    while (at < text.size() && !in_word(text[at])) ++at;
    const std::size_t begin = at;
    while (at < text.size() && in_word(text[at])) ++at;
    if (at == begin) break;
    ++words;
    std::uint16_t mask = languages_of(text.substr(begin, at - begin));
    if (std::popcount(mask) > 2) continue;
    for (; mask != 0; mask &= static_cast<std::uint16_t>(mask - 1))
      ++counts[std::size_t(std::countr_zero(mask))];
  }
  const auto first = std::max_element(counts.begin(), counts.end());
  int second = 0;
  for (auto it = counts.begin(); it != counts.end(); ++it) {
    if (it != first) second = std::max(second, *it);
  }
  if (*first < least || *first < 2 * second || *first * 10 < words) return 0;
  return static_cast<std::uint16_t>(1U << static_cast<unsigned>(first - counts.begin()));
}

}  // namespace chaffinch::rules
