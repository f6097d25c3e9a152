// The comments on which one person's decisions stand, newest decision first.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "store/sqlite/pages.h"
#include "store/sqlite/search.h"

namespace chaffinch::sqlite {

// A stretch of that walk. At::key is the decision's number.
struct Decided {
  std::vector<At> some;
  std::optional<At> last;  // how far it came; where the next stretch begins
  std::uint32_t looked = 0;
  bool finished = false;
};

// The next of them behind `from`, at most `most`. It looks at no more than `lines` decisions and at the
// comments of those that stand on any. REQUIRES wanted.by_person().
Decided decided(Db& db, const Wanted& wanted, const std::optional<At>& from, std::uint32_t most,
                std::uint32_t lines);

// Whether the decision was made by whom is wanted.
bool is_by(Db& db, const Wanted& wanted, std::optional<std::int64_t> decision);

// The same as a number, from what the decisions count, of one site or (0) of all. `more`: there are more than
// `at_most`, or it would take too long to know.
Tally count_decided(Db& db, const Id& token, std::int64_t site, std::uint32_t at_most);

}  // namespace chaffinch::sqlite
