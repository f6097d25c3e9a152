// Many patterns against one text. RE2 is what a regex means. Pure.
//
// Immutable after build; safe from any thread. Every match that counts is confirmed by RE2 itself (for
// regexes) with its first span. Memory of each regex is bounded (1 MiB); a regex that needs more is refused
// when added.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace chaffinch {

// How an entry is read. word: the literal between characters that are not letters, digits or combining marks.
// exact: the whole text, white space at its ends aside. With ignore_case the case of Latin, Greek, Cyrillic
// and Armenian letters does not count.
enum class Literal : std::uint8_t { word, exact, substring };

struct Match {
  std::uint32_t pattern = 0;         // the number that the pattern was added with
  std::uint32_t start = 0, end = 0;  // bytes of the text searched
};

class RegexPool;
// For the builders of several sets, which may then have regexes in common at no more cost.
std::shared_ptr<RegexPool> regex_pool();

// A set of patterns for one kind of text (a field and view).
class PatternSet {
 public:
  class Builder {
   public:
    explicit Builder(std::shared_ptr<RegexPool> pool = regex_pool());
    ~Builder();
    Builder(Builder&&) noexcept;
    Builder& operator=(Builder&&) noexcept;
    // RE2 syntax, case folding is the view's business: `ignore_case` for raw and visible views.
    // `accepted`: it was added without an error before, by whoever made the pack; then it is compiled when a
    // text first asks for it.
    Done add_regex(std::uint32_t pattern, std::string_view regex, bool ignore_case, bool accepted = false);
    Done add_literal(std::uint32_t pattern, std::string_view text, Literal kind, bool ignore_case);
    Result<std::unique_ptr<PatternSet>> build();

   private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
  };

  virtual ~PatternSet() = default;
  // Appends the first match of each pattern that hits. False when a check could not be made: what was found
  // stays in `matches`, and the caller holds the comment. That is so, too, when 64 regexes have hit a text of
  // more than 8 KiB and more may: only one that was made for it has so many, and each costs another reading.
  // A match of at most 8 KiB is the one that RE2 finds; of a longer one, as little may be told as makes a
  // match.
  [[nodiscard]] virtual bool find(std::string_view text, std::vector<Match>& matches) const = 0;
  virtual void renew() = 0;  // as RegexSet has it
};

}  // namespace chaffinch
