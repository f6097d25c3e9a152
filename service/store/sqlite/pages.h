// Keyset pages over comments: where a page begins and ends, and which comments a filter proposes, in order.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/sqlite/search.h"
#include "store/store.h"

namespace chaffinch::sqlite {

// A cursor is "<kind><number>-<number>..." in hexadecimal with a seal; `kind` is a letter for each order.
// Nothing comes back for a text that was not made by this database for this order, with `count` numbers.
std::string cursor_of(const Keys& keys, char kind, const std::vector<std::int64_t>& numbers);
Result<std::optional<std::vector<std::int64_t>>> place_of(const Keys& keys, char kind, std::size_t count,
                                                          const std::string& cursor);

// A comment's place in the queue. `key` is the score, the doubt, or the number of the decision that stands on
// it; 0 in order of arrival.
struct At {
  std::int64_t seq = 0;
  double key = 0;
};

struct Scanned {
  std::optional<At> last;  // the last comment that was looked at
  bool finished = false;   // there is nothing behind it
  std::uint32_t examined = 0;
};

// Walks the comments that are wanted, from behind `from` on, in the order of `sort`, looking at no more than
// `examine` (plus a little); stops when `take` answers false. REQUIRES a transaction. REQUIRES of
// `sort` what page_of refuses. Without `rows` those that need not be read are handed over as their number
// alone.
Scanned scan(Db& db, const Sites& sites, const Keys& keys, const Wanted& wanted, Sort sort,
             std::optional<At> from, std::uint32_t examine, const std::function<bool(Row&&)>& take,
             bool rows = true);

// The same with a QueueQuery's cursor and limit: a page of rows, and the next cursor.
struct RowPage {
  std::vector<Row> rows;
  std::optional<std::string> next;
};
Result<RowPage> page_of(Db& db, const Sites& sites, const Keys& keys, const QueueQuery& query,
                        const Wanted& wanted);

}  // namespace chaffinch::sqlite
