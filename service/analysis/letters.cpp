#include "analysis/letters.h"

#include <algorithm>

#include <re2/re2.h>

#include "analysis/utf8.h"

namespace chaffinch {
namespace {

void append_range(std::string& text, char32_t first, char32_t last) {
  for (char32_t c = first; c <= last; ++c) append_utf8(text, c);
}

RE2::Options quiet() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  return options;
}

}  // namespace

const std::u32string& CaseFamilies::of(char32_t letter) {
  const auto known = known_.find(letter);
  if (known != known_.end()) return known->second;
  std::u32string family;
  if (letter < 0x80) {
    // The sign of kelvin and the long s are the only letters beyond ASCII that go with letters of it.
    const char small = ascii_small(static_cast<char>(letter));
    family += letter;
    if (ascii_letter(small)) family += letter ^ char32_t { 0x20 };
    if (small == 'k') family += char32_t{0x212A};
    if (small == 's') family += char32_t{0x17F};
    return known_.emplace(letter, family).first->second;
  }
  if (cased_.empty()) {
    // No letter of the CJK blocks or of the later planes has a case.
    append_range(cased_, 0, 0x2FFF);
    append_range(cased_, 0xA640, 0xABFF);
    append_range(cased_, 0xFB00, 0x1EFFF);
  }
  std::string text;
  append_utf8(text, letter);
  const RE2 alike("(?i)" + RE2::QuoteMeta(text), quiet());
  re2::StringPiece found;
  for (std::size_t at = 0; alike.Match(cased_, at, cased_.size(), RE2::UNANCHORED, &found, 1);) {
    const auto start = static_cast<std::size_t>(found.data() - cased_.data());
    family += decode_at(cased_, start).value;
    at = start + found.size();
  }
  if (family.find(letter) == std::u32string::npos) family += letter;
  return known_.emplace(letter, family).first->second;
}

struct WordLetters::Class {
  RE2 regex{"[\\pL\\pN\\pM]", quiet()};
};

WordLetters::WordLetters() : class_(std::make_unique<Class>()) {}
WordLetters::~WordLetters() = default;

bool WordLetters::before(std::string_view text, std::size_t at) const {
  if (at == 0) return false;
  std::size_t begin = at - 1;
  while (begin > 0 && at - begin < 4 && (static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80U) --begin;
  return one(text.substr(begin, at - begin));
}

bool WordLetters::after(std::string_view text, std::size_t at) const {
  if (at >= text.size()) return false;
  std::size_t end = at + 1;
  while (end < text.size() && end - at < 4 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) ++end;
  return one(text.substr(at, end - at));
}

bool WordLetters::one(std::string_view character) const {
  if (static_cast<unsigned char>(character.front()) < 0x80) return ascii_alnum(character.front());
  return RE2::FullMatch(re2::StringPiece(character.data(), character.size()), class_->regex);
}

}  // namespace chaffinch
