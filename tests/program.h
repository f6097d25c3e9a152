// The real program as a child process, for tests of any room: start it, feed it, read what it says, signal
// it, wait for its end. Everything waits on a condition with a bound; a bound that is reached fails loudly.
// Header only.
//
//   TempFolder home("serve");
//   Program server({"serve", "--port", "0", "--data", home / "data"});
//   const int port = server.port();
//   server.signal(SIGTERM);
//   CHECK(server.wait() == 0);
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace chaffinch::test {

inline constexpr auto kBound = std::chrono::seconds(60);  // generous: sanitizers and busy machines

// A folder of its own, gone at the end.
class TempFolder {
 public:
  explicit TempFolder(const std::string& name = "test") {
    std::string pattern =
        (std::filesystem::temp_directory_path() / ("chaffinch-" + name + "-XXXXXX")).string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder: " + pattern);
    path_ = pattern;
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }
  std::string write(std::string_view name, std::string_view text) const {
    const std::string file = *this / name;
    std::ofstream(file, std::ios::binary) << text;
    return file;
  }
  static std::string read(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }

 private:
  std::string path_;
};

class Program {
 public:
  using Environment = std::map<std::string, std::string>;

  // Starts CHAFFINCH_PROGRAM with `words`. `input` is fed to its standard input, which then ends; without it
  // standard input is empty. CHAFFINCH_* of this process are not handed on; `environment` is added.
  explicit Program(std::vector<std::string> words, std::string input = {},
                   const Environment& environment = {}, const std::string& program = CHAFFINCH_PROGRAM)
      : input_(std::move(input)) {
    int in[2], out[2], err[2];
    if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0) {
      throw std::runtime_error("no pipes");
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
    words.insert(words.begin(), program);
    std::vector<char*> argv;
    for (std::string& one : words) argv.push_back(one.data());
    argv.push_back(nullptr);
    std::vector<std::string> variables;
    for (char** one = environ; *one != nullptr; ++one) {
      if (!std::string_view(*one).starts_with("CHAFFINCH_")) variables.emplace_back(*one);
    }
    for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
    std::vector<char*> envp;
    for (std::string& one : variables) envp.push_back(one.data());
    envp.push_back(nullptr);
    const int failed = ::posix_spawn(&pid_, program.c_str(), &actions, nullptr, argv.data(), envp.data());
    posix_spawn_file_actions_destroy(&actions);
    for (const int fd : {in[0], out[1], err[1]}) ::close(fd);
    if (failed != 0) throw std::runtime_error("cannot start " + program + ": " + std::strerror(failed));
    feeder_ = std::thread([this, fd = in[1]] { feed(fd); });
    out_reader_ = std::thread([this, fd = out[0]] { collect(fd, out_); });
    err_reader_ = std::thread([this, fd = err[0]] { collect(fd, err_); });
    reaper_ = std::thread([this] { reap(); });
  }

  ~Program() {
    signal(SIGKILL);
    reaper_.join();
    feeder_.join();
    out_reader_.join();
    err_reader_.join();
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  pid_t pid() const { return pid_; }

  void signal(int which) {
    const std::lock_guard guard(lock_);
    if (!code_) ::kill(pid_, which);
  }

  // The exit code, or 128 + the signal that ended it. Throws when it does not end within the bound.
  int wait(std::chrono::milliseconds bound = kBound) {
    std::unique_lock guard(lock_);
    const bool ended = changed_.wait_for(guard, bound, [&] { return code_ && open_ == 0; });
    if (!ended) throw std::runtime_error("the program did not end; it said:\n" + out_ + err_);
    return *code_;
  }
  bool running() const {
    const std::lock_guard guard(lock_);
    return !code_;
  }

  // What it has said so far; after wait(): all of it.
  std::string out() const {
    const std::lock_guard guard(lock_);
    return out_;
  }
  std::string err() const {
    const std::lock_guard guard(lock_);
    return err_;
  }

  // Waits until its standard output holds `text`. Throws when it ends or the bound is reached before.
  void wait_for(std::string_view text, std::chrono::milliseconds bound = kBound) {
    wait_in(out_, text, bound);
  }
  void wait_for_error(std::string_view text, std::chrono::milliseconds bound = kBound) {
    wait_in(err_, text, bound);
  }

  // The port that `serve` says it listens on ("http://127.0.0.1:PORT" in its first lines).
  int port(std::chrono::milliseconds bound = kBound) {
    constexpr std::string_view kBefore = "http://127.0.0.1:";
    wait_for(kBefore, bound);
    wait_for("\n", bound);
    const std::string text = out();
    return std::atoi(text.c_str() + text.find(kBefore) + kBefore.size());
  }
  // The first word of its standard output that begins with "chf_": the token that `serve` and `token create`
  // print.
  std::string token() {
    wait_for("chf_");
    wait_for("\n");
    const std::string text = out();
    const std::size_t start = text.find("chf_");
    return text.substr(start, text.find_first_of(" \n'\"", start) - start);
  }

 private:
  void feed(int fd) {
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    std::string_view rest = input_;
    while (!rest.empty()) {
      const ssize_t wrote = ::write(fd, rest.data(), rest.size());
      if (wrote <= 0) break;
      rest.remove_prefix(static_cast<std::size_t>(wrote));
    }
    ::close(fd);
  }

  void collect(int fd, std::string& into) {
    char step[16 * 1024];
    while (true) {
      const ssize_t got = ::read(fd, step, sizeof step);
      if (got < 0 && errno == EINTR) continue;
      const std::lock_guard guard(lock_);
      if (got <= 0) {
        --open_;
        changed_.notify_all();
        break;
      }
      into.append(step, static_cast<std::size_t>(got));
      changed_.notify_all();
    }
    ::close(fd);
  }

  void reap() {
    siginfo_t about{};
    while (::waitid(P_PID, static_cast<id_t>(pid_), &about, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
    // The id stays ours until waitpid, so that no signal of ours can reach a stranger.
    const std::lock_guard guard(lock_);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    changed_.notify_all();
  }

  void wait_in(const std::string& where, std::string_view text, std::chrono::milliseconds bound) {
    std::unique_lock guard(lock_);
    changed_.wait_for(guard, bound,
                      [&] { return where.find(text) != std::string::npos || (code_ && open_ == 0); });
    if (where.find(text) == std::string::npos) {
      throw std::runtime_error("the program did not say '" + std::string(text) + "'; it said:\n" + out_ +
                               err_);
    }
  }

  pid_t pid_ = -1;
  std::string input_;
  mutable std::mutex lock_;
  std::condition_variable changed_;
  std::string out_, err_;    // guarded by lock_
  int open_ = 2;             // guarded by lock_
  std::optional<int> code_;  // guarded by lock_
  std::thread feeder_, out_reader_, err_reader_, reaper_;
};

// Runs the program to its end.
struct Ran {
  int code = 0;
  std::string out, err;
};
inline Ran run_program(std::vector<std::string> words, std::string input = {},
                       const Program::Environment& environment = {}) {
  Program program(std::move(words), std::move(input), environment);
  Ran ran;
  ran.code = program.wait();
  ran.out = program.out();
  ran.err = program.err();
  return ran;
}

// One connection to a server on the loopback, as bytes. Reads are bounded.
class Connection {
 public:
  explicit Connection(int port) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval bound{.tv_sec = 30, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
      const std::string why = std::strerror(errno);
      ::close(fd_);
      throw std::runtime_error("cannot connect: " + why);
    }
  }
  ~Connection() { ::close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) throw std::runtime_error(std::string("cannot send: ") + std::strerror(errno));
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  // Up to and with `end`; throws when the other side closes or is silent for too long. What came after it is
  // kept for the next read.
  std::string read_until(std::string_view end) {
    while (true) {
      const std::size_t at = held_.find(end);
      if (at != std::string::npos) {
        std::string part = held_.substr(0, at + end.size());
        held_.erase(0, part.size());
        return part;
      }
      if (!more())
        throw std::runtime_error("the connection ended before '" + std::string(end) + "': " + held_);
    }
  }
  std::string read_to_end() {
    while (more()) {
    }
    return std::exchange(held_, {});
  }

 private:
  bool more() {
    char step[16 * 1024];
    const ssize_t got = ::recv(fd_, step, sizeof step, 0);
    if (got > 0) held_.append(step, static_cast<std::size_t>(got));
    return got > 0;
  }
  std::string held_;
  int fd_ = -1;
};

// One request on a connection of its own.
struct Got {
  int status = 0;
  std::string head, body;
};
inline std::string request_text(const std::string& method, const std::string& path, const std::string& token,
                                const std::string& body, const std::string& headers = {}) {
  std::string text = method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n" + headers;
  if (!token.empty()) text += "Authorization: Bearer " + token + "\r\n";
  if (!body.empty()) {
    text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  }
  return text + "\r\n" + body;
}
inline Got read_answer(Connection& connection) {
  const std::string all = connection.read_to_end();
  Got got;
  const std::size_t border = all.find("\r\n\r\n");
  if (all.size() < 12 || border == std::string::npos) throw std::runtime_error("no whole answer: " + all);
  got.status = std::atoi(all.c_str() + 9);
  got.head = all.substr(0, border);
  got.body = all.substr(border + 4);
  return got;
}
inline Got ask(int port, const std::string& method, const std::string& path, const std::string& token = {},
               const std::string& body = {}, const std::string& headers = {}) {
  Connection connection(port);
  connection.send(request_text(method, path, token, body, headers));
  return read_answer(connection);
}

}  // namespace chaffinch::test
