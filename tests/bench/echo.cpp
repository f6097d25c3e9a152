// The yardstick: a trivial cpp-httplib server with the settings that Chaffinch's door has. Answers a POST
// with a small JSON object. Prints its port.
#include <cstdio>

#include <httplib.h>
#include <sys/socket.h>

namespace {

class Echo : public httplib::Server {
 public:
  // The library listens with a backlog of five; a second call raises it.
  void raise_backlog() { ::listen(svr_sock_, 1024); }
};

}  // namespace

int main() {
  Echo server;
  server.set_tcp_nodelay(true);
  server.set_keep_alive_max_count(1'000'000'000);
  server.set_keep_alive_timeout(30);
  server.set_payload_max_length(256 * 1024);
  server.new_task_queue = [] { return new httplib::ThreadPool(1200); };
  server.Post("/v1/comments", [](const httplib::Request& request, httplib::Response& response) {
    response.status = 201;
    response.set_content("{\"bytes\":" + std::to_string(request.body.size()) + "}", "application/json");
  });
  const int port = server.bind_to_any_port("127.0.0.1");
  if (port < 0) return 1;
  server.raise_backlog();
  std::printf("%d\n", port);
  std::fflush(stdout);
  return server.listen_after_bind() ? 0 : 1;
}
