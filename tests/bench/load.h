// A load generator on one thread: epoll, HTTP/1.1 over many connections to a loopback server, latencies in
// full. For the benches only. Throws std::runtime_error when the server cannot be reached.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace chaffinch::bench {

struct LoadPlan {
  int port = 0;
  int connections = 64;
  double seconds = 5;           // stop after so long ...
  std::uint64_t requests = 0;   // ... or after so many, when not 0
  double rate = 0;              // requests per second over all connections; 0: as fast as answers come
  bool new_connection = false;  // a connection for each request, as PHP does
  // The next request as bytes on the wire, made ahead of time where it matters. Called with 0, 1, 2, ...
  std::function<const std::string&(std::uint64_t)> request;
};

struct LoadResult {
  std::uint64_t answers = 0;
  std::uint64_t errors = 0;  // connections lost in the middle of a request
  std::map<int, std::uint64_t> by_status;
  std::vector<float> milliseconds;  // sorted
  double seconds = 0;

  double per_second() const { return seconds > 0 ? static_cast<double>(answers) / seconds : 0; }
  double percentile(double p) const;  // milliseconds; p within [0, 100]
};

LoadResult run_load(const LoadPlan& plan);

// "POST /path HTTP/1.1" with a JSON body, ready to send.
std::string post(const std::string& path, const std::string& body, const std::string& token,
                 bool keep_alive = true);
std::string get(const std::string& path, const std::string& token);

// Connections that sit idle, or send one byte a second of a request that never ends. They live until
// destroyed; a connection that the server closes is opened again by tick().
class Crowd {
 public:
  Crowd(int port, int idle, int slow);
  ~Crowd();
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;
  void tick();  // call about once a second
  std::size_t open() const;

 private:
  int port_;
  std::vector<int> idle_, slow_;
};

}  // namespace chaffinch::bench
