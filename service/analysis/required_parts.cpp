#include "analysis/required_parts.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "analysis/grams.h"
#include "analysis/utf8.h"

namespace chaffinch {
namespace {

constexpr std::size_t kLongest = 64;  // bytes of a literal
constexpr std::size_t kMostOfOneWay = 3;
constexpr double kUsualSize = 350;

// A text that holds another one of them, as `holds` has it, says nothing more.
template <class Holds>
OneOf shortest(OneOf texts, const Holds& holds) {
  std::sort(texts.begin(), texts.end(), [](const std::string& left, const std::string& right) {
    return left.size() != right.size() ? left.size() < right.size() : left < right;
  });
  OneOf made;
  for (std::string& text : texts) {
    const bool said =
        std::any_of(made.begin(), made.end(), [&](const std::string& other) { return holds(text, other); });
    if (!said) made.push_back(std::move(text));
  }
  return made;
}

// The last byte of all texts when it is one and ASCII; else nothing.
std::string shared_end(const OneOf& texts) {
  std::string end;
  for (const std::string& text : texts) {
    if (text.empty() || static_cast<unsigned char>(text.back()) >= 0x80) return {};
    if (end.empty()) end = text.back();
    if (end.back() != text.back()) return {};
  }
  return end;
}

// What all of them begin or end with, the longer one.
std::string core_of(const OneOf& texts) {
  std::string_view start = texts.front(), end = texts.front();
  for (const std::string& text : texts) {
    const auto ahead = std::mismatch(start.begin(), start.end(), text.begin(), text.end());
    start = start.substr(0, static_cast<std::size_t>(ahead.first - start.begin()));
    const auto back = std::mismatch(end.rbegin(), end.rend(), text.rbegin(), text.rend());
    end = end.substr(end.size() - static_cast<std::size_t>(back.first - end.rbegin()));
  }
  return std::string(start.size() >= end.size() ? start : end);
}

}  // namespace

Width times(const Piece& piece, int count) {
  return count < 0 && piece.row ? Width::of(*piece.row) : times(piece.width, count);
}

Piece unknown(const Width& width) {
  Piece piece;
  piece.exact = false;
  piece.width = width;
  return piece;
}

Piece exactly(OneOf texts, const Width& width) {
  Piece piece;
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  piece.texts = std::move(texts);
  piece.width = width;
  return piece;
}

// Letters follow one another more regularly than their frequencies alone tell: hence the three quarters. A
// place where a word begins or ends is one in five, but a short word is more often a word than a part of one.
double expected(const Need& need) {
  constexpr double kAtWord = 0.4;
  // Words that no guess by letters finds common enough, and with them their parts.
  constexpr std::string_view kCommon =
      " the and that this you your for with have has not are was were but can from they there their what "
      "when "
      "will would just about like one all more some out get very been here our who how any had his her its "
      "at "
      "an as be by do he if in is it me my no of on or so to up us we ";
  constexpr std::size_t kLongestCommon = 7;  // " there "
  double sum = 0;
  for (const std::string& text : need.texts) {
    const std::string there = (need.starts_word ? " " : "") + text + (need.ends_word ? " " : "");
    if (there.size() <= kLongestCommon && kCommon.find(there) != std::string_view::npos) return 1;
    const double regular = text.size() > 2 ? 0.75 : 1.1 - 0.1 * static_cast<double>(text.size());
    sum += kUsualSize * std::exp2(-regular * rarity(text));
  }
  if (need.starts_word) sum *= kAtWord;
  if (need.ends_word) sum *= kAtWord;
  return std::min(sum, 1.0);
}

std::size_t longest(const OneOf& texts) {
  std::size_t most = 0;
  for (const std::string& text : texts) most = std::max(most, text.size());
  return most;
}

Need need_of(OneOf texts, const Width& before, const Width& behind, bool starts_word, bool ends_word) {
  const auto most = static_cast<std::uint32_t>(longest(texts));
  const std::size_t count = texts.size();
  // Beside a letter, \b says that there is no other; beside anything else, that there is one.
  const auto all = [&texts](auto&& has) {
    return std::all_of(texts.begin(), texts.end(),
                       [&has](const auto& text) { return !text.empty() && has(text); });
  };
  const auto word = [](char c) { return ascii_alnum(c) || c == '_'; };
  Need need;
  need.before = before;
  need.behind = behind;
  need.starts_word = starts_word && all([&](const auto& text) { return word(text.front()); });
  need.ends_word = ends_word && all([&](const auto& text) { return word(text.back()); });
  // Where a word ends behind all of them, it does so behind one that stands at another's end.
  need.texts = shortest(std::move(texts), [&need](std::string_view text, std::string_view other) {
    return need.ends_word     ? text.ends_with(other)
           : need.starts_word ? text.starts_with(other)
                              : text.find(other) != std::string_view::npos;
  });
  if (need.texts.size() != count) {
    // One may now be found within another.
    need.before = plus(need.before, most);
    need.behind = plus(need.behind, most);
    need.starts_word = need.starts_word && !need.ends_word;
  }
  return need;
}

std::pair<std::vector<Need>, double> rarest(std::vector<Need> needs) {
  std::vector<std::pair<double, Need>> rated;
  for (Need& one : needs) {
    const double rate = expected(one);
    rated.emplace_back(rate, std::move(one));
  }
  std::stable_sort(rated.begin(), rated.end(),
                   [](const auto& left, const auto& right) { return left.first < right.first; });
  std::vector<Need> made;
  double often = 1;
  std::size_t common = 0;
  for (auto& [rate, one] : rated) {
    // One that is nearly always there costs more than it tells.
    one.common = common > 0 || made.size() == kMostOfOneWay || (!made.empty() && rate > 0.3);
    if (one.common) {
      if (++common > kMostOfOneWay) break;
      std::string core = core_of(one.texts);
      if (core.size() < 2) continue;
      one.texts = {std::move(core)};
    } else {
      often *= rate;
    }
    made.push_back(std::move(one));
  }
  return {std::move(made), often};
}

void Sequence::add(Piece piece) {
  if (!piece.exact) {
    flush();
    exact_ = false;
    for (Need& need : needs_) need.behind = plus(need.behind, piece.width);
    for (Need& need : piece.needs) {
      need.before = plus(need.before, width_);
      needs_.push_back(std::move(need));
    }
    width_ = plus(width_, piece.width);
    return;
  }
  if (piece.texts.size() * texts_.size() > kMostTexts || longest(piece.texts) + longest(texts_) > kLongest) {
    // Too many together: what stands beside the new ones goes on if it is always the same, as a space is.
    const std::string beside = shared_end(texts_);
    flush();
    exact_ = false;
    texts_ = std::move(piece.texts);
    for (std::string& text : texts_) text.insert(0, beside);
    texts_width_ = plus(piece.width, static_cast<std::uint32_t>(beside.size()));
    starts_word_ = beside.empty() && piece.starts_word;
    ends_word_ = piece.ends_word;
    if (texts_.size() > kMostTexts || longest(texts_) > kLongest) flush();
    return;
  }
  const bool none = piece.texts.size() == 1 && piece.texts.front().empty();
  if (piece.starts_word && texts_.size() == 1 && texts_.front().empty()) starts_word_ = true;
  ends_word_ = (none && ends_word_) || piece.ends_word;
  if (none) return;
  OneOf product;
  product.reserve(piece.texts.size() * texts_.size());
  for (const std::string& left : texts_) {
    for (const std::string& right : piece.texts) product.push_back(left + right);
  }
  texts_ = std::move(product);
  texts_width_ = plus(texts_width_, piece.width);
}

Piece Sequence::finish() {
  if (exact_) {
    Piece piece = exactly(std::move(texts_), texts_width_);
    piece.starts_word = starts_word_;
    piece.ends_word = ends_word_;
    return piece;
  }
  flush();
  Piece piece = unknown(width_);
  piece.needs = std::move(needs_);
  return piece;
}

void Sequence::flush() {
  for (Need& need : needs_) need.behind = plus(need.behind, texts_width_);
  const bool says = std::none_of(texts_.begin(), texts_.end(), [](const auto& text) { return text.empty(); });
  if (says && texts_.size() <= kMostTexts)
    needs_.push_back(need_of(std::move(texts_), width_, 0, starts_word_, ends_word_));
  width_ = plus(width_, texts_width_);
  starts_word_ = ends_word_ = false;
  texts_ = {""};
  texts_width_ = {};
}

}  // namespace chaffinch
