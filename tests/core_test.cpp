#include <doctest/doctest.h>

#include "core/id.h"
#include "core/time.h"

using namespace chaffinch;

TEST_SUITE_BEGIN("core");

TEST_CASE("a time is written as RFC 3339 and read back") {
  CHECK(format_time(0) == "1970-01-01T00:00:00Z");
  CHECK(format_time(1795449587000123) == "2026-11-23T15:59:47.000123Z");
  CHECK(parse_time("2026-11-23T15:59:47.000123Z") == 1795449587000123);
}

TEST_CASE("archives' looser times are read, nonsense is not") {
  struct Row {
    const char* text;
    const char* read;
  };
  static constexpr Row kRows[] = {
      {"2024-05-04T10:11:12Z", "2024-05-04T10:11:12Z"},
      {"2024-05-04 10:11:12", "2024-05-04T10:11:12Z"},
      {"2024-05-04T10:11:12.000Z", "2024-05-04T10:11:12Z"},
      {"2024-05-04T10:11:12+02:00", "2024-05-04T08:11:12Z"},
      {"2024-05-04T10:11:12-0130", "2024-05-04T11:41:12Z"},
      {"2024-05-04", "2024-05-04T00:00:00Z"},
      {"2024-05-04T10:11", "2024-05-04T10:11:00Z"},
      {"2024-02-30", nullptr},
      {"2024-05-04T25:00:00Z", nullptr},
      {"yesterday", nullptr},
      {"", nullptr},
      {"2024-05-04T10:11:12Zx", nullptr},
      {"1969-12-31", nullptr},
      {"1970-01-01T00:00:00+01:00", nullptr},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    const auto time = parse_time(row.text);
    REQUIRE(time.has_value() == (row.read != nullptr));
    if (time) CHECK(format_time(*time) == row.read);
  }
}

TEST_CASE("an id is a UUID of version 7 that sorts by its millisecond") {
  const Id early = Id::from(1000 * kSecond, {255, 255, 255, 255, 255, 255, 255, 255, 255, 255});
  const Id late = Id::from(1001 * kSecond, {});
  CHECK(early < late);
  CHECK(early.text()[14] == '7');
  CHECK(Id::parse(early.text()) == early);
  CHECK_FALSE(Id::parse("0190163d-8694-739b-aea5-966c26f8ad9").has_value());
  CHECK_FALSE(Id::parse("0190163d-8694-739b-aea5-966c26f8ad9g").has_value());
}
