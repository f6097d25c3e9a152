// One connection, from accept() to close(): reads requests, has them answered, writes the answers. Bytes
// which came early (pipelining) are kept for the next request.
//
// At most one thread at a time is in run(); between requests, and while an answer is waited for, there is
// none.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "http/crew.h"
#include "http/door.h"
#include "http/head.h"
#include "http/receiver.h"
#include "http/request_ids.h"
#include "http/sockets.h"
#include "later.h"

namespace chaffinch::http {

// What connections have of their door, which outlives them.
struct Hall {
  DoorOptions options;
  std::function<Admission(const Ask&)> admit;
  Door::Responder answer;
  DoorEvents events;
  std::function<void(std::string_view)> crashed;
  std::function<std::string(const std::string&)> decoded;  // a path without its percent-encoding
  std::function<void(std::uint64_t number)> close;         // ends the connection; it is gone then
  std::function<void(std::uint64_t number)> nudge;         // ends its rest, if it is still there
  Crew* crew = nullptr;
  RequestIds ids = {};
  std::atomic<bool> stopping{false};

  // False: it threw, which was reported.
  bool guarded(const std::function<void()>& work) const;
  void refused(std::string_view why) const;
};

class Connection final : public Crew::Job {
 public:
  // Takes the descriptor.
  Connection(Hall& hall, std::uint64_t number, int fd, std::string peer);
  ~Connection();  // waits a moment for a client that is still sending
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void run() override;

  // Something came. True: it is to be run. Any thread.
  bool stirred();

  // Ends the rest of one that rests since `before` or earlier; a request that is read or answered goes on.
  // Any thread.
  void nudge(Clock::time_point before);

 private:
  // resting: nobody is in run(), and what comes starts it. stirred: something came meanwhile.
  enum class State : std::uint8_t { resting, busy, stirred };
  enum class Way : std::uint8_t { here, left, there };  // of an answer that comes later
  enum class Came : std::uint8_t { nobody, later, answer };

  bool rests();
  bool serve();
  bool next();
  Came read_and_answer();
  Came answer();
  bool replied();
  bool came(const Reading& reading);
  void refuse(std::string_view why, int status, std::string_view detail);
  void later(Finish<Answer>& finish);
  void finished();
  bool admitted();

  Hall& hall_;
  const std::uint64_t number_;
  const File fd_;
  const std::string peer_;
  std::atomic<State> state_{State::resting};
  std::atomic<Clock::rep> since_{Clock::now().time_since_epoch().count()};  // resting
  std::atomic<Way> way_{Way::here};
  Receiver receiver_;
  std::string out_;  // the answer, not yet sent
  Head head_;
  Ask ask_;
  Answer answer_;
  Finish<Answer> finish_;
  std::optional<Answer> refusal_;
  Deadline deadline_;          // for the whole request
  Clock::time_point whole_;    // when the request was there
  bool answer_waits_ = false;  // for finish_
  bool close_ = false;         // after this answer
  bool only_head_ = false;
  bool one_zero_ = false;
  bool unread_ = false;  // the client may still be sending something that nobody will read
};

}  // namespace chaffinch::http
