#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include <httplib.h>

#include "cli/commands.h"
#include "cli/lines.h"
#include "cli/signals.h"
#include "cli/terminal.h"
#include "http/wire.h"

namespace chaffinch::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kTries = 6;                                 // of one row that is answered 429 or 503
constexpr auto kLongestPause = std::chrono::seconds(30);  // however long Retry-After says
constexpr int kLostInARow = 50;                           // answers that did not come: the service is gone

// "http://host:port/prefix", taken apart.
struct ServerAddress {
  std::string base;    // "http://host:port"
  std::string prefix;  // "" or "/prefix"
};

Result<ServerAddress> address_of(std::string_view url) {
  const auto wrong = [&] {
    return fail(Code::invalid, "'" + std::string(url) + "' is not the address of a service", "--to",
                "it looks like http://127.0.0.1:8080");
  };
  const std::size_t scheme = url.starts_with("http://") ? 7 : url.starts_with("https://") ? 8 : 0;
  if (scheme == 0) return wrong();
  const std::size_t slash = std::min(url.find('/', scheme), url.size());
  if (slash == scheme || url.find_first_of("?# @") != std::string_view::npos) return wrong();
  ServerAddress address{.base = std::string(url.substr(0, slash)), .prefix = std::string(url.substr(slash))};
  while (address.prefix.ends_with('/')) address.prefix.pop_back();
  return address;
}

// The comment's status in an answer. The quotes of a text inside JSON are escaped, so this cannot be found in
// one.
std::string status_in(std::string_view body) {
  constexpr std::string_view kBefore = "\"status\":\"";
  const std::size_t at = body.find(kBefore);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = body.substr(at + kBefore.size());
  return std::string(rest.substr(0, std::min(rest.find('"'), std::size_t{20})));
}

class Replayer {
 public:
  Replayer(const Replay& wish, ServerAddress address, LineReader& reader)
      : wish_(wish),
        address_(std::move(address)),
        reader_(reader),
        progress_("replay", reader.size()),
        began_(Clock::now()) {}

  void run() {
    std::vector<std::thread> threads;
    for (int i = 0; i < wish_.connections; ++i) threads.emplace_back([this] { one_connection(); });
    for (std::thread& one : threads) one.join();
  }

  // Wakes everybody who waits for a pause to end.
  void stop() {
    const std::lock_guard guard(lock_);
    stopping_ = true;
    pause_.notify_all();
  }

  int summary() {
    progress_.clear();
    const double seconds = std::max(progress_.seconds(), 0.001);
    std::string text = grouped(sent_) + " sent in " + fixed(seconds, 1) + " s, " +
                       fixed(static_cast<double>(sent_) / seconds, 1) + "/s\n";
    text += "answers:";
    for (const auto& [status, count] : by_status_)
      text += "  " + std::to_string(status) + " " + grouped(count);
    if (lost_ > 0) text += "  none " + grouped(lost_);
    text += "\ncomments:";
    for (const auto& [status, count] : by_word_) text += "  " + plain(status) + " " + grouped(count);
    text += "\n";
    if (!milliseconds_.empty()) {
      std::sort(milliseconds_.begin(), milliseconds_.end());
      const auto part = [&](double p) {
        const auto at = static_cast<std::size_t>(p * static_cast<double>(milliseconds_.size() - 1) + 0.5);
        return fixed(static_cast<double>(milliseconds_[at]), 2);
      };
      text += "latency ms:  p50 " + part(0.5) + "  p90 " + part(0.9) + "  p99 " + part(0.99) + "  max " +
              part(1) + "\n";
    }
    if (retries_ > 0) text += grouped(retries_) + " tries again after 429 or 503\n";
    if (bad_ > 0) text += grouped(bad_) + (bad_ == 1 ? " bad line\n" : " bad lines\n");
    out(text);
    if (!problem_.empty()) complain(problem_);
    return accepted_ > 0 ? kFine : kFailed;
  }

 private:
  // The next row as a body, when its turn has come; nothing when there is none, or it is time to stop.
  std::optional<std::string> next() {
    auto row = next_row();
    if (!row) return {};
    row->site = wish_.site;
    if (!wish_.keep_time) row->created_at.reset();
    std::unique_lock guard(lock_);
    const auto place = static_cast<double>(handed_out_++);
    if (wish_.rate > 0) {
      const auto due = began_ + std::chrono::duration_cast<Clock::duration>(
                                    std::chrono::duration<double>(place / wish_.rate));
      pause_.wait_until(guard, due, [&] { return stopping_; });
    }
    if (stopping_) return {};
    progress_.show(read_, sent_);
    guard.unlock();
    return http::write_submission(*row);
  }

  std::optional<Submission> next_row() {
    const std::lock_guard reading(reading_);
    while (!ended_ && !stopping()) {
      std::string_view line;
      const LineReader::Got got = reader_.next(line);
      if (got == LineReader::Got::too_long) {
        bad_line("the line is longer than " + grouped(kLongestLine) + " bytes");
        continue;
      }
      if (got != LineReader::Got::line) {
        ended_ = true;
        const std::lock_guard guard(lock_);
        if (got == LineReader::Got::failed) problem_ = reader_.problem();
        return {};
      }
      if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
      if (auto row = http::read_row(line)) {
        const std::lock_guard guard(lock_);
        read_ = reader_.bytes();
        return std::move(row->submission);
      } else {
        bad_line(in_one_sentence(row.error()));
      }
    }
    return {};
  }

  bool stopping() {
    const std::lock_guard guard(lock_);
    return stopping_;
  }

  void bad_line(const std::string& reason) {  // REQUIRES reading_
    const std::lock_guard guard(lock_);
    if (++bad_ > kShownBad) return;
    progress_.clear();
    err(plain(reader_.name()) + ":" + std::to_string(reader_.number()) + ": " + reason + "\n");
  }

  bool rest(std::chrono::seconds how_long) {
    std::unique_lock guard(lock_);
    ++retries_;
    const auto until = Clock::now() + std::min<Clock::duration>(how_long, kLongestPause);
    pause_.wait_until(guard, until, [&] { return stopping_; });
    return !stopping_;
  }

  void one_connection() {
    httplib::Client client(address_.base);
    client.set_tcp_nodelay(true);  // without it every answer waits for a delayed acknowledgement
    client.set_keep_alive(true);
    client.set_follow_location(false);
    client.set_connection_timeout(5);
    client.set_read_timeout(30);
    client.set_write_timeout(10);
    const httplib::Headers headers = {{"Authorization", "Bearer " + wish_.token}};
    while (const auto body = next()) {
      for (int tried = 1; tried <= kTries; ++tried) {
        const auto before = Clock::now();
        const auto answer = client.Post(address_.prefix + "/v1/comments", headers, *body, "application/json");
        const std::chrono::duration<float, std::milli> took = Clock::now() - before;
        if (!answer) {
          count_lost(httplib::to_string(answer.error()));
          break;
        }
        const bool wait = answer->status == 429 || answer->status == 503;
        if (wait && tried < kTries) {
          const int seconds = std::max(1, std::atoi(answer->get_header_value("Retry-After").c_str()));
          if (rest(std::chrono::seconds(seconds))) continue;
        }
        count_answer(answer->status, status_in(answer->body), answer->body, took.count());
        break;
      }
    }
  }

  void count_lost(const std::string& why) {
    const std::lock_guard guard(lock_);
    ++lost_;
    if (problem_.empty()) problem_ = "no answer from " + address_.base + ": " + why;
    if (++lost_in_a_row_ >= kLostInARow) {
      stopping_ = true;
      pause_.notify_all();
    }
  }

  void count_answer(int status, const std::string& comment, const std::string& body, float milliseconds) {
    const std::lock_guard guard(lock_);
    const bool about_site = status >= 400 && body.find(R"("where":"/site")") != std::string::npos;
    lost_in_a_row_ = 0;
    ++sent_;
    ++by_status_[status];
    if (status < 300 && !comment.empty()) ++by_word_[comment];
    milliseconds_.push_back(milliseconds);
    // The first refusal in the service's own words: it is nearly always the same one for all.
    if (status >= 400 && !refused_) {
      refused_ = true;
      progress_.clear();
      err("chaffinch: answered " + std::to_string(status) + ": " + plain(body.substr(0, 500)) + "\n");
      if (about_site && wish_.site.empty()) err("This token is for all sites: name one with --site ID.\n");
    }
    if (status < 300) ++accepted_;
    if (status == 401 || status == 403 || about_site) {  // it would be the same for every row
      stopping_ = true;
      pause_.notify_all();
    }
  }

  const Replay& wish_;
  const ServerAddress address_;
  std::mutex reading_;
  LineReader& reader_;  // guarded by reading_
  bool ended_ = false;  // guarded by reading_
  std::mutex lock_;     // guards all below
  std::condition_variable pause_;
  bool stopping_ = false, refused_ = false;
  Progress progress_;
  const Clock::time_point began_;
  std::uint64_t read_ = 0, handed_out_ = 0, sent_ = 0, accepted_ = 0, lost_ = 0, bad_ = 0, retries_ = 0;
  int lost_in_a_row_ = 0;
  std::map<int, std::uint64_t> by_status_;
  std::map<std::string, std::uint64_t> by_word_;
  std::vector<float> milliseconds_;
  std::string problem_;
};

}  // namespace

int replay(const Replay& wish) {
  auto address = address_of(wish.to);
  if (!address) {
    complain(address.error());
    return kUsage;
  }
  Replayer* running = nullptr;
  std::mutex lock;
  Signals signals([&] {
    const std::lock_guard guard(lock);
    if (running != nullptr) running->stop();
  });
  auto reader = LineReader::open(wish.file, signals.wake());
  if (!reader) return complain(reader.error());
  Replayer replayer(wish, std::move(*address), *reader);
  {
    const std::lock_guard guard(lock);
    running = &replayer;
  }
  replayer.run();
  {
    const std::lock_guard guard(lock);
    running = nullptr;
  }
  return replayer.summary();
}

}  // namespace chaffinch::cli
