#include "backtest.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "analysis/gather.h"
#include "core/fnv.h"
#include "core/limits.h"

namespace chaffinch {
namespace {

constexpr std::size_t kSampleEach = 10;  // of each kind of change
constexpr std::size_t kSampleRules = 8;
constexpr std::size_t kBegins = 160;  // bytes of a sample's text

// Which comments are sampled must not depend on threads or order.
std::uint64_t rank_of(std::string_view key) {
  const std::uint64_t hash = fnv(key);
  return hash ^ (hash >> 32U);
}

std::string beginning(std::string_view text) {
  std::size_t end = std::min(text.size(), kBegins);
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return std::string(text.substr(0, end)) + (end < text.size() ? "..." : "");
}

const Finding* finding_of(const Verdict& verdict, std::string_view rule) {
  const auto found = std::find_if(verdict.findings.begin(), verdict.findings.end(),
                                  [&](const Finding& one) { return one.rule == rule; });
  return found == verdict.findings.end() ? nullptr : &*found;
}

bool weighs_alike(const Finding* left, const Finding* right) {
  if (left == nullptr || right == nullptr) return left == right;
  return left->score == right->score && left->shadow == right->shadow && left->action == right->action;
}

std::vector<std::string> differing_rules(const Verdict& today, const Verdict& draft) {
  std::set<std::string> names;
  for (const Verdict* verdict : {&today, &draft}) {
    for (const Finding& one : verdict->findings) {
      if (!weighs_alike(finding_of(today, one.rule), finding_of(draft, one.rule))) names.insert(one.rule);
    }
  }
  std::vector<std::string> some(names.begin(), names.end());
  if (some.size() > kSampleRules) some.resize(kSampleRules);
  return some;
}

std::size_t place(Opinion opinion) {
  return static_cast<std::size_t>(opinion);
}

void add_up(Backtest::Counts& to, const Backtest::Counts& from) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += from[i];
}

bool same_rule(const RuleInfo& left, const RuleInfo& right) {
  return left.about == right.about && left.kind == right.kind && left.pack == right.pack &&
         left.score == right.score && left.action == right.action && left.state == right.state;
}

using Infos = std::map<std::string, const RuleInfo*, std::less<>>;
Infos infos_of(const RuleSet& rules) {
  Infos infos;
  for (const RuleInfo& one : rules.rules()) infos.emplace(one.name, &one);
  return infos;
}

}  // namespace

std::string_view word(Opinion opinion) {
  constexpr std::string_view kWords[] = {"undecided", "approved", "rejected", "spam"};
  return kWords[place(opinion)];
}

Opinion opinion_of(const Comment& comment) {
  if (!comment.decided) return Opinion::undecided;
  switch (comment.status) {
    case Status::approved:
      return Opinion::approved;
    case Status::rejected:
      return Opinion::rejected;
    case Status::spam:
      return Opinion::spam;
    case Status::pending:
    case Status::checked:
      break;
  }
  return Opinion::undecided;
}

Share wilson(std::uint64_t right, std::uint64_t all) {
  if (all == 0) return {};
  constexpr double kZ = 1.959963984540054;  // of 95 %, both sides
  const double n = static_cast<double>(all);
  const double p = static_cast<double>(right) / n;
  const double middle = p + kZ * kZ / (2 * n);
  const double half = kZ * std::sqrt(p * (1 - p) / n + kZ * kZ / (4 * n * n));
  const double scale = 1 + kZ * kZ / n;
  // Rounding must not put the share outside of its own interval.
  return {p, std::clamp((middle - half) / scale, 0.0, p), std::clamp((middle + half) / scale, p, 1.0)};
}

Tried tried_of(ArchiveItem item) {
  Tried tried;
  tried.opinion = opinion_of(item.comment);
  tried.key = item.comment.id.text();
  tried.comment = std::move(static_cast<Submission&>(item.comment));
  tried.facts = std::move(item.facts);
  return tried;
}

void Backtest::look(Tried one) {
  const std::string site = one.comment.site;
  const std::shared_ptr<const RuleSet> today = sides_->today(site);
  const std::shared_ptr<const RuleSet> draft = sides_->draft(site);
  const Policy policy = sides_->policy(site);
  Evidence evidence = gather(std::move(one.comment));
  evidence.facts = std::move(one.facts);
  const Verdict was = today->judge(evidence, policy);
  const Verdict now = draft == today ? was : draft->judge(evidence, policy);

  ++seen_;
  ++opinions_[place(one.opinion)];
  if (now.unchecked) ++unchecked_;
  for (const Finding& finding : was.findings) {
    Hits& hits = hits_[finding.rule];
    ++hits.before;
    if (finding_of(now, finding.rule) == nullptr) ++hits.differs;
  }
  for (const Finding& finding : now.findings) {
    Hits& hits = hits_[finding.rule];
    ++hits.after[place(one.opinion)];
    if (finding_of(was, finding.rule) == nullptr) ++hits.differs;
  }
  if (was.action == now.action) return;
  const std::pair kind(was.action, now.action);
  ++changes_[kind][place(one.opinion)];
  keep(samples_[kind], {rank_of(one.key),
                        {.key = one.key,
                         .site = site,
                         .from = was.action,
                         .to = now.action,
                         .score_from = was.score,
                         .score_to = now.score,
                         .opinion = one.opinion,
                         .rules = differing_rules(was, now),
                         .begins = beginning(evidence.comment.content)}});
}

// The lowest ranks stay.
void Backtest::keep(std::vector<Kept>& kept, Kept one) const {
  const auto before = [](const Kept& left, const Kept& right) {
    return std::tie(left.rank, left.sample.key) < std::tie(right.rank, right.sample.key);
  };
  if (kept.size() == kSampleEach && !before(one, kept.back())) return;
  kept.insert(std::upper_bound(kept.begin(), kept.end(), one, before), std::move(one));
  if (kept.size() > kSampleEach) kept.pop_back();
}

void Backtest::add(const Backtest& other) {
  seen_ += other.seen_;
  unchecked_ += other.unchecked_;
  add_up(opinions_, other.opinions_);
  for (const auto& [rule, hits] : other.hits_) {
    Hits& mine = hits_[rule];
    mine.before += hits.before;
    mine.differs += hits.differs;
    add_up(mine.after, hits.after);
  }
  for (const auto& [kind, counts] : other.changes_) add_up(changes_[kind], counts);
  for (const auto& [kind, kept] : other.samples_) {
    for (const Kept& one : kept) keep(samples_[kind], one);
  }
}

Backtest::Report Backtest::report() const {
  const std::shared_ptr<const RuleSet> today = sides_->today({});
  const std::shared_ptr<const RuleSet> draft = sides_->draft({});
  const Infos before = infos_of(*today);
  const Infos after = infos_of(*draft);
  Report report;
  report.seen = seen_;
  report.opinions = opinions_;
  report.unchecked = unchecked_;
  report.today = today->version();
  report.draft = draft->version();

  std::set<std::string> names;
  for (const auto& [name, hits] : hits_) names.insert(name);
  for (const Infos* infos : {&before, &after}) {
    for (const auto& [name, info] : *infos) names.insert(name);
  }
  for (const std::string& name : names) {
    RuleReport rule;
    rule.name = name;
    const auto old = before.find(name);
    const auto fresh = after.find(name);
    const RuleInfo* info = fresh != after.end() ? fresh->second : old != before.end() ? old->second : nullptr;
    if (info != nullptr) {
      rule.about = info->about;
      rule.speaks_for = info->score < 0 || info->action == Action::approve;
    }
    rule.state = fresh != after.end() ? fresh->second->state : "gone";
    rule.changed = (fresh == after.end()) != (old == before.end()) ||
                   (fresh != after.end() && old != before.end() && !same_rule(*fresh->second, *old->second));
    if (const auto hits = hits_.find(name); hits != hits_.end()) {
      rule.before = hits->second.before;
      rule.opinions = hits->second.after;
      for (const std::uint64_t count : rule.opinions) rule.hits += count;
      rule.changed = rule.changed || hits->second.differs > 0;
      // A rule of one site's own set is not in the set for all.
      if (fresh == after.end() && old == before.end()) rule.state = rule.hits > 0 ? "live" : "gone";
    } else if (!rule.changed) {
      continue;
    }
    const std::uint64_t decided = rule.hits - rule.opinions[place(Opinion::undecided)];
    rule.precision =
        wilson(rule.opinions[place(rule.speaks_for ? Opinion::approved : Opinion::spam)], decided);
    report.rules.push_back(std::move(rule));
  }
  std::stable_sort(report.rules.begin(), report.rules.end(),
                   [](const RuleReport& left, const RuleReport& right) {
                     if (left.changed != right.changed) return left.changed;
                     return left.hits > right.hits;
                   });
  for (const auto& [kind, counts] : changes_) {
    report.changes.push_back({kind.first, kind.second, counts});
    for (const std::uint64_t count : counts) report.changed += count;
  }
  for (const auto& [kind, kept] : samples_) {
    for (const Kept& one : kept) report.samples.push_back(one.sample);
  }
  return report;
}

Result<Backtest::Report> backtest(Store& store, const ArchiveQuery& query, const Backtest::Sides& sides,
                                  unsigned jobs, std::uint64_t most,
                                  const std::function<bool(std::uint64_t seen)>& stop) {
  struct Shared {
    std::mutex lock;
    ArchiveQuery next;
    bool ended = false;
    std::uint64_t handed_out = 0, seen = 0;
    std::optional<Error> error;
    std::exception_ptr broken;
  } shared;
  shared.next = query;
  Backtest whole(sides);

  // Reading a page is a fraction of judging it: the readers take turns, the judging is done side by side.
  const auto take_page = [&]() -> std::vector<ArchiveItem> {
    const std::lock_guard guard(shared.lock);
    if (shared.ended || stop(shared.seen)) {
      shared.ended = true;
      return {};
    }
    std::vector<ArchiveItem> items;
    while (items.empty() && !shared.ended) {
      auto page = store.archive(shared.next);
      if (!page) {
        shared.error = std::move(page).error();
        shared.ended = true;
        return {};
      }
      items = std::move(page->items);
      shared.ended = !page->next;
      if (page->next) shared.next.cursor = std::move(*page->next);
      if (items.empty() && stop(shared.seen)) shared.ended = true;
    }
    if (items.size() >= most - shared.handed_out) {
      items.resize(static_cast<std::size_t>(most - shared.handed_out));
      shared.ended = true;
    }
    shared.handed_out += items.size();
    return items;
  };
  const auto work = [&] {
    Backtest mine(sides);
    try {
      for (auto items = take_page(); !items.empty(); items = take_page()) {
        for (ArchiveItem& item : items) mine.look(tried_of(std::move(item)));
        const std::lock_guard guard(shared.lock);
        shared.seen += items.size();
      }
    } catch (...) {
      const std::lock_guard guard(shared.lock);
      shared.broken = std::current_exception();
      shared.ended = true;
      return;
    }
    const std::lock_guard guard(shared.lock);
    whole.add(mine);
  };
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 1; i < jobs; ++i) threads.emplace_back(work);
    work();
  }
  if (shared.broken) std::rethrow_exception(shared.broken);
  if (shared.error) return tl::unexpected(std::move(*shared.error));
  return whole.report();
}

}  // namespace chaffinch
