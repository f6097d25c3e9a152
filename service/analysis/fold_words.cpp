#include <algorithm>
#include <array>
#include <optional>

#include "analysis/fold.h"
#include "analysis/mapping.h"
#include "analysis/utf8.h"

namespace chaffinch {
namespace {

// --- spaced-out words
// ---------------------------------------------------------------------------------------

constexpr std::size_t kFewestUnits = 4;  // single letters in a row that make a spaced-out word: not "U.S.A."

// Whether a spaced-out word could be in an ASCII text: a letter, and the same separator three times with one
// character between.
bool may_be_spaced_out(std::string_view text) {
  if (text.size() < 7) return false;
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  const std::size_t end = text.size() - 6;
  unsigned char hit = 0;
  for (std::size_t i = 0; i < end; ++i) {
    const unsigned char separator = bytes[i + 1];
    const auto letter = mask(static_cast<unsigned char>(bytes[i] - 'a') < 26);
    const auto apart = mask(static_cast<unsigned char>(separator - 'a') >= 26);
    hit |= static_cast<unsigned char>(letter & apart & mask(separator == bytes[i + 3]) &
                                      mask(separator == bytes[i + 5]));
  }
  return hit != 0;
}

bool separates(char32_t c) {
  // Not the signs that paths, queries and calls are made of.
  constexpr std::string_view kSigns = " .-_*~|,:;+'\"`^#!";
  if (c < 0x80) return kSigns.find(static_cast<char>(c)) != std::string_view::npos;
  const Letter letter = Letters::get().at(c);
  return !letter.word;
}

// Bytes of the character at `at` when it can be part of a word, else 0.
std::size_t word_character(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (static_cast<unsigned char>(c) < 0x80) return ascii_alnum(c) || c == '@' || c == '$' ? 1 : 0;
  const CodePoint decoded = decode_at(text, at);
  return Letters::get().at(decoded.value).word ? decoded.length : 0;
}

// Single characters with one and the same separator between them.
struct Chain {
  std::size_t units = 0;
  std::size_t letters = 0;
  std::size_t distinct = 0;   // counted to three
  std::size_t separator = 0;  // bytes
  std::size_t end = 0;        // behind the last unit
  std::size_t tail_end = 0;   // the same, when that is a longer one

  bool is_word() const { return units >= kFewestUnits && letters >= 3 && distinct >= 3; }
};

// Where the word ends that holds `at`; 0 when it goes on for more than `most` characters.
std::size_t word_end(std::string_view text, std::size_t at, std::size_t most) {
  for (std::size_t characters = 0; at < text.size(); ++characters) {
    const std::size_t length = word_character(text, at);
    if (length == 0) break;
    if (characters == most) return 0;
    at += length;
  }
  return at;
}

Chain chain_at(std::string_view text, std::size_t at) {
  Chain chain{.end = at};
  std::string_view separator;
  std::array<std::string_view, 2> seen;
  // Where a character is a word or a syllable, a single one belongs to no spelled word beside it.
  const auto wide = [text](std::size_t i) { return decode_at(text, i).value >= 0x2E80; };
  const bool all_wide = at < text.size() && wide(at);
  for (std::size_t unit = at; unit < text.size();) {
    const std::size_t length = word_character(text, unit);
    if (length == 0 || wide(unit) != all_wide) break;
    const std::size_t end = unit + length;
    if (end < text.size() && word_character(text, end) != 0) {  // a longer word
      // "d-o-r-a77": the end of the chain, unless it is only the next word.
      constexpr std::size_t kTail = 4;
      const std::size_t tail = word_end(text, unit, kTail);
      if (chain.units >= 3 && separator != " " && tail != 0) {
        ++chain.units;
        chain.end = chain.tail_end = tail;
      }
      break;
    }
    const std::string_view one = text.substr(unit, length);
    ++chain.units;
    if (length > 1 || ascii_letter(one[0])) ++chain.letters;
    if (chain.distinct < 3 && one != seen[0] && one != seen[1]) {
      if (chain.distinct < 2) seen[chain.distinct] = one;
      ++chain.distinct;
    }
    chain.end = end;
    if (end == text.size()) break;
    const CodePoint next = decode_at(text, end);
    if (separator.empty()) {
      if (!separates(next.value)) break;
      separator = text.substr(end, next.length);
      chain.separator = next.length;
    } else if (text.substr(end, separator.size()) != separator) {
      break;
    }
    unit = end + separator.size();
  }
  return chain;
}

// The s of "it's" belongs to that word.
bool after_apostrophe(std::string_view text, std::size_t at) {
  if (at < 2 || text[at - 1] != '\'') return false;
  return word_character(text, at - 1 - decode_before(text, at - 1).length) != 0;
}

Text close_spaced_words(Text folded, std::size_t original_size) {
  const std::string_view text = folded.value;
  std::optional<Mapping> mapping;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (word_character(text, i) == 0) {
      i += decode_at(text, i).length;
      continue;
    }
    const Chain chain = after_apostrophe(text, i) ? Chain{.end = i} : chain_at(text, i);
    if (chain.is_word()) {
      if (!mapping) mapping.emplace(text, folded.runs);
      for (std::size_t unit = i; unit < chain.end;) {
        std::size_t end = unit + word_character(text, unit);
        if (end < text.size() && word_character(text, end) != 0) end = chain.tail_end;
        mapping->keep(kept, end);
        kept = unit = std::min(end + chain.separator, chain.end);
      }
    }
    // A chain that is none is not gone through again, but one that is only short may hide the beginning of
    // another, with another separator.
    if (chain.units >= kFewestUnits) i = chain.end;
    while (i < text.size()) {  // the rest of the word
      const std::size_t length = word_character(text, i);
      if (length == 0) break;
      i += length;
    }
  }
  if (!mapping) return folded;
  mapping->keep(kept, text.size());
  return mapping->finish(original_size);
}

// --- leetspeak
// ----------------------------------------------------------------------------------------------

// What a sign inside a word stands for; 0 when for nothing. 1 is i or l: see letter_of.
constexpr char sign_letter(char c) {
  switch (c) {
    case '0':
      return 'o';
    case '1':
    case '!':
    case '|':
      return 'i';
    case '3':
      return 'e';
    case '4':
    case '@':
      return 'a';
    case '5':
    case '$':
      return 's';
    case '7':
      return 't';
    case '8':
      return 'b';
    default:
      return 0;
  }
}

bool small_letter(char c) {
  return static_cast<unsigned char>(c - 'a') < 26;
}

// What a byte is in a token.
enum : std::uint8_t { kOutside, kLetter, kSign };
constexpr std::array<std::uint8_t, 256> kTokenBytes = [] {
  std::array<std::uint8_t, 256> table{};
  for (std::size_t c = 'a'; c <= 'z'; ++c) table[c] = kLetter;
  for (std::size_t c = '0'; c <= '9'; ++c) table[c] = kSign;
  for (const char c : std::string_view("@$!|")) table[static_cast<unsigned char>(c)] = kSign;
  return table;
}();
std::uint8_t token_byte(char c) {
  return kTokenBytes[static_cast<unsigned char>(c)];
}
bool vowel(char c) {
  return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y';
}

unsigned char letter_mask(unsigned char c) {
  return mask(static_cast<unsigned char>(c - 'a') < 26);
}
unsigned char sign_mask(unsigned char c) {
  return static_cast<unsigned char>(mask(static_cast<unsigned char>(c - '0') < 10) | mask(c == '@') |
                                    mask(c == '$') | mask(c == '!') | mask(c == '|'));
}

// Whether a letter is followed by a sign that is followed by either.
bool may_be_leet(std::string_view text) {
  if (text.size() < 3) return false;
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  const std::size_t end = text.size() - 2;
  unsigned char hit = 0;
  for (std::size_t i = 0; i < end; ++i) {
    hit |= static_cast<unsigned char>(letter_mask(bytes[i]) & sign_mask(bytes[i + 1]) &
                                      (letter_mask(bytes[i + 2]) | sign_mask(bytes[i + 2])));
  }
  return hit != 0;
}

// Names of the computer trade that would pass for leetspeak.
bool technical(std::string_view token) {
  static constexpr std::array<std::string_view, 26> kBeginnings{
      "css3", "db4o", "es3",  "es5",  "float3", "html4", "html5", "i18n", "ie7",
      "ie8",  "int3", "int8", "ipv4", "l10n",   "log4",  "md5",   "mp3",  "mp4",
      "php4", "php5", "sha1", "sha5", "utf8",   "win3",  "win7",  "win8"};
  return std::any_of(kBeginnings.begin(), kBeginnings.end(),
                     [token](std::string_view beginning) { return token.starts_with(beginning); });
}

char letter_of(std::string_view token, std::size_t at) {
  if (token[at] == '1') {
    const char before = at > 0 ? token[at - 1] : '\0';
    const char after = at + 1 < token.size() ? token[at + 1] : '\0';
    // "ca11", "sa1e" against "v1agra".
    if (before == '1' || after == '1' || (vowel(before) && vowel(after))) return 'l';
  }
  return sign_letter(token[at]);
}

// Whether the signs from `first` to `last` (letters on both sides) can stand for letters.
bool plausible_signs(std::string_view token, std::size_t first, std::size_t last) {
  if (last - first > 2) return false;
  const std::size_t behind = token.size() - last;
  const bool small_number = token[first] == '0' || token[first] == '1';
  // "ambil4d", "log4j": a name with a suffix. "webhost4life": for.
  if (first >= 3 && behind == 1 && ascii_digit(token[first]) && !small_number) return false;
  if (first >= 3 && behind >= 3 && last - first == 1 && token[first] == '4') return false;
  for (std::size_t i = first; i < last; ++i) {
    const char c = token[i];
    if (sign_letter(c) == 0) return false;
    if (c == '!' || c == '|') {
      // "v!agra", but not "nice!thanks" or "is|are".
      if (std::any_of(token.begin(), token.begin() + static_cast<std::ptrdiff_t>(i), vowel)) return false;
    }
    if (c == '@' && first >= 3 && behind >= 3) return false;  // "root@host"
  }
  return true;
}

// The word that the token stands for; empty when the token is to be left alone.
std::string unleet(std::string_view token) {
  const auto letters = static_cast<std::size_t>(std::count_if(token.begin(), token.end(), small_letter));
  const bool short_word = token.size() == 3 && small_letter(token[0]) && small_letter(token[2]) &&
                          (token[1] == '0' || token == "s3x");
  if ((letters < 3 && !short_word) || technical(token)) return {};
  std::size_t first = 0;
  while (!small_letter(token[first])) ++first;
  std::size_t last = token.size();
  while (!small_letter(token[last - 1])) --last;
  std::string word(token);
  std::size_t signs = 0;
  bool hexadecimal = true;
  for (std::size_t i = first; i < last;) {
    if (small_letter(token[i])) {
      hexadecimal = hexadecimal && token[i] <= 'f';
      ++i;
      continue;
    }
    std::size_t end = i;
    while (!small_letter(token[end])) ++end;
    if (!plausible_signs(token, i, end)) return {};
    signs += end - i;
    for (; i < end; ++i) word[i] = letter_of(token, i);
  }
  if (signs == 0 || signs > letters) return {};
  if (hexadecimal && token.size() >= 6 && token.size() - letters >= 2) return {};
  if (token.size() - last == 1 && token[last] != '!' && token[last] != '|') {
    if (const char letter = letter_of(token, last); letter != 0) word[last] = letter;
  }
  if (first == 1 && (token[0] == '@' || token[0] == '$')) word[0] = sign_letter(token[0]);
  // No language has words without vowels, or five consonants on end, often enough to matter; random ids do.
  if (std::none_of(word.begin(), word.end(), vowel)) return {};
  std::size_t consonants = 0;
  for (const char c : word) {
    consonants = small_letter(c) && !vowel(c) ? consonants + 1 : 0;
    if (consonants > 4) return {};
  }
  return word;
}

Text undo_leet(Text folded, std::size_t original_size) {
  const std::string_view text = folded.value;
  std::optional<Mapping> mapping;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t start = i;
    std::uint8_t kinds = 0;
    for (; i < text.size(); ++i) {
      const std::uint8_t kind = token_byte(text[i]);
      if (kind == kOutside) break;
      kinds |= kind;
    }
    // Most tokens are words of letters.
    if ((kinds & kSign) == 0) {
      ++i;
      continue;
    }
    const bool at_sign = text.substr(start, i - start).find('@') != std::string_view::npos;
    // "jane@example.com" is an address; a word of more than 40 letters is none.
    const bool address = at_sign && i + 1 < text.size() && text[i] == '.' && small_letter(text[i + 1]);
    // Ids in addresses and names in code are no words.
    constexpr std::string_view kInside = "/=?&_%#";
    const bool inside = (start > 0 && kInside.find(text[start - 1]) != std::string_view::npos) ||
                        (i < text.size() && (text[i] == '_' || text[i] == '='));
    if (address || inside || i - start < 3 || i - start > 40) continue;
    const std::string_view token = text.substr(start, i - start);
    const std::string word = unleet(token);
    if (word.empty() || word == token) continue;
    if (!mapping) mapping.emplace(text, folded.runs);
    for (std::size_t k = 0; k < token.size(); ++k) {
      if (word[k] == token[k]) continue;
      mapping->keep(kept, start + k);
      mapping->put(start + k, start + k + 1, std::string_view(word).substr(k, 1));
      kept = start + k + 1;
    }
  }
  if (!mapping) return folded;
  mapping->keep(kept, text.size());
  return mapping->finish(original_size);
}

}  // namespace

Text undo_word_tricks(Text folded, std::size_t original_size) {
  if (may_be_spaced_out(folded.value) || !ascii_only(folded.value)) {
    folded = close_spaced_words(std::move(folded), original_size);
  }
  if (may_be_leet(folded.value)) folded = undo_leet(std::move(folded), original_size);
  return folded;
}

}  // namespace chaffinch
