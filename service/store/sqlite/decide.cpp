// settle, undo, decisions, decision.
#include <algorithm>

#include "analysis/text.h"
#include "core/limits.h"
#include "secrets.h"
#include "store/codec.h"
#include "store/sqlite/change.h"
#include "store/sqlite/engine.h"
#include "store/sqlite/lessons.h"
#include "store/sqlite/pages.h"

namespace chaffinch::sqlite {
namespace {

constexpr std::uint32_t kExamineLines = 2'000;  // lines of the log that one page looks at
constexpr std::int64_t kSample = 3;             // comments of a decision that are shown
constexpr std::size_t kBegins = 80;             // characters of these
constexpr std::int64_t kSampleRead = 600;       // that are read for it
constexpr std::size_t kLookedUp = 50;     // comments of a decision whose numbers are looked up before it
constexpr std::uint64_t kItems = 50'000;  // and comments of decisions over several sites

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

// A decision over several sites as one of them sees it; false when it changed nothing there.
bool seen_by(Db& db, const Sites& sites, std::int64_t no, const Sites::Entry& site, Decision& decision) {
  {
    auto query = db.use(
        "SELECT count(*), coalesce(sum(c.latest_decision = ?1), 0) FROM decision_item i CROSS JOIN comment c"
        " WHERE i.decision = ?1 AND c.seq = i.comment AND c.site = ?2");
    query.bind(no, site.no).step();
    decision.changed = query.as<std::uint32_t>(0);
    decision.standing = query.as<std::uint32_t>(1);
  }
  if (decision.changed == 0) return false;
  decision.site = site.site.id;
  decision.partial = true;
  std::erase_if(decision.skipped, [&](const Skipped& one) {
    const auto row = row_by_id(db, sites, one.id);
    return !row || row->site != site.no;
  });
  if (!decision.undone_by) return true;
  // The latest undo of it may have been another site's.
  decision.undone_by.reset();
  auto query = db.use(
      "SELECT d.id FROM decision_item i CROSS JOIN comment c CROSS JOIN decision_item u CROSS JOIN decision d"
      " WHERE i.decision = ?1 AND c.seq = i.comment AND c.site = ?2 AND u.comment = i.comment"
      " AND u.decision > ?1 AND d.no = u.decision AND d.undoes = ?1 ORDER BY d.no DESC LIMIT 1");
  if (query.bind(no, site.no).step()) decision.undone_by = query.id(0);
  return true;
}

std::vector<Decision::Sample> sample_of(Db& db, std::int64_t no, std::int64_t site) {
  std::vector<Decision::Sample> sample;
  auto query = db.use(
      "SELECT c.id, substr(c.content, 1, ?3), c.name FROM decision_item i CROSS JOIN comment c"
      " WHERE i.decision = ?1 AND c.seq = i.comment AND (?2 = 0 OR c.site = ?2) ORDER BY i.comment LIMIT ?4");
  query.bind(no, site, kSampleRead, kSample);
  while (query.step())
    sample.push_back(
        {.id = query.id(0), .begins = opening_of(query.text(1), kBegins), .author = query.text(2)});
  return sample;
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

}  // namespace

Decider Engine::decider(Change& change, Decider::Who who) {
  return Decider(change, keys_, sites_, maker_, std::move(who));
}

// Looking at thousands of texts would keep the writer from submissions; what changes meanwhile is looked at
// there.
Engine::Lessons Engine::lessons_for(const Settle& settle) {
  Lessons lessons;
  if (!maker_ || !teaches(settle.kind)) return lessons;
  std::vector<Target> targets = settle.targets;
  if (targets.empty() && settle.filter) {
    QueueQuery query = *settle.filter;
    if (!settle.reach.empty()) query.reach = settle.reach;
    query.now = settle.now;
    auto found =
        read([&](Db& db) -> Result<std::vector<Target>> { return targets_in(db, query, settle.expected); });
    if (found) targets = std::move(*found);
  }
  for (std::size_t i = 0; i < targets.size();) {
    // Not one long read: it would hold back the checkpoint of the log.
    std::vector<Row> rows;
    (void)read([&](Db& db) -> Done {
      for (const std::size_t end = std::min(targets.size(), i + 50); i < end; ++i) {
        if (auto row = row_in_reach(db, sites_, settle.reach, targets[i].id)) rows.push_back(std::move(*row));
      }
      return {};
    });
    if (rows.empty()) i += 50;
    for (const Row& row : rows)
      lessons.emplace(row.comment.id, std::pair(row.comment.version, lesson_of(row, maker_)));
  }
  return lessons;
}

Result<Settled> Engine::settle_in(Change& change, const Settle& settle, const std::vector<Target>& targets,
                                  const Lessons& lessons) {
  if (!is_status(settle.kind)) {
    return fail(Code::invalid, "a comment is approved, rejected or spam", "/decision");
  }
  Db& db = change.db;
  Decider decider = this->decider(change, {.kind = settle.kind,
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
    const auto made = lessons.find(target.id);
    const bool fits = made != lessons.end() && made->second.first == row->comment.version;
    if (!decider.decide(*row, target.version, fits ? std::optional(made->second.second) : std::nullopt))
      continue;
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
      for (const auto& [kind, value] : blocked) blocked_.add(kind, value);
    });
  }
  return decider.finish();
}

// A few comments that people decide on are mostly older than what waits in the backlog.
Writer::How Engine::changing(const std::vector<Target>& targets) {
  Writer::How how;
  if (targets.empty() || targets.size() > kLookedUp) return how;
  (void)read([&](Db& db) -> Done {
    std::int64_t newest = 0;
    for (const Target& target : targets) {
      auto query = db.use("SELECT seq FROM comment WHERE id = ?1");
      if (!query.bind(target.id).step()) return {};  // it may come before the decision does
      newest = std::max(newest, query.integer(0));
    }
    how.newest = newest;
    return {};
  });
  return how;
}

Result<Settled> Engine::settle(const Settle& settle) {
  const Lessons lessons = lessons_for(settle);
  return writer_.run(changing(settle.targets), [&](Change& change) -> Result<Settled> {
    auto before = answered_before(change.db, settle.once, settle.now);
    if (!before) return tl::unexpected(std::move(before).error());
    if (*before) return settled_before(**before);
    std::vector<Target> targets = settle.targets;
    if (targets.empty() && settle.filter) {
      QueueQuery query = *settle.filter;
      if (!settle.reach.empty()) query.reach = settle.reach;
      query.now = settle.now;
      auto found = targets_in(change.db, query, settle.expected);
      if (!found) return tl::unexpected(std::move(found).error());
      targets = std::move(*found);
    }
    auto settled = settle_in(change, settle, targets, lessons);
    if (settled && !settled->id.empty()) {
      remember_answer(change.db, settle.once, codec::write(*settled), settle.now);
    }
    return settled;
  });
}

Result<Settled> Engine::undo(const Undo& undo) {
  return writer_.run([&](Change& change) -> Result<Settled> {
    Db& db = change.db;
    auto before = answered_before(db, undo.once, undo.now);
    if (!before) return tl::unexpected(std::move(before).error());
    if (*before) return settled_before(**before);

    std::int64_t no = 0;
    auto kind = DecisionKind::undo;
    std::int64_t site = 0;  // 0: several
    // Of a decision over several sites a site's moderator takes back that site's part.
    std::int64_t only = 0;
    {
      auto query = db.use("SELECT no, kind, site FROM decision WHERE id = ?1");
      const auto reach = undo.reach.empty() ? nullptr : sites_.find(undo.reach);
      const bool there = query.bind(undo.decision).step();
      if (!there || (!undo.reach.empty() && (!reach || query.maybe(2).value_or(reach->no) != reach->no))) {
        return fail(Code::not_found, "there is no such decision", "/id");
      }
      no = query.integer(0);
      kind = query.as<DecisionKind>(1);
      site = query.maybe(2).value_or(0);
      if (reach && site == 0) only = reach->no;
    }
    if (only != 0) {
      auto query = db.use(
          "SELECT 1 FROM decision_item i CROSS JOIN comment c WHERE i.decision = ?1 AND c.seq = i.comment"
          " AND c.site = ?2 LIMIT 1");
      if (!query.bind(no, only).step()) return fail(Code::not_found, "there is no such decision", "/id");
    }
    if (kind == DecisionKind::undo) {
      return fail(Code::invalid, "an undo cannot be undone", "/id", "decide anew instead");
    }
    std::vector<Decider::Item> items;
    {
      auto query = db.use(
          "SELECT comment, before, before_decided, before_discard, previous, learned, before_counts, day, "
          "waited FROM "
          "decision_item"
          " WHERE decision = ?1");
      query.bind(no);
      while (query.step()) {
        items.push_back(
            {.comment = query.integer(0),
             .before = {.status = query.as<Status>(1),
                        .decided = query.integer(2) != 0,
                        .discard = query.integer(3) != 0,
                        .latest_decision = query.maybe(4),
                        .counts_as = query.null(6) ? std::nullopt : std::optional(query.as<Status>(6))},
             .learned = query.maybe(5),
             .kind = kind,
             .day = query.maybe(7),
             .waited = query.maybe(8)});
      }
    }
    Decider decider = this->decider(change, {.kind = DecisionKind::undo,
                                             .by = undo.by,
                                             .by_token = undo.by_token,
                                             .reason = {},
                                             .note = undo.note,
                                             .now = undo.now});
    if (kind == DecisionKind::learn) decider.take_back_alone(no, site);
    for (const Decider::Item& item : items) {
      // A comment that was removed took its line of the decision with it.
      const auto row = row_by_seq(db, sites_, item.comment);
      if (row && (only == 0 || row->site == only)) decider.take_back(no, *row, item);
    }
    Settled settled = decider.finish();
    settled.partial = only != 0;
    if (settled.id.empty()) return settled;
    db.use("UPDATE decision SET undone_by = ?2 WHERE no = ?1").bind(no, decider.no()).run();
    db.use("UPDATE decision SET undoes = ?2 WHERE no = ?1").bind(decider.no(), no).run();
    db.use("DELETE FROM block WHERE decision = ?1 AND (?2 = 0 OR site = ?2)").bind(no, only).run();
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
    std::shared_ptr<const Sites::Entry> site;
    if (const std::string& name = wish.site.empty() ? wish.reach : wish.site; !name.empty()) {
      const auto entry = known_site(name, "?site");
      if (!entry) return tl::unexpected(entry.error());
      site = *entry;
    }
    const std::size_t limit = std::clamp<std::size_t>(wish.limit, 1, limits::kPage);
    std::vector<std::int64_t> some;
    {
      auto query =
          wish.by_token
              ? db.use(
                    "SELECT no FROM decision INDEXED BY decision_token WHERE by_token = ?3 AND no < ?1"
                    " ORDER BY no DESC LIMIT ?2")
          : !wish.by.empty() ? db.use(
                                   "SELECT no FROM decision INDEXED BY decision_by WHERE by = ?3 AND no < ?1"
                                   " ORDER BY no DESC LIMIT ?2")
          : site ? db.use(
                       "SELECT no FROM decision WHERE no < ?1 AND site = ?3 UNION ALL"
                       " SELECT no FROM decision WHERE no < ?1 AND site IS NULL ORDER BY no DESC LIMIT ?2")
                 : db.use("SELECT no FROM decision WHERE no < ?1 ORDER BY no DESC LIMIT ?2");
      query.bind(*place ? (**place)[0] : std::numeric_limits<std::int64_t>::max(), kExamineLines);
      if (wish.by_token)
        query.at(3, *wish.by_token);
      else if (!wish.by.empty())
        query.at(3, wish.by);
      else if (site)
        query.at(3, site->no);
      while (query.step()) some.push_back(query.integer(0));
    }
    DecisionPage page;
    std::int64_t last = 0;
    bool more = some.size() == kExamineLines;
    std::uint64_t items = 0;
    for (const std::int64_t no : some) {
      Decision decision;
      {
        auto query = db.use(kDecision);
        if (!query.bind(no).step()) continue;
        decision = read_decision(query, sites_);
      }
      bool asked = (wish.by.empty() || decision.by == wish.by) &&
                   (!wish.kind || decision.kind == *wish.kind) &&
                   (!site || decision.site.empty() || decision.site == site->site.id);
      if (asked && site && decision.site.empty()) {
        items += decision.changed + decision.skipped.size();
        if (items > kItems && last != 0) {
          more = true;
          break;
        }
        asked = seen_by(db, sites_, no, *site, decision);
      }
      if (asked && page.items.size() == limit) {
        more = true;
        break;
      }
      last = no;
      if (!asked) continue;
      decision.sample = sample_of(db, no, site ? site->no : 0);
      page.items.push_back(std::move(decision));
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
    std::optional<Decision> decision;
    {
      auto query = db.use(kDecision);
      if (no != 0 && query.bind(no).step()) decision = read_decision(query, sites_);
    }
    const auto site = reach.empty() ? nullptr : sites_.find(reach);
    const bool seen =
        decision && (reach.empty() || decision->site == reach ||
                     (decision->site.empty() && site && seen_by(db, sites_, no, *site, *decision)));
    if (!seen) return fail(Code::not_found, "there is no such decision", "/id");
    decision->sample = sample_of(db, no, site ? site->no : 0);
    return std::move(*decision);
  });
}

}  // namespace chaffinch::sqlite
