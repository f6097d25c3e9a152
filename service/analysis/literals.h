// Many words, substrings and exact texts against one text, of one case sensitivity. Pure; immutable once
// built; safe from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/earliest.h"
#include "analysis/grams.h"
#include "analysis/letters.h"
#include "analysis/patterns.h"

namespace chaffinch {

struct LiteralEntry {
  std::string text;
  std::uint32_t pattern = 0;
  Literal kind = Literal::word;
};

// `text` without white space at its ends: where it starts and ends.
std::pair<std::size_t, std::size_t> without_outer_space(std::string_view text);

class Literals {
 public:
  // REQUIRES: no entry is empty.
  explicit Literals(std::vector<LiteralEntry> entries);

  // Notes the first match of each entry.
  void find(std::string_view text, Earliest& found) const;

 private:
  struct Want {
    std::uint32_t pattern = 0;
    Literal kind = Literal::word;
  };
  class Search;

  void find_exact(std::string_view text, Earliest& found) const;

  std::vector<LiteralEntry> exact_;  // sorted by text
  Grams grams_;
  std::vector<Want> wants_;  // who wants a literal: [wants_from_[i], wants_from_[i + 1])
  std::vector<std::uint32_t> wants_from_;
  WordLetters letters_;
};

}  // namespace chaffinch
