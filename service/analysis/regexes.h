// Many regexes against one text. RE2 stays in regexes.cpp and characters.cpp. Pure; immutable once built;
// safe from any thread.
//
// The literals that regexes require (required_index.h) or, for those that require none, RE2::Set over what
// they need (needs.h) tell which of them may match; each of those runs through its own RE2, which decides and
// gives the span.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "analysis/earliest.h"
#include "analysis/patterns.h"
#include "core/result.h"

namespace chaffinch {

// Regexes that are looked for in several kinds of text are read and compiled once. One thread fills it; sets
// keep what they took of it.
class RegexPool {
 public:
  RegexPool();
  ~RegexPool();
  RegexPool(const RegexPool&) = delete;
  RegexPool& operator=(const RegexPool&) = delete;

 private:
  friend class RegexSet;
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

class RegexSet {
 public:
  class Builder {
   public:
    explicit Builder(std::shared_ptr<RegexPool> pool);
    ~Builder();
    Builder(Builder&&) noexcept;
    Builder& operator=(Builder&&) noexcept;
    // As PatternSet::Builder has it.
    Done add(std::uint32_t pattern, std::string_view regex, bool ignore_case, bool accepted);
    bool empty() const;
    Result<std::unique_ptr<RegexSet>> build();

   private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
  };

  virtual ~RegexSet() = default;
  // Notes the first match of each regex. False when a check could not be made.
  [[nodiscard]] virtual bool find(std::string_view text, Earliest& found) const = 0;
  // Gives back what searching made: RE2 keeps the states of its automata, up to 1 MiB for each regex. Nobody
  // searches meanwhile.
  virtual void renew() = 0;
};

}  // namespace chaffinch
