#include "analysis/text.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include "analysis/utf8.h"
#include "core/fnv.h"

namespace chaffinch {
namespace {

// Bytes of the well-formed character at `at`; 0 when there is none (Unicode 15, table 3-7).
std::size_t well_formed(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const auto within = [&](std::size_t i, int low, int high) { return byte(i) >= low && byte(i) <= high; };
  const std::size_t left = text.size() - at;
  const unsigned char lead = byte(0);
  if (lead < 0xC2 || lead > 0xF4) return 0;
  if (lead < 0xE0) return left >= 2 && within(1, 0x80, 0xBF) ? 2 : 0;
  if (lead < 0xF0) {
    const bool second = left >= 3 && within(1, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF);
    return second && within(2, 0x80, 0xBF) ? 3 : 0;
  }
  const bool second = left >= 4 && within(1, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF);
  return second && within(2, 0x80, 0xBF) && within(3, 0x80, 0xBF) ? 4 : 0;
}

// What shape_of needs to know of one character.
struct LetterKind {
  bool letter = false;
  bool upper = false;
  bool digit = false;
  bool space = false;
  bool mark = false;       // of any kind
  bool combining = false;  // a mark that belongs to no script of its own
  bool hidden = false;
  bool emoji = false;
  UScriptCode script = USCRIPT_COMMON;  // of letters
};

bool is_hidden(char32_t c) {
  if (c < 0x2000) return c == 0xAD || c == 0x34F || c == 0x61C || c == 0x115F || c == 0x1160 || c == 0x180E;
  if (c <= 0x206F) {
    return (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || c >= 0x2060;
  }
  return c == 0x3164 || c == 0xFEFF || c == 0xFFA0 || (c >= 0xFFF9 && c <= 0xFFFB) ||
         (c >= 0xE0000 && c <= 0xE0FFF && !(c >= 0xE0100 && c <= 0xE01EF));
}

LetterKind kind_of(char32_t c) {
  LetterKind kind;
  const auto code = static_cast<UChar32>(c);
  switch (u_charType(code)) {
    case U_UPPERCASE_LETTER:
    case U_TITLECASE_LETTER:
      kind.upper = true;
      [[fallthrough]];
    case U_LOWERCASE_LETTER:
    case U_MODIFIER_LETTER:
    case U_OTHER_LETTER:
      kind.letter = !is_hidden(c);  // Hangul fillers are letters by category
      break;
    case U_DECIMAL_DIGIT_NUMBER:
      kind.digit = true;
      break;
    case U_NON_SPACING_MARK:
    case U_ENCLOSING_MARK:
    case U_COMBINING_SPACING_MARK:
      kind.mark = true;
      break;
    default:
      kind.space = u_isUWhiteSpace(code) != 0;
  }
  kind.hidden = is_hidden(c);
  if (kind.letter || kind.mark) {
    UErrorCode error = U_ZERO_ERROR;
    kind.script = uscript_getScript(code, &error);
    const bool selector = c >= 0xFE00 && (c <= 0xFE0F || c >= 0xE0100);
    kind.combining = kind.mark && kind.script == USCRIPT_INHERITED && !kind.hidden && !selector &&
                     c != 0x20E3;  // a keycap
  }
  // Signs like (c), TM and plain arrows have the property too, but are not what people call emoji.
  kind.emoji = c >= 0x2300 && u_hasBinaryProperty(code, UCHAR_EXTENDED_PICTOGRAPHIC) != 0;
  return kind;
}

enum : std::uint8_t { kLower, kUpper, kDigit, kSpace, kOther };

constexpr std::array<std::uint8_t, 256> kAscii = [] {
  std::array<std::uint8_t, 256> table{};
  for (std::size_t c = 0; c < 256; ++c) {
    table[c] = c >= 'a' && c <= 'z'                   ? kLower
               : c >= 'A' && c <= 'Z'                 ? kUpper
               : c >= '0' && c <= '9'                 ? kDigit
               : c == ' ' || (c >= '\t' && c <= '\r') ? kSpace
                                                      : kOther;
  }
  return table;
}();

// Scripts written without spaces: their letters make no long words.
bool unspaced(UScriptCode script) {
  switch (script) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_BOPOMOFO:
    case USCRIPT_THAI:
    case USCRIPT_LAO:
    case USCRIPT_KHMER:
    case USCRIPT_MYANMAR:
    case USCRIPT_TIBETAN:
      return true;
    default:
      return false;
  }
}

bool greek_symbol(char32_t c) {  // as in "5 μs", "Δt", "10 kΩ"
  return c == 0x3BC || c == 0x394 || c == 0x3A9 || c == 0x3C0 || c == 0x3BB || c == 0x3A3 || c == 0x3C3 ||
         c == 0x3B8 || c == 0x3B1 || c == 0x3B2 || c == 0x3B3;
}

class Counter {
 public:
  Shape count(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
      const auto byte = static_cast<unsigned char>(text[i]);
      if (byte >= 0x80) {
        const CodePoint c = decode_at(text, i);
        character(c.value, i == 0);
        i += c.length;
      } else if (kAscii[byte] <= kDigit) {
        i = ascii_word(text, i);
      } else {
        ascii_sign(byte);
        ++i;
      }
    }
    end_word();
    shape_.letters += ascii_letters_;
    if (shape_.characters > 0) ++shape_.lines;
    if (ascii_letters_ > 0) add_script(USCRIPT_LATIN, ascii_letters_);
    std::stable_sort(scripts_.begin(), scripts_.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    for (const auto& [script, letters] : scripts_) {
      shape_.scripts.emplace_back(uscript_getShortName(script), letters);
    }
    return std::move(shape_);
  }

 private:
  // A stretch of ASCII letters and digits; returns where it ends.
  std::size_t ascii_word(std::string_view text, std::size_t i) {
    const std::size_t start = i;
    std::uint32_t upper = 0;
    std::uint32_t digits = 0;
    std::uint32_t run = run_;
    std::uint32_t longest = shape_.longest_run;
    char32_t previous = previous_;
    for (; i < text.size(); ++i) {
      const auto c = static_cast<unsigned char>(text[i]);
      const std::uint8_t kind = kAscii[c];
      if (kind > kDigit) break;
      upper += kind == kUpper ? 1U : 0U;
      digits += kind == kDigit ? 1U : 0U;
      run = c == previous ? run + 1 : 1;
      longest = std::max(longest, run);
      previous = c;
    }
    const auto length = static_cast<std::uint32_t>(i - start);
    run_ = run;
    previous_ = previous;
    shape_.longest_run = longest;
    shape_.characters += length;
    shape_.upper += upper;
    shape_.digits += digits;
    ascii_letters_ += length - digits;
    word_.length += length;
    word_.latin = word_.latin || length > digits;
    if (length > digits) last_script_ = USCRIPT_LATIN;
    last_emoji_ = joined_ = half_flag_ = false;
    return i;
  }

  void ascii_sign(unsigned char c) {
    ++shape_.characters;
    last_emoji_ = joined_ = half_flag_ = false;
    if (kAscii[c] == kSpace) {
      ++shape_.spaces;
      if (c == '\n' ? previous_ != '\r' : c == '\r') ++shape_.lines;
      end_word();
      run_ = 0;
      previous_ = c;
      return;
    }
    // "don't" is one word.
    if (c == '\'' && word_.length > 0 && !word_.apostrophe) {
      word_.apostrophe = true;
    } else {
      end_word();
    }
    repeat(c);
  }

  void character(char32_t c, bool first) {
    ++shape_.characters;
    const LetterKind kind = kind_of(c);
    if (kind.space) {
      ++shape_.spaces;
      if (c == 0x85 || c == 0x2028 || c == 0x2029) ++shape_.lines;
      end_word();
      run_ = 0;
      previous_ = c;
      return;
    }
    repeat(c);
    if (kind.hidden) {
      hidden(c, first);
      return;
    }
    if (kind.mark) {
      if (kind.combining) ++shape_.combining;
      if (word_.length > 0) ++word_.length;
      return;
    }
    if (kind.letter) {
      letter(c, kind);
    } else if (kind.digit) {
      ++shape_.digits;
      ++word_.length;
    } else {
      if (c == 0x2019 && word_.length > 0 && !word_.apostrophe) {
        word_.apostrophe = true;
      } else {
        end_word();
      }
    }
    // Members of a joined sequence are one sign; a flag is a pair of regional indicators.
    const bool flag = c >= 0x1F1E6 && c <= 0x1F1FF;
    half_flag_ = flag && !half_flag_;
    if ((kind.emoji && !joined_) || (flag && half_flag_)) ++shape_.emoji;
    last_emoji_ = kind.emoji;
    joined_ = false;
  }

  void letter(char32_t c, const LetterKind& kind) {
    ++shape_.letters;
    if (kind.upper) ++shape_.upper;
    last_script_ = kind.script;
    if (kind.script != USCRIPT_COMMON && kind.script != USCRIPT_INHERITED) add_script(kind.script, 1);
    if (unspaced(kind.script)) {
      // Each Han character counts as a word; of the others, a stretch.
      const bool alone = kind.script == USCRIPT_HAN;
      if (alone || !word_.unspaced || word_.length > 0) {
        end_word();
        ++shape_.words;
        word_.unspaced = !alone;
      }
      return;
    }
    if (word_.unspaced) end_word();
    ++word_.length;
    if (kind.script == USCRIPT_LATIN) word_.latin = true;
    if (kind.script == USCRIPT_CYRILLIC) word_.foreign = true;
    if (kind.script == USCRIPT_GREEK) {
      // One leading symbol before Latin letters is a unit or a quantity.
      if (word_.length > 1 || !greek_symbol(c)) word_.foreign = true;
    }
  }

  // Joiners inside emoji and in scripts that are written with them, marks of direction beside right-to-left
  // letters, and a byte-order mark in front hide nothing.
  void hidden(char32_t c, bool first) {
    const bool joiner = c == 0x200C || c == 0x200D;
    const bool needed = last_script_ != USCRIPT_LATIN && last_script_ != USCRIPT_CYRILLIC &&
                        last_script_ != USCRIPT_GREEK && last_script_ != USCRIPT_COMMON;
    if (joiner && last_emoji_) {
      joined_ = c == 0x200D;
      return;
    }
    if ((joiner || c == 0x200E || c == 0x200F || c == 0x61C) && needed) return;
    if (c == 0xFEFF && first) return;
    if (c >= 0xE0020 && c <= 0xE007F && last_emoji_) return;  // the flag of a region
    ++shape_.hidden;
  }

  void repeat(char32_t c) {
    run_ = c == previous_ ? run_ + 1 : 1;
    previous_ = c;
    shape_.longest_run = std::max(shape_.longest_run, run_);
  }

  void end_word() {
    if (word_.length > 0) {
      ++shape_.words;
      shape_.longest_word = std::max(shape_.longest_word, word_.length);
      if (word_.latin && word_.foreign) ++shape_.mixed_words;
    }
    word_ = {};
  }

  void add_script(UScriptCode script, std::uint32_t letters) {
    for (auto& [known, count] : scripts_) {
      if (known == script) {
        count += letters;
        return;
      }
    }
    scripts_.emplace_back(script, letters);
  }

  struct Word {
    std::uint32_t length = 0;
    bool latin = false;
    bool foreign = false;  // Cyrillic or Greek letters
    bool apostrophe = false;
    bool unspaced = false;
  };

  Shape shape_;
  Word word_;
  std::vector<std::pair<UScriptCode, std::uint32_t>> scripts_;
  std::uint32_t ascii_letters_ = 0;
  std::uint32_t run_ = 0;
  char32_t previous_ = 0;
  UScriptCode last_script_ = USCRIPT_COMMON;
  bool last_emoji_ = false;
  bool joined_ = false;
  bool half_flag_ = false;
};

}  // namespace

bool valid_utf8(std::string_view text) {
  for (std::size_t i = skip_ascii(text, 0); i < text.size(); i = skip_ascii(text, i)) {
    const std::size_t length = well_formed(text, i);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

Shape shape_of(const Text& visible, std::string_view) {
  return Counter().count(visible.value);
}

std::uint64_t copy_hash(std::string_view folded) {
  constexpr std::uint64_t kPrime = Fnv::kPrime;
  constexpr std::uint32_t kFewest = 8;
  std::uint64_t hash = Fnv::kBasis;
  std::uint32_t characters = 0;
  for (std::size_t i = 0; i < folded.size();) {
    const char lead = folded[i];
    if (static_cast<unsigned char>(lead) < 0x80) {
      // Both ways are worked out and one is taken: a branch would be guessed wrong at every word's end.
      const bool counted = ascii_alnum(lead);
      const std::uint64_t next = (hash ^ static_cast<unsigned char>(lead)) * kPrime;
      hash = counted ? next : hash;
      characters += counted ? 1 : 0;
      ++i;
      continue;
    }
    const CodePoint c = decode_at(folded, i);
    constexpr std::uint32_t kCounted = U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK;
    if ((U_GET_GC_MASK(static_cast<UChar32>(c.value)) & kCounted) != 0) {
      for (std::uint32_t k = 0; k < c.length; ++k) {
        hash = (hash ^ static_cast<unsigned char>(folded[i + k])) * kPrime;
      }
      ++characters;
    }
    i += c.length;
  }
  if (characters < kFewest) return 0;
  return hash == 0 ? 1 : hash;
}

std::string ascii_lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), ascii_small);
  return lower;
}

}  // namespace chaffinch
