// queue, count, claim, unclaim, detail, comment, kept.
#include <algorithm>

#include "core/limits.h"
#include "store/sqlite/change.h"
#include "store/sqlite/engine.h"
#include "store/sqlite/pages.h"

namespace chaffinch::sqlite {
namespace {

constexpr std::uint32_t kClaimExamines = 20'000;
constexpr std::uint32_t kCountExamines = 200'000;
constexpr std::uint32_t kFilterExamines = 100'000;
constexpr std::size_t kHistory = 200;
constexpr std::uint32_t kCopies = 20;

std::optional<Lease> lease_of(Db& db, std::int64_t seq, Time now) {
  auto query = db.use("SELECT holder, until FROM lease WHERE comment = ?1 AND until > ?2");
  if (!query.bind(seq, now).step()) return std::nullopt;
  return Lease{.holder = query.text(0), .until = query.integer(1)};
}

QueueItem item_of(Db& db, Row&& row, Time now) {
  QueueItem item;
  item.verdict = row.verdict();
  item.lease = lease_of(db, row.seq, now);
  item.comment = std::move(row.comment);
  return item;
}

std::vector<HistoryEntry> history_of(Db& db, const Row& row) {
  std::vector<HistoryEntry> history;
  {
    auto query = db.use(
        "SELECT d.at, d.kind, d.by, d.id, i.before, i.after, d.reason, d.note FROM decision_item i"
        " CROSS JOIN decision d WHERE i.comment = ?1 AND d.no = i.decision ORDER BY i.decision DESC LIMIT "
        "?2");
    query.bind(row.seq, kHistory);
    while (query.step()) {
      history.push_back({.at = query.integer(0),
                         .what = std::string(word(query.as<DecisionKind>(1))),
                         .by = query.text(2),
                         .decision = query.id(3),
                         .before = query.as<Status>(4),
                         .after = query.as<Status>(5),
                         .reason = query.text(6),
                         .note = query.text(7)});
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

}  // namespace

Result<QueuePage> Engine::queue(const QueueQuery& query) {
  return read([&](Db& db) -> Result<QueuePage> {
    auto filter = wanted(db, sites_, keys_, query);
    if (!filter) return tl::unexpected(std::move(filter).error());
    auto rows = page_of(db, sites_, keys_, query, *filter);
    if (!rows) return tl::unexpected(std::move(rows).error());
    QueuePage page;
    page.next = std::move(rows->next);
    for (Row& row : rows->rows) page.items.push_back(item_of(db, std::move(row), query.now));
    return page;
  });
}

Result<std::uint64_t> Engine::count(const QueueQuery& query, std::uint32_t at_most) {
  return read([&](Db& db) -> Result<std::uint64_t> {
    auto filter = wanted(db, sites_, keys_, query);
    if (!filter) return tl::unexpected(std::move(filter).error());
    if (filter->nothing) return 0;
    const std::uint64_t most = static_cast<std::uint64_t>(at_most) + 1;
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
      return std::min(sum, most);
    }
    std::uint64_t found = 0;
    const Scanned scanned = scan(db, sites_, keys_, *filter, Sort::oldest, std::nullopt, kCountExamines,
                                 [&](Row&&) { return ++found < most; });
    if (found < most && !scanned.finished) {
      return fail(Code::invalid, "too many comments would have to be read to count these", {},
                  "narrow the filter: a site, an article, a word that is rarer");
    }
    return found;
  });
}

Result<std::vector<Target>> Engine::targets_in(Db& db, const QueueQuery& query,
                                               std::optional<std::uint32_t> expected) {
  auto filter = wanted(db, sites_, keys_, query);
  if (!filter) return tl::unexpected(std::move(filter).error());
  std::vector<Target> targets;
  const Scanned scanned =
      scan(db, sites_, keys_, *filter, Sort::oldest, std::nullopt, kFilterExamines, [&](Row&& row) {
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

Result<std::vector<QueueItem>> Engine::claim(const Claim& claim) {
  if (claim.holder.empty()) return fail(Code::invalid, "a claim needs a holder", "/holder");
  return writer_.run([&](Change& change) -> Result<std::vector<QueueItem>> {
    QueueQuery query = claim.query;
    query.status = Status::pending;
    query.claimed = false;  // nobody else's; what this holder has already is renewed
    query.holder = claim.holder;
    query.now = claim.now;
    auto filter = wanted(change.db, sites_, keys_, query);
    if (!filter) return tl::unexpected(std::move(filter).error());
    const auto count = std::min<std::size_t>(claim.count, limits::kPage);
    std::vector<Row> rows;
    if (count > 0) {
      scan(change.db, sites_, keys_, *filter, query.sort, std::nullopt, kClaimExamines, [&](Row&& row) {
        rows.push_back(std::move(row));
        return rows.size() < count;
      });
    }
    std::vector<QueueItem> items;
    for (Row& row : rows) {
      change.db.use("INSERT OR REPLACE INTO lease (comment, holder, token, until) VALUES (?1, ?2, ?3, ?4)")
          .bind(row.seq, claim.holder, claim.token, claim.until)
          .run();
      items.push_back(item_of(change.db, std::move(row), claim.now));
    }
    return items;
  });
}

Done Engine::unclaim(const std::string& holder, const std::vector<Id>& ids) {
  return writer_.run([&](Change& change) -> Done {
    if (ids.empty()) change.db.use("DELETE FROM lease WHERE holder = ?1").bind(holder).run();
    for (const Id& id : ids) {
      change.db
          .use("DELETE FROM lease WHERE holder = ?1 AND comment = (SELECT seq FROM comment WHERE id = ?2)")
          .bind(holder, id)
          .run();
    }
    return {};
  });
}

Result<Detail> Engine::detail(const std::string& reach, Id id, Time now) {
  return read([&](Db& db) -> Result<Detail> {
    auto row = row_in_reach(db, sites_, reach, id);
    if (!row) return tl::unexpected(std::move(row).error());
    Detail detail;
    detail.verdict = row->verdict();
    detail.facts = row->facts();
    detail.author = record(db, row->site, Kind::author, row->keys.author);
    detail.email = record(db, row->site, Kind::email, row->keys.email);
    detail.address = record(db, row->site, Kind::address, row->keys.address);
    detail.network = record(db, row->site, Kind::network, row->keys.network);
    detail.history = history_of(db, *row);
    detail.lease = lease_of(db, row->seq, now);
    if (row->copy_hash != 0) {
      auto query = db.use("SELECT count FROM copy WHERE site = ?1 AND hash = ?2");
      if (query.bind(row->site, row->copy_hash).step()) {
        detail.copy_count = query.as<std::uint32_t>(0);
        detail.copy_count -= detail.copy_count > 0 ? 1 : 0;
      }
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
    detail.comment = std::move(row->comment);
    return detail;
  });
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
