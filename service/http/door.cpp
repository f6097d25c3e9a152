// Listener, which with the decoding of paths is all that is taken of httplib, and the door itself, which
// accepts, counts, looks where something came and stops.
//
// Of httplib's server its accept loop and its connection loop are replaced, because their limits cannot be
// set from outside, its reading because of what it lets pass (service/README.md), and its writing because of
// what it costs.
#include "http/door.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <unordered_map>

#include <fcntl.h>
#include <httplib.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/connection.h"
#include "http/crew.h"
#include "http/refusal.h"
#include "http/sockets.h"

namespace chaffinch::http {
namespace {

constexpr int kBacklog = 1024;                   // the kernel cuts it to net.core.somaxconn
constexpr std::chrono::milliseconds kTend{100};  // how often the door looks after what it has
constexpr std::size_t kReadyAtOnce = 64;

// httplib's side of the listening socket.
class Listener : public httplib::Server {
 public:
  // The port; -1 when it cannot be had.
  int open(const std::string& host, int port) {
    // The library sets SO_REUSEPORT, with which a second service would share the port in silence.
    set_socket_options([](socket_t fd) {
      const int yes = 1;
      setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    if (port == 0) {
      port = bind_to_any_port(host);
      if (port < 0) return -1;
    } else if (!bind_to_port(host, port)) {
      return -1;
    }
    // The library's backlog is 5 and cannot be set; listen() once more raises it.
    const int flags = fcntl(svr_sock_, F_GETFL);
    if (::listen(svr_sock_, kBacklog) != 0 || fcntl(svr_sock_, F_SETFL, flags | O_NONBLOCK) != 0) return -1;
    return port;
  }
  int fd() const { return svr_sock_; }
  void close() {
    const int fd = svr_sock_.exchange(INVALID_SOCKET);
    if (fd != INVALID_SOCKET) ::close(fd);
  }
};

}  // namespace

struct Door::Parts : Hall {
  Parts(DoorOptions o, std::function<Admission(const Ask&)> ad, Responder an, DoorEvents e,
        std::function<void(std::string_view)> c)
      : Hall{.options = std::move(o),
             .admit = std::move(ad),
             .answer = std::move(an),
             .events = std::move(e),
             .crashed = std::move(c),
             .decoded = [](const std::string& path) { return httplib::detail::decode_url(path, false); },
             .close = [this](std::uint64_t number) { forget(number); },
             .nudge = [this](std::uint64_t number) { nudge_one(number); }},
        threads({.look = [this] { look(); }, .poke = [this] { signal(poke); }}, options.connections + 8) {
    crew = &threads;
  }

  static void signal(int fd) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t told = write(fd, &one, sizeof one);
  }

  void accept_all();
  void admit_connection(int fd, std::string peer);
  void turn_away(int fd);
  bool is_full();
  bool is_empty();
  void look();
  void look_after_idle();
  void forget(std::uint64_t number);
  void nudge_one(std::uint64_t number);
  void tell_open();

  Listener listener;
  const File wake{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};  // stop() ends the accept loop's poll()
  const File poke{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};  // the crew ends look()
  const File ready{epoll_create1(EPOLL_CLOEXEC)};  // connections where something came, by number; 0: `poke`

  Lingering turned_away;  // belongs to the accept loop
  std::uint64_t accepted = 0;
  Clock::time_point tended = {};

  std::mutex tell_lock;
  std::mutex lock;
  std::condition_variable served;
  std::condition_variable closed;
  bool serving = false;                                                        // guarded by lock
  std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections;  // guarded by lock
  Crew threads;  // last: they use all of the above
};

// So that the last number told is the latest.
void Door::Parts::tell_open() {
  if (!events.connections) return;
  const std::scoped_lock telling(tell_lock);
  std::size_t open = 0;
  {
    const std::scoped_lock holding(lock);
    open = connections.size();
  }
  guarded([&] { events.connections(static_cast<std::int64_t>(open)); });
}

void Door::Parts::admit_connection(int fd, std::string peer) {
  const std::uint64_t number = ++accepted;
  auto connection = std::make_unique<Connection>(*this, number, fd, std::move(peer));
  {
    const std::scoped_lock holding(lock);
    connections.emplace(number, std::move(connection));
  }
  tell_open();
  // Told of each change once: whoever is in run() looks again before it rests.
  epoll_event what{};
  what.events = EPOLLIN | EPOLLRDHUP | EPOLLET;
  what.data.u64 = number;
  if (epoll_ctl(ready, EPOLL_CTL_ADD, fd, &what) != 0) forget(number);  // no memory for it
  if (stopping) nudge_one(number);                                      // stop() may have missed it
}

void Door::Parts::forget(std::uint64_t number) {
  std::unique_ptr<Connection> connection;
  {
    const std::scoped_lock holding(lock);
    const auto found = connections.find(number);
    if (found == connections.end()) return;
    connection = std::move(found->second);
    connections.erase(found);
  }
  tell_open();
  connection.reset();  // may wait for its client
  const std::scoped_lock holding(lock);
  closed.notify_all();
}

void Door::Parts::nudge_one(std::uint64_t number) {
  const std::scoped_lock holding(lock);
  const auto found = connections.find(number);
  if (found != connections.end()) found->second->nudge(Clock::time_point::max());
}

// Of the crew: waits until something comes.
void Door::Parts::look() {
  std::array<epoll_event, kReadyAtOnce> came{};
  const int count = epoll_wait(ready, came.data(), static_cast<int>(came.size()), -1);
  std::vector<Crew::Job*> stirred;
  {
    const std::scoped_lock holding(lock);
    for (int i = 0; i < count; ++i) {
      const std::uint64_t number = came[static_cast<std::size_t>(i)].data.u64;
      if (number == 0) {
        std::uint64_t pokes = 0;
        [[maybe_unused]] const ssize_t got = read(poke, &pokes, sizeof pokes);
        continue;
      }
      const auto found = connections.find(number);
      if (found != connections.end() && found->second->stirred()) stirred.push_back(found->second.get());
    }
  }
  threads.add(stirred);
}

// Closes what has rested for too long.
void Door::Parts::look_after_idle() {
  const auto before = Clock::now() - std::chrono::seconds(options.keep_alive_seconds);
  const std::scoped_lock holding(lock);
  for (const auto& [number, connection] : connections) connection->nudge(before);
}

bool Door::Parts::is_full() {
  const std::scoped_lock holding(lock);
  return connections.size() >= options.connections;
}

// Nobody is there whom to look after.
bool Door::Parts::is_empty() {
  const std::scoped_lock holding(lock);
  return connections.empty() && turned_away.empty();
}

// Answers 503 without a thread and without waiting.
void Door::Parts::turn_away(int fd) {
  const Answer why = refusal(503, "all connections are taken; try again");
  std::string text = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: " +
                     std::to_string(why.body.size()) + "\r\nContent-Type: " + why.type +
                     "\r\nRetry-After: 1\r\nX-Request-Id: " + ids.next() + "\r\n\r\n" + why.body;
  [[maybe_unused]] const ssize_t sent = send(fd, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  turned_away.add(fd);
  refused("connections");
}

void Door::Parts::accept_all() {
  while (!stopping) {
    pollfd both[2] = {{listener.fd(), POLLIN, 0}, {wake, POLLIN, 0}};
    const int came = poll(both, 2, is_empty() ? -1 : static_cast<int>(kTend.count()));
    if (const auto now = Clock::now(); now >= tended + kTend) {
      tended = now;
      turned_away.tend();
      look_after_idle();
      threads.tend();
    }
    if (came <= 0) continue;
    while (!stopping) {
      sockaddr_storage from{};
      socklen_t size = sizeof from;
      const int fd = accept4(listener.fd(), reinterpret_cast<sockaddr*>(&from), &size, SOCK_CLOEXEC);
      if (fd < 0) {
        // No file or memory left: wait for connections to end; the socket stays readable.
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) poll(&both[1], 1, 20);
        if (errno == EINTR || errno == ECONNABORTED || errno == EPROTO) continue;
        break;
      }
      if (is_full() || !threads.start())
        turn_away(fd);
      else
        admit_connection(fd, address_text(from));
    }
  }
}

Door::Door(DoorOptions options, std::function<Admission(const Ask&)> admit, Responder answer,
           DoorEvents events, std::function<void(std::string_view what)> crashed)
    : parts_(std::make_unique<Parts>(std::move(options), std::move(admit), std::move(answer),
                                     std::move(events), std::move(crashed))) {
  epoll_event what{};
  what.events = EPOLLIN;
  if (parts_->wake < 0 || parts_->poke < 0 || parts_->ready < 0 ||
      epoll_ctl(parts_->ready, EPOLL_CTL_ADD, parts_->poke, &what) != 0)
    throw std::runtime_error("no file descriptor left for the door");
}

Door::~Door() {
  stop();
  {
    std::unique_lock holding(parts_->lock);
    parts_->served.wait(holding, [this] { return !parts_->serving; });
  }
  parts_->threads.wait();
  parts_->listener.close();
}

int Door::bind() {
  const DoorOptions& options = parts_->options;
  allow_files(options.connections + 512UL);  // a connection is a file
  errno = 0;
  const int port = parts_->listener.open(options.host, options.port);
  if (port < 0)
    throw std::runtime_error("cannot listen on " + options.host + ":" + std::to_string(options.port) +
                             (errno != 0 ? std::string(": ") + std::strerror(errno) : ": no such address"));
  return port;
}

void Door::serve() {
  {
    const std::scoped_lock holding(parts_->lock);
    parts_->serving = true;
  }
  parts_->accept_all();
  parts_->listener.close();
  {
    std::unique_lock holding(parts_->lock);
    parts_->closed.wait(holding, [this] { return parts_->connections.empty(); });
  }
  parts_->threads.wait();
  // Told under the lock: the destructor may be waiting, and nothing of the door is touched after.
  const std::scoped_lock holding(parts_->lock);
  parts_->serving = false;
  parts_->served.notify_all();
}

void Door::stop() {
  parts_->stopping = true;
  Parts::signal(parts_->wake);
  const std::scoped_lock holding(parts_->lock);
  for (const auto& [number, connection] : parts_->connections) connection->nudge(Clock::time_point::max());
}

}  // namespace chaffinch::http
