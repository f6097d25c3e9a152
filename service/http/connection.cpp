#include "http/connection.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "http/refusal.h"
#include "http/reply.h"

namespace chaffinch::http {
namespace {

constexpr std::string_view kCrash = "something went wrong here; it has been noted";

}  // namespace

bool Hall::guarded(const std::function<void()>& work) const {
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

void Hall::refused(std::string_view why) const {
  if (events.refused) events.refused(why);
}

Connection::Connection(Hall& hall, std::uint64_t number, int fd, std::string peer)
    : hall_(hall), number_(number), fd_(fd), peer_(std::move(peer)), receiver_(fd) {
  const int yes = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

Connection::~Connection() {
  if (unread_) linger_on(fd_);
}

void Connection::run() {
  bool goes_on = false;
  if (!hall_.guarded([&] { goes_on = serve(); })) goes_on = false;
  if (!goes_on) hall_.close(number_);  // and this is gone
}

bool Connection::stirred() {
  for (State state = state_.load();;) {
    if (state == State::stirred) return false;
    if (state_.compare_exchange_weak(state, state == State::resting ? State::busy : State::stirred))
      return state == State::resting;
  }
}

void Connection::nudge(Clock::time_point before) {
  if (state_ == State::resting && since_.load() <= before.time_since_epoch().count()) shutdown(fd_, SHUT_RD);
}

// False: there is more to read. True: another thread may be in run() by now, or may have closed it.
bool Connection::rests() {
  const Hall& hall = hall_;
  const std::uint64_t number = number_;
  since_ = Clock::now().time_since_epoch().count();
  if (State state = State::busy; !state_.compare_exchange_strong(state, State::resting)) {
    state_ = State::busy;
    return false;
  }
  // stop() sets the flag first and nudges those that rest second; this may have missed it.
  if (hall.stopping) hall.nudge(number);
  return true;
}

// True: it rests, or will be run again. False: it is to be closed.
bool Connection::serve() {
  if (answer_waits_) {
    finished();
    return replied() && next();
  }
  while (receiver_.empty()) {
    if (hall_.stopping) return false;
    if (out_.capacity() > kKeptBuffer) std::string().swap(out_);
    switch (receiver_.look()) {
      case Receiver::Came::something:
        break;
      case Receiver::Came::nothing:
        if (rests()) return true;
        break;
      case Receiver::Came::the_end:
        return false;
    }
  }
  if (hall_.stopping) return false;
  deadline_ = Clock::now() + std::chrono::seconds(hall_.options.request_seconds);
  switch (read_and_answer()) {
    case Came::nobody:
      return false;
    case Came::later:
      return true;
    case Came::answer:
      break;
  }
  return replied() && next();
}

// Others first, should there be more of this one already.
bool Connection::next() {
  if (receiver_.empty() && rests()) return true;
  hall_.crew->post(*this);
  return true;
}

Connection::Came Connection::read_and_answer() {
  ask_.id = hall_.ids.next();
  ask_.peer = peer_;
  refusal_.reset();
  close_ = false;
  only_head_ = one_zero_ = false;

  if (!came(receiver_.head(head_, deadline_))) return Came::nobody;
  if (!refusal_) {
    ask_.headers = std::move(head_.headers);
    ask_.query = parse_form(head_.query);
    ask_.version = head_.version;
    ask_.path = hall_.decoded(head_.path);
    only_head_ = head_.method == "HEAD";
    ask_.method = only_head_ ? "GET" : head_.method;
    close_ = !head_.keep_alive || hall_.stopping;
    one_zero_ = head_.version == "HTTP/1.0";
  }
  return answer();
}

// False: nobody is there to take it, or no other request is to follow.
bool Connection::replied() {
  close_ = close_ || answer_.close || hall_.stopping;
  const std::string_view connection = close_ ? "close" : one_zero_ ? "keep-alive" : "";
  write_reply(out_, answer_, {.only_head = only_head_, .connection = connection, .id = ask_.id});
  answer_.body.clear();
  if (hall_.events.answered)
    hall_.events.answered(ask_, answer_, std::chrono::duration<double>(Clock::now() - whole_).count());
  const bool sent = send_all(fd_, out_, Clock::now() + std::chrono::seconds(hall_.options.request_seconds));
  out_.clear();
  ask_ = {};  // an idle connection keeps nothing of its last request
  answer_ = {};
  unread_ = unread_ || !receiver_.empty();
  return sent && !close_;
}

// False: the client is gone. A refusal is left in refusal_.
bool Connection::came(const Reading& reading) {
  if (reading.state == Reading::State::refused) refuse(reading.why, reading.status, reading.detail);
  return reading.state != Reading::State::gone;
}

// Turns the request away; what else the client may be sending is not read.
void Connection::refuse(std::string_view why, int status, std::string_view detail) {
  refusal_ = refusal(status, detail);
  close_ = unread_ = true;
  hall_.refused(why);
}

// Leaves the answer in answer_, if it is there.
Connection::Came Connection::answer() {
  whole_ = Clock::now();
  if (!refusal_ && std::ranges::any_of(
                       ask_.path, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }))
    refuse("malformed", 400, "the path holds a control byte");
  if (!refusal_ && !admitted()) return Came::nobody;
  whole_ = Clock::now();
  if (refusal_) {
    answer_ = std::move(*refusal_);
    return Came::answer;
  }
  std::optional<Answer> there;
  way_ = Way::here;
  if (!hall_.guarded([&] { there = hall_.answer(ask_, [this](Finish<Answer> finish) { later(finish); }); }))
    there = refusal(500, kCrash);
  if (there) {
    answer_ = std::move(*there);
    return Came::answer;
  }
  answer_waits_ = true;
  if (way_.exchange(Way::left) != Way::there) return Came::later;
  finished();
  return Came::answer;
}

// From any thread. Whoever comes second goes on: this, or the thread that asked.
void Connection::later(Finish<Answer>& finish) {
  finish_ = std::move(finish);
  if (way_.exchange(Way::there) == Way::left) hall_.crew->post(*this);
}

void Connection::finished() {
  answer_waits_ = false;
  const Finish<Answer> finish = std::exchange(finish_, nullptr);
  if (!hall_.guarded([&] { answer_ = finish(); })) answer_ = refusal(500, kCrash);
}

// Asks for admission and reads the body. False: the client is gone. A refusal is left in refusal_.
bool Connection::admitted() {
  Admission admission;
  if (!hall_.guarded([&] { admission = hall_.admit(ask_); }))
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

}  // namespace chaffinch::http
