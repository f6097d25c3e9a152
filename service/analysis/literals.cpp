#include "analysis/literals.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>

#include "analysis/sparse.h"

namespace chaffinch {

std::pair<std::size_t, std::size_t> without_outer_space(std::string_view text) {
  static constexpr std::string_view kSpace = " \t\r\n\f\v";
  const std::size_t start = text.find_first_not_of(kSpace);
  if (start == std::string_view::npos) return {};
  return {start, text.find_last_not_of(kSpace) + 1};
}

Literals::Literals(std::vector<LiteralEntry> entries) {
  std::sort(entries.begin(), entries.end(), [](const LiteralEntry& left, const LiteralEntry& right) {
    return std::tie(left.text, left.pattern, left.kind) < std::tie(right.text, right.pattern, right.kind);
  });
  std::vector<std::string> searched;
  for (LiteralEntry& entry : entries) {
    if (entry.kind == Literal::exact) {
      if (exact_.empty() || exact_.back().text != entry.text || exact_.back().pattern != entry.pattern) {
        exact_.push_back(std::move(entry));
      }
      continue;
    }
    if (searched.empty() || searched.back() != entry.text) {
      wants_from_.push_back(static_cast<std::uint32_t>(wants_.size()));
      searched.push_back(std::move(entry.text));
    }
    wants_.push_back({entry.pattern, entry.kind});
  }
  wants_from_.push_back(static_cast<std::uint32_t>(wants_.size()));
  grams_ = Grams(searched);
}

// One search. A literal is told at every place, in no promised order; only an earlier place than the one
// noted is looked at again.
class Literals::Search {
 public:
  Search(const Literals& literals, std::string_view text, Earliest& found)
      : literals_(literals), text_(text), found_(found) {}

  void operator()(std::uint32_t literal, std::size_t start, std::size_t end) {
    Noted& noted = noted_.at(literal);
    const bool earlier = start < noted.anywhere;
    if (!earlier && start >= noted.alone) return;
    noted.anywhere = std::min(noted.anywhere, static_cast<std::uint32_t>(start));
    // Asked once for all who want this literal as a word.
    std::optional<bool> alone;
    for (std::uint32_t i = literals_.wants_from_[literal]; i < literals_.wants_from_[literal + 1]; ++i) {
      const Want& want = literals_.wants_[i];
      if (want.kind == Literal::word) {
        if (!alone) alone = !literals_.letters_.before(text_, start) && !literals_.letters_.after(text_, end);
        if (!*alone) continue;
      } else if (!earlier) {
        continue;
      }
      found_.note(want.pattern, start, end);
    }
    if (alone.value_or(true)) noted.alone = std::min(noted.alone, static_cast<std::uint32_t>(start));
  }

 private:
  static constexpr std::uint32_t kNowhere = std::numeric_limits<std::uint32_t>::max();
  struct Noted {
    std::uint32_t anywhere = kNowhere;  // the earliest start
    std::uint32_t alone = kNowhere;     // of one that is a word; that of any when nobody wants a word
  };

  const Literals& literals_;
  std::string_view text_;
  Earliest& found_;
  Sparse<Noted> noted_;
};

void Literals::find(std::string_view text, Earliest& found) const {
  if (!exact_.empty()) find_exact(text, found);
  Search search(*this, text, found);
  grams_.search(text, [&search](std::uint32_t literal, std::size_t start, std::size_t end) {
    search(literal, start, end);
  });
}

void Literals::find_exact(std::string_view text, Earliest& found) const {
  const auto [start, end] = without_outer_space(text);
  const std::string_view whole = text.substr(start, end - start);
  auto entry =
      std::lower_bound(exact_.begin(), exact_.end(), whole,
                       [](const LiteralEntry& one, std::string_view sought) { return one.text < sought; });
  for (; entry != exact_.end() && entry->text == whole; ++entry) found.note(entry->pattern, start, end);
}

}  // namespace chaffinch
