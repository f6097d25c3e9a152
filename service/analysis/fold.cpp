#include "analysis/fold.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <vector>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/uspoof.h>
#include <unicode/utf16.h>

#include "analysis/utf8.h"

namespace chaffinch {
namespace {

struct Pair {
  char32_t from;
  char to;
};

// Latin letters that differ from an ASCII letter by more than a mark, and small capitals: nobody's
// orthography needs them told apart when looking for words.
constexpr std::array<Pair, 36> kPlainLatin{{
    {0xF8, 'o'},   {0x111, 'd'},  {0x127, 'h'},  {0x131, 'i'},  {0x142, 'l'},  {0x167, 't'},
    {0x251, 'a'},  {0x261, 'g'},  {0x1D00, 'a'}, {0x299, 'b'},  {0x1D04, 'c'}, {0x1D05, 'd'},
    {0x1D07, 'e'}, {0xA730, 'f'}, {0x262, 'g'},  {0x29C, 'h'},  {0x26A, 'i'},  {0x1D0A, 'j'},
    {0x1D0B, 'k'}, {0x29F, 'l'},  {0x1D0D, 'm'}, {0x274, 'n'},  {0x1D0F, 'o'}, {0x1D18, 'p'},
    {0xA7AF, 'q'}, {0x280, 'r'},  {0xA731, 's'}, {0x1D1B, 't'}, {0x1D1C, 'u'}, {0x1D20, 'v'},
    {0x1D21, 'w'}, {0x28F, 'y'},  {0x1D22, 'z'}, {0x28D, 'm'},  {0x138, 'k'},  {0x185, 'b'},
}};

// Look-alikes that UTS #39 leaves out or maps to a digit, a modified letter or a capital.
constexpr std::array<Pair, 16> kMoreLooks{{{0x43F, 'n'},
                                           {0x448, 'w'},
                                           {0x454, 'e'},
                                           {0x404, 'e'},
                                           {0x3B5, 'e'},
                                           {0x3B2, 'b'},
                                           {0x3B7, 'n'},
                                           {0x3C7, 'x'},
                                           {0x3C9, 'w'},
                                           {0x3B3, 'y'},
                                           {0x406, 'i'},
                                           {0x399, 'i'},
                                           {0x4C0, 'i'},
                                           {0xA4F2, 'i'},
                                           {0x2D4F, 'i'},
                                           {0x13C6, 'g'}}};

// Typographic signs that people type as ASCII ones, or the other way round.
char plain_sign(char32_t c) {
  if ((c >= 0x2018 && c <= 0x201B) || c == 0x2BC || c == 0x2B9 || c == 0x2032 || c == 0xB4) return '\'';
  if ((c >= 0x201C && c <= 0x201F) || c == 0x2033) return '"';
  if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212) return '-';
  return 0;
}

// Letters and digits in circles and squares that NFKC leaves alone.
char in_a_frame(char32_t c) {
  if (c >= 0x1F150 && c <= 0x1F169) return static_cast<char>('a' + (c - 0x1F150));
  if (c >= 0x1F170 && c <= 0x1F189) return static_cast<char>('a' + (c - 0x1F170));
  return 0;
}

template <std::size_t N>
char find_pair(const std::array<Pair, N>& pairs, char32_t c) {
  const auto found = std::find_if(pairs.begin(), pairs.end(), [c](const Pair& p) { return p.from == c; });
  return found == pairs.end() ? '\0' : found->to;
}

std::u32string code_points(const UChar* text, int32_t length) {
  std::u32string out;
  for (int32_t i = 0; i < length;) {
    UChar32 c = 0;
    U16_NEXT(text, i, length, c);
    out += U_IS_SURROGATE(c) ? U'\uFFFD' : static_cast<char32_t>(c);
  }
  return out;
}

std::u32string normalized(const UNormalizer2* form, std::u32string_view text) {
  constexpr int32_t kMost = 2048;  // a segment of 32 characters, each at most 18 long
  std::array<UChar, 80> in{};
  std::array<UChar, kMost> out{};
  int32_t length = 0;
  for (const char32_t c : text) {
    if (length + 2 > static_cast<int32_t>(in.size())) break;
    U16_APPEND_UNSAFE(in.data(), length, static_cast<UChar32>(c));
  }
  UErrorCode error = U_ZERO_ERROR;
  const int32_t size = unorm2_normalize(form, in.data(), length, out.data(), kMost, &error);
  if (U_FAILURE(error)) return std::u32string(text);
  return code_points(out.data(), size);
}

const UNormalizer2* nfkc_casefold() {
  UErrorCode error = U_ZERO_ERROR;
  return unorm2_getNFKCCasefoldInstance(&error);  // ICU's own, never freed
}

const UNormalizer2* nfd() {
  UErrorCode error = U_ZERO_ERROR;
  return unorm2_getNFDInstance(&error);
}

bool combining(char32_t c) {
  UErrorCode error = U_ZERO_ERROR;
  return (U_GET_GC_MASK(static_cast<UChar32>(c)) & U_GC_M_MASK) != 0 &&
         uscript_getScript(static_cast<UChar32>(c), &error) == USCRIPT_INHERITED;
}

}  // namespace

// Fills the table. Lives only while it does.
class LetterMaker {
 public:
  explicit LetterMaker(Letters& made) : made_(made) {
    UErrorCode error = U_ZERO_ERROR;
    spoof_ = uspoof_open(&error);
    if (U_FAILURE(error)) throw std::runtime_error("ICU's table of confusable letters cannot be opened");
  }
  ~LetterMaker() { uspoof_close(spoof_); }
  LetterMaker(const LetterMaker&) = delete;
  LetterMaker& operator=(const LetterMaker&) = delete;

  void fill() {
    for (char32_t c = 0x80; c < Letters::kEnd; ++c) {
      if (plain_ideograph(c)) {
        made_.table_[c].word = true;
        made_.table_[c].group = Group::other;
      } else if (u_isdefined(static_cast<UChar32>(c)) && !U_IS_SURROGATE(c)) {
        made_.table_[c] = make(c);
      }
    }
  }

 private:
  static bool plain_ideograph(char32_t c) {
    return (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xAC00 && c <= 0xD7A3) ||
           (c >= 0x17000 && c <= 0x18CFF);
  }

  static bool looks_matter(UScriptCode script) {
    switch (script) {
      case USCRIPT_COMMON:
      case USCRIPT_INHERITED:
      case USCRIPT_LATIN:
      case USCRIPT_HAN:
      case USCRIPT_HIRAGANA:
      case USCRIPT_KATAKANA:
      case USCRIPT_HANGUL:
      case USCRIPT_BOPOMOFO:
      case USCRIPT_YI:
      case USCRIPT_CUNEIFORM:
      case USCRIPT_EGYPTIAN_HIEROGLYPHS:
      case USCRIPT_ANATOLIAN_HIEROGLYPHS:
      case USCRIPT_BAMUM:
      case USCRIPT_TANGUT:
        return false;
      default:
        return true;
    }
  }

  Letter make(char32_t c) {
    const auto code = static_cast<UChar32>(c);
    UErrorCode error = U_ZERO_ERROR;
    const UScriptCode script = uscript_getScript(code, &error);
    const std::uint32_t category = U_GET_GC_MASK(code);
    Letter letter;
    letter.joins = unorm2_hasBoundaryBefore(nfkc_casefold(), code) == 0;
    if (u_isUWhiteSpace(code) != 0 || c == 0x2800) {
      letter.way = Way::space;
      return letter;
    }
    if ((category & U_GC_CC_MASK) != 0 || (c >= 0xFFF9 && c <= 0xFFFB)) {
      letter.way = Way::drop;
      return letter;
    }
    letter.word = (category & (U_GC_L_MASK | U_GC_M_MASK | U_GC_ND_MASK)) != 0;
    if (letter.word || script != USCRIPT_COMMON) letter.group = group_of(script);
    std::u32string folded = normalized(nfkc_casefold(), std::u32string_view(&c, 1));
    if (folded.empty()) {
      letter.way = Way::drop;
      return letter;
    }
    if (combining(c)) {
      letter.way = Way::mark;
      return letter;
    }
    if (const char sign = plain_sign(c); sign != 0) {
      set(letter, c, std::u32string(1, static_cast<char32_t>(sign)));
      letter.word = false;
      return letter;
    }
    // A lone accent would become a space and a mark.
    if (folded.front() == U' ') return letter;
    if (const char framed = in_a_frame(c); framed != 0) {
      folded.assign(1, static_cast<char32_t>(framed));
      letter.word = true;
      letter.group = Group::latin;
    }
    if (letter.group == Group::latin) folded = without_marks(folded);
    set(letter, c, folded);
    if (letter.word && looks_matter(script)) letter.look = look_of(c);
    return letter;
  }

  static Group group_of(UScriptCode script) {
    switch (script) {
      case USCRIPT_COMMON:
      case USCRIPT_INHERITED:
        return Group::none;
      case USCRIPT_LATIN:
        return Group::latin;
      case USCRIPT_CYRILLIC:
        return Group::cyrillic;
      case USCRIPT_GREEK:
        return Group::greek;
      default:
        return Group::other;
    }
  }

  static std::u32string without_marks(const std::u32string& text) {
    std::u32string out = normalized(nfd(), text);
    std::erase_if(out, combining);
    for (char32_t& c : out) {
      if (const char plain = find_pair(kPlainLatin, c); plain != 0) c = static_cast<char32_t>(plain);
    }
    return out;
  }

  void set(Letter& letter, char32_t c, const std::u32string& folded) {
    if (folded.size() == 1 && folded[0] == c) return;
    if (folded.size() == 1) {
      letter.way = Way::one;
      letter.fold = folded[0];
      std::string before;
      std::string after;
      append_utf8(before, c);
      append_utf8(after, folded[0]);
      letter.same_case =
          before.size() == after.size() &&
          u_foldCase(static_cast<UChar32>(c), U_FOLD_CASE_DEFAULT) == static_cast<UChar32>(folded[0]);
      return;
    }
    std::string bytes;
    for (const char32_t one : folded) append_utf8(bytes, one);
    letter.way = Way::string;
    letter.fold = static_cast<std::uint32_t>(made_.strings_.size());
    made_.strings_.push_back(std::move(bytes));
  }

  // The ASCII letter of its skeleton. Only the bare letter's own: one that carries a mark of its own shape is
  // a letter in its own right.
  char look_of(char32_t c) const {
    const char32_t base = normalized(nfd(), std::u32string_view(&c, 1)).front();
    if (const char more = find_pair(kMoreLooks, base); more != 0) return more;
    std::array<UChar, 2> in{};
    std::array<UChar, 40> out{};
    int32_t length = 0;
    U16_APPEND_UNSAFE(in.data(), length, static_cast<UChar32>(base));
    UErrorCode error = U_ZERO_ERROR;
    const int32_t size = uspoof_getSkeleton(spoof_, 0, in.data(), length, out.data(), 40, &error);
    if (U_FAILURE(error)) return 0;
    const std::u32string skeleton = code_points(out.data(), size);
    if (skeleton == U"rn") return 'm';
    if (skeleton.size() != 1) return 0;
    const char32_t one = skeleton[0];
    if (one < 0x80) return ascii_letter(static_cast<char>(one)) ? ascii_small(static_cast<char>(one)) : '\0';
    return find_pair(kPlainLatin, one);
  }

  Letters& made_;
  USpoofChecker* spoof_ = nullptr;
};

const Letters& Letters::get() {
  static const Letters table = [] {
    Letters made;
    LetterMaker(made).fill();
    return made;
  }();
  return table;
}

Letter Letters::beyond(char32_t c) {
  Letter letter;
  if (c >= 0xE0000 && c <= 0xE0FFF) {
    letter.way = Way::drop;
  } else if (c < 0x40000) {
    letter.word = true;
    letter.group = Group::other;
    letter.joins = c >= 0x2F800 && c <= 0x2FA1F;  // compatibility ideographs: ICU knows them
  }
  return letter;
}

std::string casefold_segment(std::u32string_view segment) {
  std::string bytes;
  for (const char32_t c : normalized(nfkc_casefold(), segment)) append_utf8(bytes, c);
  return bytes;
}

char32_t compose_pair(char32_t letter, char32_t mark) {
  const UChar32 whole =
      unorm2_composePair(nfkc_casefold(), static_cast<UChar32>(letter), static_cast<UChar32>(mark));
  return whole < 0 ? 0 : static_cast<char32_t>(whole);
}

}  // namespace chaffinch
