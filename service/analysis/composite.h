// Conditions over other rules: "fake_praise and (has_url or link_count) and not known_author". Pure.
//
//   or   := and { "or" and }
//   and  := not { "and" not }
//   not  := "not" not | name | "(" or ")"
//   name := [a-z][a-z0-9_]*     but not: and, or, not
//
// Immutable once parsed; safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace chaffinch {

// Whether a rule hit. A live composite sees live hits alone, so that a shadow rule adds nothing by a detour;
// a shadow composite sees both.
enum class Hit : std::uint8_t { none, shadow, live };

class Expression {
 public:
  struct Trouble {
    std::string what;
    std::size_t at = 0;   // byte of the text where it stands
    std::string unknown;  // the name that nobody knows, when that is the trouble
  };

  // The number of a rule by its name.
  using Lookup = std::function<std::optional<std::uint32_t>(std::string_view name)>;

  // At most 4,096 bytes, parentheses and "not" nested at most 30 deep.
  static tl::expected<Expression, Trouble> parse(std::string_view text, const Lookup& lookup);

  // `hits[n]` tells of rule n; what is under `least` counts as no hit. REQUIRES: hits holds every number that
  // the lookup gave.
  bool value(std::span<const Hit> hits, Hit least) const;

  // The same where it is not known of every rule whether it hit: nothing when that matters.
  std::optional<bool> known(const std::function<std::optional<bool>(std::uint32_t rule)>& hit) const;

  // The numbers of the rules that it names, in the order of the text.
  std::vector<std::uint32_t> rules() const;

 private:
  friend class ExpressionParser;
  enum class Kind : std::uint8_t { rule, negate, both, either };
  struct Step {
    Kind kind = Kind::rule;
    std::uint32_t rule = 0;
  };
  std::vector<Step> steps_;  // in reverse Polish order
};

}  // namespace chaffinch
