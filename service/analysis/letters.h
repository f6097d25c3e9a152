// What RE2 knows about letters: which of them differ by case alone, and what is a letter at all. Pure.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace chaffinch {

// All characters that RE2 takes for one when case does not count. Remembers its answers. One thread.
class CaseFamilies {
 public:
  // The character itself included. The first question beyond ASCII makes a text of all cased letters (0.3
  // MB).
  const std::u32string& of(char32_t letter);

 private:
  std::unordered_map<char32_t, std::u32string> known_;
  std::string cased_;
};

// Whether a character is a letter, a digit, or a mark that belongs to the letter before it. Immutable; safe
// from any thread.
class WordLetters {
 public:
  WordLetters();
  ~WordLetters();
  WordLetters(const WordLetters&) = delete;
  WordLetters& operator=(const WordLetters&) = delete;

  bool before(std::string_view text, std::size_t at) const;
  bool after(std::string_view text, std::size_t at) const;

 private:
  bool one(std::string_view character) const;

  struct Class;
  std::unique_ptr<Class> class_;
};

}  // namespace chaffinch
