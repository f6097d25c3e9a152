// edit, remove, rejudge: changes of a comment that are not decisions.
#include <cmath>

#include "store/codec.h"
#include "store/sqlite/change.h"
#include "store/sqlite/doubt.h"
#include "store/sqlite/engine.h"

namespace chaffinch::sqlite {
namespace {

void note(Db& db, const Row& row, Time now, const char* what, const std::string& by, Status after) {
  db.use("INSERT INTO event (comment, at, what, by, before, after) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
      .bind(row.seq, now, what, by, row.comment.status, after)
      .run();
}

}  // namespace

Result<Kept> Engine::edit(const Edit& edit) {
  return writer_.run([&](Change& change) -> Result<Kept> {
    Db& db = change.db;
    auto answer = answered_before(db, edit.once, edit.now);
    if (!answer) return tl::unexpected(std::move(answer).error());
    if (*answer) return kept_before(**answer);
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
    // Who asks about a comment again has not always changed it.
    const bool edited = !edit.foreign || after.comment.content != before.comment.content ||
                        after.comment.author != before.comment.author;
    if (edited) after.comment.edited_at = edit.now;
    // A person's decision stands on what that person saw: it stays while the status does.
    if (after.comment.status != before.comment.status && before.latest_decision) {
      after.comment.decided = false;
      after.latest_decision.reset();
      change.deltas.standing.push_back({*before.latest_decision, -1});
    }
    if (edit.foreign && !after.comment.decided) {
      after.told = edit.foreign->told;
      after.counts_as = edit.foreign->spam ? std::optional(Status::spam) : std::nullopt;
    }
    after.domains = edit.domains;
    after.copy_hash = static_cast<std::int64_t>(edit.copy_hash);
    after.verdict_text = codec::write(edit.verdict);
    after.facts_text = codec::write(edit.facts);
    after.score = edit.verdict.score;
    after.doubt = doubt_of(edit.verdict, site->site.policy.hold, before.cluster);
    // Without its address (erased by now) the network is not known any more: the author's key stays as it
    // was.
    if (!after.comment.client.ip.empty() || before.keys.network == 0) {
      after.keys.author = keys_.person(after.comment.author, after.comment.client.ip).author;
    }
    change.deltas.changed(counted(before, keys_), counted(after, keys_), edit.now);
    near_edited(change,
                {.seq = after.seq,
                 .site = after.site,
                 .copy_hash = after.copy_hash,
                 .at = after.comment.received_at,
                 .sketch = edit.sketch,
                 .waits = after.comment.status == Status::pending},
                kin_of(after.stands_as(), after.comment.decided));
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
    if (after.told) {
      db.use("UPDATE comment SET counts_as = ?2, told = ?3, content_key = ?4 WHERE seq = ?1")
          .bind(after.seq, after.counts_as, after.told, content_key(after.comment.content))
          .run();
    }
    if (after.comment.status != Status::pending) {
      db.use("DELETE FROM lease WHERE comment = ?1").bind(after.seq).run();
    }
    note(db, before, edit.now, edited ? "edited" : "rechecked", edit.by, after.comment.status);
    if (indexed) index_row(db, after, keys_);
    Kept kept{.id = after.comment.id, .status = after.comment.status};
    remember_answer(db, edit.once, answer_of(kept, after.verdict_text), edit.now);
    return kept;
  });
}

Result<Took> Engine::remove(const std::string& reach, Id id, const std::string&, Time now, const Once& once) {
  return writer_.run([&](Change& change) -> Result<Took> {
    auto answer = answered_before(change.db, once, now);
    if (!answer) return tl::unexpected(std::move(answer).error());
    if (*answer) return Took{.replayed = true};
    const auto row = row_in_reach(change.db, sites_, reach, id);
    if (!row) return tl::unexpected(row.error());
    erase(change, keys_, *row, false);
    remember_answer(change.db, once, {}, now);
    return Took{};
  });
}

Result<Rechecked> Engine::rejudge(const Rejudge& wish) {
  return writer_.run([&](Change& change) -> Result<Rechecked> {
    Db& db = change.db;
    auto answer = answered_before(db, wish.once, wish.now);
    if (!answer) return tl::unexpected(std::move(answer).error());
    if (*answer) {
      const auto fields = fields_of(**answer, 3);
      return Rechecked{.seen = static_cast<std::uint32_t>(number_in(fields[0])),
                       .changed = static_cast<std::uint32_t>(number_in(fields[1])),
                       .next = fields[2].empty() ? std::nullopt : std::optional(fields[2]),
                       .replayed = true};
    }
    Rechecked done{.seen = wish.seen, .changed = 0, .next = wish.next, .replayed = false};
    for (const Rejudged& one : wish.all) {
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
      after.doubt = doubt_of(one.verdict, sites_.find(row->site)->site.policy.hold, row->cluster);
      change.deltas.changed(counted(*row, keys_), counted(after, keys_));
      near_stands(change, row->seq, kin_of(after.comment.status, false),
                  after.comment.status == Status::pending);
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
      note(db, *row, wish.now, "rechecked", "", after.comment.status);
      if (indexed) index_row(db, after, keys_);
      ++done.changed;
    }
    remember_answer(
        db, wish.once,
        answer_of({std::to_string(done.seen), std::to_string(done.changed), done.next.value_or("")}),
        wish.now);
    return done;
  });
}

}  // namespace chaffinch::sqlite
