// Readings ("views") of a text, each remembering where its bytes came from. Pure; safe from any thread. ICU
// stays in text.cpp and fold.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/evidence.h"

namespace chaffinch {

// True when `text` is well-formed UTF-8 (no overlong forms, no surrogates, at most U+10FFFF). NUL is
// well-formed.
bool valid_utf8(std::string_view text);

// What people see of it: HTML tags (script, style and comments with their content) and BBCode tags removed,
// entities decoded, white space kept. A tag that begins a line or a cell leaves a line break where words
// would join. Linear in the size whatever the nesting; never longer than the original. REQUIRES valid UTF-8.
Text visible_text(std::string_view original);

// What people see of its beginning, on one line: at most so many code points. REQUIRES valid UTF-8.
std::string opening_of(std::string_view original, std::size_t characters);

// `visible` folded for matching:
//   - NFKC casefold (Unicode 15); control, zero-width and bidi characters and tags removed;
//   - runs of white space made one space, none at the ends;
//   - Latin letters bare of their marks, small capitals and letters in circles as letters; Cyrillic and
//     Greek ones keep the marks that make other letters of them, other scripts keep all;
//   - typographic quotes and dashes as ASCII ones;
//   - look-alikes (UTS #39) as the letters of the word they stand in, where a word mixes alphabets, or where
//     a text is Latin but for them; words of other languages stay as they are;
//   - spaced-out and dotted words closed from four letters on ("v i a g r a", "v.i.a.g.r.a");
//   - leetspeak inside words undone ("v1agra", "c@sino"), but not in names like mp3, html5 and b2b, in ids
//     and in hexadecimal numbers.
// A run counts as verbatim when only the case of letters or the kind of white space differs. The ranges point
// to the original that `visible` was made from. ASCII takes a fast path. Linear; at most 11 times as long as
// `visible`. REQUIRES valid UTF-8. The first call makes the table of letters (about 20 ms).
Text folded_text(const Text& visible, std::string_view original);

// For a field without markup (a name, a URL, a title).
Text folded_text(std::string_view original);

// Counts over `visible` (links, tags and bbcodes are left to gather). Words are runs of letters and digits;
// each Han character is one, and scripts without spaces make no long words. Joiners and marks that their
// script or emoji needs are not hidden ones; combining counts marks that belong to no script. REQUIRES valid
// UTF-8.
Shape shape_of(const Text& visible, std::string_view original);

// FNV-1a 64 over the letters and digits of a folded text; 0 when it holds fewer than 8 of them.
std::uint64_t copy_hash(std::string_view folded);

// Lower case, for ASCII letters only. For hosts, emails and words of protocols.
std::string ascii_lower(std::string_view);

}  // namespace chaffinch
