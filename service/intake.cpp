#include "intake.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <map>
#include <thread>
#include <utility>

#include "analysis/gather.h"
#include "author_token.h"
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
  probe.sketch = evidence.sketch;
  return probe;
}

// A receipt names the key that signed it, so that rotation does not invalidate those that are out.
std::string sign(const SigningKey& key, Id comment) {
  return base64url(hmac_sha256(key.secret, "receipt:" + comment.text()));
}

}  // namespace

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

void share_out(std::size_t count, unsigned jobs, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  const auto run = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < std::min<std::size_t>(jobs, count); ++i) others.emplace_back(run);
  run();
  for (std::thread& one : others) one.join();
}

Intake::Intake(Store& store, Metrics& metrics, std::shared_ptr<const RuleSet> rules)
    : store_(store), metrics_(metrics), rules_(std::move(rules)) {
  if (auto keys = store_.signing_keys()) keys_ = std::move(*keys);
  metrics_.rules(rules_->version(), rules_->rules().size());
}

std::shared_ptr<const RuleSet> Intake::rules(const std::string& site) const {
  const std::lock_guard guard(lock_);
  const auto own = by_site_.find(site);
  return own == by_site_.end() ? rules_ : own->second;
}

void Intake::use(std::shared_ptr<const RuleSet> rules,
                 std::map<std::string, std::shared_ptr<const RuleSet>> by_site) {
  metrics_.rules(rules->version(), rules->rules().size());
  const std::lock_guard guard(lock_);
  rules_.swap(rules);  // the old sets end outside of the lock
  by_site_.swap(by_site);
}

std::string Intake::receipt_of(Id id) const {
  SigningKey key;
  {
    const std::lock_guard guard(lock_);
    if (keys_.empty()) {
      if (auto keys = store_.signing_keys()) keys_ = std::move(*keys);
    }
    if (keys_.empty()) return {};
    key = keys_.front();
  }
  return sign(key, id);
}

std::optional<SigningKey> Intake::key_for(const std::function<bool(const SigningKey&)>& holds) const {
  const auto among = [&](const std::vector<SigningKey>& keys) {
    const auto found = std::find_if(keys.begin(), keys.end(), holds);
    return found == keys.end() ? std::nullopt : std::optional(*found);
  };
  {
    const std::lock_guard guard(lock_);
    if (auto key = among(keys_)) return key;
  }
  // The key may have been rotated by another process since it was read.
  auto keys = store_.signing_keys();
  if (!keys) return std::nullopt;
  auto key = among(*keys);
  const std::lock_guard guard(lock_);
  keys_ = std::move(*keys);
  return key;
}

bool Intake::owns(std::string_view receipt, Id id) const {
  return !receipt.empty() &&
         key_for([&](const SigningKey& key) { return same_secret(sign(key, id), receipt); }).has_value();
}

std::optional<Id> Intake::author_key_of(const Submission& comment, std::string_view token, Time now) const {
  std::optional<Id> author;
  if (token.empty() || !comment.author.id.empty()) return author;
  key_for([&](const SigningKey& key) {
    author = read_author_token(key.secret, comment, token, now);
    return author.has_value();
  });
  return author;
}

Result<Intake::Judged> Intake::judge(Submission submission, bool reserve, std::optional<Id> self, Time now,
                                     Time as_of, Id author_key, std::shared_ptr<const RuleSet> rules,
                                     bool foreign) {
  Judged judged;
  judged.evidence = gather(std::move(submission));
  judged.domains = remembered_domains(judged.evidence);
  Probe probe = probe_of(judged.evidence, judged.domains);
  probe.now = now;
  probe.as_of = as_of;
  probe.self = self;
  probe.author_key = author_key;
  probe.reserve = reserve;
  auto recalled = store_.recall(probe);
  if (!recalled) return tl::unexpected(std::move(recalled).error());
  judged.recalled = std::move(*recalled);
  judged.evidence.facts = judged.recalled.facts;
  const auto began = std::chrono::steady_clock::now();
  if (!rules) rules = this->rules(judged.evidence.comment.site);
  if (foreign) judged.recalled.site.policy.moderation = Moderation::publish;
  judged.verdict = ask(*rules, judged.evidence, judged.recalled.site.policy);
  metrics_.judged(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  return judged;
}

// Moves what it can out of `judged`; the verdict is copied.
Keep Intake::keep_of(Judged& judged, Id id, Status status, Time now) {
  Keep keep;
  static_cast<Submission&>(keep.comment) = std::move(judged.evidence.comment);
  keep.comment.id = id;
  keep.comment.status = status;
  keep.comment.discard = judged.verdict.action == Action::discard;
  keep.comment.received_at = now;
  keep.verdict = judged.verdict;
  keep.facts = std::move(judged.recalled.facts);
  keep.waiting = judged.recalled.waiting;
  keep.domains = std::move(judged.domains);
  keep.copy_hash = judged.evidence.copy_hash;
  keep.sketch = judged.evidence.sketch;
  return keep;
}

Result<Verdict> Intake::check(Submission submission, Time now, std::shared_ptr<const RuleSet> instead) {
  if (submission.site.empty()) {
    Evidence evidence = gather(std::move(submission));
    evidence.facts.now = now;
    return ask(instead ? *instead : *rules(), evidence, Policy{});
  }
  auto judged = judge(std::move(submission), false, std::nullopt, now, now, Id{}, std::move(instead));
  if (!judged) return tl::unexpected(std::move(judged).error());
  return std::move(judged->verdict);
}

Id Intake::import_id(const Submission& submission, const std::string& key) {
  // Without a time of its own the id must not take today's, or a second run would add the row again.
  return id_from_name("import:" + submission.site, key, submission.created_at.value_or(0));
}

std::vector<Intake::Gathered> Intake::look_at(const std::vector<ImportRow>& rows, unsigned jobs) {
  std::vector<Gathered> all(rows.size());
  share_out(rows.size(), jobs, [&](std::size_t i) {
    all[i].id = import_id(rows[i].submission, rows[i].key);
    all[i].evidence = gather(rows[i].submission);
    all[i].domains = remembered_domains(all[i].evidence);
    all[i].label = rows[i].label;
    all[i].status = rows[i].status;
  });
  return all;
}

Result<std::vector<Imported>> Intake::import(const std::vector<ImportRow>& rows, Time now, unsigned jobs) {
  return import(look_at(rows, jobs), now, jobs);
}

Result<std::vector<Imported>> Intake::import(std::vector<Gathered> rows, Time now, unsigned jobs) {
  std::vector<Recalled> recalled;
  recalled.reserve(rows.size());
  // A failure on the way hands back what was reserved so far.
  std::vector<std::unique_ptr<Reserved>> reserved;
  std::map<Id, const std::string*> articles;  // of the rows so far: a reply may answer one of them
  for (Gathered& row : rows) {
    const Submission& comment = row.evidence.comment;
    Probe probe = probe_of(row.evidence, row.domains);
    probe.now = now;
    probe.as_of = comment.created_at.value_or(now);
    probe.self = row.id;
    auto one = store_.recall(probe);
    if (!one) return tl::unexpected(std::move(one).error());
    reserved.push_back(std::make_unique<Reserved>(store_, one->reservation));
    if (comment.parent) {
      const auto parent = articles.find(*comment.parent);
      if (parent != articles.end() && *parent->second == comment.article.id) one->facts.parent_known = true;
    }
    articles.emplace(row.id, &comment.article.id);
    row.evidence.facts = one->facts;
    recalled.push_back(std::move(*one));
  }

  std::vector<Import> imports(rows.size());
  share_out(rows.size(), jobs, [&](std::size_t i) {
    const auto began = std::chrono::steady_clock::now();
    const Verdict& verdict = imports[i].keep.verdict =
        ask(*rules(rows[i].evidence.comment.site), rows[i].evidence, recalled[i].site.policy);
    if (learning_ != nullptr && rows[i].label && teaches(*rows[i].label))
      imports[i].lesson = learning_->lesson(rows[i].evidence, verdict.findings);
    metrics_.judged(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  });
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Gathered& row = rows[i];
    Keep& keep = imports[i].keep;
    static_cast<Submission&>(keep.comment) = std::move(row.evidence.comment);
    // An archive's replies name parents that may not be in it.
    if (!recalled[i].facts.parent_known) keep.comment.parent.reset();
    keep.comment.id = row.id;
    keep.comment.status = row.status && !row.label ? *row.status : status_of(keep.verdict.action);
    keep.comment.discard = keep.comment.status == Status::spam && keep.verdict.action == Action::discard;
    keep.comment.received_at = now;
    keep.facts = std::move(recalled[i].facts);
    keep.waiting = recalled[i].waiting;
    keep.domains = std::move(row.domains);
    keep.copy_hash = row.evidence.copy_hash;
    keep.sketch = row.evidence.sketch;
    keep.reservation = reserved[i]->take();
    imports[i].label = row.label;
  }
  const bool labels =
      std::any_of(imports.begin(), imports.end(), [](const Import& one) { return one.label; });
  auto imported = store_.import(std::move(imports));
  if (imported && labels) catch_up();
  return imported;
}

Result<Settled> Intake::settle(const Settle& settle) {
  auto settled = store_.settle(settle);
  if (settled && !settled->replayed && settled->changed > 0) {
    metrics_.decided(word(settle.kind), settled->changed);
    catch_up();
  }
  return settled;
}

Result<Settled> Intake::undo(const Undo& undo) {
  auto undone = store_.undo(undo);
  if (undone && !undone->replayed && undone->changed + undone->lessons > 0) {
    metrics_.decided("undo", undone->changed);
    catch_up();
  }
  return undone;
}

Result<Settled> Intake::learn(Teach teach, const Once& once, Time now) {
  Learn learn{.site = teach.submission.site,
              .lesson = {},
              .spam = teach.spam,
              .by = teach.by.name,
              .by_token = teach.by.token,
              .now = now,
              .once = once};
  auto known = store_.answered(once);
  if (!known) return tl::unexpected(std::move(known).error());
  if (learning_ != nullptr && !*known) {
    auto judged = judge(std::move(teach.submission), false, std::nullopt, now, now);
    if (!judged) return tl::unexpected(std::move(judged).error());
    learn.lesson = learning_->lesson(judged->evidence, judged->verdict.findings);
  }
  auto learned = store_.learn(learn);
  if (learned && !learned->replayed) catch_up();
  return learned;
}

void Intake::catch_up() {
  // What is committed stays so; who comes next brings the models in step.
  if (learning_ != nullptr && !learning_->catch_up()) metrics_.unchecked("learner");
}

Verdict Intake::ask(const RuleSet& rules, const Evidence& evidence, const Policy& policy) const {
  return learning_ != nullptr ? learning_->judge(rules, evidence, policy) : rules.judge(evidence, policy);
}

Result<Intake::Rechecked> Intake::recheck(const std::string& reach, const std::string& site,
                                          const std::string& cursor, const Once& once, Time now) {
  QueueQuery query;
  query.reach = reach;
  query.site = site;
  query.cursor = cursor;
  query.limit = limits::kPage;
  query.now = now;
  auto page = store_.queue(query);
  if (!page) return tl::unexpected(std::move(page).error());

  Rejudge rejudge;
  rejudge.next = std::move(page->next);
  rejudge.now = now;
  rejudge.once = once;
  for (const QueueItem& item : page->items) {
    if (item.comment.decided) continue;  // a person outranks the machine
    ++rejudge.seen;
    auto judged = judge(item.comment, false, item.comment.id, now, item.comment.shown_at());
    if (!judged) return tl::unexpected(std::move(judged).error());
    if (judged->verdict == item.verdict) continue;
    rejudge.all.push_back(Rejudged{.id = item.comment.id,
                                   .version = item.comment.version,
                                   .verdict = judged->verdict,
                                   .facts = std::move(judged->recalled.facts),
                                   .status = status_of(judged->verdict.action)});
  }
  if (rejudge.all.empty() && once.key.empty()) {
    return Rechecked{.seen = rejudge.seen, .changed = 0, .next = std::move(rejudge.next), .replayed = false};
  }
  return store_.rejudge(rejudge);
}

}  // namespace chaffinch
