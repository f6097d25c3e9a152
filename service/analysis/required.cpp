#include "analysis/required.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "analysis/quantifier.h"
#include "analysis/required_parts.h"
#include "analysis/required_ways.h"
#include "analysis/utf8.h"

namespace chaffinch {
namespace {

constexpr int kDeepest = 100;
// Characters of a class that are told apart.
constexpr std::size_t kMostMembers = 10;
constexpr std::uint32_t kCharacter = 4;  // bytes at most
// Letters read at once: few beside the longest literal, so that this one ends where it would anyway.
constexpr std::size_t kTogether = 8;

struct Flags {
  bool ignore_case = false;
  bool all_lines = false;  // "." is every character
};

class RegexReader {
 public:
  RegexReader(std::string_view regex, const LetterCase& letter_case) : regex_(regex), case_(letter_case) {}

  std::optional<Ways> read(bool ignore_case) {
    const std::vector<Piece> branches = alternatives({.ignore_case = ignore_case}, 0);
    if (failed_ || at_ != regex_.size()) return std::nullopt;
    return ways_of(branches);
  }

 private:
  bool end() const { return failed_ || at_ >= regex_.size(); }
  bool next_is(char c) const { return at_ < regex_.size() && regex_[at_] == c; }

  Piece give_up() {
    failed_ = true;
    return unknown(Width::kEndless);
  }

  // Up to the end or a ")" that is not taken. A flag set within holds for all that follows in the group.
  std::vector<Piece> alternatives(Flags flags, int depth) {
    std::vector<Piece> made;
    if (depth > kDeepest) {
      failed_ = true;
      return made;
    }
    for (;;) {
      std::vector<Item> items;
      Piece whole = sequence(flags, depth, items);
      // Only at the outermost, where each branch can be a way of its own.
      if (depth == 0 && !failed_) {
        for (Piece& piece : branched(items, std::move(whole))) made.push_back(std::move(piece));
      } else {
        made.push_back(std::move(whole));
      }
      if (failed_ || !next_is('|')) return made;
      ++at_;
    }
  }

  // Of a group: all branches together, or one need of each.
  static Piece joined(std::vector<Piece> branches) {
    if (branches.size() == 1) return std::move(branches.front());
    Width width;
    OneOf texts;
    bool exact = true;
    bool all = true;  // have a need
    Width before;
    Width behind;
    for (Piece& branch : branches) {
      width = larger(width, branch.width);
      exact = exact && branch.exact;
      std::vector<Need> best;
      if (branch.exact) {
        best.emplace_back().texts = std::move(branch.texts);
      } else {
        best = rarest(std::move(branch.needs)).first;
      }
      if (best.empty()) {
        all = false;
        continue;
      }
      before = larger(before, best.front().before);
      behind = larger(behind, best.front().behind);
      texts.insert(texts.end(), best.front().texts.begin(), best.front().texts.end());
    }
    if (exact && texts.size() <= kMostTexts) return exactly(std::move(texts), width);
    Piece piece = unknown(width);
    if (!all) return piece;
    Need need = need_of(std::move(texts), before, behind, false, false);
    if (!need.texts.front().empty() && need.texts.size() <= kMostTexts)
      piece.needs.push_back(std::move(need));
    return piece;
  }

  // `items`: what it is made of, at the outermost.
  Piece sequence(Flags& flags, int depth, std::vector<Item>& items) {
    Sequence made;
    const auto add = [&](Piece piece, std::vector<Piece> branches = {}) {
      made.add(piece);
      if (depth == 0) items.push_back({std::move(piece), std::move(branches)});
    };
    while (!end() && !next_is('|') && !next_is(')')) {
      if (const std::string_view letters = plain_letters(flags); !letters.empty()) {
        std::string text = case_.folded == nullptr ? std::string(letters) : case_.folded(letters);
        const auto width = static_cast<std::uint32_t>(text.size());
        add(exactly({std::move(text)}, width));
        continue;
      }
      branches_.clear();
      Piece one = atom(flags, depth);
      std::vector<Piece> branches = std::exchange(branches_, {});
      const std::size_t after = at_;
      Quantifier count = quantifier_at(regex_, at_);
      while (!failed_ && count.size != 0) {
        at_ += count.size;
        const Quantifier next = quantifier_at(regex_, at_);
        // Counted into what stands before: "casinos+" needs "casinos".
        if (next.size == 0 && one.exact && count.least > 0) break;
        one = repeated(std::move(one), count);
        count = next;
      }
      if (failed_) return unknown(Width::kEndless);
      if (count.size == 0) {
        add(std::move(one), at_ == after ? std::move(branches) : std::vector<Piece>());
      } else {
        for (Piece& piece : repetition(one, count)) add(std::move(piece));
      }
    }
    return made.finish();
  }

  static Piece repeated(Piece piece, const Quantifier& count) {
    if (count.most == 0) return {};
    if (count.least == 1 && count.most == 1) return piece;
    const Width width = times(piece, count.most);
    if (count.least == 0) {
      if (!piece.exact || count.most != 1) return unknown(width);
      piece.texts.emplace_back();
      return exactly(std::move(piece.texts), width);
    }
    const Width others = times(piece, count.most < 0 ? count.most : count.most - 1);
    if (!piece.exact) {
      for (Need& need : piece.needs) {
        need.before = plus(need.before, others);
        need.behind = plus(need.behind, others);
      }
      piece.width = width;
      return piece;
    }
    Sequence made;
    for (Piece& one : repetition(piece, count)) made.add(std::move(one));
    return made.finish();
  }

  // REQUIRES: exact, and there at least once.
  static std::vector<Piece> repetition(const Piece& piece, const Quantifier& count) {
    const int counted = std::min(count.least, 4);
    std::vector<Piece> made(static_cast<std::size_t>(counted), piece);
    if (count.most == counted) return made;
    made.push_back(unknown(times(piece, count.most < 0 ? count.most : count.most - counted)));
    // What follows stands beside the last one: "go+gle" needs "go" and "ogle". Of classes such as \s that
    // would be as many more texts.
    const bool letter = piece.texts.size() <= 2 && !piece.texts.front().empty();
    if (letter) made.push_back(piece);
    return made;
  }

  // Passes over letters that stand for themselves, each once: most of a regex is such, and one piece costs
  // less than one for each.
  std::string_view plain_letters(const Flags& flags) {
    if (flags.ignore_case) return {};
    const std::size_t from = at_;
    while (at_ < regex_.size() && at_ - from < kTogether && (ascii_alnum(regex_[at_]) || next_is(' ')) &&
           quantifier_at(regex_, at_ + 1).size == 0)
      ++at_;
    return regex_.substr(from, at_ - from);
  }

  Piece atom(Flags& flags, int depth) {
    switch (regex_[at_]) {
      case '(':
        return group(flags, depth);
      case '[':
        return set(flags);
      case '\\':
        return escape(flags);
      case '.':
        ++at_;
        return one_of(flags.all_lines ? std::nullopt : std::optional(Row::line));
      case '^':
      case '$':
        ++at_;
        return {};
      default: {
        const CodePoint letter = decode_at(regex_, at_);
        at_ += letter.length;
        return character(letter.value, flags);
      }
    }
  }

  Piece character(char32_t letter, const Flags& flags) const {
    OneOf texts = forms(letter, flags);
    // The long s and the sign of kelvin are longer than what stands for them.
    const std::size_t width = flags.ignore_case ? kCharacter : longest(texts);
    Piece piece = exactly(std::move(texts), static_cast<std::uint32_t>(width));
    // Letters that are alike are of one kind.
    piece.row = row_of_character(letter);
    return piece;
  }

  static Piece one_of(std::optional<Row> row) {
    Piece piece = unknown(kCharacter);
    piece.row = row;
    return piece;
  }

  // A character as texts hold it.
  OneOf forms(char32_t letter, const Flags& flags) const {
    OneOf made;
    const auto add = [&](char32_t c) {
      std::string text;
      append_utf8(text, c);
      made.push_back(case_.folded == nullptr ? std::move(text) : case_.folded(text));
    };
    if (!flags.ignore_case) {
      add(letter);
    } else {
      for (const char32_t c : case_.alike(letter)) add(c);
    }
    return made;
  }

  // One character of an escape, which begins at at_; nothing for a class or an assertion.
  std::optional<char32_t> escaped() {
    const char kind = at_ + 1 < regex_.size() ? regex_[at_ + 1] : '\0';
    static constexpr std::string_view kNames = "afnrtv";
    static constexpr std::string_view kMeant = "\a\f\n\r\t\v";
    const std::size_t name = kNames.find(kind);
    if (name != std::string_view::npos) {
      at_ += 2;
      return kMeant[name];
    }
    if (kind == 'x') {
      std::size_t from = at_ + 2;
      std::size_t to = from + 2;
      std::size_t next = to;
      if (from < regex_.size() && regex_[from] == '{') {
        to = regex_.find('}', ++from);
        if (to == std::string_view::npos) return std::nullopt;
        next = to + 1;
      }
      if (next > regex_.size() || to - from > 6) return std::nullopt;
      char32_t value = 0;
      for (std::size_t i = from; i < to; ++i) {
        const char digit = ascii_small(regex_[i]);
        if (ascii_digit(digit)) {
          value = value * 16 + static_cast<char32_t>(digit - '0');
        } else if (digit >= 'a' && digit <= 'f') {
          value = value * 16 + static_cast<char32_t>(digit - 'a' + 10);
        } else {
          return std::nullopt;
        }
      }
      if (value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return std::nullopt;
      at_ = next;
      return value;
    }
    if (kind == '\0' || ascii_alnum(kind) || static_cast<unsigned char>(kind) >= 0x80) return std::nullopt;
    at_ += 2;
    return static_cast<char32_t>(kind);
  }

  Piece escape(const Flags& flags) {
    if (const std::optional<char32_t> letter = escaped()) return character(*letter, flags);
    const char kind = at_ + 1 < regex_.size() ? regex_[at_ + 1] : '\0';
    at_ += 2;
    switch (kind) {
      case 'b': {
        Piece place;
        place.starts_word = place.ends_word = true;
        return place;
      }
      case 'A':
      case 'z':
      case 'B':
        return {};
      case 's':
        return spaces();
      case 'd':
      case 'D':
      case 'w':
      case 'W':
      case 'S':
      case 'C':
        return one_of(row_of_escape(kind));
      case 'p':
      case 'P': {
        const std::size_t close = next_is('{') ? regex_.find('}', at_) : at_;
        if (close >= regex_.size()) return give_up();
        at_ = close + 1;
        return unknown(kCharacter);
      }
      default:  // octal codes, quoted passages
        return give_up();
    }
  }

  static Piece spaces() {
    Piece piece = exactly({"\t", "\n", "\f", "\r", " "}, 1);
    piece.row = Row::space;
    return piece;
  }

  // Where the class that begins at at_ ends, which is not before its first member.
  std::size_t set_end() const {
    std::size_t i = at_ + 1;
    if (i < regex_.size() && regex_[i] == '^') ++i;
    if (i < regex_.size() && regex_[i] == ']') ++i;
    while (i < regex_.size() && regex_[i] != ']') {
      if (regex_[i] == '\\') {
        i += 2;
      } else if (regex_.substr(i, 2) == "[:") {
        const std::size_t close = regex_.find(":]", i + 2);
        i = close == std::string_view::npos ? i + 1 : close + 2;
      } else {
        ++i;
      }
    }
    return i + 1;
  }

  Piece set(const Flags& flags) {
    const std::size_t last = set_end();
    if (last > regex_.size()) return give_up();
    OneOf made;
    const std::optional<Row> row = row_of_class(regex_.substr(at_, last - at_));
    bool known = regex_[at_ + 1] != '^';
    ++at_;
    while (known && at_ + 1 < last) {
      if (regex_.substr(at_, 2) == "[:") known = false;
      if (regex_.substr(at_, 2) == "\\s") {
        at_ += 2;
        made.insert(made.end(), {"\t", "\n", "\f", "\r", " "});
        continue;
      }
      const std::optional<char32_t> from = known ? member() : std::nullopt;
      std::optional<char32_t> to = from;
      if (from && at_ + 2 < last && regex_[at_] == '-') {
        ++at_;
        to = member();
      }
      known = from && to && *to >= *from && *to - *from < kMostMembers;
      for (char32_t c = known ? *from : 1; c <= (known ? *to : 0); ++c) {
        const OneOf more = forms(c, flags);
        made.insert(made.end(), more.begin(), more.end());
      }
    }
    at_ = last;
    if (!known) return one_of(row);
    Piece piece = exactly(std::move(made), kCharacter);
    piece.row = row;
    return piece.texts.size() > kMostMembers ? one_of(row) : piece;
  }

  std::optional<char32_t> member() {
    if (regex_[at_] == '\\') return escaped();
    const CodePoint letter = decode_at(regex_, at_);
    at_ += letter.length;
    return letter.value;
  }

  Piece group(Flags& flags, int depth) {
    ++at_;
    Flags inner = flags;
    if (next_is('?')) {
      ++at_;
      if (next_is('P')) {
        const std::size_t close = regex_.find('>', at_);
        if (regex_.substr(at_, 2) != "P<" || close == std::string_view::npos) return give_up();
        at_ = close + 1;
      } else {
        bool on = true;
        for (; !end() && !next_is(':') && !next_is(')'); ++at_) {
          const char flag = regex_[at_];
          // Lines, newlines and greed say nothing about literals.
          if (std::string_view("imsU-").find(flag) == std::string_view::npos) return give_up();
          if (flag == '-') on = false;
          if (flag == 'i') inner.ignore_case = on;
          if (flag == 's') inner.all_lines = on;
        }
        if (end()) return give_up();
        if (regex_[at_++] == ')') {
          flags = inner;
          return {};
        }
      }
    }
    std::vector<Piece> branches = alternatives(inner, depth + 1);
    if (failed_ || !next_is(')')) return give_up();
    ++at_;
    if (depth > 0 || branches.size() < 2) return joined(std::move(branches));
    Piece piece = joined(branches);
    branches_ = std::move(branches);
    return piece;
  }

  std::string_view regex_;
  const LetterCase& case_;
  std::size_t at_ = 0;
  bool failed_ = false;
  std::vector<Piece> branches_;  // of the group that was read last, at the outermost
};

}  // namespace

std::optional<Ways> required(std::string_view regex, bool ignore_case, const LetterCase& letter_case) {
  return RegexReader(regex, letter_case).read(ignore_case);
}

bool ignores_case(std::string_view regex) {
  for (std::size_t at = regex.find("(?"); at != std::string_view::npos; at = regex.find("(?", at + 2)) {
    const std::string_view flags = regex.substr(at, regex.find_first_of(":)", at) - at);
    if (flags.substr(0, flags.find('-')).find('i') != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace chaffinch
