#include "analysis/costly.h"

#include <algorithm>

#include "analysis/letter_case.h"
#include "analysis/quantifier.h"
#include "analysis/required.h"

namespace chaffinch {
namespace {

// RE2 keeps a state for each count of a gap: from here on they are worth a word.
constexpr int kWideGap = 200;

// The largest count in braces. A brace in a class or behind a backslash is read as a count as well, where it
// looks like one; no more than a remark comes of it.
int widest(std::string_view regex) {
  int most = 0;
  for (std::size_t at = regex.find('{'); at != std::string_view::npos; at = regex.find('{', at + 1)) {
    const Quantifier times = quantifier_at(regex, at);
    if (times.size != 0) most = std::max({most, times.least, times.most});
  }
  return most;
}

}  // namespace

std::optional<Costly> CostlyRegexes::look(std::string_view regex, bool ignore_case) {
  const bool folded = ignore_case || ignores_case(regex);
  const LetterCase letter_case = {folded ? &searched_form : nullptr,
                                  [this](char32_t letter) { return families_.of(letter); }};
  if (!required(regex, ignore_case, letter_case)) {
    return Costly{
        "no word or part of a word must be there for it, so all of it is searched for in every comment",
        "give each alternative three letters or more that comments seldom hold; \\w, \\d and sets such "
        "as [a-z] do not count, nor do the commonest words"};
  }
  if (const int most = widest(regex); most >= kWideGap) {
    return Costly{"it counts up to " + std::to_string(most) + ", which takes a state for each",
                  "let what is between the words end at the sentence, [^.!?]*, or count to 80 at most"};
  }
  return std::nullopt;
}

}  // namespace chaffinch
