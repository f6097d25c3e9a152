// A mutex for what takes microseconds: whoever finds it taken looks again some hundred times before it lies
// down. A thread that lies down leaves its processor idle until it is woken, which takes many times as long
// as what it waited for; with two processors and a lock for each comment, a tenth of the machine's time was
// lost so. Held for long, it is a mutex like any other.
#pragma once

#include <pthread.h>

namespace chaffinch {

class BriefLock {
 public:
  BriefLock() {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ADAPTIVE_NP);
    pthread_mutex_init(&mutex_, &attributes);
    pthread_mutexattr_destroy(&attributes);
  }
  ~BriefLock() { pthread_mutex_destroy(&mutex_); }
  BriefLock(const BriefLock&) = delete;
  BriefLock& operator=(const BriefLock&) = delete;

  void lock() { pthread_mutex_lock(&mutex_); }
  void unlock() { pthread_mutex_unlock(&mutex_); }

 private:
  pthread_mutex_t mutex_;
};

}  // namespace chaffinch
