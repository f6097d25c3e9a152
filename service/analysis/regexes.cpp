#include "analysis/regexes.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include <re2/re2.h>
#include <re2/set.h>

#include "analysis/needs.h"
#include "analysis/required_index.h"
#include "core/limits.h"

namespace chaffinch {
namespace {

constexpr std::int64_t kRegexMemory = 1 << 20;  // promised by the header
constexpr std::size_t kMaxRegex = 16 * 1024;

// Parts (needs.h) in one RE2::Set. A chunk's automaton is a product of its parts: larger chunks mean fewer
// passes over the text, but more states, each of which must be made when a text first leads to it. With the
// shipped packs 64 and 128 parts cost the same, 24 a half more, and 256 with twice the program three times as
// much.
constexpr std::size_t kChunkParts = 128;
constexpr int kChunkProgram = 16'384;           // instructions
constexpr std::int64_t kChunkMemory = 8 << 20;  // at first; four times as much while that is too little
constexpr std::int64_t kChunkMemoryMost = 256 << 20;

// Bytes of a match; of a longer one as little as makes a match is told (patterns.h).
constexpr std::uint32_t kFar = 8 * 1'024;
// In longer texts than that; more than a verdict tells of say no more.
constexpr std::size_t kMostHits = limits::kFindings;

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

RE2::Options options(bool ignore_case, std::int64_t memory) {
  RE2::Options made;
  made.set_log_errors(false);
  made.set_never_capture(true);
  made.set_case_sensitive(!ignore_case);
  made.set_max_mem(memory);
  return made;
}

// A regex and the RE2 that decides on it, which is made when it is first asked: most regexes never meet a
// text that makes them candidates.
class Regex {
 public:
  Regex(std::string_view text, bool ignore_case) : text_(text), ignore_case_(ignore_case) {}
  ~Regex() { renew(); }
  Regex(const Regex&) = delete;
  Regex& operator=(const Regex&) = delete;

  const std::string& text() const { return text_; }
  bool ignore_case() const { return ignore_case_; }
  const RE2& exact() const {
    const RE2* made = exact_.load(std::memory_order_acquire);
    return made != nullptr ? *made : make();
  }
  void renew() { delete exact_.exchange(nullptr); }

 private:
  const RE2& make() const {
    auto fresh = std::make_unique<const RE2>(text_, options(ignore_case_, kRegexMemory));
    const RE2* there = nullptr;
    // Of threads that make it at once one is first, and all use that one.
    if (exact_.compare_exchange_strong(there, fresh.get(), std::memory_order_acq_rel))
      there = fresh.release();
    return *there;
  }

  const std::string text_;
  const bool ignore_case_;
  mutable std::atomic<const RE2*> exact_{nullptr};
};

struct Wanted {
  std::uint32_t pattern = 0;
  std::shared_ptr<Regex> regex;
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

class CompiledRegexes final : public RegexSet {
 public:
  std::vector<Wanted> regexes;
  RequiredIndex required;
  Prefilter prefilter;  // over those that need no literal

  bool find(std::string_view text, Earliest& found) const override {
    std::uint32_t done = kNone;
    std::size_t hits = 0;
    for (const auto& [regex, range] : required.candidates(text)) {
      if (regex == done) continue;
      if (hits == kMostHits && text.size() > kFar) return false;
      if (!confirm(regex, text, range, found)) continue;
      done = regex;
      ++hits;
    }
    return prefilter.chunks.empty() || find_in_sets(text, hits, found);
  }

  // There is no other way to empty an RE2 than to make another one.
  void renew() override {
    for (const Wanted& one : regexes) one.regex->renew();
  }

 private:
  bool confirm(std::uint32_t candidate, std::string_view text, const Range& range, Earliest& found) const {
    const Wanted& wanted = regexes[candidate];
    const RE2& exact = wanted.regex->exact();
    const re2::StringPiece piece(text.data(), text.size());
    re2::StringPiece span;
    const RE2::Anchor anchor = range.anchored ? RE2::ANCHOR_START : RE2::UNANCHORED;
    const auto start_of = [&] { return static_cast<std::size_t>(span.data() - piece.data()); };
    // RE2 reads a greedy match to the end of what it is given, and back. So it is given more only while there
    // is none.
    std::size_t last = std::min(range.last - range.first, kFar) + range.first;
    while (!exact.Match(piece, range.first, last, anchor, &span, 1)) {
      if (last == range.last) return false;
      last = std::min<std::size_t>(range.last, range.first + 4 * (last - range.first));
    }
    // One that begins no later and has at most so many bytes ends by then.
    const std::size_t enough = std::min<std::size_t>(range.last, start_of() + kFar);
    if (enough > last) exact.Match(piece, range.first, enough, anchor, &span, 1);
    const std::size_t start = start_of();
    found.note(wanted.pattern, start, start + span.size());
    return true;
  }

  bool find_in_sets(std::string_view text, std::size_t known, Earliest& found) const {
    const re2::StringPiece piece(text.data(), text.size());
    bool checked = true;
    std::vector<int> hits;
    std::vector<std::uint32_t> met;         // parts of each alternative that are there
    std::vector<std::uint32_t> candidates;  // regexes
    for (const Chunk& chunk : prefilter.chunks) {
      RE2::Set::ErrorInfo error{RE2::Set::kNoError};
      if (!chunk.set->Match(piece, &hits, &error)) {
        if (error.kind != RE2::Set::kNoError) checked = false;
        continue;
      }
      if (met.empty()) met.resize(prefilter.alternatives.size());
      for (const int hit : hits) {
        for (const std::uint32_t i :
             prefilter.parts[chunk.first + static_cast<std::size_t>(hit)].alternatives) {
          const Alternative& alternative = prefilter.alternatives[i];
          if (++met[i] == alternative.parts) candidates.push_back(alternative.regex);
        }
      }
    }
    std::sort(candidates.begin(), candidates.end());
    candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
    std::size_t all = known;
    for (const std::uint32_t candidate : candidates) {
      if (all == kMostHits && text.size() > kFar) return false;
      if (confirm(candidate, text, {0, static_cast<std::uint32_t>(text.size()), false}, found)) ++all;
    }
    return checked;
  }
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
  std::optional<Prefilter> run(const std::vector<Wanted>& regexes, const std::vector<std::uint32_t>& those) {
    for (const std::uint32_t i : those) add(i, *regexes[i].regex);
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
    const std::string flag = regex.ignore_case() ? "(?i)" : "";
    const std::string whole = flag + regex.text();
    for (const std::vector<std::string>& needed : needs_of(regex.text())) {
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

struct RegexPool::Parts {
  std::unordered_map<std::string, std::shared_ptr<Regex>> regexes;  // by case and text
  Requirements requirements;
};

RegexPool::RegexPool() : parts_(std::make_unique<Parts>()) {}
RegexPool::~RegexPool() = default;

struct RegexSet::Builder::Parts {
  explicit Parts(std::shared_ptr<RegexPool> with) : pool(std::move(with)) {}

  Result<std::shared_ptr<Regex>> regex_of(std::string_view text, bool ignore_case, bool accepted) const {
    std::shared_ptr<Regex>& known = pool->parts_->regexes[(ignore_case ? "i" : "c") + std::string(text)];
    if (known) return known;
    auto made = std::make_shared<Regex>(text, ignore_case);
    if (!accepted) {
      if (Done fine = check(made->exact()); !fine) return tl::unexpected(std::move(fine).error());
    }
    return known = std::move(made);
  }

  static Done check(const RE2& exact) {
    if (exact.error_code() == RE2::ErrorPatternTooLarge) {
      return fail(Code::invalid, "the regex needs more than 1 MiB of memory", {},
                  "make its counts ({2,40}) and classes smaller, or split it");
    }
    if (!exact.ok()) {
      const bool looks =
          exact.error_code() == RE2::ErrorBadPerlOp || exact.error_code() == RE2::ErrorBadEscape;
      return fail(Code::invalid, "not a regex that RE2 can read: " + exact.error(), {},
                  looks ? "RE2 has no look-around, no back-references and no possessive quantifiers" : "");
    }
    if (matches_nothing(exact)) {
      return fail(Code::invalid, "the regex matches the empty string, so it would hit every comment", {},
                  "ask for at least one character: + instead of *, no empty branch in (a|)");
    }
    return {};
  }

  std::shared_ptr<RegexPool> pool;
  std::vector<Wanted> regexes;
};

RegexSet::Builder::Builder(std::shared_ptr<RegexPool> pool)
    : parts_(std::make_unique<Parts>(std::move(pool))) {}
RegexSet::Builder::~Builder() = default;
RegexSet::Builder::Builder(Builder&&) noexcept = default;
RegexSet::Builder& RegexSet::Builder::operator=(Builder&&) noexcept = default;

bool RegexSet::Builder::empty() const {
  return parts_->regexes.empty();
}

Done RegexSet::Builder::add(std::uint32_t pattern, std::string_view regex, bool ignore_case, bool accepted) {
  if (regex.empty()) return fail(Code::invalid, "the regex is empty");
  if (regex.size() > kMaxRegex) {
    return fail(Code::invalid, "the regex is longer than 16 KiB", {}, "split it, or use a list of words");
  }
  auto made = parts_->regex_of(regex, ignore_case, accepted);
  if (!made) return tl::unexpected(std::move(made).error());
  parts_->regexes.push_back({pattern, std::move(*made)});
  return {};
}

Result<std::unique_ptr<RegexSet>> RegexSet::Builder::build() {
  auto made = std::make_unique<CompiledRegexes>();
  made->regexes = std::exchange(parts_->regexes, {});
  std::vector<RequiredIndex::Source> sources;
  for (const Wanted& one : made->regexes) sources.push_back({one.regex->text(), one.regex->ignore_case()});
  std::vector<std::uint32_t> others;
  made->required = RequiredIndex(sources, parts_->pool->parts_->requirements, others);
  std::optional<Prefilter> prefilter = Prefiltering().run(made->regexes, others);
  if (!prefilter) {
    return fail(Code::invalid, "the regexes together need too much memory", {},
                "make the largest of them smaller");
  }
  made->prefilter = std::move(*prefilter);
  return made;
}

}  // namespace chaffinch
