// Words to the person at the terminal. Everything that came from elsewhere (comments, files, answers of a
// server) goes through plain(): hostile text must not drive a terminal. One thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace chaffinch::cli {

// Exit codes of the program.
inline constexpr int kFine = 0;
inline constexpr int kFailed = 1;   // it could not be done; a sentence on standard error says why
inline constexpr int kUsage = 2;    // the command line is wrong
inline constexpr int kSomeBad = 3;  // done, except for lines that were bad

// The text with control characters (C0, DEL, C1), bidi controls, line separators and bytes that are not UTF-8
// written as escapes: \n, \x1b, \u{202e}. With `lines`, line feeds and tabs stay.
std::string plain(std::string_view text, bool lines = false);

// Writes all of it; false when the other end is gone.
bool put(int fd, std::string_view text);
bool out(std::string_view text);  // standard output
bool err(std::string_view text);  // standard error

// "chaffinch: what, at where. advice" on standard error. Returns kFailed.
int complain(const Error& error);
int complain(std::string_view sentence);

std::string in_one_sentence(const Error& error);  // without line end, made plain

std::string grouped(std::uint64_t number);     // 12,345,678
std::string fixed(double number, int digits);  // 3.50
// Filled with blanks to `width` bytes; `right`: blanks before it. Of ASCII, whose bytes are columns.
std::string wide(std::string text, std::size_t width, bool right = false);

// A bar on standard error, drawn at most ten times a second and only when that is a terminal.
class Progress {
 public:
  // `total`: bytes or rows to come; 0: unknown, then only the count is shown.
  Progress(std::string what, std::uint64_t total);
  ~Progress();  // clears the bar
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(std::uint64_t done, std::uint64_t rows);  // rows 0: not shown
  void clear();                                       // before other words are written
  double seconds() const;

 private:
  std::string what_;
  std::uint64_t total_;
  bool terminal_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point began_, last_;
};

}  // namespace chaffinch::cli
