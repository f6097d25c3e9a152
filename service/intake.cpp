#include "intake.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "analysis/gather.h"
#include "core/limits.h"
#include "secrets.h"

namespace chaffinch {
namespace {

// The domains that are remembered: the distinct ones of the links, first come first, the author's URL
// included.
std::vector<std::string> remembered_domains(const Evidence& evidence) {
  std::vector<std::string> domains;
  // The author's URL is the last link: it must not fall off the end of a link flood.
  const auto add = [&domains](const std::string& domain) {
    if (domain.empty() || domains.size() >= limits::kDomains) return;
    if (std::find(domains.begin(), domains.end(), domain) == domains.end()) domains.push_back(domain);
  };
  if (!evidence.links.empty() && evidence.links.back().kind == LinkKind::author_url) {
    add(evidence.links.back().domain);
  }
  for (const Link& link : evidence.links) add(link.domain);
  return domains;
}

// The distinct hosts of the links, the author's URL first, as above.
std::vector<std::string> hosts_of(const Evidence& evidence) {
  std::vector<std::string> hosts;
  for (auto link = evidence.links.rbegin(); link != evidence.links.rend() && hosts.size() < limits::kHosts;
       ++link) {
    if (!link->host.empty() && std::find(hosts.begin(), hosts.end(), link->host) == hosts.end())
      hosts.push_back(link->host);
  }
  return hosts;
}

Probe probe_of(const Evidence& evidence, const std::vector<std::string>& domains) {
  Probe probe;
  probe.site = evidence.comment.site;
  probe.article = evidence.comment.article;
  probe.parent = evidence.comment.parent;
  probe.author = evidence.comment.author;
  probe.email_domain = evidence.email_domain;
  probe.ip = evidence.comment.client.ip;
  probe.domains = domains;
  probe.hosts = hosts_of(evidence);
  probe.copy_hash = evidence.copy_hash;
  return probe;
}

Status status_of(Action action) {
  switch (action) {
    case Action::approve:
      return Status::approved;
    case Action::hold:
      return Status::pending;
    case Action::spam:
    case Action::discard:
      return Status::spam;
  }
  return Status::pending;
}

// Hands a reservation back unless it was taken over by keep.
class Reserved {
 public:
  Reserved(Store& store, std::uint64_t reservation) : store_(store), reservation_(reservation) {}
  ~Reserved() {
    if (reservation_ != 0) store_.release(reservation_);
  }
  Reserved(const Reserved&) = delete;
  Reserved& operator=(const Reserved&) = delete;
  std::uint64_t take() { return std::exchange(reservation_, 0); }

 private:
  Store& store_;
  std::uint64_t reservation_;
};

// A receipt names the key that signed it, so that rotation does not invalidate those that are out.
std::string sign(const SigningKey& key, Id comment) {
  return base64url(hmac_sha256(key.secret, "receipt:" + comment.text()));
}

}  // namespace

Intake::Intake(Store& store, Metrics& metrics, std::shared_ptr<const RuleSet> rules)
    : store_(store), metrics_(metrics), rules_(std::move(rules)) {
  if (auto keys = store_.signing_keys()) keys_ = std::move(*keys);
  metrics_.rules(rules_->version(), rules_->rules().size());
}

std::shared_ptr<const RuleSet> Intake::rules() const {
  const std::lock_guard guard(lock_);
  return rules_;
}

void Intake::use(std::shared_ptr<const RuleSet> rules) {
  metrics_.rules(rules->version(), rules->rules().size());
  const std::lock_guard guard(lock_);
  rules_.swap(rules);
}

std::string Intake::receipt_of(Id id) const {
  const std::lock_guard guard(lock_);
  if (keys_.empty()) {
    if (auto keys = store_.signing_keys()) keys_ = std::move(*keys);
  }
  return keys_.empty() ? std::string() : sign(keys_.front(), id);
}

bool Intake::owns(std::string_view receipt, Id id) const {
  if (receipt.empty()) return false;
  const auto verified = [&](const std::vector<SigningKey>& keys) {
    return std::any_of(keys.begin(), keys.end(),
                       [&](const SigningKey& key) { return same_secret(sign(key, id), receipt); });
  };
  {
    const std::lock_guard guard(lock_);
    if (verified(keys_)) return true;
  }
  // The key may have been rotated by another process since it was read.
  auto keys = store_.signing_keys();
  if (!keys) return false;
  const bool mine = verified(*keys);
  const std::lock_guard guard(lock_);
  keys_ = std::move(*keys);
  return mine;
}

Result<Intake::Judged> Intake::judge(Submission submission, bool reserve, std::optional<Id> self, Time now,
                                     Time as_of) {
  Judged judged;
  judged.evidence = gather(std::move(submission));
  judged.domains = remembered_domains(judged.evidence);
  Probe probe = probe_of(judged.evidence, judged.domains);
  probe.now = now;
  probe.as_of = as_of;
  probe.self = self;
  probe.reserve = reserve;
  auto recalled = store_.recall(probe);
  if (!recalled) return tl::unexpected(std::move(recalled).error());
  judged.recalled = std::move(*recalled);
  judged.evidence.facts = judged.recalled.facts;

  const auto began = std::chrono::steady_clock::now();
  judged.verdict = rules()->judge(judged.evidence, judged.recalled.site.policy);
  metrics_.judged(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  return judged;
}

Result<Receipt> Intake::submit(Submission submission, const Once& once, Time now) {
  auto judged = judge(std::move(submission), true, std::nullopt, now, now);
  if (!judged) return tl::unexpected(std::move(judged).error());
  Reserved reserved(store_, judged->recalled.reservation);
  // A reply belongs to a comment of the same article; anything else is a mistake of the front end.
  if (!judged->recalled.facts.parent_known) {
    return fail(Code::invalid, "the parent is not a comment of this article", "/parent",
                "name the id of a comment of the same article, or leave parent out");
  }
  if (judged->recalled.facts.article_closed) {
    return fail(Code::forbidden, "the article is closed for comments", "/article");
  }

  Keep keep;
  static_cast<Submission&>(keep.comment) = std::move(judged->evidence.comment);
  keep.comment.id = new_id(now);
  keep.comment.status = status_of(judged->verdict.action);
  keep.comment.discard = judged->verdict.action == Action::discard;
  keep.comment.received_at = now;
  keep.verdict = judged->verdict;
  keep.facts = std::move(judged->recalled.facts);
  keep.domains = std::move(judged->domains);
  keep.copy_hash = judged->evidence.copy_hash;
  keep.reservation = reserved.take();
  keep.once = once;
  const std::string site = keep.comment.site;
  auto kept = store_.keep(std::move(keep));
  if (!kept) return tl::unexpected(std::move(kept).error());

  Receipt receipt{.id = kept->id, .status = kept->status, .receipt = receipt_of(kept->id), .verdict = {}};
  receipt.replayed = kept->replayed;
  if (kept->replayed) {
    // The answer of the first time: its verdict is in the store.
    if (auto before = store_.kept({}, kept->id)) receipt.verdict = std::move(before->verdict);
    return receipt;
  }
  metrics_.submitted(site, kept->status);
  metrics_.found(judged->verdict);
  if (judged->verdict.unchecked) metrics_.unchecked(judged->evidence.facts.incomplete ? "recall" : "rules");
  receipt.verdict = std::move(judged->verdict);
  return receipt;
}

Result<Verdict> Intake::check(Submission submission, Time now) {
  if (submission.site.empty()) {
    Evidence evidence = gather(std::move(submission));
    evidence.facts.now = now;
    return rules()->judge(evidence, Policy{});
  }
  auto judged = judge(std::move(submission), false, std::nullopt, now, now);
  if (!judged) return tl::unexpected(std::move(judged).error());
  return std::move(judged->verdict);
}

Result<std::vector<Imported>> Intake::import(std::vector<ImportRow> rows, Time now) {
  std::vector<Import> imports;
  imports.reserve(rows.size());
  // A failure on the way hands back what was reserved so far.
  std::vector<std::unique_ptr<Reserved>> reserved;
  for (ImportRow& row : rows) {
    const Time as_of = row.submission.created_at.value_or(now);
    // Without a time of its own the id must not take today's, or a second run would add the row again.
    const Id id =
        id_from_name("import:" + row.submission.site, row.key, row.submission.created_at.value_or(0));
    auto judged = judge(std::move(row.submission), true, id, now, as_of);
    if (!judged) return tl::unexpected(std::move(judged).error());
    reserved.push_back(std::make_unique<Reserved>(store_, judged->recalled.reservation));

    Import import;
    Keep& keep = import.keep;
    static_cast<Submission&>(keep.comment) = std::move(judged->evidence.comment);
    // An archive's replies name parents that may not be in it.
    if (!judged->recalled.facts.parent_known) keep.comment.parent.reset();
    keep.comment.id = id;
    keep.comment.status = status_of(judged->verdict.action);
    keep.comment.discard = judged->verdict.action == Action::discard;
    keep.comment.received_at = now;
    keep.verdict = std::move(judged->verdict);
    keep.facts = std::move(judged->recalled.facts);
    keep.domains = std::move(judged->domains);
    keep.copy_hash = judged->evidence.copy_hash;
    keep.reservation = judged->recalled.reservation;
    import.label = row.label;
    imports.push_back(std::move(import));
  }
  for (const auto& one : reserved) one->take();
  return store_.import(std::move(imports));
}

Result<Receipt> Intake::change(const Comment& before, const std::string& reach, const Change& change,
                               const std::string& by, Time now) {
  Edit edit;
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
  auto after = store_.edit(edit);
  if (!after) return tl::unexpected(std::move(after).error());
  if (judged->verdict.unchecked) metrics_.unchecked("rules");
  return Receipt{.id = after->id,
                 .status = after->status,
                 .receipt = receipt_of(after->id),
                 .verdict = std::move(judged->verdict),
                 .replayed = false};
}

Result<Receipt> Intake::edit(const Caller& caller, Id id, const Change& wish, Time now) {
  auto before = store_.comment(caller.reach, id);
  if (!before) return tl::unexpected(std::move(before).error());
  return change(*before, caller.reach, wish, caller.name, now);
}

Result<Receipt> Intake::edit_own(std::string_view receipt, Id id, const Change& wish, Time now) {
  auto before =
      owns(receipt, id) ? store_.comment({}, id) : fail(Code::not_found, "there is no such comment", "/id");
  if (!before) return tl::unexpected(std::move(before).error());
  auto site = store_.site(before->site);
  if (!site) return tl::unexpected(std::move(site).error());
  if (now > before->received_at + site->edit_minutes * kMinute) {
    return fail(Code::forbidden, "the time for changing this comment is over", {},
                "authors may change a comment for " + std::to_string(site->edit_minutes) +
                    " minutes; ask the site's moderators");
  }
  return change(*before, {}, wish, "author", now);
}

Done Intake::remove_own(std::string_view receipt, Id id, Time now) {
  auto before =
      owns(receipt, id) ? store_.comment({}, id) : fail(Code::not_found, "there is no such comment", "/id");
  if (!before) return tl::unexpected(std::move(before).error());
  auto site = store_.site(before->site);
  if (!site) return tl::unexpected(std::move(site).error());
  if (now > before->received_at + site->edit_minutes * kMinute) {
    return fail(Code::forbidden, "the time for removing this comment is over", {},
                "authors may remove a comment for " + std::to_string(site->edit_minutes) +
                    " minutes; ask the site's moderators");
  }
  return store_.remove({}, id, "author", now);
}

Result<Settled> Intake::settle(const Settle& settle) {
  auto settled = store_.settle(settle);
  if (settled && !settled->replayed && settled->changed > 0) {
    metrics_.decided(word(settle.kind), settled->changed);
  }
  return settled;
}

Result<Settled> Intake::undo(const Undo& undo) {
  auto undone = store_.undo(undo);
  if (undone && !undone->replayed && undone->changed > 0) metrics_.decided("undo", undone->changed);
  return undone;
}

Result<Intake::Rechecked> Intake::recheck(const std::string& reach, const std::string& site,
                                          const std::string& cursor, Time now) {
  QueueQuery query;
  query.reach = reach;
  query.site = site;
  query.cursor = cursor;
  query.limit = limits::kPage;
  query.now = now;
  auto page = store_.queue(query);
  if (!page) return tl::unexpected(std::move(page).error());

  Rechecked result{.seen = 0, .changed = 0, .next = page->next};
  std::vector<Rejudged> rejudged;
  for (const QueueItem& item : page->items) {
    if (item.comment.decided) continue;  // a person outranks the machine
    ++result.seen;
    auto judged = judge(item.comment, false, item.comment.id, now, item.comment.shown_at());
    if (!judged) return tl::unexpected(std::move(judged).error());
    if (judged->verdict == item.verdict) continue;
    rejudged.push_back(Rejudged{.id = item.comment.id,
                                .version = item.comment.version,
                                .verdict = judged->verdict,
                                .facts = std::move(judged->recalled.facts),
                                .status = status_of(judged->verdict.action)});
  }
  if (!rejudged.empty()) {
    auto changed = store_.rejudge(rejudged, now);
    if (!changed) return tl::unexpected(std::move(changed).error());
    result.changed = *changed;
  }
  return result;
}

}  // namespace chaffinch
