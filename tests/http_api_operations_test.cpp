// The API as a whole: refusals at the head, headers, CORS, health and numbers, and one story over a real
// socket.
#include <doctest/doctest.h>

#include <string>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "house.h"
#include "http/problem.h"

using namespace chaffinch;
using namespace chaffinch::http;
using chaffinch::test::header;
using chaffinch::test::House;
using chaffinch::test::json;
using chaffinch::test::member;

namespace {

// Everything that a connection answers to `text`, which asks for its close.
std::string over_a_socket(int port, const std::string& text) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{20, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
  REQUIRE(send(fd, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size()));
  std::string heard;
  char piece[4096];
  for (ssize_t got = 0; (got = recv(fd, piece, sizeof piece, 0)) > 0;)
    heard.append(piece, static_cast<std::size_t>(got));
  close(fd);
  return heard;
}

}  // namespace

TEST_SUITE_BEGIN("api: operations");

TEST_CASE("each word of an error has one status, and its problem says what, where and how to mend it") {
  const std::pair<Code, int> rows[] = {
      {Code::invalid, 400},     {Code::unauthorized, 401}, {Code::forbidden, 403}, {Code::not_found, 404},
      {Code::not_allowed, 405}, {Code::conflict, 409},     {Code::gone, 410},      {Code::too_large, 413},
      {Code::unsupported, 415}, {Code::too_many, 429},     {Code::internal, 500},  {Code::unavailable, 503}};
  for (const auto& [code, status] : rows) {
    const Answer answer = problem(Error{code, "the sentence", "/place", "the advice", 7});
    CHECK(answer.status == status);
    CHECK(answer.type == "application/problem+json");
    CHECK(member(answer.body, "status") == std::to_string(status));
    CHECK_FALSE(member(answer.body, "title").empty());
    if (code == Code::internal) {
      CHECK(answer.body.find("the sentence") == std::string::npos);
    } else {
      CHECK(member(answer.body, "detail") == "the sentence");
      CHECK(member(answer.body, "where") == "/place");
      CHECK(member(answer.body, "advice") == "the advice");
    }
    CHECK(header(answer, "Retry-After") == (status == 429 || status == 503 ? "7" : ""));
  }
}

TEST_CASE("what can be refused at the head is refused before a body is read") {
  House house;
  struct Row {
    std::string method, target, type;
    House::Headers headers;
    int status;
  };
  const std::string good = json("{'article':{'id':'a'},'content':'x'}");
  const Row rows[] = {
      {"GET", "/v1/nothing", "", {}, 404},
      {"GET", "/v2/queue", "", {}, 404},
      {"PUT", "/v1/comments", "application/json", {}, 405},
      {"DELETE", "/v1/queue", "", {}, 405},
      {"BREW", "/healthz", "", {}, 405},
      {"POST", "/v1/comments", "text/plain", {}, 415},
      {"POST", "/v1/comments", "application/xml", {}, 415},
      {"POST", "/v1/comments", "multipart/form-data; boundary=x", {}, 415},
      {"POST", "/v1/comments", "json", {}, 415},
      {"POST", "/v1/comments", "", {}, 415},
      {"POST", "/v1/comments", "application/json; charset=utf-16", {}, 415},
      {"POST", "/v1/comments", "application/json", {{"Content-Encoding", "gzip"}}, 415},
      {"POST", "/v1/decisions", "application/x-www-form-urlencoded", {}, 415},
  };
  for (const Row& row : rows) {
    CAPTURE(row.method);
    CAPTURE(row.target);
    CAPTURE(row.type);
    Ask ask;
    ask.method = row.method;
    ask.path = row.target;
    ask.headers = row.headers;
    ask.headers.emplace_back("Authorization", "Bearer " + house.admin);
    ask.headers.emplace_back("Content-Length", std::to_string(good.size()));
    if (!row.type.empty()) ask.headers.emplace_back("Content-Type", row.type);
    ask.peer = house.peer;
    const Admission admission = house.api().admit(ask);
    REQUIRE(admission.refusal);
    CHECK(admission.refusal->status == row.status);
    CHECK(header(*admission.refusal, "X-Content-Type-Options") == "nosniff");
    if (row.status == 405) CHECK_FALSE(header(*admission.refusal, "Allow").empty());
    if (row.status == 415 && row.headers.empty())
      CHECK(admission.refusal->body.find("application/json") != std::string::npos);
  }
  for (const char* type :
       {"application/json", "Application/JSON; charset=UTF-8", "application/json;charset=\"utf-8\""}) {
    CHECK(house.post("/v1/comments", good, house.frontend, {{"Content-Type", type}}).status == 201);
  }
}

TEST_CASE("a token that is none is 401 everywhere, and too many of them are slowed and counted") {
  House house;
  for (const char* value : {"Basic YTpi", "Bearer", "Bearer ", "Bearer a b", "chf_x", "Receipt "}) {
    CAPTURE(value);
    const Answer answer = house.get("/v1/queue", {}, {{"Authorization", value}});
    CHECK(answer.status == 401);
    CHECK(header(answer, "WWW-Authenticate").starts_with("Bearer"));
  }
  CHECK(house.get("/v1/queue", std::string(4'000, 'x')).status == 401);
  // Also where none is needed: a front end whose token ended must hear of it.
  CHECK(house.get("/v1/comments?site=blog&article=a", "chf_unknown").status == 401);
  int slowed = 0;
  for (int i = 0; i < 30; ++i) {
    const Answer answer = house.get("/v1/queue", "chf_guess" + std::to_string(i));
    CHECK((answer.status == 401 || answer.status == 429));
    if (answer.status != 429) continue;
    ++slowed;
    CHECK_FALSE(header(answer, "Retry-After").empty());
  }
  CHECK(slowed > 10);
  house.peer = "198.51.100.8";
  CHECK(house.get("/v1/queue", house.admin).status == 200);
  CHECK(house.metrics().text().find("chaffinch_refused_total{why=\"tokens\"}") != std::string::npos);
}

TEST_CASE("private answers are not stored by caches, and every answer is guarded") {
  House house;
  for (const Answer& answer :
       {house.get("/v1/queue", house.admin), house.get("/v1/queue"), house.get("/nothing"),
        house.get("/healthz"), house.get("/"), house.get("/v1/comments?site=blog&article=a")}) {
    CHECK(header(answer, "X-Content-Type-Options") == "nosniff");
    CHECK(header(answer, "Referrer-Policy") == "no-referrer");
    CHECK_FALSE(header(answer, "Cache-Control").empty());
  }
  CHECK(header(house.get("/v1/queue", house.admin), "Cache-Control") == "no-store");
}

TEST_CASE("a site's own origins may read and write from pages, others may not") {
  House house;
  REQUIRE(
      house.ask("PATCH", "/v1/sites/blog", json("{'origins':['https://www.friend.example']}"), house.admin)
          .status == 200);
  const auto preflight = [&](const std::string& origin, const std::string& target,
                             const std::string& method) {
    return house.ask("OPTIONS", target, {}, {},
                     {{"Origin", origin}, {"Access-Control-Request-Method", method}});
  };
  struct Row {
    std::string origin;
    bool own;
  };
  for (const Row& row : {Row{"https://blog.example", true}, Row{"https://www.friend.example", true},
                         Row{"https://other.example", false}, Row{"https://evil.example", false},
                         Row{"https://blog.example.evil.example", false}, Row{"http://blog.example", false},
                         Row{"https://blog.example:8443", false}, Row{"null", false}}) {
    CAPTURE(row.origin);
    const std::string expected = row.own ? row.origin : "";
    for (const char* target : {"/v1/comments?site=blog", "/v1/comments/counts?site=blog"}) {
      const std::string method = std::string_view(target).starts_with("/v1/comments?") ? "POST" : "GET";
      const Answer answer = preflight(row.origin, target, method);
      CHECK(answer.status == 204);
      CHECK(header(answer, "Access-Control-Allow-Origin") == expected);
      CHECK(header(answer, "Vary") == "Origin");
      CHECK(header(answer, "Access-Control-Allow-Credentials").empty());
    }
    const Answer read = house.get("/v1/comments?site=blog&article=a", {}, {{"Origin", row.origin}});
    CHECK(header(read, "Access-Control-Allow-Origin") == expected);
    const Answer written =
        house.post("/v1/comments", json("{'site':'blog','article':{'id':'a'},'content':'x'}"), {},
                   {{"Origin", row.origin}});
    CHECK(header(written, "Access-Control-Allow-Origin") == expected);
  }
  // Without a site the preflight cannot know which one is meant; the answer itself will.
  CHECK(header(preflight("https://other.example", "/v1/comments", "POST"), "Access-Control-Allow-Origin") ==
        "https://other.example");
  for (const char* target : {"/v1/queue", "/v1/decisions", "/v1/tokens", "/metrics"}) {
    CHECK(header(preflight("https://blog.example", target, "GET"), "Access-Control-Allow-Origin").empty());
  }
  CHECK(header(preflight("https://blog.example", "/v1/comments/7?site=blog", "GET"),
               "Access-Control-Allow-Origin")
            .empty());
  CHECK(header(preflight("https://blog.example", "/v1/comments/7?site=blog", "PATCH"),
               "Access-Control-Allow-Methods") == "PATCH, DELETE");
  CHECK(house.ask("OPTIONS", "/nothing").status == 404);
}

TEST_CASE("health, readiness, numbers, rules and the document are there for those who may see them") {
  House house;
  CHECK(house.get("/healthz").body == json("{'status':'ok'}"));
  CHECK(house.get("/readyz").body == json("{'status':'ready'}"));
  CHECK(house.get("/").status == 200);
  // A probe with a token that has ended still sees who is alive; guesses of that kind slow nobody down.
  for (int i = 0; i < 50; ++i) {
    for (const char* target : {"/healthz", "/readyz", "/v1/openapi.json", "/"}) {
      CHECK(house.get(target, "chf_long-gone").status == 200);
    }
  }
  CHECK(house.get("/v1/openapi.json").body.find("\"openapi\": \"3.1.0\"") != std::string::npos);
  REQUIRE(house.post("/v1/comments", json("{'article':{'id':'a'},'content':'doubtful'}"), house.frontend)
              .status == 201);
  CHECK(house.get("/metrics").status == 401);
  const Answer metrics = house.get("/metrics", house.token(Role::metrics, ""));
  CHECK(metrics.status == 200);
  CHECK(metrics.body.find("chaffinch_submissions_total{site=\"blog\",status=\"pending\"} 1") !=
        std::string::npos);
  CHECK(metrics.type.starts_with("text/plain; version=0.0.4"));
  const std::string rules = house.get("/v1/rules", house.moderator).body;
  CHECK(rules.find("\"house_doubtful\"") != std::string::npos);
  CHECK(member(rules, "version") == House::rules()->version());
  const std::string stats = house.get("/v1/stats", house.admin).body;
  CHECK(chaffinch::test::members(stats, "site") == std::vector<std::string>{"blog", "other"});
  CHECK(member(stats, "pending") == "1");
  const std::string first = house.get("/v1/stats?limit=1", house.admin).body;
  CHECK(member(first, "next") == "after:blog");
  CHECK(chaffinch::test::members(house.get("/v1/stats?limit=1&cursor=after:blog", house.admin).body,
                                 "site") == std::vector<std::string>{"other"});
  for (const char* target : {"/v1/stats?cursor=blog", "/v1/sites?cursor=after:"}) {
    const Answer answer = house.get(target, house.admin);
    CHECK(answer.status == 400);
    CHECK(member(answer.body, "where") == "?cursor");
  }
  CHECK(house.get("/v1/stats?site=none", house.admin).status == 404);
}

TEST_CASE("what the learner is worth is told, and the metrics read no model that is not in memory") {
  House house;
  const std::string watcher = house.token(Role::metrics, "");
  CHECK(house.get("/metrics", watcher).body.find("chaffinch_learner") == std::string::npos);
  for (const char* label : {"spam", "ham", "spam"}) {
    REQUIRE(house
                .post("/v1/learn",
                      json("{'content':'words on " + std::string(label) + "','label':'" + label + "'}"),
                      house.frontend)
                .status == 200);
  }
  house.post("/v1/check", json("{'content':'words'}"), house.frontend);
  const std::string text = house.get("/metrics", watcher).body;
  CHECK(text.find("chaffinch_learner_lessons{site=\"blog\"} 3") != std::string::npos);
  CHECK(text.find("chaffinch_learner_lessons{site=\"(shared)\"} 0") != std::string::npos);
  CHECK(text.find("chaffinch_learner_lessons{site=\"other\"") == std::string::npos);
  const std::string stats = house.get("/v1/stats", house.moderator).body;
  CHECK(member(stats, "waiting") == "0");
  CHECK(std::stod(member(stats, "bytes")) > 1'000);
  CHECK(std::stod(member(stats, "observed")) == doctest::Approx(2.0 / 3));
  CHECK(member(stats, "steps").empty() == false);
}

TEST_CASE("a listener for numbers serves nothing else, and asks for no token") {
  House house({.only_metrics = true});
  CHECK(house.get("/metrics").status == 200);
  CHECK(house.get("/healthz").status == 404);
  CHECK(house.get("/v1/queue", house.admin).status == 404);
  CHECK(house.ask("OPTIONS", "/v1/comments").status == 404);
}

TEST_CASE("the whole way over a real socket: submit, see, approve, read") {
  House house;
  const int port = house.serve();
  const auto ask = [&](const std::string& head, const std::string& token, const std::string& body = {}) {
    return over_a_socket(port, head + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" +
                                   (token.empty() ? "" : "Authorization: Bearer " + token + "\r\n") +
                                   (body.empty() ? ""
                                                 : "Content-Type: application/json\r\nContent-Length: " +
                                                       std::to_string(body.size()) + "\r\n") +
                                   "\r\n" + body);
  };
  const std::string made =
      ask("POST /v1/comments", house.frontend, json("{'article':{'id':'a b/c'},'content':'doubtful words'}"));
  REQUIRE(made.starts_with("HTTP/1.1 201 "));
  const std::string id = member(made, "id");
  CHECK(ask("GET /v1/queue?site=blog", house.moderator).find(id) != std::string::npos);
  CHECK(ask("GET /v1/queue", {}).starts_with("HTTP/1.1 401 "));
  CHECK(ask("POST /v1/decisions", house.moderator, json("{'ids':['" + id + "'],'decision':'approve'}"))
            .starts_with("HTTP/1.1 200 "));
  const std::string thread = ask("GET /v1/comments?site=blog&article=a%20b%2Fc", {});
  CHECK(thread.find("doubtful words") != std::string::npos);
  CHECK(thread.find("X-Content-Type-Options: nosniff") != std::string::npos);
  CHECK(ask("POST /v1/comments", house.frontend, std::string(300'000, ' ')).starts_with("HTTP/1.1 413 "));
  CHECK(ask("HEAD /healthz", {}).starts_with("HTTP/1.1 200 "));
}
