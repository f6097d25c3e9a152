// Lines of a file or of standard input, each bounded, without ever holding more than one buffer. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace chaffinch::cli {

inline constexpr std::size_t kLongestLine = 1024 * 1024;
inline constexpr std::uint64_t kShownBad = 20;  // lines of which it is told what is bad; the rest is counted

class LineReader {
 public:
  enum class Got : std::uint8_t { line, too_long, end, stopped, failed };

  // "-" is standard input. `wake`: a descriptor that becomes readable when reading must stop; -1: none.
  static Result<LineReader> open(const std::string& file, int wake = -1);
  LineReader(LineReader&&) noexcept;
  LineReader& operator=(LineReader&&) = delete;
  ~LineReader();

  // `line` is without its line end (LF or CRLF) and lives until the next call. A line longer than
  // kLongestLine is passed over whole and told as too_long. A byte order mark before the first line is
  // dropped.
  Got next(std::string_view& line);

  bool ready() const;                               // whether another whole line is there without reading
  std::uint64_t number() const { return number_; }  // of the line last told, from 1
  std::uint64_t bytes() const { return bytes_; }    // consumed so far
  std::uint64_t size() const { return size_; }      // of a regular file; 0: unknown
  const std::string& name() const { return name_; }
  const std::string& problem() const { return problem_; }  // after failed

 private:
  LineReader() = default;
  bool fill(bool& ended, bool& stopped);  // false: failed

  int fd_ = -1;
  int wake_ = -1;
  bool ended_ = false;
  std::string name_, problem_, buffer_;
  std::size_t from_ = 0;  // start of what is not consumed
  std::uint64_t number_ = 0, bytes_ = 0, size_ = 0;
};

}  // namespace chaffinch::cli
