#include "analysis/required_index.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <optional>
#include <string>
#include <unordered_map>

#include "analysis/letter_case.h"
#include "analysis/letters.h"
#include "analysis/utf8.h"

namespace chaffinch {
namespace {

// As RE2's \b has it.
bool word(char c) {
  return ascii_alnum(c) || c == '_';
}

}  // namespace

// Collects the literals that regexes require.
class RequiredMaker {
 public:
  explicit RequiredMaker(Requirements& known) : known_(known) {}

  // Gives back the regexes that require none.
  std::vector<std::uint32_t> run(const std::vector<RequiredIndex::Source>& regexes, RequiredIndex& made) {
    std::vector<std::uint32_t> others;
    made.folded_ = std::any_of(regexes.begin(), regexes.end(),
                               [](const auto& one) { return one.ignore_case || ignores_case(one.regex); });
    for (std::uint32_t i = 0; i < regexes.size(); ++i) {
      const auto& ways = known_.of(regexes[i].regex, regexes[i].ignore_case, made.folded_);
      if (!ways) {
        others.push_back(i);
        continue;
      }
      for (const std::vector<Need>& way : *ways) add(i, way, made);
    }
    number_literals(made);
    std::sort(rarest_.begin(), rarest_.end());
    made.ways_from_.assign(made.literals_.size() + 1, 0);
    for (const auto& [literal, way] : rarest_) {
      ++made.ways_from_[literal + 1];
      made.ways_of_literals_.push_back(way);
    }
    std::partial_sum(made.ways_from_.begin(), made.ways_from_.end(), made.ways_from_.begin());
    made.grams_ = Grams(texts_);
    return others;
  }

 private:
  void add(std::uint32_t regex, const std::vector<Need>& needs, RequiredIndex& made) {
    const auto way = static_cast<std::uint32_t>(made.ways_.size());
    const auto first = static_cast<std::uint32_t>(made.places_.size());
    const auto first_common = static_cast<std::uint32_t>(made.commons_.size());
    for (const Need& need : needs) {
      if (need.common) {
        made.commons_.push_back(need.texts.front());
        continue;
      }
      const auto from = static_cast<std::uint32_t>(made.literals_of_places_.size());
      for (const std::string& text : need.texts) {
        made.literals_of_places_.push_back(literal({number(text), need.starts_word, need.ends_word}, made));
        if (made.places_.size() == first) rarest_.emplace_back(made.literals_of_places_.back(), way);
      }
      made.places_.push_back(
          {need.before, need.behind, from, static_cast<std::uint32_t>(made.literals_of_places_.size())});
    }
    made.ways_.push_back({regex, first, static_cast<std::uint32_t>(made.places_.size()), first_common,
                          static_cast<std::uint32_t>(made.commons_.size())});
  }

  std::uint32_t number(const std::string& text) {
    const auto [known, is_new] = numbers_.emplace(text, static_cast<std::uint32_t>(texts_.size()));
    if (is_new) texts_.push_back(text);
    return known->second;
  }

  std::uint32_t literal(const RequiredIndex::Literal& wanted, RequiredIndex& made) {
    const std::uint64_t key =
        std::uint64_t{wanted.text} * 4 + (wanted.starts_word ? 2U : 0U) + (wanted.ends_word ? 1U : 0U);
    const auto [known, is_new] = literals_.emplace(key, static_cast<std::uint32_t>(made.literals_.size()));
    if (is_new) made.literals_.push_back(wanted);
    return known->second;
  }

  // Those of one text are put side by side.
  void number_literals(RequiredIndex& made) {
    std::vector<std::vector<std::uint32_t>> of_texts(texts_.size());
    for (std::uint32_t i = 0; i < made.literals_.size(); ++i) of_texts[made.literals_[i].text].push_back(i);
    std::vector<std::uint32_t> places(made.literals_.size());
    std::vector<RequiredIndex::Literal> sorted;
    sorted.reserve(made.literals_.size());
    made.literals_from_.assign(1, 0);
    for (const std::vector<std::uint32_t>& same : of_texts) {
      for (const std::uint32_t old : same) {
        places[old] = static_cast<std::uint32_t>(sorted.size());
        sorted.push_back(made.literals_[old]);
      }
      made.literals_from_.push_back(static_cast<std::uint32_t>(sorted.size()));
    }
    made.literals_ = std::move(sorted);
    for (std::uint32_t& one : made.literals_of_places_) one = places[one];
    for (auto& [one, way] : rarest_) one = places[one];
  }

  Requirements& known_;
  std::vector<std::string> texts_;
  std::unordered_map<std::string, std::uint32_t> numbers_;  // of texts_
  std::unordered_map<std::uint64_t, std::uint32_t> literals_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> rarest_;  // literal and way
};

const std::optional<Ways>& Requirements::of(const std::string& regex, bool ignore_case, bool folded) {
  const auto [known, is_new] =
      known_.try_emplace((ignore_case ? "i" : "c") + std::string(folded ? "f" : "w") + regex);
  if (is_new) {
    known->second = required(regex, ignore_case,
                             {.folded = folded ? &searched_form : nullptr,
                              .alike = [this](char32_t letter) { return families_.of(letter); }});
  }
  return known->second;
}

RequiredIndex::RequiredIndex(const std::vector<Source>& regexes, Requirements& known,
                             std::vector<std::uint32_t>& others) {
  others = RequiredMaker(known).run(regexes, *this);
}

namespace {

// The ranges of one way, from left to right and apart from each other: a match lies in one of them, and the
// leftmost match in the first that holds any.
class Ranges {
 public:
  static constexpr std::size_t kMost = 16;

  bool empty() const { return count_ == 0; }
  const Range* begin() const { return all_.data(); }
  const Range* end() const { return all_.data() + count_; }
  Range* begin() { return all_.data(); }
  Range* end() { return all_.data() + count_; }
  // REQUIRES: fewer than kMost are there.
  void push(const Range& range) { all_[count_++] = range; }
  void cut(Range* end) { count_ = static_cast<std::size_t>(end - all_.data()); }

 private:
  std::array<Range, kMost> all_;
  std::size_t count_ = 0;
};

// Makes one of those that overlap and are `alike`. REQUIRES: sorted by that and by where they begin. Returns
// the new end.
template <class At, class RangeOf, class Alike>
At joined(At begin, At end, const RangeOf& range_of, const Alike& alike) {
  if (begin == end) return end;
  At last = begin;
  for (At from = begin + 1; from != end; ++from) {
    Range& known = range_of(*last);
    const Range& more = range_of(*from);
    if (alike(*last, *from) && more.first < known.last) {
      known.anchored = known.anchored && more.anchored && known.first == more.first;
      known.last = std::max(known.last, more.last);
    } else {
      *++last = *from;
    }
  }
  return last + 1;
}

// What lies within a range of both.
Ranges common(const Ranges& left, const Ranges& right) {
  Ranges made;
  const Range* one = left.begin();
  const Range* other = right.begin();
  while (one != left.end() && other != right.end()) {
    const Range both{std::max(one->first, other->first), std::min(one->last, other->last),
                     one->anchored || other->anchored};
    // Where a match starts at one byte or nowhere, that byte must be in it.
    const bool cut =
        (one->anchored && one->first < both.first) || (other->anchored && other->first < both.first);
    if (both.first < both.last && !cut) made.push(both);
    if (one->last < other->last) {
      ++one;
    } else {
      ++other;
    }
  }
  return made;
}

}  // namespace

// One search.
class RequiredIndex::Search {
 public:
  Search(const RequiredIndex& index, std::string_view text)
      : index_(index), text_(text), searched_(text), size_(static_cast<std::uint32_t>(text.size())) {}

  std::vector<Candidate> run() {
    look();
    std::vector<Candidate> made;
    if (seen_.empty()) return made;
    std::vector<std::uint32_t> ways;
    for (const auto& [literal, met] : seen_) {
      for (std::uint32_t i = index_.ways_from_[literal]; i < index_.ways_from_[literal + 1]; ++i) {
        const std::uint32_t number = index_.ways_of_literals_[i];
        if (is_met(index_.ways_[number])) ways.push_back(number);
      }
    }
    if (ways.empty()) return made;
    // Several literals of one need may tell of one way.
    std::sort(ways.begin(), ways.end());
    ways.erase(std::unique(ways.begin(), ways.end()), ways.end());
    by_rows_ = size_ >= kLong || ways.size() >= kSeveral;
    for (const std::uint32_t number : ways) {
      const Way& way = index_.ways_[number];
      for (const Range& range : ranges_of(way))
        if (holds_commons(way, range)) made.push_back({way.regex, range});
    }
    if (made.size() < 2) return made;
    std::sort(made.begin(), made.end(), [](const Candidate& left, const Candidate& right) {
      return left.regex != right.regex ? left.regex < right.regex : left.range.first < right.range.first;
    });
    made.erase(joined(
                   made.begin(), made.end(), [](Candidate& one) -> Range& { return one.range; },
                   [](const Candidate& left, const Candidate& right) { return left.regex == right.regex; }),
               made.end());
    return made;
  }

 private:
  // More of one need are taken together, or a text made for it would cost too much.
  static constexpr std::uint32_t kApart = 6;
  // Bytes of a text, or ways that are met. With less, looking for the longest rows costs as much as RE2 gains
  // by them.
  static constexpr std::uint32_t kLong = 1'024;
  static constexpr std::size_t kSeveral = 6;

  void look() {
    if (index_.folded_) {
      folded_ = searched_form(text_);
      searched_ = folded_;
    }
    // Another form has other letters than RE2 sees, and other places.
    as_it_is_ = searched_.size() == text_.size();
    index_.grams_.search(searched_, [&](std::uint32_t number, std::size_t start, std::size_t end) {
      const bool starts = !as_it_is_ || start == 0 || !word(searched_[start - 1]);
      const bool ends = !as_it_is_ || end == searched_.size() || !word(searched_[end]);
      for (std::uint32_t i = index_.literals_from_[number]; i < index_.literals_from_[number + 1]; ++i) {
        const Literal& literal = index_.literals_[i];
        if ((!starts && literal.starts_word) || (!ends && literal.ends_word)) continue;
        Met& met = seen_.at(i);
        met.last = static_cast<std::uint32_t>(start);
        met.size = static_cast<std::uint32_t>(end - start);
        if (met.count < Met::kKept) met.starts[met.count] = met.last;
        ++met.count;
      }
    });
  }

  // Whether all its needs are. REQUIRES: the rarest is.
  bool is_met(const Way& way) const {
    for (std::uint32_t i = way.first + 1; i < way.last; ++i) {
      const Place& place = index_.places_[i];
      std::uint32_t k = place.first;
      while (k < place.last && seen_.find(index_.literals_of_places_[k]) == nullptr) ++k;
      if (k == place.last) return false;
    }
    return true;
  }

  bool holds_commons(const Way& way, const Range& range) const {
    const std::string_view there =
        as_it_is_ ? searched_.substr(range.first, range.last - range.first) : searched_;
    for (std::uint32_t i = way.first_common; i < way.last_common; ++i)
      // Linear whatever the text, which string_view::find is not.
      if (::memmem(there.data(), there.size(), index_.commons_[i].data(), index_.commons_[i].size()) ==
          nullptr)
        return false;
    return true;
  }

  Ranges ranges_of(const Way& way) {
    Ranges ranges;
    if (!as_it_is_) {
      ranges.push({0, size_, false});
      return ranges;
    }
    ranges = near(index_.places_[way.first]);
    for (std::uint32_t i = way.first + 1; i < way.last && !ranges.empty(); ++i)
      ranges = common(ranges, near(index_.places_[i]));
    return ranges;
  }

  // Where a match can be, as one need says.
  Ranges near(const Place& place) {
    const std::uint32_t before = bytes_of(place.before);
    const std::uint32_t behind = bytes_of(place.behind);
    const bool anchored = before == 0;
    const auto around = [&](std::uint32_t start, std::uint32_t end) {
      return Range{start > before ? start - before : 0, behind < size_ - end ? end + behind : size_,
                   anchored};
    };
    Ranges made;
    std::uint32_t count = 0;
    bool apart = true;
    Range all{size_, 0, false};
    for (std::uint32_t k = place.first; k < place.last; ++k) {
      const Met* met = seen_.find(index_.literals_of_places_[k]);
      if (met == nullptr) continue;
      count += met->count;
      all.first = std::min(all.first, met->starts[0]);
      all.last = std::max(all.last, met->last + met->size);
      apart = apart && met->count <= Met::kKept && count <= kApart;
      for (std::uint32_t i = 0; apart && i < met->count; ++i)
        made.push(around(met->starts[i], met->starts[i] + met->size));
    }
    if (!apart) {
      made.cut(made.begin());
      made.push(around(all.first, all.last));
      made.begin()->anchored = false;
    } else if (count > 1) {
      std::sort(made.begin(), made.end(),
                [](const Range& left, const Range& right) { return left.first < right.first; });
      made.cut(joined(
          made.begin(), made.end(), [](Range& one) -> Range& { return one; },
          [](const Range&, const Range&) { return true; }));
    }
    return made;
  }

  std::uint32_t bytes_of(const Width& width) {
    if (width.bytes >= size_) return size_;
    if (!width.by_rows()) return width.bytes;
    if (!by_rows_) return size_;
    if (!rows_) rows_ = longest_rows(text_);
    return static_cast<std::uint32_t>(width.in(*rows_, size_));
  }

  const RequiredIndex& index_;
  std::string_view text_;
  std::string folded_;
  std::string_view searched_;  // the text, or its searched form
  std::uint32_t size_ = 0;
  bool as_it_is_ = true;
  bool by_rows_ = false;  // a width of rows is told by the longest one of the text
  Sparse<Met> seen_;
  std::optional<Rows> rows_;
};

std::vector<RequiredIndex::Candidate> RequiredIndex::candidates(std::string_view text) const {
  if (ways_.empty()) return {};
  return Search(*this, text).run();
}

}  // namespace chaffinch
