// queue, count, queue_counts, detail, comment, kept.
#include <algorithm>
#include <set>

#include "core/limits.h"
#include "store/sqlite/change.h"
#include "store/sqlite/decided.h"
#include "store/sqlite/engine.h"
#include "store/sqlite/leases.h"
#include "store/sqlite/pages.h"
#include "store/sqlite/remembered.h"

namespace chaffinch::sqlite {
namespace {

constexpr std::uint32_t kCountExamines = 50'000;
constexpr std::uint32_t kFilterExamines = 100'000;
constexpr std::size_t kHistory = 200;
constexpr std::uint32_t kCopies = 20;
constexpr std::size_t kLike = 2'000;   // of a cluster that is filtered by
constexpr std::size_t kCluster = 500;  // and of one that is counted
constexpr std::uint32_t kDecidedByMe = 1'000;

std::vector<HistoryEntry> history_of(Db& db, const Row& row) {
  std::vector<HistoryEntry> history;
  {
    auto query = db.use(
        "SELECT d.at, d.kind, d.by, d.id, i.before, i.after, d.reason, d.note, d.no, d.undoes, u.id"
        " FROM decision_item i CROSS JOIN decision d LEFT JOIN decision u ON u.no = d.undoes"
        " WHERE i.comment = ?1 AND d.no = i.decision ORDER BY i.decision DESC LIMIT ?2");
    query.bind(row.seq, kHistory);
    std::set<std::int64_t> undone;  // an undo stands behind what it took back, so it comes first here
    while (query.step()) {
      history.push_back({.at = query.integer(0),
                         .what = std::string(word(query.as<DecisionKind>(1))),
                         .by = query.text(2),
                         .decision = query.id(3),
                         .before = query.as<Status>(4),
                         .after = query.as<Status>(5),
                         .reason = query.text(6),
                         .note = query.text(7)});
      if (query.as<DecisionKind>(1) == DecisionKind::undo) {
        undone.insert(query.maybe(9).value_or(0));
        if (!query.null(10)) history.back().undoes = query.id(10);
      } else {
        history.back().stands = row.latest_decision == query.integer(8);
        history.back().undone = undone.contains(query.integer(8));
      }
    }
  }
  {
    auto query =
        db.use("SELECT at, what, by, before, after FROM event WHERE comment = ?1 ORDER BY no DESC LIMIT ?2");
    query.bind(row.seq, kHistory);
    while (query.step()) {
      history.push_back({.at = query.integer(0),
                         .what = query.text(1),
                         .by = query.text(2),
                         .decision = std::nullopt,
                         .before = query.as<Status>(3),
                         .after = query.as<Status>(4),
                         .reason = {},
                         .note = {}});
    }
  }
  // Each list is newest first; turned round, equal times keep their order.
  std::reverse(history.begin(), history.end());
  std::stable_sort(history.begin(), history.end(),
                   [](const HistoryEntry& a, const HistoryEntry& b) { return a.at < b.at; });
  HistoryEntry first;
  first.at = row.comment.received_at;
  first.what = row.imported ? "imported" : "submitted";
  if (row.imported) first.by = "import";
  first.after = history.empty() ? std::optional(row.comment.status) : history.front().before;
  history.insert(history.begin(), std::move(first));
  if (history.size() > kHistory) {
    history.erase(history.begin(), history.end() - static_cast<std::ptrdiff_t>(kHistory));
  }
  return history;
}

// Where any will do: the one in which what is wanted is found at once.
Sort any_order(const Wanted& wanted) {
  return wanted.by_person() && !wanted.few_known() && wanted.match.empty() ? Sort::decided : Sort::oldest;
}

}  // namespace

Result<QueuePage> Engine::queue(const QueueQuery& query) {
  return read([&](Db& db) -> Result<QueuePage> {
    auto filter = wanted_of(db, query);
    if (!filter) return tl::unexpected(std::move(filter).error());
    auto rows = page_of(db, sites_, keys_, query, *filter);
    if (!rows) return tl::unexpected(std::move(rows).error());
    QueuePage page;
    page.next = std::move(rows->next);
    for (Row& row : rows->rows) page.items.push_back(item_of(db, std::move(row), query.now));
    return page;
  });
}

Result<Wanted> Engine::wanted_of(Db& db, const QueueQuery& query) {
  auto filter = wanted(db, sites_, keys_, query);
  if (!filter || !query.like || filter->nothing) return filter;
  const auto row = row_in_reach(db, sites_, query.reach, *query.like);
  if (row)
    filter->among = alike(db, *row, kLike).seqs;
  else
    filter->nothing = true;
  return filter;
}

Result<Tally> Engine::count(const QueueQuery& query, std::uint32_t at_most) {
  return read([&](Db& db) -> Result<Tally> {
    auto filter = wanted_of(db, query);
    if (!filter) return tl::unexpected(std::move(filter).error());
    if (filter->nothing) return Tally{};
    if (!filter->asks_rows() && filter->article == 0) {
      static constexpr const char* kSums =
          "SELECT coalesce(sum(pending), 0), coalesce(sum(approved), 0), coalesce(sum(rejected), 0),"
          " coalesce(sum(spam), 0), coalesce(sum(checked), 0) FROM site WHERE ?1 = 0 OR no = ?1";
      auto sums = db.use(kSums);
      sums.bind(filter->site).step();
      std::uint64_t sum = 0;
      for (int i = 0; i < 5; ++i) {
        if (!filter->status || static_cast<int>(*filter->status) == i) sum += sums.as<std::uint64_t>(i);
      }
      return Tally{.count = std::min<std::uint64_t>(sum, at_most), .more = sum > at_most};
    }
    std::uint64_t found = 0;
    const Scanned scanned = scan(
        db, sites_, keys_, *filter, any_order(*filter), std::nullopt, kCountExamines,
        [&](Row&&) { return ++found <= at_most; }, false);
    return Tally{.count = std::min<std::uint64_t>(found, at_most),
                 .more = found > at_most || !scanned.finished};
  });
}

Result<QueueCounts> Engine::queue_counts(const std::string& reach, const std::string& site, const Id& token) {
  return read([&](Db& db) -> Result<QueueCounts> {
    if (!reach.empty() && !site.empty() && reach != site) {
      return fail(Code::not_found, "there is no such site", "?site");
    }
    std::int64_t no = 0;
    if (const std::string& name = site.empty() ? reach : site; !name.empty()) {
      const auto entry = known_site(name, "?site");
      if (!entry) return tl::unexpected(entry.error());
      no = (*entry)->no;
    }
    QueueCounts counts;
    {
      auto sums = db.use(
          "SELECT coalesce(sum(pending), 0), coalesce(sum(approved), 0), coalesce(sum(rejected), 0),"
          " coalesce(sum(spam), 0), coalesce(sum(checked), 0) FROM site WHERE ?1 = 0 OR no = ?1");
      sums.bind(no).step();
      int column = 0;
      for (auto* count : {&counts.pending, &counts.approved, &counts.rejected, &counts.spam, &counts.checked})
        *count = sums.as<std::uint64_t>(column++);
    }
    if (counts.pending > 0) {
      // The first in order of arrival, as the queue of all sites is merged.
      auto oldest = db.use(
          "SELECT (SELECT c.received_at FROM comment c INDEXED BY comment_site WHERE c.site = s.no AND "
          "c.status = 0 ORDER BY c.seq LIMIT 1) AS at FROM site s WHERE s.pending > 0 AND (?1 = 0 OR s.no = "
          "?1) AND at IS NOT NULL ORDER BY at LIMIT 1");
      if (oldest.bind(no).step()) counts.oldest_pending = oldest.integer(0);
    }
    counts.decided = count_decided(db, token, no, kDecidedByMe);
    return counts;
  });
}

Result<std::vector<Target>> Engine::targets_in(Db& db, const QueueQuery& query,
                                               std::optional<std::uint32_t> expected) {
  auto filter = wanted_of(db, query);
  if (!filter) return tl::unexpected(std::move(filter).error());
  std::vector<Target> targets;
  const Scanned scanned =
      scan(db, sites_, keys_, *filter, any_order(*filter), std::nullopt, kFilterExamines, [&](Row&& row) {
        targets.push_back({.id = row.comment.id, .version = row.comment.version});
        return targets.size() <= limits::kDecisionFilter;
      });
  if (targets.size() > limits::kDecisionFilter || !scanned.finished) {
    return fail(Code::too_large,
                "this filter finds more than " + std::to_string(limits::kDecisionFilter) + " comments",
                "/filter", "narrow it, and decide in several steps");
  }
  if (expected && *expected != targets.size()) {
    return fail(Code::conflict,
                "the filter finds " + std::to_string(targets.size()) + " comments now, not " +
                    std::to_string(*expected),
                "/expected", "look at them again, and name the number that is shown");
  }
  return targets;
}

Result<Detail> Engine::detail(const std::string& reach, Id id, Time now) {
  Detail detail;
  const Done done = read_counted([&](Db& db) -> Result<bool> {
    const std::uint64_t age = known_.cache.age();  // before the first read
    auto row = row_in_reach(db, sites_, reach, id);
    if (!row) return tl::unexpected(std::move(row).error());
    const RowsWanted wanted(row->site, row->keys, {}, row->copy_hash);
    const auto known = remembered(db, known_, age, backlog_, wanted, now);
    if (!known) return false;
    detail.verdict = row->verdict();
    detail.facts = row->facts();
    detail.author = known->author;
    detail.email = known->email;
    detail.address = known->address;
    detail.network = known->network;
    detail.history = history_of(db, *row);
    detail.lease = lease_of(db, row->seq, now);
    if (row->copy_hash != 0) {
      detail.copy_count = static_cast<std::uint32_t>(std::max(0, known->copy.count - 1));
      if (detail.copy_count > 0) {
        Wanted same;
        same.site = row->site;
        same.copy_hash = row->copy_hash;
        aim(same, keys_);
        scan(db, sites_, keys_, same, Sort::newest, std::nullopt, 500, [&](Row&& copy) {
          if (copy.seq != row->seq) detail.copies.push_back(copy.comment.id);
          return detail.copies.size() < std::min(kCopies, detail.copy_count);
        });
      }
    }
    NearEntry entry;
    Kin kin = Kin::recent;
    if (near_entry(db, row->seq, entry, kin)) {
      const Near::Ask ask{.site = row->site,
                          .copy_hash = row->copy_hash,
                          .sketch = entry.sketch,
                          .now = now,
                          .self = row->seq};
      for (const std::int64_t seq : near_.others(ask, 3 * kCopies)) {
        auto query = db.use("SELECT id FROM comment WHERE seq = ?1");
        if (query.bind(seq).step()) detail.near_copies.push_back(query.id(0));
        if (detail.near_copies.size() == kCopies) break;
      }
    }
    const Cluster cluster = alike(db, *row, kCluster);
    detail.near = {.count = cluster.seqs.size(), .more = cluster.more};
    detail.near_pending = 0;
    for (const std::int64_t seq : cluster.seqs) detail.near_pending += waits(db, seq) ? 1 : 0;
    detail.comment = std::move(row->comment);
    return true;
  });
  if (!done) return tl::unexpected(done.error());
  return detail;
}

Result<Comment> Engine::comment(const std::string& reach, Id id) {
  return read([&](Db& db) -> Result<Comment> {
    auto row = row_in_reach(db, sites_, reach, id);
    if (!row) return tl::unexpected(std::move(row).error());
    return std::move(row->comment);
  });
}

Result<QueueItem> Engine::kept(const std::string& reach, Id id) {
  return read([&](Db& db) -> Result<QueueItem> {
    auto row = row_in_reach(db, sites_, reach, id);
    if (!row) return tl::unexpected(std::move(row).error());
    const Time then = row->comment.received_at;
    return item_of(db, std::move(*row), then);
  });
}

}  // namespace chaffinch::sqlite
