#include "http/sockets.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "waiting.h"

namespace chaffinch::http {
namespace {

constexpr std::chrono::seconds kLinger{1};
constexpr std::size_t kLingerBytes = 1024 * 1024;
constexpr std::size_t kLingering = 256;

// Milliseconds until the deadline, rounded up, for poll().
int until(Deadline deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
}

}  // namespace

bool wait_for(int fd, short what, Deadline deadline) {
  const Waiting waiting;
  while (true) {
    pollfd one{fd, what, 0};
    const int ready = poll(&one, 1, until(deadline));
    if (ready > 0) return true;
    if (ready == 0 && Clock::now() >= deadline) return false;
    if (ready < 0 && errno != EINTR) return false;
  }
}

bool send_all(int fd, std::string_view text, Deadline deadline) {
  while (!text.empty()) {
    const ssize_t sent = send(fd, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0) {
      text.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (!wait_for(fd, POLLOUT, deadline)) return false;
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

void linger_on(int fd) {
  shutdown(fd, SHUT_WR);
  const Deadline deadline = Clock::now() + kLinger;
  char piece[4096];
  for (std::size_t total = 0; total < kLingerBytes && wait_for(fd, POLLIN, deadline);) {
    const ssize_t got = recv(fd, piece, sizeof piece, MSG_DONTWAIT);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return;
    if (got > 0) total += static_cast<std::size_t>(got);
  }
}

std::string address_text(const sockaddr_storage& from) {
  char text[INET6_ADDRSTRLEN] = "";
  if (from.ss_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(from).sin_addr, text, sizeof text);
  } else if (from.ss_family == AF_INET6) {
    const in6_addr& address = reinterpret_cast<const sockaddr_in6&>(from).sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&address))
      inet_ntop(AF_INET, &address.s6_addr[12], text, sizeof text);
    else
      inet_ntop(AF_INET6, &address, text, sizeof text);
  }
  return text;
}

void allow_files(unsigned long count) {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= count) return;
  files.rlim_cur = std::min<rlim_t>(count, files.rlim_max);
  setrlimit(RLIMIT_NOFILE, &files);
}

File::~File() {
  if (fd_ >= 0) close(fd_);
}

Lingering::~Lingering() {
  for (const One& one : sockets_) close(one.fd);
}

void Lingering::add(int fd) {
  shutdown(fd, SHUT_WR);
  if (sockets_.size() >= kLingering) {
    close(sockets_.front().fd);
    sockets_.pop_front();
  }
  sockets_.push_back({fd, Clock::now() + kLinger});
}

void Lingering::tend() {
  char piece[4096];
  std::erase_if(sockets_, [&](const One& one) {
    const ssize_t got = recv(one.fd, piece, sizeof piece, MSG_DONTWAIT);
    const bool closed = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
    if (!closed && Clock::now() < one.deadline) return false;
    close(one.fd);
    return true;
  });
}

}  // namespace chaffinch::http
