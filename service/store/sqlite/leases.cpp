// claim, claim_these, unclaim.
#include "store/sqlite/leases.h"

#include <algorithm>
#include <set>

#include "core/limits.h"
#include "store/sqlite/change.h"
#include "store/sqlite/engine.h"
#include "store/sqlite/pages.h"

namespace chaffinch::sqlite {
namespace {

constexpr std::uint32_t kClaimExamines = 20'000;

template <class C>
void lease(Db& db, std::int64_t seq, const C& claim) {
  db.use("INSERT OR REPLACE INTO lease (comment, holder, token, until) VALUES (?1, ?2, ?3, ?4)")
      .bind(seq, claim.holder, claim.token, claim.until)
      .run();
}

}  // namespace

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

bool waits(Db& db, std::int64_t seq) {
  auto query = db.use("SELECT status FROM comment WHERE seq = ?1");
  return query.bind(seq).step() && query.as<Status>(0) == Status::pending;
}

Result<Answered<std::vector<QueueItem>>> Engine::claim(const Claim& claim) {
  using Items = Answered<std::vector<QueueItem>>;
  if (claim.holder.empty()) return fail(Code::invalid, "a claim needs a holder", "/holder");
  return writer_.run(Writer::kAside, [&](Change& change) -> Result<Items> {
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
    auto filter = wanted_of(change.db, query);
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
      lease(change.db, row.seq, claim);
      items.push_back(item_of(change.db, std::move(row), claim.now));
    }
    remember_answer(change.db, claim.once, answer_of(fields), claim.now);
    return items;
  });
}

// What is remembered of the answer: the lease's end; then of each comment a letter for what came of it and
// its id; with 'h' the end of the other's lease besides, whose holder is read again.
Result<Answered<Claimed>> Engine::claim_these(const ClaimThese& claim) {
  using Answer = Answered<Claimed>;
  if (claim.holder.empty()) return fail(Code::invalid, "a claim needs a holder", "/holder");
  if (claim.ids.size() > limits::kClaimIds) {
    return fail(Code::too_large, "these are more than " + std::to_string(limits::kClaimIds) + " comments",
                "/ids", "claim them in several steps");
  }
  return writer_.run(Writer::kAside, [&](Change& change) -> Result<Answer> {
    Db& db = change.db;
    auto before = answered_before(db, claim.once, claim.now);
    if (!before) return tl::unexpected(std::move(before).error());
    Answer answer;
    if (*before) {
      answer.replayed = true;
      const auto fields = fields_of(**before, 1);
      for (std::size_t i = 1; i + 1 < fields.size(); i += 2) {
        const auto id = Id::parse(std::string_view(fields[i + 1]).substr(0, 36));
        if (!id) continue;
        if (fields[i] == "g") answer.gone.push_back(*id);
        if (fields[i] == "g") continue;
        auto row = row_in_reach(db, sites_, claim.reach, *id);
        if (!row) continue;
        if (fields[i] == "h") {
          const auto lease = lease_of(db, row->seq, claim.now);
          const bool theirs = lease && lease->holder != claim.holder;
          answer.held.push_back({.id = *id,
                                 .lease = {.holder = theirs ? lease->holder : std::string(),
                                           .until = number_in(fields[i + 1].substr(36))}});
        } else {
          answer.items.push_back(item_of(db, std::move(*row), claim.now));
          answer.items.back().lease = Lease{.holder = claim.holder, .until = number_in(fields[0])};
        }
      }
      return answer;
    }
    std::vector<std::string> fields = {std::to_string(claim.until)};
    std::set<Id> seen;
    for (const Id& id : claim.ids) {
      if (!seen.insert(id).second) continue;
      auto row = row_in_reach(db, sites_, claim.reach, id);
      if (!row || row->comment.status != Status::pending) {
        answer.gone.push_back(id);
        fields.insert(fields.end(), {"g", id.text()});
        continue;
      }
      const auto running = lease_of(db, row->seq, claim.now);
      if (running && running->holder != claim.holder) {
        fields.insert(fields.end(), {"h", id.text() + std::to_string(running->until)});
        answer.held.push_back({.id = id, .lease = *running});
        continue;
      }
      lease(db, row->seq, claim);
      fields.insert(fields.end(), {"i", id.text()});
      answer.items.push_back(item_of(db, std::move(*row), claim.now));
    }
    remember_answer(db, claim.once, answer_of(fields), claim.now);
    return answer;
  });
}

Result<Took> Engine::unclaim(const std::string& holder, const std::vector<Id>& ids, const Once& once) {
  return writer_.run(Writer::kAside, [&](Change& change) -> Result<Took> {
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

}  // namespace chaffinch::sqlite
