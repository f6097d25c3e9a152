// Regexes that build and yet cost every comment more than they should, with the advice that makes them cheap.
// Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "analysis/letters.h"

namespace chaffinch {

struct Costly {
  std::string why;
  std::string advice;
};

// Remembers what it learned of letters. One thread.
class CostlyRegexes {
 public:
  // Nothing for a regex that costs what others do. REQUIRES: RE2 has accepted it.
  std::optional<Costly> look(std::string_view regex, bool ignore_case);

 private:
  CaseFamilies families_;
};

}  // namespace chaffinch
