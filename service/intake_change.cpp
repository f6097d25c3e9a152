// Comments that change after they were kept: by the front end, or by the author with the receipt.
#include "analysis/gather.h"
#include "intake.h"

namespace chaffinch {

Result<Receipt> Intake::change(const Comment& before, const std::string& reach, const Change& change,
                               const std::string& by, const Once& once, Time now) {
  Edit edit;
  edit.once = once;
  edit.reach = reach;
  edit.id = before.id;
  edit.version = change.version ? change.version : std::optional(before.version);
  edit.by = by;
  edit.now = now;
  edit.after = before;
  if (change.content) edit.after.content = *change.content;
  if (change.author_name) edit.after.author.name = *change.author_name;
  if (change.author_url) edit.after.author.url = *change.author_url;
  const bool changed = edit.after.content != before.content || edit.after.author != before.author;

  auto judged = judge(edit.after, false, before.id, now, before.shown_at());
  if (!judged) return tl::unexpected(std::move(judged).error());
  Status status = status_of(judged->verdict.action);
  if (before.status == Status::checked) {
    status = Status::checked;
  } else if (before.decided && (before.status == Status::spam || before.status == Status::rejected)) {
    status = before.status;  // a person said no; a new text does not change that by itself
  } else if (before.decided && before.status == Status::approved) {
    // A person approved other words than these: they wait again at best.
    if (!changed)
      status = Status::approved;
    else if (status == Status::approved)
      status = Status::pending;
  } else if (before.status == Status::pending && status == Status::approved) {
    // What was held is not freed by rewriting it: a moderator looks at it.
    status = Status::pending;
  } else if (before.status == Status::spam && !before.decided && status == Status::approved) {
    status = Status::pending;
  }
  edit.after.status = status;
  edit.after.discard = judged->verdict.action == Action::discard;
  edit.verdict = judged->verdict;
  edit.facts = std::move(judged->recalled.facts);
  edit.domains = std::move(judged->domains);
  edit.copy_hash = judged->evidence.copy_hash;
  edit.sketch = judged->evidence.sketch;
  auto after = store_.edit(edit);
  if (!after) return tl::unexpected(std::move(after).error());
  if (judged->verdict.unchecked && !after->replayed) metrics_.unchecked("rules");
  return Receipt{.id = after->id,
                 .status = after->status,
                 .receipt = receipt_of(after->id),
                 .verdict = after->replayed ? std::move(after->verdict) : std::move(judged->verdict),
                 .replayed = after->replayed};
}

Result<Receipt> Intake::edit(const Caller& caller, Id id, const Change& wish, const Once& once, Time now) {
  if (auto answer = replay(once); !answer) {
    return tl::unexpected(std::move(answer).error());
  } else if (*answer) {
    return std::move(**answer);
  }
  auto before = store_.comment(caller.reach, id);
  if (!before) return tl::unexpected(std::move(before).error());
  return change(*before, caller.reach, wish, caller.name, once, now);
}

Result<Comment> Intake::own(std::string_view receipt, Id id, std::string_view doing, std::string_view to_do,
                            Time now) const {
  if (!owns(receipt, id)) return fail(Code::not_found, "there is no such comment", "/id");
  auto comment = store_.comment({}, id);
  if (!comment) return tl::unexpected(std::move(comment).error());
  auto site = store_.site(comment->site);
  if (!site) return tl::unexpected(std::move(site).error());
  if (now > comment->received_at + site->edit_minutes * kMinute) {
    return fail(Code::forbidden, "the time for " + std::string(doing) + " this comment is over", {},
                "authors may " + std::string(to_do) + " a comment for " + std::to_string(site->edit_minutes) +
                    " minutes; ask the site's moderators");
  }
  return std::move(*comment);
}

Result<Receipt> Intake::edit_own(std::string_view receipt, Id id, const Change& wish, const Once& once,
                                 Time now) {
  if (auto answer = replay(once); !answer) {
    return tl::unexpected(std::move(answer).error());
  } else if (*answer) {
    return std::move(**answer);
  }
  auto before = own(receipt, id, "changing", "change", now);
  if (!before) return tl::unexpected(std::move(before).error());
  return change(*before, {}, wish, "author", once, now);
}

Result<Took> Intake::remove_own(std::string_view receipt, Id id, const Once& once, Time now) {
  if (auto answered = store_.answered(once); !answered) {
    return tl::unexpected(std::move(answered).error());
  } else if (*answered) {
    return Took{.replayed = true};
  }
  auto before = own(receipt, id, "removing", "remove", now);
  if (!before) return tl::unexpected(std::move(before).error());
  return store_.remove({}, id, "author", now, once);
}

std::optional<Heard> Intake::explain(const Submission& comment, const Facts& facts,
                                     const Verdict& verdict) const {
  if (learning_ == nullptr) return std::nullopt;
  Evidence seen = gather(comment);
  seen.facts = facts;
  return learning_->hear(comment.site, seen, verdict.findings);
}

}  // namespace chaffinch
