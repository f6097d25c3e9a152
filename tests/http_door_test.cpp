#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <dirent.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/door.h"
#include "http/head.h"
#include "later.h"
#include "waiting.h"

using namespace chaffinch::http;
using chaffinch::Finish;
using chaffinch::Later;
using chaffinch::Waiting;

namespace {

// Waits until a condition holds, told by a change; fails loudly after 20 seconds.
class Event {
 public:
  void tell(const std::function<void()>& change) {
    const std::scoped_lock holding(lock_);
    change();
    changed_.notify_all();
  }
  bool wait(const std::function<bool()>& holds) {
    std::unique_lock holding(lock_);
    return changed_.wait_for(holding, std::chrono::seconds(20), holds);
  }

 private:
  std::mutex lock_;
  std::condition_variable changed_;
};

struct Reply {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  std::string header(std::string_view name) const {
    for (const auto& [key, value] : headers)
      if (same_word(key, name)) return value;
    return {};
  }
};

// A client that sends exactly what it is told. Reads give up after 20 seconds.
class Wire {
 public:
  explicit Wire(int port, int receive_buffer = 0) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{20, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (receive_buffer > 0) setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    const int yes = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
  }
  ~Wire() { close(fd_); }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  // How much went out before the other side would have no more.
  std::size_t send(std::string_view text) {
    std::size_t sent = 0;
    while (sent < text.size()) {
      const ssize_t n = ::send(fd_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) break;
      sent += static_cast<std::size_t>(n);
    }
    return sent;
  }
  void end_of_input() { shutdown(fd_, SHUT_WR); }

  // The next answer; status 0 when there is none.
  Reply reply(bool only_head = false) {
    std::size_t end = 0;
    while ((end = in_.find("\r\n\r\n")) == std::string::npos)
      if (!more()) return {};
    Reply reply;
    const std::string head = in_.substr(0, end + 2);
    in_.erase(0, end + 4);
    reply.status = std::atoi(head.substr(9, 3).c_str());
    CHECK(head.starts_with("HTTP/1.1 "));
    for (std::size_t at = head.find("\r\n") + 2; at < head.size();) {
      const std::size_t stop = head.find("\r\n", at);
      const std::size_t colon = head.find(": ", at);
      REQUIRE(colon < stop);
      reply.headers.emplace_back(head.substr(at, colon - at), head.substr(colon + 2, stop - colon - 2));
      at = stop + 2;
    }
    if (only_head || reply.status == 100) return reply;
    const auto length = static_cast<std::size_t>(std::atoll(reply.header("Content-Length").c_str()));
    while (in_.size() < length)
      if (!more()) return {};
    reply.body = in_.substr(0, length);
    in_.erase(0, length);
    return reply;
  }
  Reply ask(std::string_view text) {
    send(text);
    return reply();
  }

  bool answered_within(int milliseconds) const {
    pollfd one{fd_, POLLIN, 0};
    return poll(&one, 1, milliseconds) > 0;
  }

  // Whether the other side closes, without a further byte. (A reset is a close, too.)
  bool closed() {
    if (!in_.empty()) return false;
    char byte = 0;
    const ssize_t n = recv(fd_, &byte, 1, 0);
    return n == 0 || (n < 0 && errno == ECONNRESET);
  }

  int port() const {
    sockaddr_in self{};
    socklen_t size = sizeof self;
    getsockname(fd_, reinterpret_cast<sockaddr*>(&self), &size);
    return ntohs(self.sin_port);
  }
  tcp_info info() const {
    tcp_info info{};
    socklen_t size = sizeof info;
    getsockopt(fd_, IPPROTO_TCP, TCP_INFO, &info, &size);
    return info;
  }

 private:
  bool more() {
    char piece[16384];
    const ssize_t n = recv(fd_, piece, sizeof piece, 0);
    if (n <= 0) return false;
    in_.append(piece, static_cast<std::size_t>(n));
    return true;
  }

  int fd_;
  std::string in_;
};

// A door that tells what it was asked, on a thread of its own.
struct House {
  explicit House(DoorOptions options = {}, std::function<Answer(const Ask&)> answer = {},
                 std::size_t limit = 1000) {
    DoorEvents events;
    events.answered = [this](const Ask& ask, const Answer& given, double) {
      event.tell([&] { answered.emplace_back(ask.path, given.status); });
    };
    events.refused = [this](std::string_view why) { event.tell([&] { ++refused[std::string(why)]; }); };
    events.connections = [this](std::int64_t now) { event.tell([&] { open = now; }); };
    if (!answer) answer = [](const Ask& ask) { return describe(ask); };
    door.emplace(
        options,
        [this, limit](const Ask& ask) {
          std::function<void(const Ask&)> look;
          event.tell([&] { look = on_admit; });
          if (look) {
            const Waiting waiting;
            look(ask);
          }
          Admission admission;
          admission.body_limit = limit;
          if (ask.path == "/private") {
            admission.refusal = std::make_unique<Answer>();
            admission.refusal->status = 401;
            admission.refusal->body = "{}";
          }
          return admission;
        },
        [this, answer](const Ask& ask, const Later<Answer>& later) -> std::optional<Answer> {
          event.tell([&] { asks.push_back(ask); });
          if (on_late) {
            on_late(ask, later);
            return std::nullopt;
          }
          const Waiting waiting;
          return answer(ask);
        },
        std::move(events),
        [this](std::string_view what) { event.tell([&] { crashes.emplace_back(what); }); });
    port = door->bind();
    thread = std::thread([this] {
      door->serve();
      event.tell([this] { served = true; });
    });
  }
  ~House() {
    door->stop();
    thread.join();
  }

  static Answer describe(const Ask& ask) {
    Answer answer;
    answer.type = "text/plain";
    answer.body = ask.method + " " + ask.path + "\n";
    for (const auto& [name, value] : ask.query) answer.body += "?" + name + "=" + value + "\n";
    for (const auto& [name, value] : ask.headers) answer.body += name + ": " + value + "\n";
    answer.body += "from " + ask.peer + " " + ask.version + "\n" + ask.body;
    return answer;
  }

  Event event;
  std::function<void(const Ask&)> on_admit;
  std::function<void(const Ask&, const Later<Answer>&)> on_late;  // instead of answering at once
  std::deque<Ask> asks;
  std::vector<std::pair<std::string, int>> answered;
  std::map<std::string, int> refused;
  std::vector<std::string> crashes;
  std::int64_t open = 0;
  bool served = false;
  std::optional<Door> door;
  int port = 0;
  std::thread thread;
};

std::string get(const std::string& target, const std::string& headers = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n";
}

std::string post(const std::string& body, const std::string& headers = "") {
  return "POST /x HTTP/1.1\r\nHost: h\r\n" + headers + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

// The file descriptor of this process for which `is` holds; -1 when there is none.
int find_fd(const std::function<bool(int)>& is) {
  DIR* folder = opendir("/proc/self/fd");
  REQUIRE(folder != nullptr);
  int found = -1;
  while (const dirent* entry = readdir(folder)) {
    const int fd = std::atoi(entry->d_name);
    if (entry->d_name[0] != '.' && found < 0 && is(fd)) found = fd;
  }
  closedir(folder);
  return found;
}

}  // namespace

TEST_SUITE_BEGIN("http");

TEST_CASE("a request is handed up whole, as it was sent") {
  House house;
  Wire wire(house.port);
  const Reply reply = wire.ask(
      "PUT /a%2Fb%20c?q=1+2&q=%C3%BC&bare HTTP/1.1\r\nHost: h\r\nX-Odd: %41%0d%0a\r\n"
      "Content-Length: 5\r\n\r\nhello");
  CHECK(reply.status == 200);
  CHECK(reply.body ==
        "PUT /a/b c\n?q=1 2\n?q=\xC3\xBC\n?bare=\nHost: h\nX-Odd: %41%0d%0a\nContent-Length: 5\n"
        "from 127.0.0.1 HTTP/1.1\nhello");
  CHECK(reply.header("Content-Type") == "text/plain");
  CHECK(reply.header("Content-Length") == std::to_string(reply.body.size()));
  REQUIRE(house.event.wait([&] { return house.answered.size() == 1; }));
  house.event.tell([&] { CHECK(reply.header("X-Request-Id") == house.asks[0].id); });
  house.event.tell([&] { CHECK(house.asks[0].header("x-odd") == "%41%0d%0a"); });
  house.event.tell([&] { CHECK(house.asks[0].header("absent").empty()); });
  house.event.tell([&] { REQUIRE(house.asks[0].param("q") != nullptr); });
  house.event.tell([&] { CHECK(*house.asks[0].param("q") == "1 2"); });
  house.event.tell([&] { CHECK(house.asks[0].param("r") == nullptr); });
}

TEST_CASE("a kept connection answers any number of requests, each with its own id") {
  House house;
  Wire wire(house.port);
  std::set<std::string> ids;
  for (int i = 0; i < 200; ++i) {
    const Reply reply = wire.ask(i % 2 ? get("/" + std::to_string(i)) : post("x"));
    REQUIRE(reply.status == 200);
    CHECK(reply.header("Connection").empty());
    ids.insert(reply.header("X-Request-Id"));
  }
  CHECK(ids.size() == 200);
}

TEST_CASE("pipelined requests are answered in order") {
  House house;
  Wire wire(house.port);
  std::string all;
  for (int i = 0; i < 50; ++i) {
    all += get("/" + std::to_string(i));
    all += post("body " + std::to_string(i));
    all += "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n\r\n";
  }
  wire.send(all);
  for (int i = 0; i < 50; ++i) {
    CAPTURE(i);
    REQUIRE(wire.reply().body.starts_with("GET /" + std::to_string(i) + "\n"));
    REQUIRE(wire.reply().body.ends_with("\nbody " + std::to_string(i)));
    REQUIRE(wire.reply().body.ends_with("\nabc"));
  }
}

TEST_CASE("an answer leaves at once and in one segment") {
  House house;
  Wire wire(house.port);
  REQUIRE(wire.ask(get("/")).status == 200);
  const int fd = find_fd([&](int candidate) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    return getpeername(candidate, reinterpret_cast<sockaddr*>(&peer), &size) == 0 &&
           peer.sin_family == AF_INET && ntohs(peer.sin_port) == wire.port();
  });
  REQUIRE(fd >= 0);
  int no_delay = 0;
  socklen_t size = sizeof no_delay;
  REQUIRE(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &no_delay, &size) == 0);
  CHECK(no_delay == 1);
  for (int i = 0; i < 9; ++i) REQUIRE(wire.ask(get("/")).status == 200);
  CHECK(wire.info().tcpi_data_segs_in == 10);
}

TEST_CASE("a burst of new connections finds room in the backlog") {
  House house;
  const int fd = find_fd([&](int candidate) {
    sockaddr_in self{};
    socklen_t size = sizeof self;
    int listens = 0;
    socklen_t flag = sizeof listens;
    return getsockopt(candidate, SOL_SOCKET, SO_ACCEPTCONN, &listens, &flag) == 0 && listens == 1 &&
           getsockname(candidate, reinterpret_cast<sockaddr*>(&self), &size) == 0 &&
           ntohs(self.sin_port) == house.port;
  });
  REQUIRE(fd >= 0);
  tcp_info info{};
  socklen_t size = sizeof info;
  REQUIRE(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0);
  CHECK(info.tcpi_sacked >= 511);  // of a listening socket: its backlog
}

TEST_CASE("the address is the socket's, and the method is the request line's") {
  House house;
  Wire wire(house.port);
  const Reply reply = wire.ask(get("/",
                                   "REMOTE_ADDR: 192.0.2.1\r\nREMOTE_PORT: 1\r\nLOCAL_ADDR: 192.0.2.2\r\n"
                                   "X-Forwarded-For: 192.0.2.3\r\nX-HTTP-Method-Override: DELETE\r\n"));
  CHECK(reply.status == 200);
  CHECK(reply.body.starts_with("GET /\n"));
  CHECK(reply.body.find("from 127.0.0.1 ") != std::string::npos);
}

TEST_CASE("ranges and codings that a client asks for change nothing") {
  House house({}, [](const Ask&) {
    Answer answer;
    answer.body = std::string(8'000, 'x');
    return answer;
  });
  Wire wire(house.port);
  std::string many = "Range: bytes=0-7999";
  for (int i = 0; i < 300; ++i) many += ",0-7999";
  for (const std::string& headers :
       {std::string("Range: bytes=0-9"), many, std::string("Range: bytes=junk"),
        std::string("Range: bytes=9000-"), std::string("Accept-Encoding: gzip, br")}) {
    CAPTURE(headers.substr(0, 60));
    for (const std::string& text : {get("/", headers + "\r\n"), post("x", headers + "\r\n")}) {
      const Reply reply = wire.ask(text);
      CHECK(reply.status == 200);
      CHECK(reply.body.size() == 8'000);
      CHECK(reply.header("Content-Range").empty());
      CHECK(reply.header("Content-Encoding").empty());
    }
  }
}

TEST_CASE("a request that cannot be read is answered by a problem and closed") {
  House house;
  struct Row {
    std::string text;
    int status;
    const char* why;
  };
  const Row kRows[] = {
      {"nonsense\r\n\r\n", 400, "malformed"},
      {"\x16\x03\x01\x02\x00\n", 400, "malformed"},
      {post("x", "Content-Length: 2\r\n"), 400, "malformed"},
      {post("x", "Transfer-Encoding: chunked\r\n"), 400, "malformed"},
      {get("/", "X: a\x01\r\n"), 400, "malformed"},
      {get("/%00"), 400, "malformed"},
      {get("/%0d%0aX:y"), 400, "malformed"},
      {"GET / HTTP/1.1\r\n\r\n", 400, "malformed"},
      {"POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400, "malformed"},
      {get("/" + std::string(kRequestLine, 'a')), 414, "headers"},
      {get("/", "X: " + std::string(kHead, 'a') + "\r\n"), 431, "headers"},
      {"BREW / HTTP/1.1\r\nHost: h\r\n\r\n", 501, "malformed"},
      {"GET / HTTP/3.0\r\nHost: h\r\n\r\n", 505, "malformed"},
      {get("/", "Expect: magic\r\n"), 417, "malformed"},
      {post("x", "Content-Encoding: gzip\r\n"), 415, "malformed"},
      {post(std::string(1001, 'x')), 413, "body"},
      {"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n", 413, "body"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text.substr(0, 80));
    house.event.tell([&] { house.refused.clear(); });
    Wire wire(house.port);
    wire.send(row.text + get("/smuggled"));
    const Reply reply = wire.reply();
    CHECK(reply.status == row.status);
    CHECK(reply.header("Content-Type") == "application/problem+json");
    CHECK(reply.header("Connection") == "close");
    CHECK(reply.header("X-Request-Id").size() == 16);
    CHECK(reply.body.find("\"status\":" + std::to_string(row.status) + ",") != std::string::npos);
    CHECK(reply.body.find("\"detail\":\"") != std::string::npos);
    CHECK(wire.closed());
    house.event.tell([&] { CHECK(house.refused[row.why] == 1); });
  }
  house.event.tell([&] { CHECK(house.asks.empty()); });
  house.event.tell([&] { CHECK(house.crashes.empty()); });
}

TEST_CASE("a body up to the limit is taken, chunked or not") {
  House house;
  Wire wire(house.port);
  CHECK(wire.ask(post(std::string(1000, 'x'))).status == 200);
  const Reply reply = wire.ask("POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n" +
                               std::string(1000, 'y') + "\r\n0\r\n\r\n");
  CHECK(reply.status == 200);
  CHECK(reply.body.ends_with(std::string(1000, 'y')));
  CHECK(wire.ask(get("/after")).status == 200);
}

TEST_CASE("a hundred megabytes in chunks are refused after the limit's worth of them") {
  House house;
  Wire wire(house.port);
  wire.send("POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "80\r\n" + std::string(128, 'x') + "\r\n";
  std::string megabyte;
  while (megabyte.size() < 1024 * 1024) megabyte += chunk;
  std::size_t sent = 0;
  for (int i = 0; i < 100; ++i) {
    const std::size_t now = wire.send(megabyte);
    sent += now;
    if (now < megabyte.size()) break;
  }
  CHECK(sent <
        32 * 1024 * 1024);  // what the sockets' buffers hold, and what is read so that the answer arrives
  REQUIRE(house.event.wait([&] { return house.answered.size() == 1; }));
  house.event.tell([&] { CHECK(house.answered[0].second == 413); });
  house.event.tell([&] { CHECK(house.asks.empty()); });
}

TEST_CASE("a chunked body that grows too large gets its 413 before it is all sent") {
  House house;
  Wire wire(house.port);
  wire.send("POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n" +
            std::string(1000, 'y') + "\r\n1\r\n");
  CHECK(wire.reply().status == 413);
  CHECK(wire.closed());
}

TEST_CASE("admission is asked when the head is there, and may refuse at once") {
  House house;
  std::atomic<int> admitted{0};
  house.event.tell([&] {
    house.on_admit = [&](const Ask& ask) {
      ++admitted;
      CHECK(ask.body.empty());
      CHECK(ask.header("Host") == "h");
    };
  });
  {
    Wire wire(house.port);
    const Reply reply = wire.ask("POST /private HTTP/1.1\r\nHost: h\r\nContent-Length: 500\r\n\r\n");
    CHECK(reply.status == 401);
    CHECK(reply.header("Connection") == "close");
    CHECK(wire.closed());
  }
  {
    Wire wire(house.port);
    CHECK(wire.ask(get("/private")).status == 401);
    CHECK(wire.ask(get("/open")).status == 200);
  }
  CHECK(admitted == 3);
  house.event.tell([&] { CHECK(house.asks.size() == 1); });
}

TEST_CASE("a client that asks first is told to go on, or not") {
  House house;
  Wire wire(house.port);
  CHECK(wire.ask("POST /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n").status ==
        100);
  CHECK(wire.ask("hello").body.ends_with("\nhello"));
  // The body came along: no word is lost on it.
  CHECK(wire.ask(post("hello", "Expect: 100-continue\r\n")).status == 200);
  CHECK(wire.ask("POST /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5000\r\n\r\n")
            .status == 413);
}

TEST_CASE("HEAD is answered as GET without the body, OPTIONS by the house") {
  House house;
  Wire wire(house.port);
  const Reply whole = wire.ask(get("/a"));
  wire.send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n");
  const Reply head = wire.reply(true);
  CHECK(head.status == 200);
  CHECK(head.header("Content-Length") == whole.header("Content-Length"));
  CHECK(head.header("Content-Type") == whole.header("Content-Type"));
  CHECK(wire.ask("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").body.starts_with("OPTIONS *\n"));
  CHECK(wire.ask("DELETE /a HTTP/1.1\r\nHost: h\r\n\r\n").body.starts_with("DELETE /a\n"));
  CHECK(wire.ask("PATCH /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi").body.ends_with("\nhi"));
}

TEST_CASE("a client that wants its connection closed has it closed") {
  House house;
  for (const std::string& text : {get("/", "Connection: close\r\n"), std::string("GET / HTTP/1.0\r\n\r\n")}) {
    CAPTURE(text);
    Wire wire(house.port);
    const Reply reply = wire.ask(text);
    CHECK(reply.status == 200);
    CHECK(reply.header("Connection") == "close");
    CHECK(reply.header("Transfer-Encoding").empty());
    CHECK(wire.closed());
  }
  Wire old(house.port);
  for (int i = 0; i < 10; ++i) {
    const Reply reply = old.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    CHECK(reply.status == 200);
    CHECK(reply.header("Connection") == "keep-alive");
  }
}

TEST_CASE("an answer is sent as it was given") {
  House house({}, [](const Ask& ask) {
    Answer answer;
    if (ask.path == "/empty") answer.status = 204;
    if (ask.path == "/same") answer.status = 304;
    if (ask.path == "/large") answer.body = std::string(3'000'000, 'x');
    if (ask.path == "/close") answer.close = true;
    if (ask.path == "/headers")
      answer.headers = {
          {"Vary", "a"}, {"Set-Cookie", "one"}, {"Set-Cookie", "two"}, {"X-Bad", "a\r\nX-Forged: b"}};
    return answer;
  });
  Wire wire(house.port);
  for (const auto& [path, status] : {std::pair("/empty", 204), std::pair("/same", 304)}) {
    const Reply reply = wire.ask(get(path));
    CHECK(reply.status == status);
    CHECK(reply.header("Content-Length").empty());
  }
  CHECK(wire.ask(get("/large")).body.size() == 3'000'000);
  const Reply headers = wire.ask(get("/headers"));
  CHECK(headers.header("Vary") == "a");
  CHECK(headers.header("Content-Length") == "0");
  CHECK(headers.header("X-Forged").empty());
  CHECK(std::count(headers.headers.begin(), headers.headers.end(),
                   std::pair<std::string, std::string>("Set-Cookie", "two")) == 1);
  CHECK(wire.ask(get("/close")).header("Connection") == "close");
  CHECK(wire.closed());
}

TEST_CASE("a multipart body is handed up raw") {
  House house;
  Wire wire(house.port);
  const std::string body = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--b--\r\n";
  CHECK(
      wire.ask(post(body, "Content-Type: multipart/form-data; boundary=b\r\n")).body.ends_with("\n" + body));
  CHECK(wire.ask(post("junk", "Content-Type: multipart/form-data\r\n")).body.ends_with("\njunk"));
}

TEST_CASE("an exception is a 500 that tells the client nothing") {
  House house({}, [](const Ask& ask) -> Answer {
    if (ask.path == "/odd") throw 7;
    throw std::runtime_error("the word is swordfish");
  });
  Wire wire(house.port);
  for (const char* path : {"/a", "/odd"}) {
    const Reply reply = wire.ask(get(path));
    CHECK(reply.status == 500);
    CHECK(reply.header("Content-Type") == "application/problem+json");
    CHECK(reply.body.find("swordfish") == std::string::npos);
    for (const auto& [name, value] : reply.headers) CHECK(value.find("swordfish") == std::string::npos);
  }
  REQUIRE(house.event.wait([&] { return house.crashes.size() == 2; }));
  house.event.tell([&] { CHECK(house.crashes[0] == "the word is swordfish"); });

  house.event.tell([&] { house.on_admit = [](const Ask&) { throw std::runtime_error("admission"); }; });
  CHECK(wire.ask(get("/")).status == 500);
  REQUIRE(house.event.wait([&] { return house.crashes.size() == 3; }));
}

TEST_CASE("one byte at a time ends at the deadline of the whole request") {
  House house({.request_seconds = 1});
  struct Row {
    std::string at_once;
    std::string slowly;
  };
  const Row kRows[] = {
      {"", "GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(4'000, 'x')},
      {"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 900\r\n\r\n", std::string(700, 'x')},
      {"POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n300\r\n", std::string(500, 'x')},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.at_once);
    Wire wire(house.port);
    wire.send(row.at_once);
    // Never silent for long: a limit on silence alone would not end it.
    for (const char c : row.slowly)
      if (wire.answered_within(20) || wire.send(std::string_view(&c, 1)) == 0) break;
    const Reply reply = wire.reply();
    CHECK(reply.status == 408);
    CHECK(reply.header("Connection") == "close");
    CHECK(wire.closed());
  }
  house.event.tell([&] { CHECK(house.asks.empty()); });
  house.event.tell([&] { CHECK(house.refused["deadline"] == 3); });
}

TEST_CASE("a client that reads nothing does not hold its connection beyond the deadline") {
  House house({.request_seconds = 1}, [](const Ask&) {
    Answer answer;
    answer.body = std::string(64 * 1024 * 1024, 'x');
    return answer;
  });
  Wire wire(house.port, 4096);
  wire.send(get("/"));
  REQUIRE(house.event.wait([&] { return house.answered.size() == 1; }));
  CHECK(house.event.wait([&] { return house.open == 0; }));
}

TEST_CASE("an idle connection is closed at the end of its keep-alive time") {
  House house({.keep_alive_seconds = 1});
  Wire fresh(house.port);
  Wire used(house.port);
  CHECK(used.ask(get("/")).status == 200);
  CHECK(fresh.closed());
  CHECK(used.closed());
  CHECK(house.event.wait([&] { return house.open == 0; }));
}

TEST_CASE("a client that leaves in the middle of a request is forgotten") {
  House house;
  for (const std::string& text : {std::string("GET / HT"), post("hello").substr(0, 50)}) {
    Wire wire(house.port);
    wire.send(text);
    wire.end_of_input();
    CHECK(wire.closed());
  }
  CHECK(house.event.wait([&] { return house.open == 0; }));
  house.event.tell([&] { CHECK(house.asks.empty()); });
  house.event.tell([&] { CHECK(house.answered.empty()); });
}

TEST_CASE("one connection more than are admitted is told to come back") {
  House house({.connections = 3});
  std::vector<std::unique_ptr<Wire>> wires;
  for (int i = 0; i < 3; ++i) {
    wires.push_back(std::make_unique<Wire>(house.port));
    CHECK(wires.back()->ask(get("/")).status == 200);
  }
  for (int i = 0; i < 5; ++i) {
    Wire more(house.port);
    more.send(get("/"));
    const Reply reply = more.reply();
    CHECK(reply.status == 503);
    CHECK(reply.header("Retry-After") == "1");
    CHECK(reply.header("Content-Type") == "application/problem+json");
    CHECK(reply.header("X-Request-Id").size() == 16);
    CHECK(more.closed());
  }
  CHECK(house.event.wait([&] { return house.refused["connections"] == 5; }));
  CHECK(wires[0]->ask(get("/")).status == 200);
  wires.pop_back();
  // The place is free when its thread has parked, a little after the close.
  int status = 503;
  for (int i = 0; status == 503 && i < 10'000; ++i) status = Wire(house.port).ask(get("/")).status;
  CHECK(status == 200);
}

TEST_CASE("idle and slow clients do not keep others waiting") {
  House house;
  std::vector<std::unique_ptr<Wire>> idle;
  for (int i = 0; i < 400; ++i) {
    idle.push_back(std::make_unique<Wire>(house.port));
    if (i % 2) idle.back()->send("GET / HTTP/1.1\r\nHo");
  }
  REQUIRE(house.event.wait([&] { return house.open == 400; }));
  CHECK(Wire(house.port).ask(get("/")).status == 200);
  idle[1]->send("st: h\r\n\r\n");
  CHECK(idle[1]->reply().status == 200);
}

TEST_CASE("stop answers what is in flight, closes what is idle, and returns") {
  Event gate;
  bool go = false;
  House house({}, [&](const Ask& ask) {
    if (ask.path == "/slow") CHECK(gate.wait([&] { return go; }));
    return House::describe(ask);
  });
  Wire idle(house.port);
  CHECK(idle.ask(get("/")).status == 200);
  Wire fresh(house.port);
  Wire slow(house.port);
  Wire partial(house.port);
  slow.send(get("/slow") + get("/never"));
  partial.send("POST /part HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  CHECK(partial.reply().status == 100);
  REQUIRE(house.event.wait([&] { return house.asks.size() == 2 && house.open == 4; }));
  house.door->stop();
  house.door->stop();
  CHECK(idle.closed());
  CHECK(fresh.closed());
  partial.send("hello");
  const Reply finished = partial.reply();
  CHECK(finished.status == 200);
  CHECK(finished.header("Connection") == "close");
  CHECK(partial.closed());
  gate.tell([&] { go = true; });
  const Reply reply = slow.reply();
  CHECK(reply.status == 200);
  CHECK(reply.header("Connection") == "close");
  CHECK(slow.closed());
  CHECK(house.event.wait([&] { return house.served; }));
  house.event.tell([&] { CHECK(house.open == 0); });
}

TEST_CASE("a request that never ends does not keep the door from closing") {
  House house({.request_seconds = 1});
  Wire wire(house.port);
  wire.send("GET / HTTP");
  REQUIRE(house.event.wait([&] { return house.open == 1; }));
  house.door->stop();
  CHECK(house.event.wait([&] { return house.served; }));
}

TEST_CASE("an answer may come later, from whichever thread, and is asked for once") {
  House house;
  std::deque<Later<Answer>> waiting;
  const auto said = [](std::string text) {
    return [text = std::move(text)] {
      Answer answer;
      answer.body = text;
      return answer;
    };
  };
  const Ask* seen = nullptr;
  house.on_late = [&](const Ask& ask, const Later<Answer>& later) {
    if (ask.path == "/at-once") return later(said("at once"));
    if (ask.path == "/broken") return later([]() -> Answer { throw std::runtime_error("broken later"); });
    if (ask.path == "/thrown") throw std::runtime_error("broken now");
    house.event.tell([&] {
      seen = &ask;
      waiting.push_back(later);
    });
  };
  Wire wire(house.port);
  wire.send(get("/at-once"));
  CHECK(wire.reply().body == "at once");

  // What comes behind it is answered after it.
  wire.send(get("/slow", "X-Name: ana\r\n") + get("/at-once"));
  REQUIRE(house.event.wait([&] { return waiting.size() == 1; }));
  CHECK(seen->header("X-Name") == "ana");  // the request lives as long as its answer is on its way
  std::thread([&] { waiting[0](said("slow")); }).join();
  CHECK(wire.reply().body == "slow");
  CHECK(wire.reply().body == "at once");

  wire.send(get("/broken"));
  CHECK(wire.reply().status == 500);
  wire.send(get("/thrown"));
  CHECK(wire.reply().status == 500);
  CHECK(house.crashes == std::vector<std::string>{"broken later", "broken now"});

  // A client that goes away meanwhile.
  {
    Wire gone(house.port);
    gone.send(get("/gone"));
    REQUIRE(house.event.wait([&] { return waiting.size() == 2; }));
  }
  waiting[1](said("nobody hears this"));
  CHECK(house.event.wait([&] { return house.open == 1; }));

  // The door waits for it before it closes.
  wire.send(get("/last"));
  REQUIRE(house.event.wait([&] { return waiting.size() == 3; }));
  house.door->stop();
  waiting[2](said("last"));
  const Reply last = wire.reply();
  CHECK(last.body == "last");
  CHECK(last.header("Connection") == "close");
  CHECK(house.event.wait([&] { return house.served; }));
}

TEST_CASE("answers that come later hold no threads, and those that wait hold no others") {
  House house;
  const auto threads = [] {
    std::size_t count = 0;
    DIR* all = opendir("/proc/self/task");
    REQUIRE(all != nullptr);
    while (const dirent* one = readdir(all)) count += one->d_name[0] != '.' ? 1 : 0;
    closedir(all);
    return count;
  };
  std::deque<Later<Answer>> waiting;
  house.on_late = [&](const Ask&, const Later<Answer>& later) {
    house.event.tell([&] { waiting.push_back(later); });
  };
  const std::size_t before = threads();
  std::deque<Wire> wires;
  for (int i = 0; i < 100; ++i) wires.emplace_back(house.port).send(get("/"));
  REQUIRE(house.event.wait([&] { return waiting.size() == 100; }));
  CHECK(threads() <= before + std::max(2U, std::thread::hardware_concurrency()) + 1);
  for (const auto& later : waiting) later([] { return Answer{}; });
  for (Wire& wire : wires) CHECK(wire.reply().status == 200);

  // As many as there are connections stand still; one more is served all the same.
  house.on_late = nullptr;
  bool go = false;
  int inside = 0;
  house.event.tell([&] {
    house.on_admit = [&](const Ask& ask) {
      if (ask.path != "/stands") return;
      house.event.tell([&] { ++inside; });
      CHECK(house.event.wait([&] { return go; }));
    };
  });
  for (Wire& wire : wires) wire.send(get("/stands"));
  REQUIRE(house.event.wait([&] { return inside == 100; }));
  Wire other(house.port);
  other.send(get("/other"));
  CHECK(other.reply().status == 200);
  house.event.tell([&] { go = true; });
  for (Wire& wire : wires) CHECK(wire.reply().status == 200);
}

TEST_CASE("a door that is stopped before it serves does not serve") {
  Door door(
      {}, [](const Ask&) { return Admission{}; },
      [](const Ask&, const Later<Answer>&) { return std::optional<Answer>(Answer{}); });
  CHECK(door.bind() > 0);
  door.stop();
  door.serve();
}

TEST_CASE("a port has one owner") {
  House house;
  const auto open = [](DoorOptions options) {
    Door door(
        std::move(options), [](const Ask&) { return Admission{}; },
        [](const Ask&, const Later<Answer>&) { return std::optional<Answer>(Answer{}); });
    return door.bind();
  };
  CHECK_THROWS_WITH_AS(
      open({.port = house.port}),
      doctest::Contains(("cannot listen on 127.0.0.1:" + std::to_string(house.port)).c_str()),
      std::runtime_error);
  CHECK_THROWS_AS(open({.host = "203.0.113.7"}), std::runtime_error);
  CHECK_THROWS_AS(open({.host = "no such host"}), std::runtime_error);
}

TEST_CASE("a form is decoded in order and never fails") {
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  struct Row {
    const char* text;
    Pairs pairs;
  };
  const Row kRows[] = {
      {"", {}},
      {"a=1&b=2&a=3", {{"a", "1"}, {"b", "2"}, {"a", "3"}}},
      {"a+b=c%20d%2B", {{"a b", "c d+"}}},
      {"bare&=x&&e=", {{"bare", ""}, {"", "x"}, {"e", ""}}},
      {"a=b=c", {{"a", "b=c"}}},
      {"%=%4&b=%zz%", {{"%", "%4"}, {"b", "%zz%"}}},
      {"%C3%BC=%00", {{"\xC3\xBC", std::string(1, '\0')}}},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    CHECK(parse_form(row.text) == row.pairs);
  }
}

TEST_SUITE_END();
