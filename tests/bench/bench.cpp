// The figures of the README, as ratios measured side by side in one run. Usage: bench [submit] [akismet]
// [author] [crowd] [decisions] [pages] [check] [patterns] [judge] [learner] [--seconds N] [--rows N]
// [--texts FILE] [--words FILE] (of patterns: writing.h); without names, all of them. Prints Markdown.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/clock.h"
#include "bench/learner.h"
#include "bench/load.h"
#include "bench/patterns.h"
#include "bench/texts.h"
#include "core/time.h"
#include "program.h"
#include "secrets.h"
#include "store/store.h"

namespace fs = std::filesystem;
using namespace chaffinch;
using namespace chaffinch::bench;

namespace {

constexpr const char* kToken = "bench-token-0123456789";

// A child process whose standard output we read until it tells its port. Killed with us.
class Child {
 public:
  Child(std::vector<std::string> words, const std::vector<std::string>& environment,
        std::string said_before_port) {
    int out[2];
    if (::pipe2(out, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    pid_ = ::fork();
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::dup2(out[1], 1);
      const int null = ::open("/dev/null", O_WRONLY);
      ::dup2(null, 2);
      for (const std::string& one : environment) ::putenv(const_cast<char*>(one.c_str()));
      std::vector<char*> argv;
      for (std::string& word : words) argv.push_back(word.data());
      argv.push_back(nullptr);
      ::execv(argv[0], argv.data());
      ::_exit(127);
    }
    ::close(out[1]);
    out_ = out[0];
    std::string text;
    char buffer[1024];
    for (ssize_t n; (n = ::read(out_, buffer, sizeof buffer)) > 0;) {
      text.append(buffer, static_cast<std::size_t>(n));
      const std::size_t at = text.find(said_before_port);
      if (at == std::string::npos) continue;
      const std::size_t digits = at + said_before_port.size();
      const std::size_t end = text.find_first_not_of("0123456789", digits);
      if (end == std::string::npos || end == digits) continue;
      port = std::atoi(text.c_str() + digits);
      return;
    }
    throw std::runtime_error(words[0] + " did not start: " + text);
  }
  ~Child() {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
    ::close(out_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Peak resident memory, MiB.
  double peak_memory() const {
    std::ifstream in("/proc/" + std::to_string(pid_) + "/status");
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with("VmHWM:")) return std::atof(line.c_str() + 6) / 1024;
    }
    return 0;
  }
  // Processor seconds so far, user and system.
  double processor() const {
    std::ifstream in("/proc/" + std::to_string(pid_) + "/stat");
    std::string text((std::istreambuf_iterator<char>(in)), {});
    text.erase(0, text.rfind(')') + 2);
    unsigned long user = 0, system = 0;
    std::sscanf(text.c_str(), "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
    return static_cast<double>(user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  }

  int port = 0;

 private:
  pid_t pid_ = -1;
  int out_ = -1;
};

struct Folder {
  Folder() {
    std::string name = (fs::current_path() / "bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder");
    path = name;
  }
  ~Folder() { fs::remove_all(path); }
  fs::path path;
};

Child service(const fs::path& data) {
  return Child({CHAFFINCH_PROGRAM, "serve", "--port", "0", "--data", data.string(), "--log-level", "error"},
               {std::string("CHAFFINCH_ADMIN_TOKEN=") + kToken}, "http://127.0.0.1:");
}

Child echo() {
  return Child({CHAFFINCH_ECHO}, {}, "");
}

// Requests made ahead, every comment different from all before it in this run.
std::vector<std::string> submissions(std::uint64_t from, std::size_t count, bool keep_alive) {
  std::vector<std::string> made;
  made.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    made.push_back(post("/v1/comments", as_json(made_up(from + i, "demo")), kToken, keep_alive));
  }
  return made;
}

std::uint64_t next_number = 1;

std::size_t enough_for(double seconds) {
  return std::min<std::size_t>(static_cast<std::size_t>(seconds * 70'000), 200'000);
}

LoadResult load_of(const std::vector<std::string>& requests, int port, int connections, double seconds,
                   bool new_connection) {
  LoadPlan plan;
  plan.port = port;
  plan.connections = connections;
  plan.seconds = seconds;
  plan.new_connection = new_connection;
  plan.request = [&](std::uint64_t i) -> const std::string& { return requests[i % requests.size()]; };
  return run_load(plan);
}

LoadResult submit_load(int port, int connections, double seconds, bool new_connection) {
  const std::size_t count = enough_for(seconds);
  const auto requests = submissions(next_number, count, !new_connection);
  next_number += count;
  return load_of(requests, port, connections, seconds, new_connection);
}

std::uint64_t created(const LoadResult& result) {
  const auto at = result.by_status.find(201);
  return at == result.by_status.end() ? 0 : at->second;
}

// Waits until the service has caught up with its own work (the search index follows a burst), so that no
// other measurement pays for it; at most a minute. The processor seconds that this took.
double rest(const Child& service) {
  const double began = service.processor();
  for (int i = 0; i < 200; ++i) {
    const double before = service.processor();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    if (service.processor() - before < 0.02) break;
  }
  return service.processor() - began;
}

void bench_submit(double seconds) {
  std::printf("## Durable submissions over HTTP, beside a trivial echo\n\n");
  std::printf(
      "| connections | echo /s | submit /s | ratio | p50 ms | p99 ms | not 201 | processor µs each | and µs "
      "to index it afterwards |\n");
  std::printf("|---|---|---|---|---|---|---|---|---|\n");
  Folder folder;
  const Child yardstick = echo();
  const Child chaffinch = service(folder.path);
  submit_load(chaffinch.port, 64, 1, false);  // warms caches on both sides
  submit_load(yardstick.port, 64, 1, false);
  struct Row {
    const char* name;
    int connections;
    bool fresh;
  };
  for (const Row& row : {Row{"64 keep-alive", 64, false}, Row{"256 keep-alive", 256, false},
                         Row{"64, new each time", 64, true}}) {
    std::vector<double> echoes, ours, ratios, p50, p99, cost, later;
    std::uint64_t refused = 0;
    for (int round = 0; round < 3; ++round) {
      rest(chaffinch);
      const LoadResult plain = submit_load(yardstick.port, row.connections, seconds, row.fresh);
      const double before = chaffinch.processor();
      const LoadResult full = submit_load(chaffinch.port, row.connections, seconds, row.fresh);
      echoes.push_back(plain.per_second());
      ours.push_back(static_cast<double>(created(full)) / full.seconds);
      ratios.push_back(ours.back() / echoes.back());
      p50.push_back(full.percentile(50));
      p99.push_back(full.percentile(99));
      cost.push_back((chaffinch.processor() - before) * 1e6 / static_cast<double>(full.answers));
      refused += full.answers - created(full) + full.errors;
      later.push_back(rest(chaffinch) * 1e6 / static_cast<double>(full.answers));
    }
    std::printf("| %s | %.0f | %.0f | %.3f | %.1f | %.1f | %llu | %.0f | %.0f |\n", row.name, median(echoes),
                median(ours), median(ratios), median(p50), median(p99),
                static_cast<unsigned long long>(refused), median(cost), median(later));
    std::fflush(stdout);
  }
  std::printf("\nMedians of three rounds each. Peak memory of the service: %.0f MiB.\n\n",
              chaffinch.peak_memory());
}

std::string encoded(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string made;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (plain)
      made += c;
    else if (c == ' ')
      made += '+';
    else
      made += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  return made;
}

// The same comments as a client of the Akismet protocol asks about them, its key in the host's name.
std::vector<std::string> checks(std::uint64_t from, std::size_t count, const std::string& key,
                                bool keep_alive) {
  std::vector<std::string> made;
  made.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Submission one = made_up(from + i, "demo");
    const std::string body = "blog=https%3A%2F%2Fblog.example&user_ip=" + encoded(one.client.ip) +
                             "&user_agent=" + encoded(one.client.user_agent) +
                             "&referrer=" + encoded(one.client.referrer) +
                             "&permalink=" + encoded("https://blog.example/" + one.article.id) +
                             "&comment_type=comment&comment_author=" + encoded(one.author.name) +
                             "&comment_author_email=" + encoded(one.author.email) +
                             "&comment_author_url=" + encoded(one.author.url) +
                             "&comment_content=" + encoded(one.content) + "&blog_charset=UTF-8";
    made.push_back("POST /1.1/comment-check HTTP/1.1\r\nHost: " + key +
                   ".rest.akismet.com\r\nContent-Type: application/x-www-form-urlencoded\r\n" +
                   (keep_alive ? "" : "Connection: close\r\n") +
                   "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  return made;
}

void bench_akismet(double seconds) {
  std::printf(
      "## comment-check of the Akismet protocol, kept before it is answered, beside submit and echo\n\n");
  std::printf(
      "| connections | echo /s | submit /s | check /s | check / submit | check / echo | p50 ms | p99 ms | "
      "not "
      "200 | processor µs each, submit | check |\n|---|---|---|---|---|---|---|---|---|---|---|\n");
  Folder folder;
  const Child yardstick = echo();
  const Child chaffinch = service(folder.path);
  const std::string made =
      test::ask(chaffinch.port, "POST", "/v1/tokens", kToken, R"({"role":"akismet","site":"demo"})").body;
  const std::size_t at = made.find("\"token\":\"");
  if (at == std::string::npos) throw std::runtime_error("no key: " + made);
  const std::string key = made.substr(at + 9, 12);
  const auto check_load = [&](int port, int connections, double for_seconds, bool fresh) {
    const std::size_t count = enough_for(for_seconds);
    const auto requests = checks(next_number, count, key, !fresh);
    next_number += count;
    return load_of(requests, port, connections, for_seconds, fresh);
  };
  submit_load(chaffinch.port, 64, 1, false);
  check_load(chaffinch.port, 64, 1, false);
  submit_load(yardstick.port, 64, 1, false);
  struct Row {
    const char* name;
    int connections;
    bool fresh;
  };
  for (const Row& row : {Row{"64 keep-alive", 64, false}, Row{"64, new each time", 64, true}}) {
    std::vector<double> echoes, submits, ours, ratios, to_echo, p50, p99, submit_cost, cost;
    std::uint64_t refused = 0;
    for (int round = 0; round < 3; ++round) {
      rest(chaffinch);
      echoes.push_back(submit_load(yardstick.port, row.connections, seconds, row.fresh).per_second());
      double before = chaffinch.processor();
      const LoadResult native = submit_load(chaffinch.port, row.connections, seconds, row.fresh);
      submit_cost.push_back((chaffinch.processor() - before) * 1e6 / static_cast<double>(native.answers));
      rest(chaffinch);
      before = chaffinch.processor();
      const LoadResult checked = check_load(chaffinch.port, row.connections, seconds, row.fresh);
      cost.push_back((chaffinch.processor() - before) * 1e6 / static_cast<double>(checked.answers));
      const auto fine = checked.by_status.find(200);
      const std::uint64_t answered = fine == checked.by_status.end() ? 0 : fine->second;
      submits.push_back(static_cast<double>(created(native)) / native.seconds);
      ours.push_back(static_cast<double>(answered) / checked.seconds);
      ratios.push_back(ours.back() / submits.back());
      to_echo.push_back(ours.back() / echoes.back());
      p50.push_back(checked.percentile(50));
      p99.push_back(checked.percentile(99));
      refused += checked.answers - answered + checked.errors;
    }
    std::printf("| %s | %.0f | %.0f | %.0f | %.2f | %.3f | %.1f | %.1f | %llu | %.0f | %.0f |\n", row.name,
                median(echoes), median(submits), median(ours), median(ratios), median(to_echo), median(p50),
                median(p99), static_cast<unsigned long long>(refused), median(submit_cost), median(cost));
    std::fflush(stdout);
  }
  std::printf("\nMedians of three rounds each, in turn. Peak memory of the service: %.0f MiB.\n\n",
              chaffinch.peak_memory());
}

constexpr Time kFilledFrom = 1'700'000'000;  // 2023-11-14T22:13:20Z; a comment each second

// Fills a store through its own promises, without judging: what is measured is the store's size, not the
// rules.
void fill(Store& store, std::uint64_t from, std::uint64_t count, bool one_author) {
  Verdict held;
  held.action = Action::hold;
  held.rules_version = "bench";
  std::vector<Import> batch;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t number = from + i;
    Import row;
    static_cast<Submission&>(row.keep.comment) = made_up(number, "demo");
    Comment& comment = row.keep.comment;
    if (one_author) {
      comment.author = {"Busy Writer", "busy@mail.example", "https://busy.example/", ""};
      comment.client.ip = "10.99.99.99";
    }
    comment.received_at = (kFilledFrom + static_cast<Time>(number)) * kSecond;
    comment.created_at = comment.received_at;
    comment.id = id_from_name("bench", std::to_string(number), comment.received_at);
    comment.status = number % 10 < 5 ? Status::pending : number % 10 < 9 ? Status::approved : Status::spam;
    row.keep.verdict = held;
    row.keep.verdict.score = static_cast<double>(number % 60) / 10;
    row.keep.verdict.findings.push_back({.rule = number % 200 == 0 ? "rare_rule" : "common_rule",
                                         .score = 1,
                                         .about = "Made up.",
                                         .evidence = {},
                                         .shadow = false,
                                         .action = {}});
    if (comment.content.find(".example/page") != std::string::npos) {
      row.keep.domains = {"site" + std::to_string(number % 20'000) + ".example"};
    }
    row.keep.copy_hash = number * 0x9E3779B97F4A7C15ULL;
    batch.push_back(std::move(row));
    if (batch.size() == 500 || i + 1 == count) {
      auto done = store.import(std::move(batch));
      if (!done) throw std::runtime_error("import: " + done.error().what);
      batch.clear();
    }
  }
}

LoadResult one_by_one(int port, const std::vector<std::string>& requests, std::uint64_t count) {
  LoadPlan plan;
  plan.port = port;
  plan.connections = 1;
  plan.seconds = 60;
  plan.requests = count;
  plan.request = [&](std::uint64_t i) -> const std::string& { return requests[i % requests.size()]; };
  return run_load(plan);
}

void bench_pages(std::uint64_t most) {
  struct Page {
    const char* name;
    std::string path;
  };
  const auto id_of = [](std::uint64_t number) {
    return id_from_name("bench", std::to_string(number), (kFilledFrom + static_cast<Time>(number)) * kSecond)
        .text();
  };
  const std::vector<Page> pages = {
      {"first page, oldest", "/v1/queue?site=demo&limit=50"},
      {"first page, newest", "/v1/queue?site=demo&limit=50&sort=newest"},
      {"by score", "/v1/queue?site=demo&limit=50&sort=score"},
      {"most useful", "/v1/queue?site=demo&limit=50&sort=useful"},
      {"one article", "/v1/queue?site=demo&limit=50&article=post/7"},
      {"a rule that fired often", "/v1/queue?site=demo&limit=50&rule=common_rule"},
      {"a rule that fired rarely", "/v1/queue?site=demo&limit=50&rule=rare_rule"},
      {"an email", "/v1/queue?site=demo&limit=50&email=reader17@mail17.example"},
      {"a network", "/v1/queue?site=demo&limit=50&ip=10.0.7.0/24"},
      {"a common word", "/v1/queue?site=demo&limit=50&text=bread"},
      {"three words", "/v1/queue?site=demo&limit=50&text=bread+compiler+mountain"},
      {"a word nobody wrote", "/v1/queue?site=demo&limit=50&text=zyzzyva"},
      {"public thread", "/v1/comments?site=demo&article=post/7&limit=50"},
      {"counts of 3 articles", "/v1/comments/counts?site=demo&article=post/1&article=post/2&article=post/3"},
      // What the desk asks for besides.
      {"an hour of the past",
       "/v1/queue?site=demo&limit=50&since=2023-11-14T23:00:00Z&until=2023-11-15T00:00:00Z"},
      {"a range of scores", "/v1/queue?site=demo&limit=50&min_score=2&max_score=2.5"},
      {"decided by me, the latest first",
       "/v1/queue?site=demo&limit=50&status=approved&decided_by=me&sort=decided"},
      {"counts for the tabs", "/v1/queue/counts?site=demo"},
      {"how many of a rule, up to 1,000", "/v1/queue/count?site=demo&rule=common_rule&at_most=1000"},
      {"one comment with its history", "/v1/comments/" + id_of(40)},
  };
  std::vector<std::uint64_t> sizes;
  for (const std::uint64_t size : {10'000ULL, 100'000ULL, 1'000'000ULL}) {
    if (size <= most) sizes.push_back(size);
  }
  std::vector<std::vector<double>> table(pages.size());
  Folder folder;
  std::vector<double> fill_rates;
  { const Child first = service(folder.path); }  // makes the demo site and the token
  std::uint64_t there = 0;
  for (const std::uint64_t size : sizes) {
    {
      StoreOptions options;
      options.address = "sqlite:" + (folder.path / "chaffinch.db").string();
      const auto store = open_store(options);
      const auto began = std::chrono::steady_clock::now();
      fill(*store, there, size - there, false);
      fill_rates.push_back(static_cast<double>(size - there) /
                           std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
      // The search index is caught up before the pages are timed.
      for (int step = 0; step < 100'000; ++step) {
        const auto before = store->count(QueueQuery{}, 0);
        if (!store->index_step()) break;
        if (!before) break;
        if (step > 2 * static_cast<int>((size - there) / 100)) break;
      }
      there = size;
    }
    const Child chaffinch = service(folder.path);
    if (size == sizes.front()) {
      std::string ids;
      for (std::uint64_t number = 0; number < 1'000; number += 10)
        ids += (ids.empty() ? "\"" : ",\"") + id_of(number) + "\"";
      const std::vector<std::string> decision = {
          post("/v1/decisions", R"({"decision":"approve","ids":[)" + ids + "]}", kToken)};
      if (!one_by_one(chaffinch.port, decision, 1).by_status.contains(200))
        throw std::runtime_error("not decided");
    }
    for (std::size_t i = 0; i < pages.size(); ++i) {
      const std::vector<std::string> request = {get(pages[i].path, kToken)};
      one_by_one(chaffinch.port, request, 20);
      const LoadResult result = one_by_one(chaffinch.port, request, 200);
      if (created(result) == 0 && !result.by_status.contains(200))
        std::printf("%s: not answered 200\n", pages[i].path.c_str());
      table[i].push_back(result.percentile(50) * 1000);
    }
    std::printf("Filled to %llu: %.0f comments a second; memory %.0f MiB after the pages.\n",
                static_cast<unsigned long long>(size), fill_rates.back(), chaffinch.peak_memory());
    std::fflush(stdout);
  }
  std::printf("\n## Pages of 50 over HTTP, median µs by number of comments\n\n| page |");
  for (const auto size : sizes) std::printf(" %llu |", static_cast<unsigned long long>(size));
  std::printf(" largest / smallest |\n|---|");
  for (std::size_t i = 0; i <= sizes.size(); ++i) std::printf("---|");
  std::printf("\n");
  for (std::size_t i = 0; i < pages.size(); ++i) {
    std::printf("| %s |", pages[i].name);
    for (const double value : table[i]) std::printf(" %.0f |", value);
    std::printf(" %.2f |\n", table[i].back() / table[i].front());
  }
  std::printf("\n");
}

void bench_author() {
  std::printf("## Submitting: an author with 100,000 comments beside a new one\n\n");
  Folder folder;
  { const Child first = service(folder.path); }
  {
    StoreOptions options;
    options.address = "sqlite:" + (folder.path / "chaffinch.db").string();
    const auto store = open_store(options);
    fill(*store, 0, 100'000, true);
  }
  const Child chaffinch = service(folder.path);
  const auto requests = [](bool busy, std::uint64_t from) {
    std::vector<std::string> made;
    for (std::uint64_t i = 0; i < 1500; ++i) {
      Submission one = made_up(50'000'000 + from + i, "demo");
      if (busy) {
        one.author = {"Busy Writer", "busy@mail.example", "https://busy.example/", ""};
        one.client.ip = "10.99.99.99";
      } else {
        one.author.name = "New " + std::to_string(from + i);
        one.author.email = "new" + std::to_string(from + i) + "@mail.example";
        one.author.url = "https://new" + std::to_string(from + i) + ".example/";
        one.client.ip = "10." + std::to_string(100 + i / 65536) + "." + std::to_string(i / 256 % 256) + "." +
                        std::to_string(i % 256);
      }
      made.push_back(post("/v1/comments", as_json(one), kToken));
    }
    return made;
  };
  std::vector<double> busy, fresh;
  for (std::uint64_t round = 0; round < 5; ++round) {
    fresh.push_back(one_by_one(chaffinch.port, requests(false, round * 3000), 1500).percentile(50));
    busy.push_back(one_by_one(chaffinch.port, requests(true, round * 3000 + 1500), 1500).percentile(50));
  }
  std::printf(
      "| author | median ms, one connection |\n|---|---|\n| new | %.3f |\n| with 100,000 comments | %.3f "
      "|\n| ratio | %.2f |\n\n",
      median(fresh), median(busy), median(busy) / median(fresh));
}

void bench_crowd(double seconds) {
  std::printf("## 500 idle and 500 one-byte-a-second connections beside honest ones\n\n");
  std::printf(
      "| honest requests (16 connections, 500 /s) | p50 ms | p99 ms | not 201 |\n|---|---|---|---|\n");
  Folder folder;
  const Child chaffinch = service(folder.path);
  for (const bool crowded : {false, true}) {
    const auto count = static_cast<std::size_t>(seconds * 500 * 2);
    const auto requests = submissions(next_number, count, true);
    next_number += count;
    std::unique_ptr<Crowd> crowd;
    std::jthread ticker;
    if (crowded) {
      crowd = std::make_unique<Crowd>(chaffinch.port, 500, 500);
      ticker = std::jthread([&crowd](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
          crowd->tick();
          std::this_thread::sleep_for(std::chrono::seconds(1));
        }
      });
    }
    LoadPlan plan;
    plan.port = chaffinch.port;
    plan.connections = 16;
    plan.seconds = seconds;
    plan.rate = 500;
    plan.request = [&](std::uint64_t i) -> const std::string& { return requests[i % requests.size()]; };
    const LoadResult result = run_load(plan);
    std::printf("| %s | %.1f | %.1f | %llu |\n", crowded ? "with the crowd" : "alone", result.percentile(50),
                result.percentile(99),
                static_cast<unsigned long long>(result.answers - created(result) + result.errors));
    std::fflush(stdout);
  }
  std::printf("\nPeak memory of the service: %.0f MiB.\n\n", chaffinch.peak_memory());
}

// A moderator decides over HTTP, one comment a call, beside honest submissions at a rate that leaves the
// machine air.
void bench_decisions(double seconds) {
  constexpr double kSubmissions = 200, kDecisions = 50;
  constexpr int kRounds = 3;
  std::printf("## Submissions with and without a stream of decisions that teach\n\n");
  std::printf(
      "| %.0f submissions a second, 16 connections | p50 ms | p99 ms | not 201 | decisions /s | p50 ms | p99 "
      "ms | not "
      "200 |\n|---|---|---|---|---|---|---|---|\n",
      kSubmissions);
  Folder folder;
  { const Child first = service(folder.path); }
  const auto wanted = static_cast<std::uint64_t>(seconds * kDecisions * kRounds) + 500;
  std::vector<std::string> decisions;
  {
    StoreOptions options;
    options.address = "sqlite:" + (folder.path / "chaffinch.db").string();
    const auto store = open_store(options);
    fill(*store, 0, 2 * wanted + 10, false);
    QueueQuery query;
    query.site = "demo";
    query.limit = 200;
    while (decisions.size() < wanted) {
      const auto page = store->queue(query);
      if (!page) throw std::runtime_error("queue: " + page.error().what);
      for (const QueueItem& item : page->items) {
        const bool spam = decisions.size() % 3 == 0;
        decisions.push_back(post("/v1/decisions",
                                 "{\"ids\":[\"" + item.comment.id.text() + "\"],\"decision\":\"" +
                                     (spam ? "spam" : "approve") + "\"}",
                                 kToken));
      }
      if (!page->next) break;
      query.cursor = *page->next;
    }
  }
  const Child chaffinch = service(folder.path);
  rest(chaffinch);
  struct Row {
    std::vector<double> p50, p99, decided, decided_p50, decided_p99;
    std::uint64_t refused = 0, undecided = 0;
  };
  Row rows[2];
  std::uint64_t used = 0;
  for (int round = 0; round < kRounds; ++round) {
    for (const bool deciding : {false, true}) {
      Row& row = rows[deciding ? 1 : 0];
      const auto requests =
          submissions(next_number, static_cast<std::size_t>(seconds * kSubmissions * 2), true);
      next_number += requests.size();
      LoadResult decided;
      std::jthread moderator;
      if (deciding) {
        moderator = std::jthread([&] {
          LoadPlan plan;
          plan.port = chaffinch.port;
          plan.connections = 2;
          plan.seconds = seconds;
          plan.rate = kDecisions;
          plan.request = [&](std::uint64_t i) -> const std::string& { return decisions.at(used + i); };
          decided = run_load(plan);
        });
      }
      LoadPlan plan;
      plan.port = chaffinch.port;
      plan.connections = 16;
      plan.seconds = seconds;
      plan.rate = kSubmissions;
      plan.request = [&](std::uint64_t i) -> const std::string& { return requests[i % requests.size()]; };
      const LoadResult result = run_load(plan);
      row.p50.push_back(result.percentile(50));
      row.p99.push_back(result.percentile(99));
      row.refused += result.answers - created(result) + result.errors;
      if (!deciding) continue;
      moderator.join();
      used += decided.answers + decided.errors + 2;
      row.decided.push_back(decided.per_second());
      row.decided_p50.push_back(decided.percentile(50));
      row.decided_p99.push_back(decided.percentile(99));
      const auto fine = decided.by_status.find(200);
      row.undecided +=
          decided.answers + decided.errors - (fine == decided.by_status.end() ? 0 : fine->second);
    }
  }
  std::printf("| alone | %.1f | %.1f | %llu | | | | |\n", median(rows[0].p50), median(rows[0].p99),
              static_cast<unsigned long long>(rows[0].refused));
  std::printf("| with decisions | %.1f | %.1f | %llu | %.0f | %.1f | %.1f | %llu |\n", median(rows[1].p50),
              median(rows[1].p99), static_cast<unsigned long long>(rows[1].refused), median(rows[1].decided),
              median(rows[1].decided_p50), median(rows[1].decided_p99),
              static_cast<unsigned long long>(rows[1].undecided));
  std::printf("\nMedians of %d rounds each, in turn.\n\n", kRounds);
}

void bench_check() {
  std::printf("## Judging JSON lines without a server\n\n");
  Folder folder;
  const fs::path rows = folder.path / "rows.jsonl";
  constexpr std::uint64_t kRows = 100'000;
  {
    std::ofstream out(rows);
    for (std::uint64_t i = 0; i < kRows; ++i) out << as_json(made_up(i, "")).erase(1, 10) << '\n';
  }
  std::printf("| jobs | comments /s | processor µs each |\n|---|---|---|\n");
  for (const char* jobs : {"1", "2"}) {
    rusage before{}, after{};
    ::getrusage(RUSAGE_CHILDREN, &before);
    const auto began = std::chrono::steady_clock::now();
    const std::string command =
        std::string(CHAFFINCH_PROGRAM) + " check --jobs " + jobs + " < " + rows.string() + " > /dev/null";
    const int status = std::system(command.c_str());
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    ::getrusage(RUSAGE_CHILDREN, &after);
    const auto cpu = [](const rusage& use) {
      return static_cast<double>(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
             static_cast<double>(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
    };
    if (status != 0) std::printf("check failed with %d\n", status);
    std::printf("| %s | %.0f | %.1f |\n", jobs, kRows / seconds, (cpu(after) - cpu(before)) * 1e6 / kRows);
  }
  std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) {
  std::set<std::string> wanted;
  double seconds = 5;
  std::uint64_t rows = 1'000'000;
  WritingFiles writing;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--seconds" && i + 1 < argc)
      seconds = std::atof(argv[++i]);
    else if (word == "--rows" && i + 1 < argc)
      rows = std::strtoull(argv[++i], nullptr, 10);
    else if (word == "--texts" && i + 1 < argc)
      writing.texts = argv[++i];
    else if (word == "--words" && i + 1 < argc)
      writing.words = argv[++i];
    else
      wanted.insert(word);
  }
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  const auto run = [&wanted](const char* name) { return wanted.empty() || wanted.contains(name); };
  try {
    if (run("submit")) bench_submit(seconds);
    if (run("akismet")) bench_akismet(seconds);
    if (run("author")) bench_author();
    if (run("crowd")) bench_crowd(std::max(seconds, 10.0));
    if (run("decisions")) bench_decisions(seconds);
    if (run("check")) bench_check();
    if (run("pages")) bench_pages(rows);
    if (run("patterns")) bench_patterns(writing);
    if (run("judge")) bench_judge();
    if (run("learner")) bench_learner();
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "bench: %s\n", problem.what());
    return 1;
  }
  return 0;
}
