// Memory for large tables: what containers ask of it, at every size.
#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "core/large_pages.h"

using namespace chaffinch;

TEST_SUITE_BEGIN("large pages");

TEST_CASE("a large table begins with a page of 2 MiB, a small one costs what it holds") {
  using Table = std::vector<std::uint64_t, LargePages<std::uint64_t>>;
  for (const std::size_t bytes : {std::size_t{8}, std::size_t{4} << 20U, (std::size_t{4} << 20U) + 8,
                                  std::size_t{16} << 20U, (std::size_t{4} << 20U) - 8}) {
    CAPTURE(bytes);
    Table table(bytes / 8, 7);
    if (bytes >= std::size_t{4} << 20U)
      CHECK(reinterpret_cast<std::uintptr_t>(table.data()) % (std::uintptr_t{2} << 20U) == 0);
    table.back() = 9;
    const Table copy = table;
    CHECK(copy.front() == (bytes == 8 ? 9 : 7));
    CHECK(copy.back() == 9);
    Table other;
    other.swap(table);
    CHECK(table.empty());
    CHECK(other == copy);
  }
}

TEST_CASE("what asks to be aligned is, at every size") {
  struct alignas(64) Line {
    std::uint32_t value = 5;
  };
  for (std::size_t size = 1; size < 200'000; size *= 3) {
    CAPTURE(size);
    const std::vector<Line, LargePages<Line>> table(size);
    CHECK(reinterpret_cast<std::uintptr_t>(table.data()) % alignof(Line) == 0);
    CHECK(table.back().value == 5);
  }
}

TEST_CASE("a table grows from small to large") {
  std::vector<std::uint32_t, LargePages<std::uint32_t>> table;
  for (std::uint32_t i = 0; i < 3'000'000; ++i) table.push_back(i);
  bool same = true;
  for (std::uint32_t i = 0; i < table.size(); ++i) same = same && table[i] == i;
  CHECK(same);
}

TEST_SUITE_END();
