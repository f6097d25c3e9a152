#include <doctest/doctest.h>

#include <string>

#include "http/head.h"

using namespace chaffinch::http;

namespace {

std::string with(const std::string& headers) {
  return "POST /x HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n";
}

// 0: whole and well.
int status_of(const std::string& text) {
  HeadEnd end;
  const auto size = end.find(text);
  if (!size) return size.error().status;
  if (!*size) return -1;
  const auto head = read_head(std::string_view(text).substr(0, **size));
  return head ? 0 : head.error().status;
}

}  // namespace

TEST_SUITE_BEGIN("http");

TEST_CASE("a head is read as it was sent") {
  const std::string text =
      "\r\nPOST /a%20b?c=d&e?f HTTP/1.1\r\nHost: example.org\r\nX-Odd:\t %41 \xC3\xBC\t \r\nEmpty:\r\n"
      "content-length: 0012\r\nconnection: Foo, Keep-Alive\r\nEXPECT: 100-Continue\r\n\r\nbody";
  HeadEnd end;
  const auto size = end.find(text);
  REQUIRE(size.has_value());
  REQUIRE(size->has_value());
  CHECK(**size == text.size() - 4);
  const auto head = read_head(std::string_view(text).substr(0, **size));
  REQUIRE(head.has_value());
  CHECK(head->method == "POST");
  CHECK(head->path == "/a%20b");
  CHECK(head->query == "c=d&e?f");
  CHECK(head->version == "HTTP/1.1");
  REQUIRE(head->headers.size() == 6);
  CHECK(head->headers[1] == std::pair<std::string, std::string>("X-Odd", "%41 \xC3\xBC"));
  CHECK(head->headers[2].second.empty());
  CHECK(head->length == 12);
  CHECK(head->announces_body());
  CHECK_FALSE(head->chunked);
  CHECK(head->keep_alive);
  CHECK(head->expects_continue);
}

TEST_CASE("the end of a head is found however its bytes arrive") {
  const std::string text = "\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\nGET /next";
  const std::size_t whole = text.find("GET /next");
  HeadEnd end;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    CAPTURE(i);
    const auto size = end.find(std::string_view(text).substr(0, i));
    REQUIRE(size.has_value());
    REQUIRE(size->has_value() == (i >= whole));
    if (*size) {
      CHECK(**size == whole);
      break;
    }
  }
}

TEST_CASE("what may be read in two ways is refused") {
  struct Row {
    std::string text;
    int status;
  };
  const Row kRows[] = {
      {with(""), 0},
      {with("Content-Length: 5\r\n"), 0},
      {with("Transfer-Encoding: Chunked\r\n"), 0},
      {"GET / HTTP/1.0\r\n\r\n", 0},
      {"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", 0},
      // where the body ends
      {with("Content-Length: 5\r\nContent-Length: 6\r\n"), 400},
      {with("Content-Length: 5\r\nContent-Length: 5\r\n"), 400},
      {with("Content-Length: 5, 5\r\n"), 400},
      {with("Content-Length: +5\r\n"), 400},
      {with("Content-Length: -5\r\n"), 400},
      {with("Content-Length: 0x5\r\n"), 400},
      {with("Content-Length: 5 5\r\n"), 400},
      {with("Content-Length: %35\r\n"), 400},
      {with("Content-Length:\r\n"), 400},
      {with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400},
      {with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
      {with("Transfer-Encoding: chunked, chunked\r\n"), 501},
      {with("Transfer-Encoding: gzip, chunked\r\n"), 501},
      {with("Transfer-Encoding: identity\r\n"), 501},
      {with("Transfer-Encoding: xchunked\r\n"), 501},
      {with("Transfer-Encoding: chun%6bed\r\n"), 501},
      {with("Transfer-Encoding: \x0b"
            "chunked\r\n"),
       400},
      {with("Transfer-Encoding : chunked\r\n"), 400},
      {with("Transfer-Encoding\r\n : chunked\r\n"), 400},
      {with("X: y\r\n Transfer-Encoding: chunked\r\n"), 400},
      {with("X: y\nTransfer-Encoding: chunked\r\n"), 400},
      {with("X: y\rTransfer-Encoding: chunked\r\n"), 400},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      // names and values
      {with(std::string("X: a\0b\r\n", 8)), 400},
      {with("X: \x01\r\n"), 400},
      {with("X: \x7F\r\n"), 400},
      {with(": y\r\n"), 400},
      {with("X Y: z\r\n"), 400},
      {with("no colon\r\n"), 400},
      {with("(x): y\r\n"), 400},
      {with("Host: other\r\n"), 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      // the request line
      {"GET /\r\n\r\n", 400},
      {"GET  HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET / a HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET /\tHTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET /#x HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET x HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET * HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET ftp://h/ HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"G(T / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {" GET / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET / HTTP/11\r\nHost: h\r\n\r\n", 400},
      {"GET / http/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET / HTTP/1.1 \r\nHost: h\r\n\r\n", 400},
      {"GET / HTTP/1.1\nHost: h\n\n", 400},
      {"\n", 400},
      {"\x16\x03\x01\x02\n", 400},
      {"GET / HTTP/1.2\r\nHost: h\r\n\r\n", 505},
      {"PRI * HTTP/2.0\r\n\r\n", 505},
      {"get / HTTP/1.1\r\nHost: h\r\n\r\n", 501},
      {"BREW / HTTP/1.1\r\nHost: h\r\n\r\n", 501},
      {"CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n", 501},
      {"TRACE / HTTP/1.1\r\nHost: h\r\n\r\n", 501},
      {with("Expect: 200-ok\r\n"), 417},
      {with("Content-Encoding: gzip\r\n"), 415},
      {with("Content-Encoding: identity\r\n"), 0},
      // sizes
      {"GET /" + std::string(kRequestLine, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 414},
      {"GET /" + std::string(kRequestLine, 'a'), 414},
      {"GET /" + std::string(kRequestLine - 20, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 0},
      {with("X: " + std::string(kHead, 'a') + "\r\n"), 431},
      {"GET / HTTP/1.1\r\nX: " + std::string(kHead, 'a'), 431},
      {with("X: " + std::string(kHead - 100, 'a') + "\r\n"), 0},
      {"GET / HTTP/1.1\r\nHost: h", -1},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text.substr(0, 120));
    CHECK(status_of(row.text) == row.status);
  }
  std::string many = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (std::size_t i = 1; i < kHeaderCount; ++i) many += "X: y\r\n";
  CHECK(status_of(many + "\r\n") == 0);
  CHECK(status_of(many + "X: y\r\n\r\n") == 431);
}

TEST_CASE("a huge Content-Length stays huge") {
  const auto head = read_head(with("Content-Length: 99999999999999999999999999999999999999\r\n"));
  REQUIRE(head.has_value());
  CHECK(head->length >= std::uint64_t{1} << 62);
}

TEST_CASE("the absolute form names the same path") {
  struct Row {
    const char* target;
    const char* path;
    const char* query;
  };
  static constexpr Row kRows[] = {{"http://h/a?b", "/a", "b"}, {"HTTPS://h:1/a", "/a", ""},
                                  {"http://h", "/", ""},       {"http://h?b=/c", "/", "b=/c"},
                                  {"//h/a", "//h/a", ""},      {"/a?", "/a", ""}};
  for (const Row& row : kRows) {
    CAPTURE(row.target);
    const auto head = read_head("GET " + std::string(row.target) + " HTTP/1.1\r\nHost: h\r\n\r\n");
    REQUIRE(head.has_value());
    CHECK(head->path == row.path);
    CHECK(head->query == row.query);
  }
}

TEST_CASE("a connection is kept as version and headers ask") {
  struct Row {
    const char* head;
    bool keep;
  };
  static constexpr Row kRows[] = {
      {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", true},
      {"GET / HTTP/1.1\r\nHost: h\r\nConnection: Close\r\n\r\n", false},
      {"GET / HTTP/1.1\r\nHost: h\r\nConnection: x ,  close,y\r\n\r\n", false},
      {"GET / HTTP/1.1\r\nHost: h\r\nConnection: closer\r\n\r\n", true},
      {"GET / HTTP/1.1\r\nHost: h\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n", false},
      {"GET / HTTP/1.0\r\n\r\n", false},
      {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.head);
    const auto head = read_head(row.head);
    REQUIRE(head.has_value());
    CHECK(head->keep_alive == row.keep);
  }
}

TEST_CASE("a chunked body is put together however its bytes arrive, and what follows is left alone") {
  const std::string text =
      "4\r\nWiki\r\n006;name=\"v\"\r\npedia \r\nD \t; x\r\nin \r\n\r\nchunks\r\n0\r\nTrailer: x\r\n\r\nNEXT";
  for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{7}, text.size()}) {
    CAPTURE(step);
    Chunks chunks;
    std::string body, left;
    Chunks::State state = Chunks::State::more;
    for (std::size_t at = 0; at < text.size(); at += step) {
      std::string_view piece = std::string_view(text).substr(at, step);
      if (state == Chunks::State::more) state = chunks.feed(piece, body, 100);
      left += piece;
    }
    CHECK(state == Chunks::State::whole);
    CHECK(body == "Wikipedia in \r\n\r\nchunks");
    CHECK(left == "NEXT");
  }
}

TEST_CASE("a chunked body that is not one, or is too large, is told") {
  using State = Chunks::State;
  struct Row {
    std::string text;
    State state;
  };
  const Row kRows[] = {
      {"", State::more},
      {"5\r\nhello\r\n0\r\n", State::more},
      {"A\r\n0123456789\r\n0\r\n\r\n", State::whole},
      {"B\r\n", State::too_large},
      {"6\r\n012345\r\n5\r\n", State::too_large},
      {"FFFFFFFFFFFFFFFF\r\n", State::too_large},
      {"7FFFFFFFFFFFFFF\r\n", State::too_large},
      {"\r\n", State::malformed},
      {"x\r\n", State::malformed},
      {"-1\r\n", State::malformed},
      {"+1\r\n", State::malformed},
      {"0x1\r\n", State::malformed},
      {" 1\r\n", State::malformed},
      {"1 2\r\n", State::malformed},
      {"1\n0\r\n\r\n", State::malformed},
      {"1\r\nab\r\n", State::malformed},
      {"1\r\na\n", State::malformed},
      {"1\r\na1\r\n", State::malformed},
      {"1;\x01\r\n", State::malformed},
      {"1;" + std::string(300, 'x'), State::malformed},
      {"0\r\nX: " + std::string(kTrailers, 'x'), State::malformed},
      {"0\r\nX\n", State::malformed},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text.substr(0, 40));
    Chunks chunks;
    std::string body;
    std::string_view bytes = row.text;
    CHECK(chunks.feed(bytes, body, 10) == row.state);
    CHECK(body.size() <= 10);
  }
}

TEST_CASE("chunks that carry next to nothing are refused") {
  Chunks chunks;
  std::string body;
  const std::string one = "1;" + std::string(200, 'x') + "\r\na\r\n";
  std::size_t fed = 0;
  Chunks::State state = Chunks::State::more;
  for (; state == Chunks::State::more && fed < 10'000; ++fed) {
    std::string_view bytes = one;
    state = chunks.feed(bytes, body, 1'000'000);
  }
  CHECK(state == Chunks::State::malformed);
  CHECK(fed < 500);
  // One byte a chunk is silly, but honest.
  Chunks silly;
  body.clear();
  for (int i = 0; i < 100'000; ++i) {
    std::string_view bytes = "1\r\na\r\n";
    REQUIRE(silly.feed(bytes, body, 1'000'000) == Chunks::State::more);
  }
}

TEST_SUITE_END();
