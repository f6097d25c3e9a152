// Waiting on, writing to and naming of sockets. Nothing here blocks beyond its deadline. Safe from any
// thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

struct sockaddr_storage;

namespace chaffinch::http {

using Clock = std::chrono::steady_clock;
using Deadline = Clock::time_point;

// Until the socket is ready for `what` (POLLIN, POLLOUT), or failed, or was closed by the other side. False:
// the deadline came first.
bool wait_for(int fd, short what, Deadline deadline);

// False: the other side is gone, or the deadline came first.
bool send_all(int fd, std::string_view text, Deadline deadline);

// Says "no more from here" and drops what still arrives, until the other side closes or one second is over.
// Closing a socket with unread bytes resets it, and the client may lose the answer that says why.
void linger_on(int fd);

// An IPv4 address also where it is wrapped in an IPv6 one; "" for anything else than an internet address.
std::string address_text(const sockaddr_storage& from);

// Lets this process open at least so many files, if the system permits it; most systems start programs with
// 1,024.
void allow_files(unsigned long count);

// A file descriptor that is closed at its end.
class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  operator int() const { return fd_; }

 private:
  const int fd_;
};

// Sockets that linger without a thread: tend() is called now and then and never waits. Holds at most 256;
// then the oldest is closed. One thread at a time.
class Lingering {
 public:
  Lingering() = default;
  ~Lingering();  // closes all
  Lingering(const Lingering&) = delete;
  Lingering& operator=(const Lingering&) = delete;

  void add(int fd);  // takes the descriptor
  void tend();
  bool empty() const { return sockets_.empty(); }

 private:
  struct One {
    int fd;
    Deadline deadline;
  };
  std::deque<One> sockets_;
};

}  // namespace chaffinch::http
