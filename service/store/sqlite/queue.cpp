// queue, count, claim, unclaim, detail, comment, kept.
#include <algorithm>

#include "core/limits.h"
#include "store/sqlite/change.h"
#include "store/sqlite/engine.h"
#include "store/sqlite/pages.h"
#include "store/sqlite/remembered.h"

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

Result<Answered<std::vector<QueueItem>>> Engine::claim(const Claim& claim) {
  using Items = Answered<std::vector<QueueItem>>;
  if (claim.holder.empty()) return fail(Code::invalid, "a claim needs a holder", "/holder");
  return writer_.run([&](Change& change) -> Result<Items> {
    auto answer = answered_before(change.db, claim.once, claim.now);
    if (!answer) return tl::unexpected(std::move(answer).error());
    if (*answer) {
      Items items;
      items.replayed = true;
      const auto fields = fields_of(**answer, 1);
      for (std::size_t i = 1; i < fields.size(); ++i) {
        const auto id = Id::parse(fields[i]);
        auto row = id ? row_by_id(change.db, sites_, *id) : std::nullopt;
        if (!row) continue;
        items.push_back(item_of(change.db, std::move(*row), claim.now));
        items.back().lease = Lease{.holder = claim.holder, .until = number_in(fields[0])};
      }
      return items;
    }
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
    Items items;
    std::vector<std::string> fields = {std::to_string(claim.until)};
    for (Row& row : rows) {
      if (!claim.once.key.empty()) fields.push_back(row.comment.id.text());
      change.db.use("INSERT OR REPLACE INTO lease (comment, holder, token, until) VALUES (?1, ?2, ?3, ?4)")
          .bind(row.seq, claim.holder, claim.token, claim.until)
          .run();
      items.push_back(item_of(change.db, std::move(row), claim.now));
    }
    remember_answer(change.db, claim.once, answer_of(fields), claim.now);
    return items;
  });
}

Result<Took> Engine::unclaim(const std::string& holder, const std::vector<Id>& ids, const Once& once) {
  return writer_.run([&](Change& change) -> Result<Took> {
    auto answer = answered_before(change.db, once, once.at);
    if (!answer) return tl::unexpected(std::move(answer).error());
    if (*answer) return Took{.replayed = true};
    if (ids.empty()) change.db.use("DELETE FROM lease WHERE holder = ?1").bind(holder).run();
    for (const Id& id : ids) {
      change.db
          .use("DELETE FROM lease WHERE holder = ?1 AND comment = (SELECT seq FROM comment WHERE id = ?2)")
          .bind(holder, id)
          .run();
    }
    remember_answer(change.db, once, {}, once.at);
    return Took{};
  });
}

Result<Detail> Engine::detail(const std::string& reach, Id id, Time now) {
  Detail detail;
  const Done done = read_counted([&](Db& db) -> Result<bool> {
    auto row = row_in_reach(db, sites_, reach, id);
    if (!row) return tl::unexpected(std::move(row).error());
    const auto known = remembered(db, known_, backlog_, row->site, row->keys, {}, row->copy_hash, now);
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
