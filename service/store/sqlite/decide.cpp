// settle, undo, decisions, decision.
#include <algorithm>

#include "analysis/text.h"
#include "core/limits.h"
#include "secrets.h"
#include "store/codec.h"
#include "store/sqlite/change.h"
#include "store/sqlite/engine.h"
#include "store/sqlite/pages.h"

namespace chaffinch::sqlite {
namespace {

constexpr std::uint32_t kExamine = 2'000;  // lines of the log that one page looks at

constexpr const char* kDecision =
    "SELECT d.no, d.id, d.kind, d.by, d.by_token, d.at, d.site, d.reason, d.note, d.changed, d.standing, "
    "d.skipped,"
    " u.id, b.id FROM decision d LEFT JOIN decision u ON u.no = d.undoes LEFT JOIN decision b ON b.no = "
    "d.undone_by"
    " WHERE d.no = ?1";

Decision read_decision(Query& query, const Sites& sites) {
  Decision decision;
  decision.id = query.id(1);
  decision.kind = query.as<DecisionKind>(2);
  decision.by = query.text(3);
  decision.by_token = query.id(4);
  decision.at = query.integer(5);
  if (const auto site = query.maybe(6)) {
    if (const auto entry = sites.find(*site)) decision.site = entry->site.id;
  }
  decision.reason = query.text(7);
  decision.note = query.text(8);
  decision.changed = query.as<std::uint32_t>(9);
  decision.standing = query.as<std::uint32_t>(10);
  decision.skipped = codec::read_skipped(query.text(11)).value_or(std::vector<Skipped>());
  if (!query.null(12)) decision.undoes = query.id(12);
  if (!query.null(13)) decision.undone_by = query.id(13);
  return decision;
}

void block(Db& db, const Row& row, const char* kind, const std::string& value, const Settle& settle,
           std::int64_t decision, std::vector<std::pair<std::string, std::string>>& made) {
  if (value.empty()) return;
  const Id id = new_id(settle.now);
  db.use(
        "INSERT OR IGNORE INTO block (id, site, kind, value, reason, by, created_at, decision)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
      .bind(id, row.site, kind, value, settle.reason, settle.by, settle.now, decision)
      .run();
  made.push_back({kind, value});
}

Settled replayed(const std::string& answer) {
  Settled settled = codec::read_settled(answer).value_or(Settled{});
  settled.replayed = true;
  return settled;
}

}  // namespace

Result<Settled> Engine::settle_in(Change& change, const Settle& settle, const std::vector<Target>& targets) {
  if (settle.kind == DecisionKind::undo) {
    return fail(Code::invalid, "an undo names the decision that it takes back", "/decision");
  }
  Db& db = change.db;
  Decider decider(change, keys_,
                  {.kind = settle.kind,
                   .by = settle.by,
                   .by_token = settle.by_token,
                   .reason = settle.reason,
                   .note = settle.note,
                   .now = settle.now});
  std::vector<std::pair<std::string, std::string>> blocked;
  for (const Target& target : targets) {
    const auto row = row_in_reach(db, sites_, settle.reach, target.id);
    if (!row) {
      decider.skip(target.id, "not_found");
      continue;
    }
    if (!decider.decide(*row, target.version)) continue;
    const Author& author = row->comment.author;
    if (settle.block.author && !author.id.empty()) {
      block(db, *row, "author", author.id, settle, decider.no(), blocked);
    } else if (settle.block.author) {
      block(db, *row, "email", ascii_lower(author.email), settle, decider.no(), blocked);
    }
    if (settle.block.ip) block(db, *row, "ip", row->comment.client.ip, settle, decider.no(), blocked);
    if (!settle.block.domain) continue;
    for (const std::string& domain : row->domains) {
      block(db, *row, "domain", ascii_lower(domain), settle, decider.no(), blocked);
    }
  }
  if (!blocked.empty()) {
    change.after.push_back([this, blocked = std::move(blocked)] {
      for (const auto& [kind, value] : blocked) note_block(kind, value);
    });
  }
  return decider.finish();
}

Result<Settled> Engine::settle(const Settle& settle) {
  return writer_.run([&](Change& change) -> Result<Settled> {
    auto before = answered(change.db, settle.once, settle.now);
    if (!before) return tl::unexpected(std::move(before).error());
    if (*before) return replayed(**before);
    std::vector<Target> targets = settle.targets;
    if (targets.empty() && settle.filter) {
      QueueQuery query = *settle.filter;
      if (!settle.reach.empty()) query.reach = settle.reach;
      query.now = settle.now;
      auto found = targets_in(change.db, query, settle.expected);
      if (!found) return tl::unexpected(std::move(found).error());
      targets = std::move(*found);
    }
    auto settled = settle_in(change, settle, targets);
    if (settled && !settled->id.empty()) {
      remember_answer(change.db, settle.once, codec::write(*settled), settle.now);
    }
    return settled;
  });
}

Result<Settled> Engine::undo(const Undo& undo) {
  return writer_.run([&](Change& change) -> Result<Settled> {
    Db& db = change.db;
    auto before = answered(db, undo.once, undo.now);
    if (!before) return tl::unexpected(std::move(before).error());
    if (*before) return replayed(**before);

    std::int64_t no = 0;
    {
      auto query = db.use("SELECT no, kind, site FROM decision WHERE id = ?1");
      const auto reach = undo.reach.empty() ? nullptr : sites_.find(undo.reach);
      if (!query.bind(undo.decision).step() ||
          (!undo.reach.empty() && (!reach || query.maybe(2) != reach->no))) {
        return fail(Code::not_found, "there is no such decision", "/id");
      }
      no = query.integer(0);
      if (query.as<DecisionKind>(1) == DecisionKind::undo) {
        return fail(Code::invalid, "an undo cannot be undone", "/id", "decide anew instead");
      }
    }
    std::vector<Decider::Item> items;
    {
      auto query = db.use(
          "SELECT comment, before, before_decided, before_discard, previous, learned FROM decision_item"
          " WHERE decision = ?1");
      query.bind(no);
      while (query.step()) {
        items.push_back({.comment = query.integer(0),
                         .before = {.status = query.as<Status>(1),
                                    .decided = query.integer(2) != 0,
                                    .discard = query.integer(3) != 0,
                                    .latest_decision = query.maybe(4)},
                         .learned = query.maybe(5)});
      }
    }
    Decider decider(change, keys_,
                    {.kind = DecisionKind::undo,
                     .by = undo.by,
                     .by_token = undo.by_token,
                     .reason = {},
                     .note = undo.note,
                     .now = undo.now});
    for (const Decider::Item& item : items) {
      // A comment that was removed took its line of the decision with it.
      if (const auto row = row_by_seq(db, sites_, item.comment)) decider.take_back(no, *row, item);
    }
    const Settled settled = decider.finish();
    if (settled.id.empty()) return settled;
    db.use("UPDATE decision SET undone_by = ?2 WHERE no = ?1").bind(no, decider.no()).run();
    db.use("UPDATE decision SET undoes = ?2 WHERE no = ?1").bind(decider.no(), no).run();
    db.use("DELETE FROM block WHERE decision = ?1").bind(no).run();
    remember_answer(db, undo.once, codec::write(settled), undo.now);
    return settled;
  });
}

Result<DecisionPage> Engine::decisions(const DecisionQuery& wish) {
  return read([&](Db& db) -> Result<DecisionPage> {
    const auto place = place_of(keys_, 'd', 1, wish.cursor);
    if (!place) return tl::unexpected(place.error());
    if (!wish.reach.empty() && !wish.site.empty() && wish.reach != wish.site) {
      return fail(Code::not_found, "there is no such site", "?site");
    }
    std::int64_t site = 0;
    if (const std::string& name = wish.site.empty() ? wish.reach : wish.site; !name.empty()) {
      const auto entry = known_site(name, "?site");
      if (!entry) return tl::unexpected(entry.error());
      site = (*entry)->no;
    }
    const std::size_t limit = std::clamp<std::size_t>(wish.limit, 1, limits::kPage);
    std::vector<std::int64_t> some;
    {
      auto query =
          site != 0 ? db.use("SELECT no FROM decision WHERE no < ?1 AND site = ?3 ORDER BY no DESC LIMIT ?2")
                    : db.use("SELECT no FROM decision WHERE no < ?1 ORDER BY no DESC LIMIT ?2");
      query.bind(*place ? (**place)[0] : std::numeric_limits<std::int64_t>::max(), kExamine);
      if (site != 0) query.at(3, site);
      while (query.step()) some.push_back(query.integer(0));
    }
    DecisionPage page;
    std::int64_t last = 0;
    bool more = some.size() == kExamine;
    for (const std::int64_t no : some) {
      auto query = db.use(kDecision);
      if (!query.bind(no).step()) continue;
      Decision decision = read_decision(query, sites_);
      const bool asked =
          (wish.by.empty() || decision.by == wish.by) && (!wish.kind || decision.kind == *wish.kind);
      if (asked && page.items.size() == limit) {
        more = true;
        break;
      }
      last = no;
      if (asked) page.items.push_back(std::move(decision));
    }
    if (more) page.next = cursor_of(keys_, 'd', {last});
    return page;
  });
}

Result<Decision> Engine::decision(const std::string& reach, Id id) {
  return read([&](Db& db) -> Result<Decision> {
    std::int64_t no = 0;
    {
      auto query = db.use("SELECT no FROM decision WHERE id = ?1");
      if (query.bind(id).step()) no = query.integer(0);
    }
    auto query = db.use(kDecision);
    if (no == 0 || !query.bind(no).step()) return fail(Code::not_found, "there is no such decision", "/id");
    Decision decision = read_decision(query, sites_);
    if (!reach.empty() && decision.site != reach) {
      return fail(Code::not_found, "there is no such decision", "/id");
    }
    return decision;
  });
}

}  // namespace chaffinch::sqlite
