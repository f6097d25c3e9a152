// What the three steps of folding share: fold.cpp knows letters (and ICU), fold_text.cpp folds a text letter
// by letter, fold_words.cpp undoes tricks that are played with whole words. Private to this room.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/evidence.h"

namespace chaffinch {

enum class Way : std::uint8_t {
  keep,
  one,     // becomes the character `fold`
  string,  // becomes the string number `fold`
  drop,
  space,
  mark,  // a combining mark without a script of its own
};

// latin, cyrillic and greek lose stray combining marks; other scripts need theirs.
enum class Group : std::uint8_t { none, latin, cyrillic, greek, other };

struct Letter {
  std::uint32_t fold = 0;
  Way way = Way::keep;
  Group group = Group::none;
  bool word = false;       // part of a word
  bool joins = false;      // may combine with what stands before it
  bool same_case = false;  // `one` by letter case alone, in as many bytes
  char look = 0;           // the ASCII letter that it can be taken for
};

// What folding does to each character of the first two planes, worked out once per program (about 20 ms,
// 1.5 MB). Later planes hold Han, whose few compatibility forms are looked up one by one, and tags.
// Immutable; safe from any thread.
class Letters {
 public:
  static constexpr char32_t kEnd = 0x20000;

  static const Letters& get();

  Letter at(char32_t c) const { return c < kEnd ? table_[c] : beyond(c); }
  std::string_view string(std::uint32_t number) const { return strings_[number]; }

 private:
  friend class LetterMaker;
  Letters() : table_(kEnd) {}
  static Letter beyond(char32_t c);

  std::vector<Letter> table_;
  std::vector<std::string> strings_;
};

// NFKC casefold of a short segment; at most 40 characters are read.
std::string casefold_segment(std::u32string_view segment);

// The letter that the two compose to; 0 when they do not.
char32_t compose_pair(char32_t letter, char32_t mark);

// Closes spaced-out words ("v i a g r a", "v.i.a.g.r.a") and undoes leetspeak inside words ("v1agra",
// "c@sino"). REQUIRES: `folded` is lower case with single spaces. Linear.
Text undo_word_tricks(Text folded, std::size_t original_size);

}  // namespace chaffinch
