#include "http/receiver.h"

#include <cerrno>

#include <poll.h>
#include <sys/socket.h>

namespace chaffinch::http {
namespace {

constexpr std::size_t kPiece = 16 * 1024;  // read at once
Reading refused(std::string_view why, int status, std::string_view detail) {
  return {Reading::State::refused, why, status, std::string(detail)};
}

Reading too_large(std::size_t limit) {
  if (limit == 0) return refused("body", 413, "this request takes no body");
  return refused("body", 413, "the body is larger than the " + std::to_string(limit) + " bytes taken here");
}

}  // namespace

Receiver::Came Receiver::look() {
  if (in_.capacity() > kKeptBuffer) std::string().swap(in_);
  char piece[kKeptBuffer];
  ssize_t got = 0;
  do got = recv(fd_, piece, sizeof piece, MSG_DONTWAIT);
  while (got < 0 && errno == EINTR);
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return Came::nothing;
  if (got <= 0) return Came::the_end;
  in_.assign(piece, static_cast<std::size_t>(got));
  return Came::something;
}

Reading Receiver::fill(Deadline deadline, std::string_view what) {
  char piece[kPiece];
  while (true) {
    if (Clock::now() >= deadline)
      return refused("deadline", 408, "the request's " + std::string(what) + " did not come in time");
    const ssize_t got = recv(fd_, piece, sizeof piece, MSG_DONTWAIT);
    if (got > 0) {
      in_.append(piece, static_cast<std::size_t>(got));
      return {};
    }
    if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
      return {Reading::State::gone, {}, 0, {}};
    wait_for(fd_, POLLIN, deadline);
  }
}

Reading Receiver::head(Head& head, Deadline deadline) {
  HeadEnd end;
  auto size = end.find(in_);
  while (size && !*size) {
    if (Reading more = fill(deadline, "head"); more.state != Reading::State::whole) return more;
    size = end.find(in_);
  }
  if (!size)
    return refused(size.error().status == 400 ? "malformed" : "headers", size.error().status,
                   size.error().detail);
  auto read = read_head(std::string_view(in_).substr(0, **size));
  in_.erase(0, **size);
  if (!read) return refused("malformed", read.error().status, read.error().detail);
  head = std::move(*read);
  return {};
}

Reading Receiver::body(const Head& head, std::size_t limit, std::string& body, Deadline deadline) {
  if (head.length > limit) return too_large(limit);
  if (!head.chunked) {
    // Memory follows the bytes that came, not the number that was announced.
    const auto length = static_cast<std::size_t>(head.length);
    while (in_.size() < length)
      if (Reading more = fill(deadline, "body"); more.state != Reading::State::whole) return more;
    if (in_.size() == length) {
      body.swap(in_);
      in_.clear();
    } else {
      body.assign(in_, 0, length);
      in_.erase(0, length);
    }
    return {};
  }
  Chunks chunks;
  while (true) {
    std::string_view left = in_;
    const Chunks::State state = chunks.feed(left, body, limit);
    in_.erase(0, in_.size() - left.size());
    if (state == Chunks::State::whole) return {};
    if (state == Chunks::State::too_large) return too_large(limit);
    if (state == Chunks::State::malformed)
      return refused("malformed", 400, "the body is not in the chunked coding");
    if (Reading more = fill(deadline, "body"); more.state != Reading::State::whole) return more;
  }
}

}  // namespace chaffinch::http
