// Three parts: Listener, which with the decoding of paths is all that is taken of httplib; Connection, one
// client from accept to close; and the door itself, which accepts, counts and stops.
//
// Of httplib's server its accept loop and its connection loop are replaced, because their limits cannot be
// set from outside, its reading because of what it lets pass (service/README.md), and its writing because of
// what it costs.
#include "http/door.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <exception>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <unordered_set>

#include <fcntl.h>
#include <httplib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/crew.h"
#include "http/receiver.h"
#include "http/refusal.h"
#include "http/reply.h"
#include "http/request_ids.h"
#include "http/sockets.h"

namespace chaffinch::http {
namespace {

constexpr int kBacklog = 1024;  // the kernel cuts it to net.core.somaxconn
constexpr std::string_view kCrash = "something went wrong here; it has been noted";

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

struct Door::Parts {
  class Connection;

  Parts(DoorOptions o, std::function<Admission(const Ask&)> ad, std::function<Answer(const Ask&)> an,
        DoorEvents e, std::function<void(std::string_view)> c)
      : options(std::move(o)),
        admit(std::move(ad)),
        answer(std::move(an)),
        events(std::move(e)),
        crashed(std::move(c)),
        crew(options.connections) {}

  // False: it threw, which was reported.
  bool guarded(const std::function<void()>& work) const {
    try {
      work();
      return true;
    } catch (const std::exception& wrong) {
      if (crashed) crashed(wrong.what());
    } catch (...) {
      if (crashed) crashed("an exception of unknown kind");
    }
    return false;
  }
  void refuse(std::string_view why) const {
    if (events.refused) events.refused(why);
  }

  void accept_all();
  void turn_away(int fd);
  void enlist(Connection& connection, bool here);

  const DoorOptions options;
  const std::function<Admission(const Ask&)> admit;
  const std::function<Answer(const Ask&)> answer;
  const DoorEvents events;
  const std::function<void(std::string_view)> crashed;
  RequestIds ids;
  Listener listener;
  int wake = -1;  // an eventfd: stop() ends the accept loop's poll()
  std::atomic<bool> stopping{false};

  Lingering turned_away;  // belongs to the accept loop

  std::mutex tell_lock;
  std::mutex lock;
  std::condition_variable served;
  bool serving = false;                         // guarded by lock
  std::unordered_set<Connection*> connections;  // guarded by lock
  Crew crew;                                    // last: its threads use all of the above
};

// One connection, from accept() to close(), on one thread. Bytes which came early (pipelining) are kept for
// the next request.
class Door::Parts::Connection {
 public:
  Connection(Parts& door, int fd, std::string peer)
      : door_(door), fd_(fd), peer_(std::move(peer)), receiver_(fd) {
    const int yes = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    // Idle time is waited for in recv() itself: one system call a request less than poll() and recv().
    const timeval idle{door_.options.keep_alive_seconds, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &idle, sizeof idle);
    door_.enlist(*this, true);
  }
  ~Connection() {
    door_.enlist(*this, false);
    if (unread_) linger_on(fd_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void run() {
    while (wait_for_request() && serve_one()) {
    }
  }

  // Ends the wait for a next request; one that is being read or answered goes on.
  void nudge() {
    if (idle_) shutdown(fd_, SHUT_RD);
  }

 private:
  // Blocks until the first bytes of a request are there. False: the connection is to be closed.
  bool wait_for_request() {
    if (receiver_.empty()) {
      if (out_.capacity() > kKeptBuffer) std::string().swap(out_);
      idle_ = true;
      if (door_.stopping) return false;  // stop() sets the flag first and nudges idle ones second
      const bool came = receiver_.wait();
      idle_ = false;
      if (!came) return false;
    } else if (door_.stopping) {
      return false;
    }
    deadline_ = Clock::now() + std::chrono::seconds(door_.options.request_seconds);
    return true;
  }

  // Reads, answers. True: another request may follow.
  bool serve_one() {
    ask_.id = door_.ids.next();
    ask_.peer = peer_;
    refusal_.reset();
    close_ = false;
    bool only_head = false, one_zero = false;

    if (!came(receiver_.head(head_, deadline_))) return false;
    if (!refusal_) {
      ask_.headers = std::move(head_.headers);
      ask_.query = parse_form(head_.query);
      ask_.version = head_.version;
      ask_.path = httplib::detail::decode_url(head_.path, false);
      only_head = head_.method == "HEAD";
      ask_.method = only_head ? "GET" : head_.method;
      close_ = !head_.keep_alive || door_.stopping;
      one_zero = head_.version == "HTTP/1.0";
    }
    if (!answer()) return false;
    const std::string_view connection = close_ ? "close" : one_zero ? "keep-alive" : "";
    write_reply(out_, answer_, {.only_head = only_head, .connection = connection, .id = ask_.id});
    answer_.body.clear();
    if (door_.events.answered)
      door_.events.answered(ask_, answer_, std::chrono::duration<double>(Clock::now() - whole_).count());
    const bool sent = send_all(fd_, out_, Clock::now() + std::chrono::seconds(door_.options.request_seconds));
    out_.clear();
    ask_ = {};  // an idle connection keeps nothing of its last request
    answer_ = {};
    unread_ = unread_ || !receiver_.empty();
    return sent && !close_;
  }

  // False: the client is gone. A refusal is left in refusal_.
  bool came(const Reading& reading) {
    if (reading.state == Reading::State::refused) refuse(reading.why, reading.status, reading.detail);
    return reading.state != Reading::State::gone;
  }

  // Turns the request away; what else the client may be sending is not read.
  void refuse(std::string_view why, int status, std::string_view detail) {
    refusal_ = refusal(status, detail);
    close_ = unread_ = true;
    door_.refuse(why);
  }

  // Leaves the answer in answer_. False: the client is gone, nothing is answered.
  bool answer() {
    whole_ = Clock::now();
    if (!refusal_ && std::ranges::any_of(
                         ask_.path, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }))
      refuse("malformed", 400, "the path holds a control byte");
    if (!refusal_ && !admitted()) return false;
    whole_ = Clock::now();
    if (refusal_) {
      answer_ = std::move(*refusal_);
    } else if (!door_.guarded([this] { answer_ = door_.answer(ask_); })) {
      answer_ = refusal(500, kCrash);
    }
    close_ = close_ || answer_.close || door_.stopping;
    return true;
  }

  // Asks for admission and reads the body. False: the client is gone. A refusal is left in refusal_.
  bool admitted() {
    Admission admission;
    if (!door_.guarded([&] { admission = door_.admit(ask_); }))
      admission.refusal = std::make_unique<Answer>(refusal(500, kCrash));
    if (admission.refusal) {
      refusal_ = std::move(*admission.refusal);
      if (head_.announces_body()) close_ = unread_ = true;
      return true;
    }
    if (!head_.announces_body()) return true;
    if (head_.expects_continue && receiver_.empty() && head_.length <= admission.body_limit &&
        !send_all(fd_, "HTTP/1.1 100 Continue\r\n\r\n", deadline_))
      return false;
    return came(receiver_.body(head_, admission.body_limit, ask_.body, deadline_));
  }

  Parts& door_;
  const File fd_;
  const std::string peer_;
  std::atomic<bool> idle_{false};
  Receiver receiver_;
  std::string out_;  // the answer, not yet sent
  Head head_;
  Ask ask_;
  Answer answer_;
  std::optional<Answer> refusal_;
  Deadline deadline_;        // for the whole request
  Clock::time_point whole_;  // when the request was there
  bool close_ = false;       // after this answer
  bool unread_ = false;      // the client may still be sending something that nobody will read
};

void Door::Parts::enlist(Connection& connection, bool here) {
  {
    const std::scoped_lock holding(lock);
    if (here)
      connections.insert(&connection);
    else
      connections.erase(&connection);
  }
  if (!events.connections) return;
  const std::scoped_lock telling(tell_lock);  // so that the last number told is the latest
  std::size_t open = 0;
  {
    const std::scoped_lock holding(lock);
    open = connections.size();
  }
  guarded([&] { events.connections(static_cast<std::int64_t>(open)); });
}

// Answers 503 without a thread and without waiting.
void Door::Parts::turn_away(int fd) {
  const Answer why = refusal(503, "all connections are taken; try again");
  std::string text = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: " +
                     std::to_string(why.body.size()) + "\r\nContent-Type: " + why.type +
                     "\r\nRetry-After: 1\r\nX-Request-Id: " + ids.next() + "\r\n\r\n" + why.body;
  [[maybe_unused]] const ssize_t sent = send(fd, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  turned_away.add(fd);
  refuse("connections");
}

void Door::Parts::accept_all() {
  while (!stopping) {
    pollfd both[2] = {{listener.fd(), POLLIN, 0}, {wake, POLLIN, 0}};
    const int ready = poll(both, 2, turned_away.empty() ? -1 : 100);
    turned_away.tend();
    if (ready <= 0) continue;
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
      const bool taken = crew.take(
          [this, fd, peer = address_text(from)] { guarded([&] { Connection(*this, fd, peer).run(); }); });
      if (!taken) turn_away(fd);
    }
  }
}

Door::Door(DoorOptions options, std::function<Admission(const Ask&)> admit,
           std::function<Answer(const Ask&)> answer, DoorEvents events,
           std::function<void(std::string_view what)> crashed)
    : parts_(std::make_unique<Parts>(std::move(options), std::move(admit), std::move(answer),
                                     std::move(events), std::move(crashed))) {
  parts_->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (parts_->wake < 0) throw std::runtime_error("no file descriptor left for the door");
}

Door::~Door() {
  stop();
  {
    std::unique_lock holding(parts_->lock);
    parts_->served.wait(holding, [this] { return !parts_->serving; });
  }
  parts_->crew.wait();
  parts_->listener.close();
  ::close(parts_->wake);
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
  parts_->crew.wait();
  // Told under the lock: the destructor may be waiting, and nothing of the door is touched after.
  const std::scoped_lock holding(parts_->lock);
  parts_->serving = false;
  parts_->served.notify_all();
}

void Door::stop() {
  parts_->stopping = true;
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t told = write(parts_->wake, &one, sizeof one);
  const std::scoped_lock holding(parts_->lock);
  for (Parts::Connection* connection : parts_->connections) connection->nudge();
}

}  // namespace chaffinch::http
