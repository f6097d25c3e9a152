// What every match of a regex must hold: parts of it that are cheap to search for many regexes at once. Pure.
//
// A gap such as ".{0,80}" between two words makes the automaton of a whole set of regexes remember, for every
// word seen, how long ago that was; on ordinary text it then meets a new state at nearly every byte. The
// words alone make a small automaton. So a set is searched for the words, and a regex is asked only when all
// of its words are there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chaffinch {

// Regexes themselves (RE2 syntax). A text that the regex matches is matched by every part of at least one of
// the alternatives; the other way round need not be. No part is empty, but a part may match the empty string,
// and a regex that this cannot take to pieces is its own only part. REQUIRES: RE2 has accepted the regex.
//
//   \b(buy|order)\b.{0,30}\b(pills|loans)\b    {{\b(buy|order)\b, \b(pills|loans)\b}}
//   casino\w*|free (\w+ ){1,3}spins?           {{casino}, {free[ ], [ ]spin}}         with [ ] for a space
std::vector<std::vector<std::string>> needs_of(std::string_view regex);

}  // namespace chaffinch
