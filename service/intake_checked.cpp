// Comments that their client keeps: asked about, asked about again, and what their owner says of them.
#include <algorithm>
#include <utility>

#include "intake.h"
#include "secrets.h"

namespace chaffinch {
namespace {

constexpr const char* kNotMade = "the check could not be made";
// A client whose answer was lost asks once more with the very same words, WordPress up to three times.
// Whoever posts the same to the same article more often than that, or later, posts copies.
constexpr Time kAskedAgainWithin = 2 * kMinute;
constexpr std::int32_t kAskedAtMost = 3;

constexpr const char* kInDoubt = "the comment is in doubt and should be held for a moderator";

Told told_of(const Verdict& verdict, AkismetHold hold) {
  if (verdict.action >= Action::spam) return Told::spam;
  if (verdict.unchecked) return Told::nothing;
  if (verdict.action == Action::approve || hold == AkismetHold::no) return Told::ham;
  return hold == AkismetHold::yes ? Told::spam : Told::nothing;
}

void rule_on(Verdict& verdict, const Asked::Ruling& ruling) {
  const Action action = ruling.spam ? Action::spam : Action::approve;
  verdict.action = action;
  verdict.unchecked = false;
  verdict.findings.insert(verdict.findings.begin(), Finding{.rule = ruling.rule,
                                                            .score = 0,
                                                            .about = ruling.about,
                                                            .evidence = {},
                                                            .shadow = false,
                                                            .action = action});
}

bool same_question(const SeenBefore& before, const Submission& asked, Time now) {
  const Comment& one = before.comment;
  return now - one.received_at < kAskedAgainWithin && one.version < kAskedAtMost &&
         one.article.id == asked.article.id && one.client == asked.client && one.author == asked.author &&
         one.type == asked.type && one.created_at == asked.created_at;
}

}  // namespace

// Whether the comment is new and to be kept: then `keep` is ready for it. `advice` is what to say of it.
Result<bool> Intake::look_into(Asked& asked, Time now, Keep& keep, Advice& advice) {
  const std::string site = asked.submission.site;
  std::optional<SeenBefore> before;
  if (!asked.test && (asked.again || asked.id)) {
    auto seen =
        store_.seen_before({.site = site, .id = asked.id, .comment = asked.submission, .again = asked.again});
    if (!seen) return tl::unexpected(std::move(seen).error());
    before = std::move(*seen);
  }
  // A person outranks the machine.
  if (before && before->reported_spam) {
    advice = Advice{.id = before->comment.id,
                    .told = *before->reported_spam ? Told::spam : Told::ham,
                    .discard = false,
                    .why = {},
                    .verdict = {}};
    return false;
  }

  const bool counts = !asked.test && !asked.again;
  const Time as_of = asked.again ? asked.submission.created_at.value_or(now) : now;
  auto judged =
      judge(std::move(asked.submission), counts, before ? std::optional(before->comment.id) : std::nullopt,
            now, as_of, Id{}, nullptr, true);
  if (!judged) return tl::unexpected(std::move(judged).error());
  if (counts && !before && judged->evidence.facts.copies > 0) {
    Submission same = judged->evidence.comment;
    auto seen = store_.seen_before({.site = site, .id = {}, .comment = same, .again = false});
    if (!seen) {
      store_.release(judged->recalled.reservation);
      return tl::unexpected(std::move(seen).error());
    }
    if (*seen && !(*seen)->reported_spam && same_question(**seen, same, now)) {
      store_.release(judged->recalled.reservation);
      before = std::move(*seen);
      judged = judge(std::move(same), false, before->comment.id, now, now, Id{}, nullptr, true);
      if (!judged) return tl::unexpected(std::move(judged).error());
    }
  }
  const std::uint64_t reservation = judged->recalled.reservation;
  if (asked.ruling) rule_on(judged->verdict, *asked.ruling);
  advice = Advice{.id = before ? before->comment.id : new_id(now),
                  .told = told_of(judged->verdict, judged->recalled.site.akismet_hold),
                  .discard = judged->verdict.action == Action::discard,
                  .why = {},
                  .verdict = judged->verdict};
  if (advice.told == Told::nothing) advice.why = judged->verdict.unchecked ? kNotMade : kInDoubt;
  if (judged->verdict.unchecked) metrics_.unchecked(judged->evidence.facts.incomplete ? "recall" : "rules");
  if (asked.test) return false;

  // A test value says nothing of who sent it.
  Foreign foreign{.blog = asked.blog,
                  .told = advice.told,
                  .spam = judged->verdict.action >= Action::spam && !asked.ruling};
  if (before) {
    Edit edit;
    edit.reach = site;
    edit.id = before->comment.id;
    edit.version = before->comment.version;
    edit.by = "akismet";
    edit.now = now;
    edit.after = before->comment;
    edit.after.content = judged->evidence.comment.content;
    edit.after.author.name = judged->evidence.comment.author.name;
    edit.after.author.url = judged->evidence.comment.author.url;
    edit.after.discard = advice.discard;
    edit.verdict = judged->verdict;
    edit.facts = std::move(judged->recalled.facts);
    edit.domains = std::move(judged->domains);
    edit.copy_hash = judged->evidence.copy_hash;
    edit.sketch = judged->evidence.sketch;
    edit.foreign = std::move(foreign);
    auto kept = store_.edit(edit);
    store_.release(reservation);
    // It was reported, swept or asked about at this moment: what it is kept as is newer than this answer.
    const bool overtaken =
        !kept && (kept.error().code == Code::conflict || kept.error().code == Code::not_found);
    if (!kept && !overtaken) return tl::unexpected(std::move(kept).error());
    return false;
  }
  keep = keep_of(*judged, advice.id, Status::checked, now);
  keep.reservation = reservation;
  keep.foreign = std::move(foreign);
  return true;
}

void Intake::advise(Asked asked, Time now, Later<Result<Advice>> then) {
  const auto advice = std::make_shared<Advice>();
  Keep keep;
  auto unknown = look_into(asked, now, keep, *advice);
  if (!unknown || !*unknown) {
    then([advice, unknown = std::move(unknown)]() -> Result<Advice> {
      return unknown.map([&](bool) { return std::move(*advice); });
    });
    return;
  }
  std::string site = keep.comment.site;
  store_.keep(std::move(keep), [this, advice, site = std::move(site), then = std::move(then)](
                                   Result<Kept> kept, std::shared_ptr<const void> remains) {
    then([this, advice, site, kept = std::move(kept), remains = std::move(remains)]() -> Result<Advice> {
      if (!kept) return tl::unexpected(kept.error());
      metrics_.submitted(site, kept->status);
      metrics_.found(advice->verdict);
      return std::move(*advice);
    });
  });
}

Result<Advice> Intake::advise(Asked asked, Time now) {
  return now_from<Result<Advice>>(
      [&](Later<Result<Advice>> then) { advise(std::move(asked), now, std::move(then)); });
}

Result<Settled> Intake::report(OwnersWord word, Time now) {
  if (word.asked.test) return Settled{};
  Report report;
  report.sought = {.site = word.asked.submission.site,
                   .id = word.asked.id,
                   .comment = word.asked.submission,
                   .again = false};
  report.spam = word.spam;
  report.by = word.by.name;
  report.by_token = word.by.token;
  report.note = std::move(word.note);
  report.now = now;
  auto seen = store_.seen_before(report.sought);
  if (!seen) return tl::unexpected(std::move(seen).error());
  // Once more when the comment that was there is swept in between.
  for (bool unseen = !*seen;; unseen = true) {
    if (unseen) {
      const Time as_of = report.sought.comment.created_at.value_or(now);
      auto judged = judge(report.sought.comment, false, std::nullopt, now, as_of, Id{}, nullptr, true);
      if (!judged) return tl::unexpected(std::move(judged).error());
      if (learning_ != nullptr) report.lesson = learning_->lesson(judged->evidence, judged->verdict.findings);
      report.unseen = keep_of(*judged, new_id(now), Status::checked, now);
      report.unseen->foreign = Foreign{
          .blog = word.asked.blog, .told = Told::nothing, .spam = judged->verdict.action >= Action::spam};
    }
    auto settled = store_.report(report);
    if (!settled && settled.error().code == Code::not_found && !unseen) continue;
    if (settled && settled->changed > 0) {
      metrics_.decided(chaffinch::word(word.spam ? DecisionKind::spam : DecisionKind::approve),
                       settled->changed);
      catch_up();
    }
    return settled;
  }
}

}  // namespace chaffinch
