// Where a thread may have to wait for somebody else (a client, a disk, a connection to be free), it says so:
// whoever gave it its work may put another one to work meanwhile. Costs nothing on threads that nobody
// listens to.
#pragma once

namespace chaffinch {

class Listening {
 public:
  virtual void waits() noexcept = 0;    // this thread may stand still from here on
  virtual void goes_on() noexcept = 0;  // and no longer

 protected:
  ~Listening() = default;
};

class Waiting {
 public:
  Waiting() {
    if (depth_++ == 0 && listening_ != nullptr) listening_->waits();
  }
  ~Waiting() {
    if (--depth_ == 0 && listening_ != nullptr) listening_->goes_on();
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  // From now on this thread tells `listening` (nullptr: nobody). REQUIRES: not within a Waiting.
  static void tell(Listening* listening) { listening_ = listening; }

 private:
  static inline constinit thread_local Listening* listening_ = nullptr;
  static inline constinit thread_local int depth_ = 0;
};

}  // namespace chaffinch
