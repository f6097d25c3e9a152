// Literals run through an automaton of their own. Regexes have RE2::Set as a prefilter, which is searched for
// what they need (needs.h); those whose needs are met run through their own RE2, which decides and gives the
// span.
#include "analysis/patterns.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <utility>

#include <re2/re2.h>
#include <re2/set.h>

#include "analysis/automaton.h"
#include "analysis/earliest.h"
#include "analysis/letter_case.h"
#include "analysis/needs.h"

namespace chaffinch {
namespace {

constexpr std::int64_t kRegexMemory = 1 << 20;  // promised by the header
constexpr std::size_t kMaxRegex = 16 * 1024;
constexpr std::size_t kMaxLiteral = 1'000;

// Parts (needs.h) in one RE2::Set. A chunk's automaton is a product of its parts: larger chunks mean fewer
// passes over the text, but more states, each of which must be made when a text first leads to it. With the
// shipped packs 64 and 128 parts cost the same, 24 a half more, and 256 with twice the program three times as
// much.
constexpr std::size_t kChunkParts = 128;
constexpr int kChunkProgram = 16'384;           // instructions
constexpr std::int64_t kChunkMemory = 8 << 20;  // at first; four times as much while that is too little
constexpr std::int64_t kChunkMemoryMost = 256 << 20;

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

RE2::Options options(bool ignore_case, std::int64_t memory) {
  RE2::Options made;
  made.set_log_errors(false);
  made.set_never_capture(true);
  made.set_case_sensitive(!ignore_case);
  made.set_max_mem(memory);
  return made;
}

bool ascii_letter_or_digit(unsigned char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
}

struct Trimmed {
  std::size_t start = 0, end = 0;
};

Trimmed without_outer_space(std::string_view text) {
  static constexpr std::string_view kSpace = " \t\r\n\f\v";
  const std::size_t start = text.find_first_not_of(kSpace);
  if (start == std::string_view::npos) return {};
  return {start, text.find_last_not_of(kSpace) + 1};
}

// Whether a character is a letter, a digit, or a mark that belongs to the letter before it.
class Letters {
 public:
  Letters() : class_("[\\pL\\pN\\pM]", options(false, kRegexMemory)) {}

  bool before(std::string_view text, std::size_t at) const {
    if (at == 0) return false;
    std::size_t begin = at - 1;
    while (begin > 0 && at - begin < 4 && (static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80U) --begin;
    return one(text.substr(begin, at - begin));
  }

  bool after(std::string_view text, std::size_t at) const {
    if (at >= text.size()) return false;
    std::size_t end = at + 1;
    while (end < text.size() && end - at < 4 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
      ++end;
    return one(text.substr(at, end - at));
  }

 private:
  bool one(std::string_view character) const {
    const auto first = static_cast<unsigned char>(character.front());
    if (first < 0x80) return ascii_letter_or_digit(first);
    return RE2::FullMatch(re2::StringPiece(character.data(), character.size()), class_);
  }

  RE2 class_;
};

// A literal as added; `pattern` counts the set's patterns from 0.
struct Entry {
  std::string text;
  std::uint32_t pattern = 0;
  Literal kind = Literal::word;
};

// All literals of one case sensitivity.
class Literals {
 public:
  explicit Literals(std::vector<Entry> entries) {
    std::sort(entries.begin(), entries.end(), [](const Entry& left, const Entry& right) {
      return std::tie(left.text, left.pattern, left.kind) < std::tie(right.text, right.pattern, right.kind);
    });
    std::vector<std::string> searched;
    for (Entry& entry : entries) {
      if (entry.kind == Literal::exact) {
        if (exact_.empty() || exact_.back().text != entry.text || exact_.back().pattern != entry.pattern) {
          exact_.push_back(std::move(entry));
        }
        continue;
      }
      if (searched.empty() || searched.back() != entry.text) {
        lengths_.push_back(static_cast<std::uint32_t>(entry.text.size()));
        wants_from_.push_back(static_cast<std::uint32_t>(wants_.size()));
        searched.push_back(std::move(entry.text));
      }
      wants_.push_back({entry.pattern, entry.kind});
    }
    wants_from_.push_back(static_cast<std::uint32_t>(wants_.size()));
    automaton_ = Automaton(searched);
  }

  void find(std::string_view text, const Letters& letters, Earliest& found) const {
    if (!exact_.empty()) find_exact(text, found);
    automaton_.search(
        text, [&](std::uint32_t literal, std::size_t end) { report(text, literal, end, letters, found); });
  }

 private:
  struct Want {
    std::uint32_t pattern = 0;
    Literal kind = Literal::word;
  };

  void find_exact(std::string_view text, Earliest& found) const {
    const auto [start, end] = without_outer_space(text);
    const std::string_view whole = text.substr(start, end - start);
    auto entry =
        std::lower_bound(exact_.begin(), exact_.end(), whole,
                         [](const Entry& one, std::string_view sought) { return one.text < sought; });
    for (; entry != exact_.end() && entry->text == whole; ++entry) found.note(entry->pattern, start, end);
  }

  void report(std::string_view text, std::uint32_t literal, std::size_t end, const Letters& letters,
              Earliest& found) const {
    const std::size_t start = end - lengths_[literal];
    // Asked once for all who want this literal as a word.
    int alone = -1;
    for (std::uint32_t i = wants_from_[literal]; i < wants_from_[literal + 1]; ++i) {
      if (wants_[i].kind == Literal::word) {
        if (alone < 0) alone = !letters.before(text, start) && !letters.after(text, end) ? 1 : 0;
        if (alone == 0) continue;
      }
      found.note(wants_[i].pattern, start, end);
    }
  }

  std::vector<Entry> exact_;  // sorted by text
  Automaton automaton_;
  std::vector<std::uint32_t> lengths_;  // of each literal
  std::vector<Want> wants_;             // who wants a literal: [wants_from_[i], wants_from_[i + 1])
  std::vector<std::uint32_t> wants_from_;
};

struct Regex {
  std::uint32_t pattern = 0;
  bool ignore_case = false;
  std::unique_ptr<RE2> exact;
};

// A part that some regexes need (see needs.h), and the alternatives that need it.
struct Part {
  std::string text;
  int program = 0;
  std::vector<std::uint32_t> alternatives;
};

// One way in which a regex may match: when all of its parts are there.
struct Alternative {
  std::uint32_t regex = 0;
  std::uint32_t parts = 0;
};

struct Chunk {
  std::size_t first = 0;  // of the parts
  std::unique_ptr<RE2::Set> set;
};

struct Prefilter {
  std::vector<Part> parts;
  std::vector<Alternative> alternatives;
  std::vector<Chunk> chunks;
};

// RE2 knows no look-around, so what stands directly beside an empty match is all that can matter to it.
bool matches_nothing(const RE2& regex) {
  static constexpr std::string_view kBeside[] = {"", "a", " ", "\n"};
  for (const std::string_view before : kBeside) {
    for (const std::string_view after : kBeside) {
      const std::string text = std::string(before) + std::string(after);
      if (regex.Match(text, before.size(), before.size(), RE2::ANCHOR_BOTH, nullptr, 0)) return true;
    }
  }
  return false;
}

class Compiled final : public PatternSet {
 public:
  Compiled(std::vector<std::uint32_t> numbers, std::vector<Regex> regexes, Prefilter prefilter,
           std::vector<Entry> plain, std::vector<Entry> caseless)
      : numbers_(std::move(numbers)), regexes_(std::move(regexes)), prefilter_(std::move(prefilter)) {
    if (!plain.empty()) plain_ = std::make_unique<Literals>(std::move(plain));
    if (!caseless.empty()) caseless_ = std::make_unique<Literals>(std::move(caseless));
  }

  bool find(std::string_view text, std::vector<Match>& matches) const override {
    // Neither a regex nor a literal may be empty, so an empty text holds none of them.
    if (text.empty()) return true;
    Earliest found(numbers_.size());
    if (plain_) plain_->find(text, letters_, found);
    if (caseless_) caseless_->find(lower_letters(text), letters_, found);
    const bool checked = regexes_.empty() || find_regexes(text, found);
    found.hand_over(numbers_, matches);
    return checked;
  }

 private:
  bool find_regexes(std::string_view text, Earliest& found) const {
    const re2::StringPiece piece(text.data(), text.size());
    bool checked = true;
    std::vector<int> hits;
    std::vector<std::uint32_t> met;         // parts of each alternative that are there
    std::vector<std::uint32_t> candidates;  // regexes
    for (const Chunk& chunk : prefilter_.chunks) {
      RE2::Set::ErrorInfo error{RE2::Set::kNoError};
      if (!chunk.set->Match(piece, &hits, &error)) {
        if (error.kind != RE2::Set::kNoError) checked = false;
        continue;
      }
      if (met.empty()) met.resize(prefilter_.alternatives.size());
      for (const int hit : hits) {
        for (const std::uint32_t i :
             prefilter_.parts[chunk.first + static_cast<std::size_t>(hit)].alternatives) {
          const Alternative& alternative = prefilter_.alternatives[i];
          if (++met[i] == alternative.parts) candidates.push_back(alternative.regex);
        }
      }
    }
    std::sort(candidates.begin(), candidates.end());
    candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
    for (const std::uint32_t candidate : candidates) {
      const Regex& regex = regexes_[candidate];
      re2::StringPiece span;
      if (!regex.exact->Match(piece, 0, piece.size(), RE2::UNANCHORED, &span, 1)) continue;
      const auto start = static_cast<std::size_t>(span.data() - piece.data());
      found.note(regex.pattern, start, start + span.size());
    }
    return checked;
  }

  std::vector<std::uint32_t> numbers_;  // the caller's number of each pattern, rising
  std::vector<Regex> regexes_;
  Prefilter prefilter_;
  Letters letters_;
  std::unique_ptr<Literals> plain_;
  std::unique_ptr<Literals> caseless_;
};

// A set of the parts [first, last); nothing when even the most memory is too little.
std::unique_ptr<RE2::Set> compile(const std::vector<Part>& parts, std::size_t first, std::size_t last) {
  for (std::int64_t memory = kChunkMemory; memory <= kChunkMemoryMost; memory *= 4) {
    auto set = std::make_unique<RE2::Set>(options(false, memory), RE2::UNANCHORED);
    bool whole = true;
    for (std::size_t i = first; i < last && whole; ++i) whole = set->Add(parts[i].text, nullptr) >= 0;
    if (!whole) return nullptr;
    if (!set->Compile()) continue;
    // The automaton is made at its first use, and that is where memory runs out.
    RE2::Set::ErrorInfo error{RE2::Set::kNoError};
    std::vector<int> hits;
    set->Match("a", &hits, &error);
    if (error.kind == RE2::Set::kNoError) return set;
  }
  return nullptr;
}

// Parts of regexes that different regexes share are searched once.
class Prefiltering {
 public:
  std::optional<Prefilter> run(const std::vector<Regex>& regexes) {
    for (std::uint32_t i = 0; i < regexes.size(); ++i) add(i, regexes[i]);
    std::vector<Part>& parts = made_.parts;
    for (std::size_t first = 0; first < parts.size();) {
      std::size_t last = first;
      int program = 0;
      while (last < parts.size() && last - first < kChunkParts) {
        program += parts[last].program;
        if (program > kChunkProgram && last > first) break;
        ++last;
      }
      std::unique_ptr<RE2::Set> set = compile(parts, first, last);
      if (!set) return std::nullopt;
      made_.chunks.push_back({first, std::move(set)});
      first = last;
    }
    if (!complete_) return std::nullopt;
    return std::move(made_);
  }

 private:
  void add(std::uint32_t number, const Regex& regex) {
    const std::string flag = regex.ignore_case ? "(?i)" : "";
    const std::string whole = flag + regex.exact->pattern();
    for (const std::vector<std::string>& needed : needs_of(regex.exact->pattern())) {
      std::vector<std::uint32_t> parts;
      for (const std::string& text : needed) {
        const std::uint32_t part = part_of(flag + text);
        if (part != kNone) parts.push_back(part);
      }
      // Nothing that could be searched for: then the regex itself is.
      if (parts.empty()) parts.push_back(part_of(whole));
      if (parts.back() == kNone) {
        complete_ = false;
        return;
      }
      std::sort(parts.begin(), parts.end());
      parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
      const auto alternative = static_cast<std::uint32_t>(made_.alternatives.size());
      made_.alternatives.push_back({number, static_cast<std::uint32_t>(parts.size())});
      for (const std::uint32_t part : parts) made_.parts[part].alternatives.push_back(alternative);
    }
  }

  // kNone for what says nothing: it matches the empty string, or needs more memory than the regex that it is
  // from.
  std::uint32_t part_of(const std::string& text) {
    const auto [known, is_new] = numbers_.emplace(text, kNone);
    if (!is_new) return known->second;
    const RE2 regex(text, options(false, kRegexMemory));
    if (!regex.ok() || matches_nothing(regex)) return kNone;
    known->second = static_cast<std::uint32_t>(made_.parts.size());
    made_.parts.push_back({text, regex.ProgramSize(), {}});
    return known->second;
  }

  Prefilter made_;
  bool complete_ = true;
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

}  // namespace

struct PatternSet::Builder::Parts {
  std::vector<Regex> regexes;
  std::vector<Entry> plain;
  std::vector<Entry> caseless;
};

PatternSet::Builder::Builder() : parts_(std::make_unique<Parts>()) {}
PatternSet::Builder::~Builder() = default;
PatternSet::Builder::Builder(Builder&&) noexcept = default;
PatternSet::Builder& PatternSet::Builder::operator=(Builder&&) noexcept = default;

Done PatternSet::Builder::add_regex(std::uint32_t pattern, std::string_view regex, bool ignore_case) {
  if (regex.empty()) return fail(Code::invalid, "the regex is empty");
  if (regex.size() > kMaxRegex) {
    return fail(Code::invalid, "the regex is longer than 16 KiB", {}, "split it, or use a list of words");
  }
  auto exact =
      std::make_unique<RE2>(re2::StringPiece(regex.data(), regex.size()), options(ignore_case, kRegexMemory));
  if (exact->error_code() == RE2::ErrorPatternTooLarge) {
    return fail(Code::invalid, "the regex needs more than 1 MiB of memory", {},
                "make its counts ({2,40}) and classes smaller, or split it");
  }
  if (!exact->ok()) {
    const bool looks =
        exact->error_code() == RE2::ErrorBadPerlOp || exact->error_code() == RE2::ErrorBadEscape;
    return fail(Code::invalid, "not a regex that RE2 can read: " + exact->error(), {},
                looks ? "RE2 has no look-around, no back-references and no possessive quantifiers" : "");
  }
  if (matches_nothing(*exact)) {
    return fail(Code::invalid, "the regex matches the empty string, so it would hit every comment", {},
                "ask for at least one character: + instead of *, no empty branch in (a|)");
  }
  parts_->regexes.push_back({pattern, ignore_case, std::move(exact)});
  return {};
}

Done PatternSet::Builder::add_literal(std::uint32_t pattern, std::string_view text, Literal kind,
                                      bool ignore_case) {
  if (kind == Literal::exact) {
    const auto [start, end] = without_outer_space(text);
    text = text.substr(start, end - start);
  }
  if (text.empty()) return fail(Code::invalid, "the entry is empty");
  if (text.size() > kMaxLiteral) return fail(Code::invalid, "the entry is longer than 1,000 bytes");
  Entry entry{ignore_case ? lower_letters(text) : std::string(text), pattern, kind};
  (ignore_case ? parts_->caseless : parts_->plain).push_back(std::move(entry));
  return {};
}

Result<std::unique_ptr<PatternSet>> PatternSet::Builder::build() {
  Parts parts = std::move(*parts_);
  *parts_ = Parts{};

  std::vector<std::uint32_t> numbers;
  for (const Regex& regex : parts.regexes) numbers.push_back(regex.pattern);
  for (const auto* entries : {&parts.plain, &parts.caseless}) {
    for (const Entry& entry : *entries) numbers.push_back(entry.pattern);
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  const auto renumber = [&numbers](std::uint32_t& pattern) {
    pattern = static_cast<std::uint32_t>(std::lower_bound(numbers.begin(), numbers.end(), pattern) -
                                         numbers.begin());
  };
  for (Regex& regex : parts.regexes) renumber(regex.pattern);
  for (auto* entries : {&parts.plain, &parts.caseless}) {
    for (Entry& entry : *entries) renumber(entry.pattern);
  }

  std::optional<Prefilter> prefilter = Prefiltering().run(parts.regexes);
  if (!prefilter) {
    return fail(Code::invalid, "the regexes together need too much memory", {},
                "make the largest of them smaller");
  }
  return std::make_unique<Compiled>(std::move(numbers), std::move(parts.regexes), std::move(*prefilter),
                                    std::move(parts.plain), std::move(parts.caseless));
}

}  // namespace chaffinch
