#include "cli/lines.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace chaffinch::cli {
namespace {

constexpr std::size_t kStep = 256 * 1024;

}  // namespace

Result<LineReader> LineReader::open(const std::string& file, int wake) {
  LineReader reader;
  reader.wake_ = wake;
  if (file == "-") {
    reader.name_ = "standard input";
    reader.fd_ = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
  } else {
    reader.name_ = file;
    reader.fd_ = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  }
  if (reader.fd_ < 0) return fail(Code::invalid, "cannot read " + file + ": " + std::strerror(errno));
  struct stat about {};
  if (::fstat(reader.fd_, &about) != 0) {
    return fail(Code::invalid, "cannot read " + file + ": " + std::strerror(errno));
  }
  if (S_ISDIR(about.st_mode)) return fail(Code::invalid, "cannot read " + file + ": it is a folder");
  if (S_ISREG(about.st_mode)) reader.size_ = static_cast<std::uint64_t>(about.st_size);
  return reader;
}

LineReader::LineReader(LineReader&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      wake_(other.wake_),
      ended_(other.ended_),
      name_(std::move(other.name_)),
      problem_(std::move(other.problem_)),
      buffer_(std::move(other.buffer_)),
      from_(other.from_),
      number_(other.number_),
      bytes_(other.bytes_),
      size_(other.size_) {}

LineReader::~LineReader() {
  if (fd_ >= 0) ::close(fd_);
}

bool LineReader::ready() const {
  return buffer_.find('\n', from_) != std::string::npos;
}

bool LineReader::fill(bool& ended, bool& stopped) {
  buffer_.erase(0, std::exchange(from_, 0));
  while (true) {
    pollfd both[2] = {{.fd = fd_, .events = POLLIN, .revents = 0},
                      {.fd = wake_, .events = POLLIN, .revents = 0}};
    const int found = ::poll(both, wake_ >= 0 ? 2 : 1, -1);
    if (found < 0 && errno == EINTR) continue;
    if (wake_ >= 0 && both[1].revents != 0) {
      stopped = true;
      return true;
    }
    const std::size_t held = buffer_.size();
    buffer_.resize(held + kStep);
    const ssize_t got = ::read(fd_, buffer_.data() + held, kStep);
    const int why = errno;
    buffer_.resize(held + (got > 0 ? static_cast<std::size_t>(got) : 0));
    if (got < 0) {
      if (why == EINTR || why == EAGAIN) continue;
      problem_ = "cannot read " + name_ + ": " + std::strerror(why);
      return false;
    }
    ended = got == 0;
    return true;
  }
}

LineReader::Got LineReader::next(std::string_view& line) {
  std::size_t searched = from_;
  bool skipping = false;
  while (true) {
    const std::size_t end = buffer_.find('\n', searched);
    if (end == std::string::npos && !ended_) {
      if (buffer_.size() - from_ > kLongestLine) {  // keep nothing of a line that is too long already
        skipping = true;
        bytes_ += buffer_.size() - from_;
        from_ = buffer_.size();
      }
      const std::size_t seen = buffer_.size() - from_;
      bool stopped = false;
      if (!fill(ended_, stopped)) return Got::failed;
      if (stopped) return Got::stopped;
      searched = from_ + seen;
      continue;
    }
    const std::size_t until = end == std::string::npos ? buffer_.size() : end;
    if (end == std::string::npos && until == from_ && !skipping) return Got::end;
    line = std::string_view(buffer_).substr(from_, until - from_);
    bytes_ += line.size() + (end == std::string::npos ? 0 : 1);
    from_ = end == std::string::npos ? until : end + 1;
    ++number_;
    if (skipping || line.size() > kLongestLine) return Got::too_long;
    if (number_ == 1 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return Got::line;
  }
}

}  // namespace chaffinch::cli
