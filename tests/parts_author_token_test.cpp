#include <doctest/doctest.h>

#include <string>

#include "author_token.h"
#include "secrets.h"

using namespace chaffinch;

TEST_SUITE_BEGIN("parts");

namespace {

constexpr Time kNow = 1'795'449'600 * kSecond;

Submission by(std::string site, std::string name, std::string email) {
  Submission comment;
  comment.site = std::move(site);
  comment.author.name = std::move(name);
  comment.author.email = std::move(email);
  return comment;
}

}  // namespace

TEST_CASE("an author token holds for its key, site, name and email, for 180 days, and for nothing else") {
  const std::string secret(32, 's');
  const Submission ana = by("blog", "Ana", "ana@people.example");
  const Id key = new_id(kNow);
  const std::string token = write_author_token(secret, ana, key, kNow);
  CHECK(read_author_token(secret, ana, token, kNow) == key);
  CHECK(read_author_token(secret, by("blog", "Ana", "ANA@People.example"), token, kNow) == key);
  CHECK(read_author_token(secret, ana, token, kNow + 179 * kDay) == key);

  CHECK_FALSE(read_author_token(std::string(32, 't'), ana, token, kNow));
  CHECK_FALSE(read_author_token(secret, by("other", "Ana", "ana@people.example"), token, kNow));
  CHECK_FALSE(read_author_token(secret, by("blog", "Ann", "ana@people.example"), token, kNow));
  CHECK_FALSE(read_author_token(secret, by("blog", "Ana", "ben@people.example"), token, kNow));
  CHECK_FALSE(read_author_token(secret, by("blog", "", "Anaana@people.example"), token, kNow));
  CHECK_FALSE(read_author_token(secret, ana, token, kNow + 180 * kDay));
  CHECK_FALSE(read_author_token(secret, ana, token, kNow - kHour));
}

TEST_CASE("no byte of an author token can be changed, left out or added") {
  const std::string secret(32, 's');
  const Submission ana = by("blog", "Ana", "ana@people.example");
  const std::string token = write_author_token(secret, ana, new_id(kNow), kNow);
  for (std::size_t i = 0; i < token.size(); ++i) {
    CAPTURE(i);
    std::string other = token;
    other[i] = other[i] == 'a' ? 'b' : 'a';
    CHECK_FALSE(read_author_token(secret, ana, other, kNow));
    CHECK_FALSE(read_author_token(secret, ana, token.substr(0, i), kNow));
    CHECK_FALSE(read_author_token(secret, ana, token.substr(0, i) + token.substr(i + 1), kNow));
  }
  CHECK_FALSE(read_author_token(secret, ana, token + "a", kNow));
  for (const char* nothing : {"", ".", "1.", "1..", "1...", "2.a.b.c", "1.\xff\xff.9.x"}) {
    CHECK_FALSE(read_author_token(secret, ana, nothing, kNow));
  }
}

TEST_CASE("who gives neither name nor email gets no author token") {
  CHECK(write_author_token(std::string(32, 's'), by("blog", "", ""), new_id(kNow), kNow).empty());
  CHECK_FALSE(write_author_token(std::string(32, 's'), by("blog", "Ana", ""), new_id(kNow), kNow).empty());
}

TEST_CASE("a cookie is found among others by its whole name") {
  CHECK(cookie_in("a=1; chaffinch_author_blog=1.x; b=2", author_cookie_name("blog")) == "1.x");
  CHECK(cookie_in("chaffinch_author_blog=1.x", author_cookie_name("blog")) == "1.x");
  CHECK(cookie_in("chaffinch_author_blog2=1.x;chaffinch_author_blog=1.y", author_cookie_name("blog")) ==
        "1.y");
  CHECK(cookie_in("xchaffinch_author_blog=1.x", author_cookie_name("blog")).empty());
  for (const char* nothing : {"", ";", "=", ";;=;", "chaffinch_author_blog", "chaffinch_author_blog;=1"}) {
    CHECK(cookie_in(nothing, author_cookie_name("blog")).empty());
  }
  CHECK(author_cookie("blog", "1.x", true) ==
        "chaffinch_author_blog=1.x; Path=/v1/comments; Max-Age=15552000; HttpOnly; SameSite=Lax; Secure");
  CHECK(author_cookie("blog", "1.x", false).find("Secure") == std::string::npos);
}
