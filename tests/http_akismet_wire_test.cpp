// The Akismet protocol on the wire: what its oldest and its newest clients send, byte by byte.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "akismet_client.h"
#include "program.h"

using namespace chaffinch;
using namespace chaffinch::test;

namespace {

std::string request(const std::string& path, const std::string& version, const std::string& headers,
                    const std::string& body) {
  return "POST " + path + " HTTP/" + version + "\r\n" + headers +
         "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

std::string body_of(const std::string& answer) {
  const std::size_t border = answer.find("\r\n\r\n");
  REQUIRE(border != std::string::npos);
  return answer.substr(border + 4);
}

}  // namespace

TEST_SUITE_BEGIN("akismet: wire");

TEST_CASE("clients that read to the end of the connection get whole answers, uncoded, at once") {
  House house;
  const AkismetBlog blog(house);
  const int port = house.serve();
  const std::string body = form_text(blog.comment("a spammy remark"));
  const std::string bare = form_text(without(blog.comment("a spammy remark"), "api_key"));
  struct Row {
    std::string what, text;
  };
  for (const Row& row : std::vector<Row>{
           {"HTTP/1.0 without a host", request("/1.1/comment-check", "1.0", "", body)},
           {"HTTP/1.0 with the key in the host",
            request("/1.1/comment-check", "1.0", "Host: " + blog.key + ".rest.akismet.com\r\n", bare)},
           {"HTTP/1.1, close",
            request("/1.1/comment-check", "1.1", "Host: x\r\nConnection: close\r\n", body)},
           {"HTTP/1.1, TE and close", request("/1.1/comment-check", "1.1",
                                              "TE: deflate,gzip;q=0.3\r\nConnection: TE, close\r\nHost: " +
                                                  blog.key + ".rest.akismet.com:80\r\n",
                                              bare)},
       }) {
    CAPTURE(row.what);
    Connection connection(port);
    connection.send(row.text);
    const std::string answer = connection.read_to_end();
    CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(body_of(answer) == "true");
    CHECK(answer.find("Content-Type: text/plain; charset=utf-8\r\n") != std::string::npos);
    CHECK(answer.find("Content-Length: 4\r\n") != std::string::npos);
    CHECK(answer.find("Transfer-Encoding") == std::string::npos);
    CHECK(answer.find("X-akismet-guid: ") != std::string::npos);
    CHECK(answer.find("X-akismet-debug-help") == std::string::npos);
    CHECK(answer.find("X-akismet-alert") == std::string::npos);
  }
}

TEST_CASE("a kept connection answers one call after the other, whatever the host of each") {
  House house;
  const AkismetBlog blog(house), other(house, "other");
  Connection connection(house.serve());
  const auto ask = [&](const std::string& path, const std::string& headers, const std::string& body,
                       const std::string& expected) {
    connection.send(request(path, "1.1", headers, body));
    const std::string head = connection.read_until("\r\n\r\n");
    CHECK(head.find("Content-Length: " + std::to_string(expected.size()) + "\r\n") != std::string::npos);
    CHECK(head.find("Connection: close") == std::string::npos);
    CHECK((expected.empty() ? "" : connection.read_until(expected)) == expected);
  };
  const std::string bare = form_text(without(blog.comment("a plain remark"), "api_key"));
  ask("/1.1/verify-key", "Host: rest.akismet.com\r\n",
      form_text({{"key", blog.key}, {"blog", "https://blog.example"}}), "valid");
  ask("/1.1/comment-check", "Host: " + blog.key + ".rest.akismet.com\r\n", bare, "false");
  ask("/1.1/comment-check", "Host: " + other.key + ".other.example\r\n", bare, "false");
  ask("/1.1/comment-check", "Host: 0123456789ab.rest.akismet.com\r\n", bare, "invalid");
  ask("/1.1/submit-spam", "Host: " + blog.key + ".rest.akismet.com\r\n", bare,
      "Thanks for making the web a better place.");
  CHECK(blog.count() == 2);
  sql_behind(house, "ALTER TABLE article RENAME TO gone");
  ask("/1.1/comment-check", "Host: " + blog.key + ".rest.akismet.com\r\n", bare, "");
}

TEST_CASE("a large form is announced with Expect, as PHP's curl does, and one that is too large is refused") {
  House house;
  const AkismetBlog blog(house);
  const int port = house.serve();
  const std::string body =
      form_text(blog.comment("a plain remark", {{"POST_comment", std::string(200'000, 'c')}}));
  Connection connection(port);
  const std::string text =
      request("/1.1/comment-check", "1.1", "Host: x\r\nConnection: close\r\nExpect: 100-continue\r\n", body);
  const std::size_t head = text.find("\r\n\r\n") + 4;
  connection.send(text.substr(0, head));
  CHECK(connection.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  connection.send(text.substr(head));
  CHECK(body_of(connection.read_to_end()) == "false");

  Connection second(port);
  second.send("POST /1.1/comment-check HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n");
  CHECK(second.read_until("\r\n").starts_with("HTTP/1.1 413"));
}

TEST_CASE("the test call is a GET") {
  House house;
  Connection connection(house.serve());
  connection.send("GET /1.1/test HTTP/1.0\r\nHost: rest.akismet.com\r\n\r\n");
  const std::string answer = connection.read_to_end();
  CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(body_of(answer) == "connected");
}
