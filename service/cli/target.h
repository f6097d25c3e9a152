// Where lines go that a command writes: standard output, or a file that is there only when it is whole and
// that nobody else may read. One thread.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace chaffinch::cli {

class Target {
 public:
  explicit Target(std::string file) : file_(std::move(file)) {}  // empty: standard output
  ~Target();  // nothing is left of a file that is not whole
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

  Done open();  // conflict: there is a file of this name
  bool add(std::string_view row);
  bool flush();
  Done finish();  // everything is where it belongs

  bool failed() const { return failed_ != 0; }

 private:
  std::string file_, part_, waiting_;
  int fd_ = -1;
  int failed_ = 0;
};

}  // namespace chaffinch::cli
