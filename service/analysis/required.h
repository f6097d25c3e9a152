// Which literals a text must hold for a regex to match it. Pure.
//
// Literals are found in a text much faster than regexes are tried on it (grams.h), so a regex is only asked
// when the text holds what the regex cannot match without. What this reader cannot tell leaves a literal out,
// or the regex without any: a match is never lost.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/rows.h"

namespace chaffinch {

using OneOf = std::vector<std::string>;

// A match holds at least one of these.
struct Need {
  OneOf texts;
  // At most so many bytes of the match stand before and behind the one that it holds.
  Width before;
  Width behind;
  // No ASCII letter, digit or underscore stands directly before or behind it.
  bool starts_word = false;
  bool ends_word = false;
  // Of one text that is so often there that to look for it costs more than it tells: to be asked for where
  // the others have found that a match may be. Behind those that are not.
  bool common = false;
};

// What a regex needs is given as ways: every match holds all needs of at least one way.
//
//   \b(buy|order)\b.{0,30}\b(pills|loans)\b    {{{buy, order}, {pills, loans}}}
//   casin[o0]|free (\w+ )?spins?               {{{casin0, casino}}, {{free }, {spin}}}
using Ways = std::vector<std::vector<Need>>;

struct LetterCase {
  // Texts and literals are compared in this form; nothing: as they are. Works character by character.
  std::string (*folded)(std::string_view) = nullptr;
  // All characters that RE2 takes for one when the case of letters does not count, itself included.
  std::function<std::u32string(char32_t)> alike;
};

// Nothing when the regex needs no literal that is rare enough to be worth a search. REQUIRES: RE2 has
// accepted the regex; `folded` is given when the regex ignores case anywhere (ignores_case).
std::optional<Ways> required(std::string_view regex, bool ignore_case, const LetterCase& letter_case);

// Whether the regex sets (?i) somewhere. May say yes where it does not.
bool ignores_case(std::string_view regex);

}  // namespace chaffinch
