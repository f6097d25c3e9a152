// thread and counts: what readers see.
#include <algorithm>
#include <limits>
#include <tuple>

#include "core/limits.h"
#include "store/sqlite/engine.h"
#include "store/sqlite/pages.h"

namespace chaffinch::sqlite {
namespace {

// A comment's place among those of its article.
struct InOrder {
  Time root_at = 0;
  std::int64_t root = 0;
  Time place = 0;
  std::int64_t seq = 0;
};

constexpr std::int64_t kFar = std::numeric_limits<std::int64_t>::max();

std::vector<InOrder> oldest_first(Db& db, std::int64_t article, const InOrder& from, std::size_t most) {
  std::vector<InOrder> spots;
  auto query = db.use(
      "SELECT root_at, root, place, seq FROM comment INDEXED BY comment_thread WHERE status = 1 AND article "
      "= ?1"
      " AND (root_at, root, place, seq) > (?2, ?3, ?4, ?5) ORDER BY root_at, root, place, seq LIMIT ?6");
  query.bind(article, from.root_at, from.root, from.place, from.seq, most);
  while (query.step())
    spots.push_back({query.integer(0), query.integer(1), query.integer(2), query.integer(3)});
  return spots;
}

// Threads newest first, each by time: thread by thread, since no index runs in two directions at once.
std::vector<InOrder> newest_first(Db& db, std::int64_t article, InOrder from, std::size_t most) {
  std::vector<InOrder> spots;
  while (spots.size() < most) {
    {
      auto query = db.use(
          "SELECT place, seq FROM comment INDEXED BY comment_thread WHERE status = 1 AND article = ?1 AND "
          "root_at = ?2"
          " AND root = ?3 AND (place, seq) > (?4, ?5) ORDER BY place, seq LIMIT ?6");
      query.bind(article, from.root_at, from.root, from.place, from.seq, most - spots.size());
      while (query.step()) spots.push_back({from.root_at, from.root, query.integer(0), query.integer(1)});
    }
    auto query = db.use(
        "SELECT root_at, root FROM comment INDEXED BY comment_thread WHERE status = 1 AND article = ?1"
        " AND (root_at, root) < (?2, ?3) ORDER BY root_at DESC, root DESC LIMIT 1");
    if (!query.bind(article, from.root_at, from.root).step()) break;
    from = {query.integer(0), query.integer(1), std::numeric_limits<std::int64_t>::min(), 0};
  }
  return spots;
}

bool before(bool newest, const InOrder& a, const InOrder& b) {
  if (a.root_at != b.root_at) return newest ? a.root_at > b.root_at : a.root_at < b.root_at;
  if (a.root != b.root) return newest ? a.root > b.root : a.root < b.root;
  return std::tie(a.place, a.seq) < std::tie(b.place, b.seq);
}

}  // namespace

Result<ThreadPage> Engine::thread(const ThreadQuery& wish) {
  return read([&](Db& db) -> Result<ThreadPage> {
    const auto site = known_site(wish.site, "?site");
    if (!site) return tl::unexpected(site.error());
    const char kind = wish.newest ? 'w' : 't';
    const auto place = place_of(keys_, kind, 4, wish.cursor);
    if (!place) return tl::unexpected(place.error());
    ThreadPage page;
    std::int64_t article = 0;
    {
      // A page without comments is no error: the first one is still to be written.
      auto query = db.use("SELECT no, approved, closed FROM article WHERE site = ?1 AND id = ?2");
      if (!query.bind((*site)->no, wish.article).step()) return page;
      article = query.integer(0);
      page.count = query.as<std::uint64_t>(1);
      page.closed = query.integer(2) != 0;
    }
    const std::size_t limit = std::clamp<std::size_t>(wish.limit, 1, limits::kPage);
    InOrder from = wish.newest ? InOrder{kFar, kFar, kFar, kFar}
                               : InOrder{std::numeric_limits<std::int64_t>::min(), 0, 0, 0};
    if (*place) from = {(**place)[0], (**place)[1], (**place)[2], (**place)[3]};
    std::vector<InOrder> spots =
        wish.newest ? newest_first(db, article, from, limit + 1) : oldest_first(db, article, from, limit + 1);
    if (spots.size() > limit) {
      spots.resize(limit);
      const InOrder& last = spots.back();
      page.next = cursor_of(keys_, kind, {last.root_at, last.root, last.place, last.seq});
    }
    // The own comment stands on the first page, at its place or, when that is further on, at the end.
    if (wish.own && wish.cursor.empty()) {
      const auto own = row_by_id(db, sites_, *wish.own);
      if (own && own->article == article && own->comment.status == Status::pending) {
        const InOrder spot{own->root_at, own->root, own->place, own->seq};
        const auto behind = std::find_if(spots.begin(), spots.end(),
                                         [&](const InOrder& one) { return before(wish.newest, spot, one); });
        spots.insert(behind, spot);
      }
    }
    for (const InOrder& spot : spots) {
      if (auto row = row_by_seq(db, sites_, spot.seq)) page.items.push_back(std::move(row->comment));
    }
    return page;
  });
}

Result<std::vector<std::uint64_t>> Engine::counts(const std::string& site,
                                                  const std::vector<std::string>& articles) {
  return read([&](Db& db) -> Result<std::vector<std::uint64_t>> {
    const auto entry = known_site(site, "?site");
    if (!entry) return tl::unexpected(entry.error());
    std::vector<std::uint64_t> counts;
    for (const std::string& article : articles) {
      auto query = db.use("SELECT approved FROM article WHERE site = ?1 AND id = ?2");
      counts.push_back(query.bind((*entry)->no, article).step() ? query.as<std::uint64_t>(0) : 0);
    }
    return counts;
  });
}

}  // namespace chaffinch::sqlite
