// Many regexes' required literals (required.h), found together. Pure; immutable once built; safe from any
// thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analysis/grams.h"
#include "analysis/letters.h"
#include "analysis/required.h"
#include "analysis/rows.h"
#include "analysis/sparse.h"

namespace chaffinch {

// Where a match can be.
struct Range {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  bool anchored = false;  // a match starts at the first byte or nowhere
};

// What regexes require, each read once for all indexes that it is in. One thread.
class Requirements {
 public:
  // As required() has it; `folded`: for texts in their searched form. Good for as long as this is.
  const std::optional<Ways>& of(const std::string& regex, bool ignore_case, bool folded);

 private:
  CaseFamilies families_;
  std::unordered_map<std::string, std::optional<Ways>> known_;  // by both flags and the regex
};

class RequiredIndex {
 public:
  struct Source {
    const std::string& regex;
    bool ignore_case = false;
  };
  // Finds nothing.
  RequiredIndex() = default;
  // `others`: the places of those that require no literal. REQUIRES: RE2 has accepted each.
  RequiredIndex(const std::vector<Source>& regexes, Requirements& known, std::vector<std::uint32_t>& others);

  struct Candidate {
    std::uint32_t regex = 0;  // by its place
    Range range;
  };
  // Which regexes may match, and where: every match lies within one of its regex's ranges. By rising regex,
  // and of each from left to right, apart from each other, so that the first match in the first range that
  // has one is the first in the text. REQUIRES: text.size() < 2^32.
  std::vector<Candidate> candidates(std::string_view text) const;

 private:
  friend class RequiredMaker;

  struct Place {
    Width before, behind;               // as required.h has it
    std::uint32_t first = 0, last = 0;  // of literals_of_places_
  };
  struct Way {
    std::uint32_t regex = 0;
    std::uint32_t first = 0, last = 0;                // of places_, the rarest first
    std::uint32_t first_common = 0, last_common = 0;  // of commons_
  };

  // A literal as some needs want it: anywhere, or where a word starts or ends.
  struct Literal {
    std::uint32_t text = 0;
    bool starts_word = false;
    bool ends_word = false;
  };

  Grams grams_;                               // over the texts
  bool folded_ = false;                       // texts are searched in their searched_form
  std::vector<Literal> literals_;             // sorted by text
  std::vector<std::uint32_t> literals_from_;  // of text i: [literals_from_[i], literals_from_[i + 1])
  // The ways whose rarest need literal i meets: ways_of_literals_[ways_from_[i]], up to ways_from_[i + 1].
  std::vector<std::uint32_t> ways_of_literals_;
  std::vector<std::uint32_t> ways_from_;
  std::vector<Way> ways_;
  std::vector<Place> places_;
  std::vector<std::uint32_t> literals_of_places_;
  std::vector<std::string> commons_;  // looked for only where a match may be

  // Where a literal is in a text: the first places one by one, all of them by their ends.
  struct Met {
    static constexpr std::uint32_t kKept = 4;

    std::uint32_t count = 0;
    std::uint32_t size = 0;  // bytes of the literal
    std::uint32_t last = 0;  // start
    std::array<std::uint32_t, kKept> starts{};
  };
  class Search;
};

}  // namespace chaffinch
