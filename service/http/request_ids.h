// Ids of requests: 16 hex digits, different for 2^64 requests of one start, unlike those of another. Not
// secrets. Safe from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>
#include <string>

#include "secrets.h"

namespace chaffinch::http {

class RequestIds {
 public:
  RequestIds() {
    const std::string seed = random_bytes(sizeof seed_);
    std::memcpy(&seed_, seed.data(), sizeof seed_);
  }

  // A counter through the bijection of splitmix64 (Steele, Lea, Flood 2014).
  std::string next() {
    std::uint64_t z = seed_ + 0x9e3779b97f4a7c15ULL * count_++;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    z ^= z >> 31;
    std::string text(16, '0');
    for (char& c : text) {
      c = "0123456789abcdef"[z & 15];
      z >>= 4;
    }
    return text;
  }

 private:
  std::uint64_t seed_ = 0;
  std::atomic<std::uint64_t> count_{0};
};

}  // namespace chaffinch::http
