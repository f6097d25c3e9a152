#include <algorithm>
#include <array>
#include <optional>

#include "analysis/fold.h"
#include "analysis/mapping.h"
#include "analysis/text.h"
#include "analysis/utf8.h"

namespace chaffinch {
namespace {

// Letters of other alphabets that a Latin letter can be taken for, by the letter as it was written.
struct Counterpart {
  char latin;
  char32_t cyrillic;
  char32_t greek;
};
constexpr std::array<Counterpart, 25> kCounterparts{{
    {'A', U'а', U'α'}, {'B', U'в', U'β'}, {'C', U'с', 0},    {'E', U'е', U'ε'}, {'H', U'н', U'η'},
    {'I', U'і', U'ι'}, {'K', U'к', U'κ'}, {'M', U'м', U'μ'}, {'N', 0, U'ν'},    {'O', U'о', U'ο'},
    {'P', U'р', U'ρ'}, {'T', U'т', U'τ'}, {'X', U'х', U'χ'}, {'Y', U'у', U'υ'}, {'Z', 0, U'ζ'},
    {'a', U'а', U'α'}, {'c', U'с', 0},    {'e', U'е', U'ε'}, {'i', U'і', U'ι'}, {'k', U'к', U'κ'},
    {'o', U'о', U'ο'}, {'p', U'р', U'ρ'}, {'u', 0, U'υ'},    {'x', U'х', U'χ'}, {'y', U'у', U'γ'},
}};

char32_t counterpart(char c, Group group) {
  for (const Counterpart& one : kCounterparts) {
    if (one.latin == c) return group == Group::cyrillic ? one.cyrillic : one.greek;
  }
  return 0;
}

enum : std::uint8_t { kPlain, kBlank, kControl, kForeign };

constexpr std::array<std::uint8_t, 256> kByte = [] {
  std::array<std::uint8_t, 256> table{};
  for (std::size_t c = 0; c < 256; ++c) {
    table[c] = c >= 0x80                              ? kForeign
               : c == ' ' || (c >= '\t' && c <= '\r') ? kBlank
               : c < 0x20 || c == 0x7F                ? kControl
                                                      : kPlain;
  }
  return table;
}();

std::uint8_t byte_kind(char c) {
  return kByte[static_cast<unsigned char>(c)];
}

void lower_every(std::string& text) {
  for (char& c : text) c = ascii_small(c);
}

// Nothing but ASCII that folding does not move: no control characters, single blanks, none at the ends.
bool moves_nothing(std::string_view text) {
  if (text.empty()) return true;
  if (text.front() == ' ' || text.back() == ' ') return false;
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  const auto odd = [](unsigned char c) { return mask(static_cast<unsigned char>(c - 0x20) >= 0x5F); };
  unsigned char moved = odd(bytes[0]);
  for (std::size_t i = 1; i < text.size(); ++i) {
    moved |= static_cast<unsigned char>(odd(bytes[i]) | (mask(bytes[i] == ' ') & mask(bytes[i - 1] == ' ')));
  }
  return moved == 0;
}

// How a word that holds letters of several alphabets is read.
enum class Reading : std::uint8_t { as_written, latin, cyrillic, greek };

// Letters of the whole text: Latin ones, others that can be taken for Latin ones, Cyrillic ones that
// cannot, and all the rest.
struct Census {
  std::size_t latin = 0;
  std::size_t look = 0;
  std::size_t cyrillic = 0;
  std::size_t hard = 0;
};

class Folder {
 public:
  explicit Folder(const Text& source)
      : text_(source.value), table_(Letters::get()), mapping_(source.value, source.runs) {}

  Text fold(std::size_t original_size) {
    std::size_t i = 0;
    while (i < text_.size()) {
      const std::size_t end = plain_end(i);
      if (end < text_.size() && byte_kind(text_[end]) == kForeign) {
        // A word may begin in ASCII.
        std::size_t word = end;
        while (word > i && ascii_alnum(text_[word - 1])) --word;
        keep(i, word);
        i = foreign(word);
        continue;
      }
      keep(i, end);
      i = end;
      if (i == text_.size()) break;
      if (byte_kind(text_[i]) == kBlank) blank(i, 1);
      ++i;
    }
    flush();
    Text folded = mapping_.finish(original_size);
    lower_every(folded.value);
    return folded;
  }

 private:
  // Where a stretch from `i` on ends that is handed over as it is: ASCII, single spaces inside included.
  std::size_t plain_end(std::size_t i) const {
    const std::size_t start = i;
    for (; i < text_.size(); ++i) {
      if (byte_kind(text_[i]) == kPlain) continue;
      const bool single =
          text_[i] == ' ' && i > start && i + 1 < text_.size() && byte_kind(text_[i + 1]) == kPlain;
      if (!single) break;
    }
    return i;
  }

  void keep(std::size_t from, std::size_t to) {
    if (from == to) return;
    base_ = Group::none;
    settle_blank();
    if (kept_to_ != from) {
      flush();
      kept_from_ = from;
    }
    kept_to_ = to;
  }

  void flush() {
    if (kept_from_ < kept_to_) mapping_.keep(kept_from_, kept_to_);
    kept_from_ = kept_to_;
  }

  void same(std::size_t from, std::string_view bytes) {
    settle_blank();
    flush();
    mapping_.same(from, bytes);
  }

  void put(std::size_t from, std::size_t to, std::string_view bytes) {
    settle_blank();
    flush();
    mapping_.put(from, to, bytes);
  }

  void put(std::size_t from, std::size_t to, char32_t c) {
    std::string bytes;
    append_utf8(bytes, c);
    put(from, to, bytes);
  }

  // Blanks wait until something follows: none stand at the ends, and the first of several stands for all.
  void blank(std::size_t at, std::size_t length) {
    if (blank_length_ == 0) {
      blank_at_ = at;
      blank_length_ = length;
    }
    base_ = Group::none;
  }

  void settle_blank() {
    if (blank_length_ == 0) return;
    flush();
    if (!mapping_.empty() && blank_length_ == 1) mapping_.same(blank_at_, " ");
    if (!mapping_.empty() && blank_length_ > 1) mapping_.put(blank_at_, blank_at_ + blank_length_, " ");
    blank_length_ = 0;
  }

  // A word with characters beyond ASCII from `start` on, or a single sign. Returns where it ends.
  std::size_t foreign(std::size_t start) {
    std::size_t end = start;
    std::size_t latin = 0;
    std::size_t look = 0;
    std::size_t hard = 0;
    Group strange = Group::none;  // the alphabet of the hard letters
    while (end < text_.size()) {
      if (byte_kind(text_[end]) != kForeign) {
        if (!ascii_alnum(text_[end])) break;
        if (ascii_letter(text_[end])) ++latin;
        ++end;
        continue;
      }
      const CodePoint c = decode_at(text_, end);
      const Letter letter = table_.at(c.value);
      if (!letter.word && letter.way != Way::drop) break;
      end += c.length;
      if (!letter.word || letter.way == Way::mark) continue;
      if (letter.group == Group::latin) {
        ++latin;
      } else if (letter.look != 0) {
        ++look;
      } else if (letter.group != Group::none) {
        ++hard;
        strange = strange == Group::none || strange == letter.group ? letter.group : Group::other;
      }
    }
    if (end == start) return character(start, Reading::as_written);  // a sign
    const Reading reading = read_word(start, end, latin, look, hard, strange);
    for (std::size_t i = start; i < end;) i = character(i, reading);
    return end;
  }

  Reading read_word(std::size_t start, std::size_t end, std::size_t latin, std::size_t look, std::size_t hard,
                    Group strange) {
    if (look == 0 && (hard == 0 || latin == 0)) return Reading::as_written;
    if (latin == 0) return hard == 0 && latin_text() ? Reading::latin : Reading::as_written;
    // "cекc" among Russian words is Russian, among English ones it is not.
    if (hard == 0 && !cyrillic_text()) return Reading::latin;
    if (hard == 0) {
      strange = Group::cyrillic;
      latin = 0;
    }
    if (strange == Group::cyrillic || strange == Group::greek) {
      // A Russian or Greek word with Latin letters slipped in, unless one of them would stand out.
      if (latin >= look + hard) return Reading::as_written;
      for (std::size_t i = start; i < end; ++i) {
        if (ascii_letter(text_[i]) && counterpart(text_[i], strange) == 0) return Reading::as_written;
      }
      return strange == Group::cyrillic ? Reading::cyrillic : Reading::greek;
    }
    return latin >= 2 * (look + hard) ? Reading::latin : Reading::as_written;
  }

  const Census& census() {
    if (census_) return *census_;
    census_.emplace();
    for (std::size_t i = 0; i < text_.size();) {
      if (byte_kind(text_[i]) != kForeign) {
        if (ascii_letter(text_[i])) ++census_->latin;
        ++i;
        continue;
      }
      const CodePoint c = decode_at(text_, i);
      const Letter letter = table_.at(c.value);
      i += c.length;
      if (!letter.word || letter.group == Group::none) continue;
      ++(letter.group == Group::latin      ? census_->latin
         : letter.look != 0                ? census_->look
         : letter.group == Group::cyrillic ? census_->cyrillic
                                           : census_->hard);
    }
    return *census_;
  }

  // Whether the text is Latin but for letters that can be taken for Latin ones. "вот там" is Russian, "рау"
  // among English words is not.
  bool latin_text() { return census().latin > census().look && census().cyrillic == 0 && census().hard == 0; }

  bool cyrillic_text() { return census().cyrillic > census().latin; }

  // The character at `i` and the marks that belong to it. Returns where the next one begins.
  std::size_t character(std::size_t i, Reading reading) {
    if (byte_kind(text_[i]) != kForeign) return ascii(i, reading);
    const CodePoint c = decode_at(text_, i);
    const Letter letter = table_.at(c.value);
    const std::size_t end = i + c.length;
    if (letter.way == Way::drop) return end;
    if (letter.way == Way::space) {
      blank(i, c.length);
      return end;
    }
    if (letter.way == Way::mark) {
      if (base_ == Group::other) keep_foreign(i, end);
      return end;
    }
    if (reading == Reading::latin && letter.look != 0) {
      put(i, end, static_cast<char32_t>(letter.look));
      base_ = Group::latin;
      return end;
    }
    base_ = letter.group;
    const bool followed = end < text_.size() && byte_kind(text_[end]) == kForeign &&
                          table_.at(decode_at(text_, end).value).joins;
    if (letter.group == Group::other && (followed || letter.joins)) return segment(i);
    if (followed && (letter.group == Group::cyrillic || letter.group == Group::greek)) {
      if (const std::size_t composed = compose(i, end, letter, c.value); composed != end) return composed;
    }
    switch (letter.way) {
      case Way::keep:
        keep_foreign(i, end);
        break;
      case Way::one: {
        std::string bytes;
        append_utf8(bytes, letter.fold);
        if (letter.same_case) {
          same(i, bytes);
        } else {
          put(i, end, bytes);
        }
        break;
      }
      default:
        put(i, end, table_.string(letter.fold));
    }
    return end;
  }

  std::size_t ascii(std::size_t i, Reading reading) {
    const Group group = reading == Reading::cyrillic ? Group::cyrillic : Group::greek;
    const bool foreign_reading = reading == Reading::cyrillic || reading == Reading::greek;
    const char32_t other = foreign_reading ? counterpart(text_[i], group) : 0;
    if (other != 0) {
      put(i, i + 1, other);
      base_ = group;
    } else {
      keep(i, i + 1);
      base_ = Group::latin;
    }
    return i + 1;
  }

  void keep_foreign(std::size_t from, std::size_t to) {
    const Group base = base_;
    keep(from, to);
    base_ = base;
  }

  // A Cyrillic or Greek letter with marks that have a composed form (и + breve): put as that. Returns `end`
  // when nothing composes.
  std::size_t compose(std::size_t start, std::size_t end, const Letter& letter, char32_t c) {
    if (letter.way == Way::string) return end;
    char32_t whole = letter.way == Way::one ? letter.fold : c;
    std::size_t after = end;
    while (after < text_.size()) {
      const CodePoint mark = decode_at(text_, after);
      const char32_t next = compose_pair(whole, mark.value);
      if (next == 0) break;
      whole = next;
      after += mark.length;
    }
    if (after != end) put(start, after, whole);
    return after;
  }

  // A letter and what combines with it, in a script that needs its marks: ICU's business. More marks on one
  // letter than any language has are cut into further segments, which also bounds ICU's sorting of them.
  std::size_t segment(std::size_t start) {
    constexpr std::size_t kMost = 32;
    std::u32string parts;
    std::size_t end = start;
    while (end < text_.size() && parts.size() < kMost && byte_kind(text_[end]) == kForeign) {
      const CodePoint c = decode_at(text_, end);
      if (!parts.empty() && !table_.at(c.value).joins) break;
      parts += c.value;
      end += c.length;
    }
    const std::string bytes = casefold_segment(parts);
    if (bytes == text_.substr(start, end - start)) {
      keep_foreign(start, end);
    } else {
      put(start, end, bytes);
    }
    return end;
  }

  std::string_view text_;
  const Letters& table_;
  Mapping mapping_;
  std::size_t kept_from_ = 0;  // handed over, not yet given to the mapping
  std::size_t kept_to_ = 0;
  std::size_t blank_at_ = 0;
  std::size_t blank_length_ = 0;  // 0: no blank waits
  Group base_ = Group::none;      // of the letter that a mark would stand on
  std::optional<Census> census_;  // made when first asked for
};

}  // namespace

Text folded_text(const Text& visible, std::string_view original) {
  if (moves_nothing(visible.value)) {
    Text folded = visible;
    lower_every(folded.value);
    return undo_word_tricks(std::move(folded), original.size());
  }
  return undo_word_tricks(Folder(visible).fold(original.size()), original.size());
}

Text folded_text(std::string_view original) {
  return folded_text(Text{.value = std::string(original), .runs = {}}, original);
}

}  // namespace chaffinch
