#include "analysis/automaton.h"

#include <algorithm>

namespace chaffinch {

Automaton::Automaton(const std::vector<std::string>& literals) {
  if (literals.empty()) return;
  plant(literals);
  link();
  tabulate();
}

// A node is a range of the sorted texts that share a beginning.
void Automaton::plant(const std::vector<std::string>& texts) {
  struct Range {
    std::uint32_t first, last, depth;
  };
  std::vector<Range> ranges = {{0, static_cast<std::uint32_t>(texts.size()), 0}};
  label_.push_back(0);
  for (std::size_t node = 0; node < ranges.size(); ++node) {
    auto [first, last, depth] = ranges[node];
    children_.push_back(static_cast<std::uint32_t>(ranges.size()));
    std::uint32_t own = kNone;
    if (texts[first].size() == depth) own = first++;
    terminal_.push_back(own);
    while (first < last) {
      const char byte = texts[first][depth];
      std::uint32_t after = first + 1;
      while (after < last && texts[after][depth] == byte) ++after;
      ranges.push_back({first, after, depth + 1});
      label_.push_back(static_cast<unsigned char>(byte));
      first = after;
    }
  }
  children_.push_back(static_cast<std::uint32_t>(ranges.size()));
}

void Automaton::link() {
  fail_.assign(label_.size(), 0);
  ends_.assign(label_.size(), kNone);
  for (std::uint32_t node = 0; node < label_.size(); ++node) {
    ends_[node] = terminal_[node] != kNone ? node : node == 0 ? kNone : ends_[fail_[node]];
    for (std::uint32_t next = children_[node]; next < children_[node + 1]; ++next) {
      if (node == 0) continue;
      std::uint32_t from = fail_[node];
      std::uint32_t to = child(from, label_[next]);
      while (to == kNone && from != 0) {
        from = fail_[from];
        to = child(from, label_[next]);
      }
      fail_[next] = to == kNone ? 0 : to;
    }
  }
}

void Automaton::tabulate() {
  const std::size_t count = std::min(kTables, label_.size());
  tables_.reserve(count);
  for (std::uint32_t node = 0; node < count; ++node) {
    std::array<std::uint32_t, 256> moves{};
    if (node != 0) moves = tables_[fail_[node]];
    for (std::uint32_t next = children_[node]; next < children_[node + 1]; ++next) moves[label_[next]] = next;
    tables_.push_back(moves);
  }
}

}  // namespace chaffinch
