// edit, remove, rejudge: changes of a comment that are not decisions.
#include <cmath>

#include "store/codec.h"
#include "store/sqlite/change.h"
#include "store/sqlite/engine.h"

namespace chaffinch::sqlite {
namespace {

void note(Db& db, const Row& row, Time now, const char* what, const std::string& by, Status after) {
  db.use("INSERT INTO event (comment, at, what, by, before, after) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
      .bind(row.seq, now, what, by, row.comment.status, after)
      .run();
}

}  // namespace

Result<Comment> Engine::edit(const Edit& edit) {
  return writer_.run([&](Change& change) -> Result<Comment> {
    Db& db = change.db;
    const auto found = row_in_reach(db, sites_, edit.reach, edit.id);
    if (!found) return tl::unexpected(found.error());
    const Row& before = *found;
    if (edit.version && *edit.version != before.comment.version) {
      return fail(Code::conflict, "the comment was changed meanwhile", "/version",
                  "read it again: it is at version " + std::to_string(before.comment.version));
    }
    const auto site = sites_.find(before.site);
    const bool indexed = before.seq <= indexed_to(db);
    if (indexed) unindex_row(db, before, keys_);

    Row after = before;
    after.comment.content = edit.after.content;
    after.comment.author.name = edit.after.author.name;
    after.comment.author.url = edit.after.author.url;
    after.comment.status = edit.after.status;
    after.comment.discard = edit.after.discard;
    after.comment.version += 1;
    after.comment.edited_at = edit.now;
    // A person's decision stands on what that person saw: it stays while the status does.
    if (after.comment.status != before.comment.status && before.latest_decision) {
      after.comment.decided = false;
      after.latest_decision.reset();
      change.deltas.standing.push_back({*before.latest_decision, -1});
    }
    after.domains = edit.domains;
    after.copy_hash = static_cast<std::int64_t>(edit.copy_hash);
    after.verdict_text = codec::write(edit.verdict);
    after.facts_text = codec::write(edit.facts);
    after.score = edit.verdict.score;
    after.doubt = std::abs(after.score - site->site.policy.hold);
    // Without its address (erased by now) the network is not known any more: the author's key stays as it
    // was.
    if (!after.comment.client.ip.empty() || before.keys.network == 0) {
      after.keys.author = keys_.person(after.comment.author, after.comment.client.ip).author;
    }
    change.deltas.changed(counted(before, keys_), counted(after, keys_), edit.now);
    const std::string domains = codec::write(after.domains);
    db.use(
          "UPDATE comment SET content = ?2, name = ?3, url = ?4, status = ?5, discard = ?6, version = ?7,"
          " edited_at = ?8, decided = ?9, latest_decision = ?10, domains = ?11, copy_hash = ?12, verdict = "
          "?13,"
          " facts = ?14, score = ?15, doubt = ?16, key_author = ?17 WHERE seq = ?1")
        .bind(after.seq, after.comment.content, after.comment.author.name, after.comment.author.url,
              after.comment.status, after.comment.discard, after.comment.version, after.comment.edited_at,
              after.comment.decided, after.latest_decision, domains, after.copy_hash, after.verdict_text,
              after.facts_text, after.score, after.doubt, after.keys.author)
        .run();
    if (after.comment.status != Status::pending) {
      db.use("DELETE FROM lease WHERE comment = ?1").bind(after.seq).run();
    }
    note(db, before, edit.now, "edited", edit.by, after.comment.status);
    if (indexed) index_row(db, after, keys_);
    return std::move(after.comment);
  });
}

Done Engine::remove(const std::string& reach, Id id, const std::string&, Time) {
  return writer_.run([&](Change& change) -> Done {
    const auto row = row_in_reach(change.db, sites_, reach, id);
    if (!row) return tl::unexpected(row.error());
    erase(change, keys_, *row, false);
    return {};
  });
}

Result<std::uint32_t> Engine::rejudge(const std::vector<Rejudged>& all, Time now) {
  return writer_.run([&](Change& change) -> Result<std::uint32_t> {
    Db& db = change.db;
    std::uint32_t changed = 0;
    for (const Rejudged& one : all) {
      const auto row = row_by_id(db, sites_, one.id);
      // A person outranks the machine, and what changed meanwhile was judged on other words.
      if (!row || row->comment.decided || row->comment.status != Status::pending ||
          row->comment.version != one.version) {
        continue;
      }
      const bool indexed = row->seq <= indexed_to(db);
      if (indexed) unindex_row(db, *row, keys_);
      Row after = *row;
      after.comment.status = one.status;
      after.comment.discard = one.verdict.action == Action::discard;
      if (one.status != row->comment.status) after.comment.version += 1;
      after.verdict_text = codec::write(one.verdict);
      after.facts_text = codec::write(one.facts);
      after.score = one.verdict.score;
      after.doubt = std::abs(after.score - sites_.find(row->site)->site.policy.hold);
      change.deltas.changed(counted(*row, keys_), counted(after, keys_));
      db.use(
            "UPDATE comment SET status = ?2, discard = ?3, version = ?4, verdict = ?5, facts = ?6, score = "
            "?7,"
            " doubt = ?8 WHERE seq = ?1")
          .bind(after.seq, after.comment.status, after.comment.discard, after.comment.version,
                after.verdict_text, after.facts_text, after.score, after.doubt)
          .run();
      if (after.comment.status != Status::pending) {
        db.use("DELETE FROM lease WHERE comment = ?1").bind(after.seq).run();
      }
      note(db, *row, now, "rechecked", "", after.comment.status);
      if (indexed) index_row(db, after, keys_);
      ++changed;
    }
    return changed;
  });
}

}  // namespace chaffinch::sqlite
