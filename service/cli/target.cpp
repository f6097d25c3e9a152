#include "cli/target.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/terminal.h"

namespace chaffinch::cli {
namespace {

constexpr std::size_t kPiece = 256 * 1024;  // bytes written at once

}  // namespace

Target::~Target() {
  if (fd_ >= 0 && !file_.empty()) ::close(fd_);
  if (!part_.empty()) ::unlink(part_.c_str());
}

Done Target::open() {
  if (file_.empty()) {
    fd_ = STDOUT_FILENO;
    return {};
  }
  std::error_code ignored;
  if (std::filesystem::exists(file_, ignored)) {
    return fail(Code::conflict, "there is a file of this name already", file_,
                "name another one, or move it away");
  }
  const std::string part = file_ + ".part";
  fd_ = ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);  // private: nobody else reads it
  if (fd_ < 0) {
    return fail(Code::unavailable, std::string("cannot write the export: ") + std::strerror(errno), part,
                errno == EEXIST ? "another export writes it, or left it behind: remove it then" : "");
  }
  part_ = part;
  return {};
}

bool Target::add(std::string_view row) {
  waiting_ += row;
  waiting_ += '\n';
  return waiting_.size() < kPiece || flush();
}

bool Target::flush() {
  if (!failed_ && !put(fd_, waiting_)) failed_ = errno == 0 ? EIO : errno;
  waiting_.clear();
  return failed_ == 0;
}

Done Target::finish() {
  const auto cannot = [&](int why) {
    return fail(Code::unavailable, std::string("cannot write the export: ") + std::strerror(why),
                file_.empty() ? "standard output" : file_);
  };
  if (!flush()) return cannot(failed_);
  if (file_.empty()) return {};
  if (::fsync(fd_) != 0) return cannot(errno);
  if (::renameat2(AT_FDCWD, part_.c_str(), AT_FDCWD, file_.c_str(), RENAME_NOREPLACE) != 0)
    return cannot(errno);
  part_.clear();
  return {};
}

}  // namespace chaffinch::cli
