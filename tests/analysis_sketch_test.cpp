#include <doctest/doctest.h>

#include <string>

#include "analysis/gather.h"
#include "analysis/sketch.h"
#include "analysis/text.h"

using namespace chaffinch;

TEST_SUITE_BEGIN("sketch");

namespace {

Sketch of(std::string content) {
  Submission submission;
  submission.content = std::move(content);
  return gather(std::move(submission)).sketch;
}

constexpr const char* kOffer =
    "My friend Olga earns 7200 dollars a month working from her home computer, and you can start today as "
    "well";

}  // namespace

TEST_CASE("the same words in another dress have the same sketch, near ones a near one, others another") {
  const Sketch offer = of(kOffer);
  REQUIRE_FALSE(empty(offer));
  struct Row {
    const char* text;
    bool near;
  };
  static const Row kRows[] = {
      {"<b>My friend</b> OLGA earns 9950 dollars a month, working from her home computer; and you can start "
       "today as "
       "well!!!",
       true},
      {"My fri\u0435nd Olga \u0435arns 7200 dollars a month working from her h\u043eme computer \U0001F600 "
       "and you "
       "can start today as well",
       true},
      {"My friend Ingeborg earns 7200 dollars a month working from her home computer, and you can start "
       "today as well",
       true},
      {"Olga found the bridge too short for a month of working traffic, and the friend at home agrees with "
       "her",
       false},
      {"A completely different remark about the history of the town and its two bridges over the river",
       false},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    CHECK((agreement(offer, of(row.text)) >= kNear) == row.near);
  }
  CHECK(agreement(offer,
                  of("My friend Olga earns 9 dollars a month working from her home computer, and you can "
                     "start today as well")) > 20);
}

TEST_CASE("too few different shingles make no sketch") {
  CHECK(empty(of("")));
  CHECK(empty(of("Thanks for this post!")));
  CHECK(empty(of(std::string(5'000, 'a'))));
  CHECK(empty(of("ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha")));
  CHECK_FALSE(empty(of(kOffer)));
  CHECK_FALSE(
      empty(of("\u8fd9\u4e2a\u7f51\u7ad9\u4e0a\u7684\u6587\u7ae0\u5bf9\u6211\u5f88\u6709\u5e2e\u52a9"
               "\u6211\u4f1a\u7ecf\u5e38\u56de\u6765\u770b\u770b\u65b0\u7684\u5185\u5bb9\u8c22\u8c22"
               "\u5206\u4eab\u4f60\u7684\u77e5\u8bc6")));
}

TEST_CASE("agreement counts equal places, of real texts as the byte by byte count") {
  const Sketch a = of(kOffer);
  CHECK(agreement(a, a) == 24);
  CHECK(agreement(a, Sketch{}) <= 24);
  Sketch b = a;
  for (std::size_t i = 0; i < b.size(); ++i) {
    b[i] = static_cast<std::uint8_t>(b[i] + 1);
    CHECK(agreement(a, b) == 23 - i);
  }
  b = a;
  for (std::size_t i = 0; i < b.size(); i += 3) b[i] ^= 0x80U;
  CHECK(agreement(a, b) == 16);
}
