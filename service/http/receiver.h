// What comes in on one connection: waits for requests, reads their heads and bodies within a deadline and
// keeps what came early (pipelining) for the next one. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/head.h"
#include "http/sockets.h"

namespace chaffinch::http {

inline constexpr std::size_t kKeptBuffer = 8 * 1024;  // an idle connection keeps no larger buffer

// What became of reading. `gone`: the client closed or failed; there is nobody to answer.
struct Reading {
  enum class State : std::uint8_t { whole, gone, refused };

  State state = State::whole;
  std::string_view why;  // of a refusal, as DoorEvents::refused tells it
  int status = 0;
  std::string detail;
};

class Receiver {
 public:
  // REQUIRES: the socket outlives this.
  explicit Receiver(int fd) : fd_(fd) {}

  // Whether nothing of a next request is here yet.
  bool empty() const { return in_.empty(); }
  // Takes what is here, without waiting. Large buffers are given back before. REQUIRES: empty().
  enum class Came : std::uint8_t { something, nothing, the_end };
  Came look();

  Reading head(Head& head, Deadline deadline);
  // The body that `head` announces, at most `limit` bytes; a larger one is refused as soon as that is known.
  Reading body(const Head& head, std::size_t limit, std::string& body, Deadline deadline);

 private:
  Reading fill(Deadline deadline, std::string_view what);  // some bytes more

  const int fd_;
  std::string in_;  // received, not yet consumed
};

}  // namespace chaffinch::http
