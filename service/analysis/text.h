// Readings ("views") of a text, each remembering where its bytes came from. Pure; safe from any thread.
// ICU stays in text.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/evidence.h"

namespace chaffinch {

// True when `text` is well-formed UTF-8 (no overlong forms, no surrogates, at most U+10FFFF). NUL is well-formed.
bool valid_utf8(std::string_view text);

// What people see of it: HTML tags (script, style and comments with their content) and BBCode tags removed, entities
// decoded, white space kept. Linear in the size whatever the nesting. REQUIRES valid UTF-8.
Text visible_text(std::string_view original);

// `visible` folded for matching: NFKC casefold (Unicode 15), zero-width, bidi and combining marks removed (except in
// scripts that need them), look-alike letters mapped to their skeleton where a word mixes scripts (UTS #39),
// spaced-out ("v i a g r a") and dotted words closed, leetspeak inside words undone, runs of white space made one
// space. The ranges point to the original that `visible` was made from.
// ASCII takes a fast path. REQUIRES valid UTF-8.
Text folded_text(const Text& visible, std::string_view original);

// For a field without markup (a name, a URL, a title).
Text folded_text(std::string_view original);

// Counts over `visible` (links, tags and bbcodes are left to gather). REQUIRES valid UTF-8.
Shape shape_of(const Text& visible, std::string_view original);

// FNV-1a 64 over the letters and digits of a folded text; 0 when it holds fewer than 8 of them.
std::uint64_t copy_hash(std::string_view folded);

// Lower case, for ASCII letters only. For hosts, emails and words of protocols.
std::string ascii_lower(std::string_view);

}  // namespace chaffinch
