// The door: sockets, HTTP/1.x, limits, deadlines. cpp-httplib stays in door.cpp (and the command line's
// client).
//
// What a request may cost is bounded here: connections admitted, idle time, time for the whole request, bytes
// of line, headers and body (chunked or not), header count. A request is handed up only when it is whole.
// Pipelined requests are answered in order. `Range` and method overrides are ignored. The peer's address is
// the socket's; a header never changes it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/time.h"
#include "later.h"

namespace chaffinch::http {

struct Ask {
  std::string method;  // HEAD is handed up as GET; its answer's body is not sent
  std::string path;    // percent-decoded, without query
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;     // empty while admission is asked
  std::string peer;     // address of the connection
  std::string version;  // "HTTP/1.1"
  std::string id;       // request id: made here, answered as X-Request-Id, logged

  // First value of a header (any case), or "".
  std::string_view header(std::string_view name) const;
  // First value of a query parameter; nullptr when it is not there.
  const std::string* param(std::string_view name) const;
};

struct Answer {
  int status = 200;
  std::string body;
  std::string type = "application/json";  // Content-Type; ignored for an empty body with 204/304
  std::vector<std::pair<std::string, std::string>> headers;
  bool close = false;
};

// What to do with a request whose head was read: refuse it now, or read at most `body_limit` bytes.
struct Admission {
  std::size_t body_limit = 0;
  std::unique_ptr<Answer> refusal;
};

struct DoorOptions {
  std::string host = "127.0.0.1";
  int port = 0;
  std::uint32_t connections = 1200;  // admitted at once; one more is answered 503 and closed
  int keep_alive_seconds = 30;
  int request_seconds = 10;  // from its first byte to its last, and as much again for writing the answer
};

struct DoorEvents {  // all may be empty; called from many threads
  // Before each answer leaves, the door's own refusals included (then the Ask may be empty but for id and
  // peer); not for the 503 to a connection too many. `seconds`: since the whole request was there. The
  // answer's body is gone.
  std::function<void(const Ask&, const Answer&, double seconds)> answered;
  std::function<void(std::string_view why)>
      refused;  // "connections", "deadline", "headers", "body", "malformed"
  std::function<void(std::int64_t open)> connections;
};

class Door {
 public:
  // `admit` sees the head, `answer` the whole request. Both are called from many threads; an exception of
  // either is answered 500 without text and reported to `crashed`. Nothing from `answer`: it calls `later`,
  // exactly once and from any thread, and the request lives until what it was called with has run, on a
  // thread of the door. Whoever may wait otherwise says so (waiting.h).
  using Responder = std::function<std::optional<Answer>(const Ask&, const Later<Answer>& later)>;
  Door(DoorOptions options, std::function<Admission(const Ask&)> admit, Responder answer,
       DoorEvents events = {}, std::function<void(std::string_view what)> crashed = {});
  ~Door();  // stop() and wait
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

  int bind();    // the port; throws std::runtime_error with a sentence when it cannot
  void serve();  // blocks until stop(); REQUIRES bind()
  // No new connections; idle ones are closed; requests in flight are answered (within their deadline). Safe
  // from any thread, more than once.
  void stop();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// application/x-www-form-urlencoded, decoded, in order. Bare names have an empty value. Never fails: a broken
// escape stands for itself.
std::vector<std::pair<std::string, std::string>> parse_form(std::string_view text);

}  // namespace chaffinch::http
