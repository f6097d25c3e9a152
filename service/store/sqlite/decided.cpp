#include "store/sqlite/decided.h"

#include <algorithm>
#include <limits>

namespace chaffinch::sqlite {
namespace {

constexpr std::int64_t kCountLines = 5'000;  // decisions that are summed up
constexpr std::int64_t kCountItems = 5'000;  // comments of those over several sites that are looked at

}  // namespace

bool is_by(Db& db, const Wanted& wanted, std::optional<std::int64_t> decision) {
  if (!decision) return false;
  auto query = db.use("SELECT by_token, by FROM decision WHERE no = ?1");
  if (!query.bind(*decision).step()) return false;
  return (!wanted.by_token || query.id(0) == *wanted.by_token) &&
         (wanted.by.empty() || query.text(1) == wanted.by);
}

Decided decided(Db& db, const Wanted& wanted, const std::optional<At>& from, std::uint32_t most,
                std::uint32_t lines) {
  constexpr auto kEver = std::numeric_limits<std::int64_t>::max();
  Decided walk;
  walk.last = from;
  struct Line {
    std::int64_t no = 0;
    bool stands = false;
  };
  std::vector<Line> some;
  {
    auto query =
        wanted.by_token
            ? db.use(
                  "SELECT no, standing FROM decision INDEXED BY decision_token WHERE by_token = ?3"
                  " AND no <= ?1 ORDER BY no DESC LIMIT ?2")
            : db.use(
                  "SELECT no, standing FROM decision INDEXED BY decision_by WHERE by = ?3 AND no <= ?1"
                  " ORDER BY no DESC LIMIT ?2");
    query.bind(from ? static_cast<std::int64_t>(from->key) : kEver, lines);
    wanted.by_token ? query.at(3, *wanted.by_token) : query.at(3, wanted.by);
    while (query.step()) some.push_back({query.integer(0), query.integer(1) > 0});
  }
  for (const Line& line : some) {
    ++walk.looked;
    const auto key = static_cast<double>(line.no);
    if (line.stands && (!wanted.by_token || wanted.by.empty() || is_by(db, wanted, line.no))) {
      const std::int64_t below = from && from->key == key ? from->seq : kEver;
      const std::uint32_t room = most - static_cast<std::uint32_t>(walk.some.size());
      auto query = db.use(
          "SELECT i.comment FROM decision_item i CROSS JOIN comment c WHERE i.decision = ?1 AND i.comment < "
          "?2"
          " AND c.seq = i.comment AND c.latest_decision = ?1 ORDER BY i.comment DESC LIMIT ?3");
      query.bind(line.no, below, room);
      while (query.step()) walk.some.push_back({.seq = query.integer(0), .key = key});
      if (walk.some.size() == most) {
        walk.last = walk.some.back();
        return walk;
      }
    }
    walk.last = At{.seq = 0, .key = key};
  }
  walk.finished = some.size() < lines;
  return walk;
}

Tally count_decided(Db& db, const Id& token, std::int64_t site, std::uint32_t at_most) {
  std::uint64_t sum = 0;
  std::int64_t lines = 0, items = 0;
  auto query = db.use(
      "SELECT no, standing, changed, site FROM decision INDEXED BY decision_token WHERE by_token = ?1"
      " ORDER BY no DESC LIMIT ?2");
  query.bind(token, kCountLines);
  while (sum <= at_most && items <= kCountItems && query.step()) {
    ++lines;
    if (site == 0 || query.maybe(3) == site) {
      sum += query.as<std::uint64_t>(1);
    } else if (query.null(3) && query.integer(1) > 0) {
      items += query.integer(2);
      if (items > kCountItems) break;
      auto part = db.use(
          "SELECT count(*) FROM decision_item i CROSS JOIN comment c WHERE i.decision = ?1 AND c.seq = "
          "i.comment AND c.latest_decision = ?1 AND c.site = ?2");
      part.bind(query.integer(0), site).step();
      sum += part.as<std::uint64_t>(0);
    }
  }
  return {.count = std::min<std::uint64_t>(sum, at_most),
          .more = sum > at_most || lines == kCountLines || items > kCountItems};
}

}  // namespace chaffinch::sqlite
