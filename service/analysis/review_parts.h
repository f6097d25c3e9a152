// Parts of the second look at packs: what an entry means, which entries of a pattern another one covers, and
// what a composite can come to. For review.cpp and the importer's report. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/judge.h"
#include "analysis/pack.h"

namespace chaffinch {

// Type, view and places of a pattern, as text.
std::string signature_of(const PackPattern& pattern);
// Two entries of one meaning hit the same texts.
std::string meaning_of(const PackPattern& pattern, const std::string& entry);
// Whether two patterns of one type look in at least one common place, the same way.
bool meet(const PackPattern& one, const PackPattern& other);

// Entry `entry` hits nothing that entry `by` does not hit. Entries of equal meaning do not cover each other.
struct Covered {
  std::size_t entry = 0;
  std::size_t by = 0;
};
// By rising entry, each once. Regexes are not compared: what one covers cannot be told.
std::vector<Covered> covered_of(const PackPattern& pattern);

// What a composite can come to when each rule below it may hit or not. Rules that are off never hit; a live
// composite does not see what is in the shadow. Bounded: where it would take too long, both are thought
// possible.
class Reaching {
 public:
  Reaching(const Judge& judge, std::size_t composite);
  bool can_be(bool value);

 private:
  std::optional<bool> value_of(std::size_t composite);
  bool search(bool value);

  const Judge& judge_;
  std::size_t composite_;
  std::vector<std::uint32_t> base_;  // heuristics and patterns that it leans on
  std::vector<std::size_t> inner_;   // composites that it leans on, in order, itself last
  std::vector<std::optional<bool>> hits_;
  std::size_t steps_ = 0;
};

// Advice for a composite that can never be true.
std::string why_never(const Judge& judge, std::size_t composite);

}  // namespace chaffinch
