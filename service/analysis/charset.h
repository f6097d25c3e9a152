// Texts in other encodings than UTF-8. Pure; safe from any thread. ICU's converters stay in charset.cpp.
#pragma once

#include <string>
#include <string_view>

namespace chaffinch {

// `bytes` of the named character set (any of its IANA names, in any case) as well-formed UTF-8. What cannot
// be read becomes U+FFFD; NUL goes. No name, or one that is not known, means UTF-8, and where the bytes are
// none, windows-1252. Linear; at most four bytes for each one.
std::string to_utf8(std::string_view bytes, std::string_view charset);

}  // namespace chaffinch
