// Lower case for searches. Pure; safe from any thread.
#pragma once

#include <string>
#include <string_view>

namespace chaffinch {

// ASCII, Latin, Greek, Cyrillic and Armenian letters in lower case, by Unicode's simple mappings, without
// those that would change the number of bytes. The result is as long as the text, which may be any bytes.
std::string lower_letters(std::string_view text);

// The same, besides with the long s and the sign of kelvin as s and k, which makes it shorter: RE2 takes them
// for these when case does not count. Character by character, also where bytes are between that make none.
std::string searched_form(std::string_view text);

}  // namespace chaffinch
