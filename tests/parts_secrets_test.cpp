#include <doctest/doctest.h>

#include <set>
#include <string>

#include "secrets.h"

using namespace chaffinch;

TEST_SUITE_BEGIN("parts");

TEST_CASE("SHA-256 agrees with the examples of FIPS 180-4") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("HMAC-SHA-256 agrees with RFC 4231") {
  const auto hex = [](const std::string& bytes) {
    std::string text;
    for (const char c : bytes) {
      text += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
      text += "0123456789abcdef"[c & 15];
    }
    return text;
  };
  CHECK(hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(
      hex(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")) ==
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  CHECK(hmac_sha256("", "").size() == 32);
}

TEST_CASE("base64url is RFC 4648's without padding") {
  struct Row {
    std::string bytes;
    const char* text;
  };
  const Row kRows[] = {{"", ""},
                       {"f", "Zg"},
                       {"fo", "Zm8"},
                       {"foo", "Zm9v"},
                       {"foob", "Zm9vYg"},
                       {"fooba", "Zm9vYmE"},
                       {"foobar", "Zm9vYmFy"},
                       {"\xfb\xff\xbf", "-_-_"},
                       {std::string(1, '\0'), "AA"}};
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    CHECK(base64url(row.bytes) == row.text);
  }
}

TEST_CASE("a token secret is 256 random bits in 47 characters, never twice the same") {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string secret = new_token_secret();
    CHECK(secret.size() == 47);
    CHECK(secret.starts_with("chf_"));
    CHECK(secret.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
          std::string::npos);
    seen.insert(secret);
  }
  CHECK(seen.size() == 1000);
}

TEST_CASE("random bytes come in the number asked for") {
  CHECK(random_bytes(0).empty());
  CHECK(random_bytes(1000).size() == 1000);
  CHECK(random_bytes(32) != random_bytes(32));
}

TEST_CASE("a new id keeps its millisecond and differs from every other") {
  const Time now = 1'795'449'587'123'456;
  const Id one = new_id(now);
  const Id other = new_id(now);
  CHECK(one != other);
  CHECK(one.text().substr(0, 13) == other.text().substr(0, 13));
  CHECK(one.text()[14] == '7');
  CHECK(new_id(now + kMillisecond) > one);
}

TEST_CASE("secrets are compared whole") {
  CHECK(same_secret("", ""));
  CHECK(same_secret("chf_abc", "chf_abc"));
  CHECK_FALSE(same_secret("chf_abc", "chf_abd"));
  CHECK_FALSE(same_secret("chf_abc", "chf_ab"));
  CHECK_FALSE(same_secret("a", ""));
}

TEST_CASE("a named id is the same for the same name, and another for any other name, scope or time") {
  const Time at = 1'700'000'000'000'000;
  const Id id = id_from_name("blog", "row 1", at);
  CHECK(id == id_from_name("blog", "row 1", at));
  CHECK(id != id_from_name("blog", "row 2", at));
  CHECK(id != id_from_name("blo", "grow 1", at));
  CHECK(id != id_from_name("blog", "row 1", at + kMillisecond));
  CHECK(id.text()[14] == '8');
  CHECK(id.text() == "018bcfe5-6800-803e-9b5f-d021df520ef3");
  CHECK(Id::parse(id.text()) == id);
  CHECK(id_from_name("blog", "row 1", at + kDay) > id);
}

TEST_SUITE_END();
