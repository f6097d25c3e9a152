// A second look at packs that build: what is no error and yet probably not what its author meant. Pure.
//
//   duplicate   the same rule twice, or the same entry in two patterns (or twice in one)
//   covered     an entry that can go: whatever it hits, another entry of its pattern hits as well
//   never       a composite that cannot be true
//   always      a composite that cannot be false
//   costly      a regex that costs every comment more than it should (analysis/costly.h)
//   broad       a rule that hits so many comments of honest people that it tells nothing
//
// Kinds are public words: append only.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "analysis/ruleset.h"
#include "core/comment.h"
#include "core/result.h"
#include "core/verdict.h"

namespace chaffinch {

struct Remark {
  std::string kind;
  std::string what;
  std::string where;   // "mine.toml:12"
  std::string advice;  // the line with a caret, and what to do

  bool operator==(const Remark&) const = default;
};

// About the packs named in `about` (all of them when it is empty), beside all others. `rules` is what was
// built from `packs`. In the order of the packs and their lines; of many alike a few are named and all
// counted.
std::vector<Remark> review(std::span<const PackSource> packs, const RuleSet& rules,
                           std::span<const std::string> about = {});

// Counts what hits comments that people wanted. One thread.
class Breadth {
 public:
  explicit Breadth(const RuleSet& rules) : rules_(rules) {}

  void look(const Submission& wanted);
  std::uint64_t seen() const { return seen_; }

  // Rules of the packs that hit at least `share` of what was looked at, and no fewer than `least` comments.
  // Rules that speak for a comment (a negative score, approve) are meant to.
  std::vector<Remark> remarks(std::span<const PackSource> packs, double share, std::uint64_t least,
                              const std::string& of_what, std::span<const std::string> about = {}) const;

 private:
  const RuleSet& rules_;
  std::uint64_t seen_ = 0;
  std::map<std::string, std::uint64_t, std::less<>> hits_;
};

// The same against the sentences of analysis/honest.h: a fifth of all, or half of one language's.
std::vector<Remark> too_broad(std::span<const PackSource> packs, const RuleSet& rules,
                              std::span<const std::string> about = {});

// The line at `where` ("mine.toml:12") with a caret under `part`, or under its first letter when the line
// does not hold it; empty when no pack has the line.
std::string line_at(std::span<const PackSource> packs, const std::string& where, std::string_view part);

// Gives every error that names a line that line with a caret, where it has none yet.
void show_lines(std::span<const PackSource> packs, std::vector<Error>& errors);

}  // namespace chaffinch
