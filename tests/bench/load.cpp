#include "bench/load.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace chaffinch::bench {
namespace {

using Clock = std::chrono::steady_clock;

int open_connection(int port, bool wait) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | (wait ? 0 : SOCK_NONBLOCK), 0);
  if (fd < 0) throw std::runtime_error("no socket left");
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
      errno != EINPROGRESS) {
    ::close(fd);
    return -1;
  }
  return fd;
}

struct Connection {
  int fd = -1;
  const std::string* out = nullptr;
  std::size_t sent = 0;
  std::string in;
  Clock::time_point began;
  bool busy = false;
};

// Bytes of the first whole answer in `text` and its status; 0 when it is not whole yet.
std::size_t whole_answer(const std::string& text, int& status) {
  const std::size_t head = text.find("\r\n\r\n");
  if (head == std::string::npos) return 0;
  status = text.size() > 12 ? std::atoi(text.c_str() + 9) : 0;
  std::size_t length = 0;
  const std::size_t at = text.find("ontent-Length: ");
  if (at != std::string::npos && at < head)
    length = static_cast<std::size_t>(std::atoll(text.c_str() + at + 15));
  const std::size_t whole = head + 4 + length;
  return text.size() >= whole ? whole : 0;
}

}  // namespace

double LoadResult::percentile(double p) const {
  if (milliseconds.empty()) return 0;
  const auto last = static_cast<double>(milliseconds.size() - 1);
  return milliseconds[static_cast<std::size_t>(p / 100 * last)];
}

LoadResult run_load(const LoadPlan& plan) {
  LoadResult result;
  const int poll = ::epoll_create1(EPOLL_CLOEXEC);
  std::vector<Connection> connections(static_cast<std::size_t>(plan.connections));
  std::uint64_t started = 0;
  const auto begin = Clock::now();
  const auto end =
      begin + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(plan.seconds));

  const auto watch = [&](std::size_t index, std::uint32_t events, int how) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = index;
    ::epoll_ctl(poll, how, connections[index].fd, &event);
  };
  const auto connect = [&](std::size_t index) {
    Connection& one = connections[index];
    one.fd = open_connection(plan.port, false);
    one.in.clear();
    if (one.fd < 0) throw std::runtime_error("the server does not answer");
    watch(index, EPOLLIN | EPOLLOUT, EPOLL_CTL_ADD);
  };
  const auto push = [&](std::size_t index) {
    Connection& one = connections[index];
    while (one.busy && one.sent < one.out->size()) {
      const ssize_t n = ::send(one.fd, one.out->data() + one.sent, one.out->size() - one.sent, MSG_NOSIGNAL);
      if (n <= 0) {
        watch(index, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
        return;
      }
      one.sent += static_cast<std::size_t>(n);
    }
    watch(index, EPOLLIN, EPOLL_CTL_MOD);
  };
  const auto due = [&](Clock::time_point now) {
    if (now >= end || (plan.requests != 0 && started >= plan.requests)) return false;
    if (plan.rate <= 0) return true;
    return static_cast<double>(started) < plan.rate * std::chrono::duration<double>(now - begin).count();
  };
  const auto start = [&](std::size_t index, Clock::time_point now) {
    Connection& one = connections[index];
    one.out = &plan.request(started++);
    one.sent = 0;
    one.busy = true;
    one.began = now;
    if (one.fd < 0) connect(index);
    push(index);
  };

  if (!plan.new_connection) {
    for (std::size_t i = 0; i < connections.size(); ++i) connect(i);
  }
  std::vector<epoll_event> events(1024);
  std::vector<char> buffer(64 * 1024);
  for (;;) {
    auto now = Clock::now();
    bool any_busy = false;
    for (std::size_t i = 0; i < connections.size(); ++i) {
      if (!connections[i].busy && due(now)) start(i, now);
      any_busy = any_busy || connections[i].busy;
    }
    const bool over = now >= end || (plan.requests != 0 && started >= plan.requests);
    if (over && !any_busy) break;
    if (now > end + std::chrono::seconds(15)) break;  // answers that never came are missing from the count
    const int ready =
        ::epoll_wait(poll, events.data(), static_cast<int>(events.size()), plan.rate > 0 ? 1 : 100);
    now = Clock::now();
    for (int e = 0; e < ready; ++e) {
      const auto index = static_cast<std::size_t>(events[static_cast<std::size_t>(e)].data.u64);
      Connection& one = connections[index];
      if (one.fd < 0) continue;
      if ((events[static_cast<std::size_t>(e)].events & EPOLLOUT) != 0) push(index);
      if ((events[static_cast<std::size_t>(e)].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0) continue;
      const ssize_t n = ::recv(one.fd, buffer.data(), buffer.size(), 0);
      if (n > 0) one.in.append(buffer.data(), static_cast<std::size_t>(n));
      int status = 0;
      const std::size_t whole = whole_answer(one.in, status);
      const bool lost = n == 0 || (n < 0 && errno != EAGAIN);
      if (whole != 0 && one.busy) {
        one.in.erase(0, whole);
        one.busy = false;
        ++result.answers;
        ++result.by_status[status];
        result.milliseconds.push_back(std::chrono::duration<float, std::milli>(now - one.began).count());
        if (plan.new_connection) {
          ::close(one.fd);
          one.fd = -1;
        } else if (!lost && due(now)) {
          start(index, now);
        }
      }
      if (lost && one.fd >= 0) {
        if (one.busy) ++result.errors;
        one.busy = false;
        ::close(one.fd);
        one.fd = -1;
      }
    }
  }
  result.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  for (const Connection& one : connections) {
    if (one.fd >= 0) ::close(one.fd);
  }
  ::close(poll);
  std::sort(result.milliseconds.begin(), result.milliseconds.end());
  return result;
}

std::string post(const std::string& path, const std::string& body, const std::string& token,
                 bool keep_alive) {
  return "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" +
         (token.empty() ? "" : "Authorization: Bearer " + token + "\r\n") +
         (keep_alive ? "" : "Connection: close\r\n") + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

std::string get(const std::string& path, const std::string& token) {
  return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" +
         (token.empty() ? "" : "Authorization: Bearer " + token + "\r\n") + "\r\n";
}

Crowd::Crowd(int port, int idle, int slow) : port_(port) {
  for (int i = 0; i < idle; ++i) idle_.push_back(open_connection(port, true));
  for (int i = 0; i < slow; ++i) {
    slow_.push_back(open_connection(port, true));
    ::send(slow_.back(), "POST /v1/comments HTTP/1.1\r\nX-Slow: ", 37, MSG_NOSIGNAL);
  }
}

Crowd::~Crowd() {
  for (const auto* group : {&idle_, &slow_}) {
    for (const int fd : *group) {
      if (fd >= 0) ::close(fd);
    }
  }
}

void Crowd::tick() {
  for (int& fd : slow_) {
    if (fd >= 0 && ::send(fd, "a", 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1) continue;
    if (fd >= 0) ::close(fd);
    fd = open_connection(port_, true);
    if (fd >= 0) ::send(fd, "POST /v1/comments HTTP/1.1\r\nX-Slow: ", 37, MSG_NOSIGNAL);
  }
  char byte = 0;
  for (int& fd : idle_) {
    if (fd >= 0 && ::recv(fd, &byte, 1, MSG_DONTWAIT) != 0) continue;
    if (fd >= 0) ::close(fd);
    fd = open_connection(port_, true);
  }
}

std::size_t Crowd::open() const {
  std::size_t count = 0;
  for (const auto* group : {&idle_, &slow_}) {
    count +=
        static_cast<std::size_t>(std::count_if(group->begin(), group->end(), [](int fd) { return fd >= 0; }));
  }
  return count;
}

}  // namespace chaffinch::bench
