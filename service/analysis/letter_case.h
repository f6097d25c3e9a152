// Lower case that keeps every byte's place, for searches whose matches are told as bytes of the text. Pure.
#pragma once

#include <string>
#include <string_view>

namespace chaffinch {

// ASCII, Latin, Greek, Cyrillic and Armenian letters in lower case, by Unicode's simple mappings, without
// those that would change the number of bytes. The result is as long as the text, which may be any bytes.
std::string lower_letters(std::string_view text);

}  // namespace chaffinch
