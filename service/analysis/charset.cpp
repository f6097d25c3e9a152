#include "analysis/charset.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include <unicode/ucnv.h>

#include "analysis/text.h"

namespace chaffinch {
namespace {

struct Close {
  void operator()(UConverter* one) const { ucnv_close(one); }
};
using Converter = std::unique_ptr<UConverter, Close>;

// Converters that any text may name. UTF-7, SCSU and the like are left out: their bytes look like other
// texts.
bool is_wanted(std::string_view name) {
  if (name.empty() || name.size() > 60) return false;
  const std::string lower = ascii_lower(name);
  for (const char* one : {"utf-7", "utf7", "scsu", "bocu", "imap", "cesu", "lmbcs", "hz", "ebcdic", "ibm-"})
    if (lower.find(one) != std::string::npos) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_' || c == ':' || c == '.';
  });
}

Converter opened(std::string_view name) {
  if (!is_wanted(name)) return nullptr;
  UErrorCode error = U_ZERO_ERROR;
  Converter one(ucnv_open(std::string(name).c_str(), &error));
  return U_SUCCESS(error) != 0 ? std::move(one) : nullptr;
}

std::string converted(UConverter& from, std::string_view bytes) {
  UErrorCode error = U_ZERO_ERROR;
  const Converter to(ucnv_open("UTF-8", &error));
  if (U_FAILURE(error) != 0) return {};
  std::string text;
  std::array<UChar, 1024> between{};
  UChar* read = between.data();
  UChar* written = between.data();
  std::array<char, 4096> out{};
  const char* source = bytes.data();
  do {
    error = U_ZERO_ERROR;
    char* target = out.data();
    ucnv_convertEx(to.get(), &from, &target, out.data() + out.size(), &source, bytes.data() + bytes.size(),
                   between.data(), &read, &written, between.data() + between.size(), text.empty() ? 1 : 0, 1,
                   &error);
    text.append(out.data(), static_cast<std::size_t>(target - out.data()));
  } while (error == U_BUFFER_OVERFLOW_ERROR);
  return text;
}

}  // namespace

std::string to_utf8(std::string_view bytes, std::string_view charset) {
  const std::string name = ascii_lower(charset);
  const bool is_utf8 = name == "utf-8" || name == "utf8" || name == "us-ascii" || name == "ascii";
  std::string text;
  if (valid_utf8(bytes) && (is_utf8 || std::none_of(bytes.begin(), bytes.end(), [](char c) {
                              return static_cast<unsigned char>(c) >= 0x80 || c == '\x1b';
                            }))) {
    text = bytes;  // ASCII is the same in all that blogs are written in
  } else if (Converter from = is_utf8 ? opened("UTF-8") : opened(charset)) {
    text = converted(*from, bytes);
  } else if (valid_utf8(bytes)) {
    text = bytes;
  } else if (Converter western = opened("windows-1252")) {
    text = converted(*western, bytes);
  }
  std::erase(text, '\0');
  return text;
}

}  // namespace chaffinch
