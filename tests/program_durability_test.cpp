// Promise 1 at the real program: what was acknowledged is there after a kill, on a full disk, and after a
// restart.
#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <signal.h>
#include <sys/resource.h>

#include "program.h"

using namespace chaffinch::test;

namespace {

constexpr const char* kToken = "durability-token-0123456789";

Program::Environment environment() {
  return {{"CHAFFINCH_ADMIN_TOKEN", kToken}};
}

std::vector<std::string> serve(const std::string& data) {
  return {"serve", "--port", "0", "--data", data, "--log-level", "error"};
}

// The text of a JSON member; the answers' own members come before any of the visitor's.
std::string member(const std::string& json, const std::string& name) {
  const std::string key = "\"" + name + "\":";
  std::size_t at = json.find(key);
  if (at == std::string::npos) return {};
  at += key.size();
  if (json[at] == '"') return json.substr(at + 1, json.find('"', at + 1) - at - 1);
  return json.substr(at, json.find_first_of(",}", at) - at);
}

std::string comment(std::uint64_t number) {
  // Some are published, some wait, some are spam.
  const std::string n = std::to_string(number);
  const std::string text =
      number % 5 == 0 ? "Buy cheap viagra and cialis online http://pills" + n + ".example casino bonus"
                      : "The bread number " + n + " came out well after hour " + n + " of resting";
  return R"({"site":"demo","article":{"id":"post/)" + std::to_string(number % 7) +
         R"("},"author":{"name":"Reader )" + n + R"(","email":"reader)" + n +
         R"(@mail.example"},"content":")" + text + R"(","client":{"ip":"10.1.)" +
         std::to_string(number / 200 % 200) + "." + std::to_string(number % 200) +
         R"(","user_agent":"Mozilla/5.0","referrer":"https://blog.example/"}})";
}

struct Acknowledged {
  std::string status;
  std::string score;
};

void check_integrity(const std::string& data) {
  SQLite::Database db(data + "/chaffinch.db", SQLite::OPEN_READWRITE);
  SQLite::Statement integrity(db, "PRAGMA integrity_check");
  REQUIRE(integrity.executeStep());
  CHECK(integrity.getColumn(0).getString() == "ok");
  SQLite::Statement foreign(db, "PRAGMA foreign_key_check");
  CHECK_FALSE(foreign.executeStep());
}

// Ids of the queue, page by page; every id at most once.
std::set<std::string> queued(int port) {
  std::set<std::string> ids;
  std::string cursor;
  for (int page = 0; page < 1000; ++page) {
    const Got got = ask(
        port, "GET", "/v1/queue?site=demo&limit=200" + (cursor.empty() ? "" : "&cursor=" + cursor), kToken);
    REQUIRE(got.status == 200);
    // Each item begins with its id; so does its article.
    for (std::size_t at = got.body.find("{\"id\":\""); at != std::string::npos;
         at = got.body.find("{\"id\":\"", at + 1)) {
      const std::string id = got.body.substr(at + 7, 36);
      if (got.body[at + 43] != '"' || id[8] != '-') continue;  // an article's
      CHECK_MESSAGE(ids.insert(id).second, id, " is twice in the queue");
    }
    const std::size_t next = got.body.rfind("\"next\":");
    REQUIRE(next != std::string::npos);
    if (got.body.compare(next + 7, 4, "null") == 0) return ids;
    cursor = got.body.substr(next + 8, got.body.find('"', next + 8) - next - 8);
  }
  FAIL("the queue does not end");
  return ids;
}

void check_all_there(int port, const std::map<std::string, Acknowledged>& acknowledged) {
  const std::set<std::string> waiting = queued(port);
  std::size_t pending = 0;
  for (const auto& [id, said] : acknowledged) {
    const Got got = ask(port, "GET", "/v1/comments/" + id, kToken);
    CHECK_MESSAGE(got.status == 200, id, " was acknowledged and is lost");
    CHECK(member(got.body, "status") == said.status);
    CHECK(member(got.body, "score") == said.score);
    CHECK(waiting.contains(id) == (said.status == "pending"));
    pending += said.status == "pending" ? 1 : 0;
  }
  CHECK(pending > 0);
}

}  // namespace

TEST_SUITE_BEGIN("durability");

TEST_CASE("an acknowledged comment is never lost: the program is killed at random moments under load") {
  const int rounds = std::getenv("CHAFFINCH_TEST_DEEP") != nullptr ? 50 : 5;
  const TempFolder home("kill");
  const std::string data = home / "data";
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  std::map<std::string, Acknowledged> all;
  std::atomic<std::uint64_t> number = 0;
  for (int round = 0; round < rounds; ++round) {
    CAPTURE(round);
    Program server(serve(data), {}, environment());
    const int port = server.port();
    const std::uint64_t enough = std::uniform_int_distribution<std::uint64_t>(20, 300)(random);
    std::atomic<std::uint64_t> count = 0;
    std::atomic<bool> killed = false;
    std::vector<std::map<std::string, Acknowledged>> mine(6);
    std::vector<std::thread> clients;
    for (auto& kept : mine) {
      clients.emplace_back([&] {
        while (!killed) {
          try {
            const Got got = ask(port, "POST", "/v1/comments", kToken, comment(++number));
            if (got.status != 201) continue;
            kept[member(got.body, "id")] = {member(got.body, "status"), member(got.body, "score")};
            ++count;
            count.notify_all();
          } catch (const std::runtime_error&) {
            // Cut off in the middle: not acknowledged.
            if (!killed && !server.running()) return;
          }
        }
      });
    }
    for (std::uint64_t seen = count; seen < enough; seen = count) count.wait(seen);
    server.signal(SIGKILL);
    killed = true;
    CHECK(server.wait() == 128 + SIGKILL);
    for (std::thread& client : clients) client.join();
    std::map<std::string, Acknowledged> fresh;
    for (auto& kept : mine) fresh.merge(kept);
    REQUIRE(fresh.size() >= enough);

    Program again(serve(data), {}, environment());
    check_all_there(again.port(), fresh);
    again.signal(SIGTERM);
    CHECK(again.wait() == 0);
    check_integrity(data);
    all.merge(fresh);
  }
  // And what was acknowledged before earlier kills is still there after the last one.
  Program last(serve(data), {}, environment());
  check_all_there(last.port(), all);
  last.signal(SIGTERM);
  CHECK(last.wait() == 0);
}

TEST_CASE(
    "a full disk answers 503, loses nothing and changes nothing, and the service recovers when space "
    "returns") {
  const TempFolder home("full");
  const std::string data = home / "data";
  Program server(serve(data), {}, environment());
  const int port = server.port();
  std::map<std::string, Acknowledged> acknowledged;
  std::uint64_t number = 1'000'000;
  const auto post = [&] {
    const Got got = ask(port, "POST", "/v1/comments", kToken, comment(++number));
    if (got.status == 201)
      acknowledged[member(got.body, "id")] = {member(got.body, "status"), member(got.body, "score")};
    return got;
  };
  for (int i = 0; i < 20; ++i) REQUIRE(post().status == 201);

  // No file of the program may grow past half a MiB more than the largest one is: as on a disk that has no
  // more.
  std::uintmax_t largest = 0;
  for (const auto& file : std::filesystem::directory_iterator(data)) {
    if (file.is_regular_file()) largest = std::max(largest, file.file_size());
  }
  rlimit before{};
  REQUIRE(::prlimit(server.pid(), RLIMIT_FSIZE, nullptr, &before) == 0);
  const rlimit full{.rlim_cur = largest + 512 * 1024, .rlim_max = before.rlim_max};
  REQUIRE(::prlimit(server.pid(), RLIMIT_FSIZE, &full, nullptr) == 0);
  Got refused;
  for (int i = 0; i < 20'000 && refused.status == 0; ++i) {
    const Got got = post();
    if (got.status != 201) refused = got;
  }
  CHECK(refused.status == 503);
  CHECK(refused.head.find("Retry-After:") != std::string::npos);
  CHECK(refused.head.find("application/problem+json") != std::string::npos);
  CHECK(member(refused.body, "detail").find("disk") != std::string::npos);
  REQUIRE(server.running());
  // Not even a byte fits any more.
  const rlimit nothing{.rlim_cur = 1, .rlim_max = before.rlim_max};
  REQUIRE(::prlimit(server.pid(), RLIMIT_FSIZE, &nothing, nullptr) == 0);
  CHECK(ask(port, "GET", "/healthz").status == 200);                     // alive
  CHECK(ask(port, "GET", "/readyz").status == 503);                      // not able to serve
  CHECK(ask(port, "GET", "/v1/queue?site=demo", kToken).status == 200);  // reading goes on

  REQUIRE(::prlimit(server.pid(), RLIMIT_FSIZE, &before, nullptr) == 0);
  for (int i = 0; i < 20; ++i) CHECK(post().status == 201);
  CHECK(ask(port, "GET", "/readyz").status == 200);
  check_all_there(port, acknowledged);
  server.signal(SIGTERM);
  CHECK(server.wait() == 0);
  check_integrity(data);

  // Exactly what was acknowledged is kept: the refused one left nothing behind.
  SQLite::Database db(data + "/chaffinch.db", SQLite::OPEN_READWRITE);
  CHECK(db.execAndGet("SELECT count(*) FROM comment").getInt64() ==
        static_cast<std::int64_t>(acknowledged.size()));
}
