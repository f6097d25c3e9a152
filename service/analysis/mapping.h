// Building one reading of a text out of another while remembering where each byte came from. Private to this
// room.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/evidence.h"

namespace chaffinch {

// Pieces of the source are handed over from left to right and never overlap; what is not handed over is left
// out. Ranges are bytes of the source's value; the runs that come out point to the source's own original.
// Linear over all calls. One thread. REQUIRES: source and runs outlive the object.
class Mapping {
 public:
  // `runs` as in Text: empty when the source is the original itself.
  Mapping(std::string_view source, std::span<const Text::Run> runs) : source_(source), runs_(runs) {
    value_.reserve(source.size());
  }

  bool empty() const { return value_.empty(); }
  char last() const { return value_.back(); }

  // Bytes [from, to) as they are.
  void keep(std::size_t from, std::size_t to) { same(from, source_.substr(from, to - from)); }

  // Other bytes of the same number, each standing for the byte at its place (letter case, white space).
  void same(std::size_t from, std::string_view bytes) {
    if (bytes.empty()) return;
    if (runs_.empty()) {
      verbatim(static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(bytes.size()));
      value_.append(bytes);
      return;
    }
    while (!bytes.empty()) {
      seek(from);
      const Text::Run& run = runs_[cursor_];
      const std::size_t end = cursor_ + 1 < runs_.size() ? runs_[cursor_ + 1].at : source_.size();
      const std::size_t length = std::min(bytes.size(), end - from);
      if (run.verbatim) {
        verbatim(run.origin + static_cast<std::uint32_t>(from - run.at), static_cast<std::uint32_t>(length));
      } else {
        whole(run.origin, run.length);
      }
      value_.append(bytes.substr(0, length));
      bytes.remove_prefix(length);
      from += length;
    }
  }

  // `bytes` stand for all of [from, to). REQUIRES from < to.
  void put(std::size_t from, std::size_t to, std::string_view bytes) {
    if (bytes.empty()) return;
    const auto [first, second] = origin_of(from, to);
    whole(first, second - first);
    value_.append(bytes);
  }

  // REQUIRES: called once, last. `original_size` is the size of the original that the runs point to.
  Text finish(std::size_t original_size) {
    const bool identical =
        done_.empty() && open_ && last_.verbatim && last_.origin == 0 && value_.size() == original_size;
    if (open_ && !identical) done_.push_back(last_);
    return {std::move(value_), std::move(done_)};
  }

 private:
  void seek(std::size_t at) {
    while (cursor_ + 1 < runs_.size() && runs_[cursor_ + 1].at <= at) ++cursor_;
  }

  std::pair<std::uint32_t, std::uint32_t> origin_of(std::size_t from, std::size_t to) {
    if (runs_.empty()) return {static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to)};
    seek(from);
    const Text::Run& head = runs_[cursor_];
    const std::uint32_t first =
        head.verbatim ? head.origin + static_cast<std::uint32_t>(from - head.at) : head.origin;
    seek(to - 1);
    const Text::Run& tail = runs_[cursor_];
    return {first, tail.verbatim ? tail.origin + static_cast<std::uint32_t>(to - tail.at)
                                 : tail.origin + tail.length};
  }

  void verbatim(std::uint32_t origin, std::uint32_t length) {
    if (open_ && last_.verbatim && last_.origin + last_.length == origin) {
      last_.length += length;
      return;
    }
    begin({static_cast<std::uint32_t>(value_.size()), origin, length, true});
  }

  void whole(std::uint32_t origin, std::uint32_t length) {
    if (open_ && !last_.verbatim && last_.origin == origin && last_.length == length) return;
    begin({static_cast<std::uint32_t>(value_.size()), origin, length, false});
  }

  void begin(const Text::Run& run) {
    if (open_) done_.push_back(last_);
    last_ = run;
    open_ = true;
  }

  std::string_view source_;
  std::span<const Text::Run> runs_;
  std::size_t cursor_ = 0;
  std::string value_;
  std::vector<Text::Run> done_;
  Text::Run last_;  // not yet in done_, so that a text without changes allocates no runs
  bool open_ = false;
};

}  // namespace chaffinch
