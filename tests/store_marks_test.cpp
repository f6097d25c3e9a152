// What is remembered of the last hour: counted right, and bounded whatever comes.
#include <doctest/doctest.h>

#include <cstdint>

#include "store/sqlite/marks.h"

using namespace chaffinch;
using namespace chaffinch::sqlite;

TEST_SUITE_BEGIN("marks");

namespace {

constexpr Time kNow = 1'800'000'000'000;

Marks::Ask from(std::int64_t address, Time at) {
  Marks::Ask ask;
  ask.site = 1;
  ask.keys.address = address;
  ask.as_of = at;
  ask.now = at;
  return ask;
}

std::uint32_t seen(Marks& marks, std::int64_t address, Time at) {
  return marks.look(from(address, at), false).address_1h;
}

}  // namespace

TEST_CASE("what comes from one address is counted for an hour, up to 64 times") {
  Marks marks;
  CHECK(seen(marks, 5, kNow) == 0);
  for (std::uint32_t i = 1; i <= 100; ++i) {
    marks.remember(from(5, kNow + i), i);
    CHECK(seen(marks, 5, kNow + i) == (i < 64 ? i : 64));
  }
  CHECK(seen(marks, 6, kNow + 100) == 0);
  CHECK(seen(marks, 5, kNow + kHour) == 64);
  CHECK(seen(marks, 5, kNow + kHour + 100) == 0);
}

TEST_CASE("a reservation counts at once, and no more when it is released") {
  Marks marks;
  const auto reserved = marks.look(from(5, kNow), true);
  CHECK(reserved.address_1h == 0);
  CHECK(seen(marks, 5, kNow) == 1);
  marks.release(reserved.reservation);
  CHECK(seen(marks, 5, kNow) == 0);
  const auto kept = marks.look(from(5, kNow), true);
  marks.kept(kept.reservation, 77);
  CHECK(seen(marks, 5, kNow) == 1);
  marks.release(kept.reservation);
  CHECK(seen(marks, 5, kNow) == 1);
}

TEST_CASE("of more than 100,000 keys those that were not used for longest are forgotten") {
  Marks marks;
  constexpr std::int64_t kKeys = 100'000;
  for (std::int64_t i = 1; i <= kKeys; ++i) marks.remember(from(i, kNow), 1);
  for (const std::int64_t i : {std::int64_t{1}, std::int64_t{2}, kKeys}) CHECK(seen(marks, i, kNow) == 1);
  // Used again, first of all, last of all, and one between them.
  for (const std::int64_t i : {std::int64_t{1}, kKeys, std::int64_t{500}}) marks.remember(from(i, kNow), 2);
  for (std::int64_t i = 1; i <= 1'000; ++i) marks.remember(from(kKeys + i, kNow), 3);
  std::int64_t forgotten = 0;
  for (std::int64_t i = 1; i <= kKeys + 1'000; ++i) forgotten += seen(marks, i, kNow) == 0 ? 1 : 0;
  CHECK(forgotten == 1'000);
  for (const std::int64_t i : {std::int64_t{1}, std::int64_t{500}, kKeys}) CHECK(seen(marks, i, kNow) == 2);
  for (const std::int64_t i : {std::int64_t{2}, std::int64_t{499}, std::int64_t{1'002}})
    CHECK(seen(marks, i, kNow) == 0);
  CHECK(seen(marks, 1'003, kNow) == 1);
  // Everything goes, and comes again.
  for (std::int64_t i = 1; i <= kKeys; ++i) marks.remember(from(-i, kNow), 4);
  CHECK(seen(marks, 1, kNow) == 0);
  CHECK(seen(marks, -1, kNow) == 1);
}

TEST_CASE("of more than 400,000 times the least used keys are forgotten") {
  Marks marks;
  for (std::int64_t i = 1; i <= 6'250; ++i)
    for (std::uint64_t j = 0; j < 64; ++j) marks.remember(from(i, kNow), j);
  CHECK(seen(marks, 1, kNow) == 64);
  marks.remember(from(7'000, kNow), 1);
  CHECK(seen(marks, 1, kNow) == 0);
  CHECK(seen(marks, 2, kNow) == 64);
  CHECK(seen(marks, 7'000, kNow) == 1);
}

TEST_SUITE_END();
