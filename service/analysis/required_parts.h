// What required.cpp knows of parts of a regex while it reads it. Private to it. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "analysis/required.h"
#include "analysis/rows.h"

namespace chaffinch {

// What is known of a part of the regex.
struct Piece {
  bool exact = true;        // whatever it matches is one of `texts`
  OneOf texts = {""};       // without meaning otherwise
  std::vector<Need> needs;  // when it is not exact
  Width width;              // no match has more bytes
  std::optional<Row> row;   // of one character: whatever it matches is of this kind
  // \b stands at the beginning or end of an exact one; or it is nothing but that.
  bool starts_word = false;
  bool ends_word = false;
};

// The width of so many of them; count < 0: without end.
Width times(const Piece& piece, int count);

Piece unknown(const Width& width);
Piece exactly(OneOf texts, const Width& width);

std::size_t longest(const OneOf& texts);

// `texts` fill a part of the match that ends so far before and behind.
Need need_of(OneOf texts, const Width& before, const Width& behind, bool starts_word, bool ends_word);

// How often a comment of the usual size holds one of these, by guess; 1 at most.
double expected(const Need& need);

// The rarest needs of a way, the rarest first, how often all of them are met, and some of the common ones.
std::pair<std::vector<Need>, double> rarest(std::vector<Need> needs);

// Literals of one need: more say less.
inline constexpr std::size_t kMostTexts = 96;

// What must be there of a sequence, piece by piece.
class Sequence {
 public:
  void add(Piece piece);
  Piece finish();

 private:
  void flush();

  bool exact_ = true;
  Width width_;               // of what is flushed
  Width texts_width_;         // of what follows and is not
  bool starts_word_ = false;  // of texts_
  bool ends_word_ = false;
  OneOf texts_ = {""};
  std::vector<Need> needs_;
};

}  // namespace chaffinch
