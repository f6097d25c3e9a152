#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "analysis/pack.h"
#include "analysis/review.h"
#include "backtest.h"
#include "cli/commands.h"
#include "cli/known.h"
#include "cli/pipeline.h"
#include "cli/signals.h"
#include "cli/terminal.h"
#include "core/limits.h"
#include "http/wire.h"
#include "http/wire_rules.h"

namespace chaffinch::cli {
namespace {

constexpr std::size_t kShownRules = 40;

std::string number(std::uint64_t count, std::size_t width) {
  return wide(grouped(count), width, true);
}

std::string of_people(const Backtest::Counts& counts) {
  std::string text;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0)
      text +=
          (text.empty() ? "" : ", ") + grouped(counts[i]) + " " + std::string(word(static_cast<Opinion>(i)));
  }
  return text.empty() ? "none" : text;
}

std::uint64_t sum(const Backtest::Counts& counts) {
  std::uint64_t all = 0;
  for (const std::uint64_t one : counts) all += one;
  return all;
}

std::string precision_of(const Backtest::RuleReport& rule) {
  const std::uint64_t decided = rule.hits - rule.opinions[static_cast<std::size_t>(Opinion::undecided)];
  if (decided == 0) return "     -";
  return wide(fixed(100 * rule.precision.value, 1), 6, true) + " %  (" + fixed(100 * rule.precision.low, 1) +
         " to " + fixed(100 * rule.precision.high, 1) + ")" + (rule.speaks_for ? "  approved" : "");
}

std::string text_of(const Backtest::Report& report, bool all, bool stored) {
  std::string text = grouped(report.seen) + " comments; people: " + of_people(report.opinions) + "\n";
  text += "rules today " + report.today + ", draft " + report.draft +
          "; the learner is not asked on either side\n";
  if (report.unchecked > 0) text += grouped(report.unchecked) + " could not be checked by the draft\n";
  text +=
      "\n" + wide("rule", 32) + "     hits    today     spam approved rejected undecided  precision (95 %)\n";
  std::size_t shown = 0, left = 0;
  for (const Backtest::RuleReport& rule : report.rules) {
    if (!all && (!rule.changed || shown == kShownRules)) {
      ++left;
      continue;
    }
    ++shown;
    const auto people = [&](Opinion opinion) { return rule.opinions[static_cast<std::size_t>(opinion)]; };
    text += wide(rule.name + (rule.state == "live" ? "" : " (" + rule.state + ")"), 32) +
            number(rule.hits, 9) + number(rule.before, 9) + number(people(Opinion::spam), 9) +
            number(people(Opinion::approved), 9) + number(people(Opinion::rejected), 9) +
            number(people(Opinion::undecided), 10) + "  " + precision_of(rule) + "\n";
  }
  if (shown == 0) text += "(no rule hits otherwise than today)\n";
  if (left > 0) text += grouped(left) + " more with --all\n";

  text +=
      "\n" + grouped(report.changed) + (report.changed == 1 ? " verdict" : " verdicts") + " would change\n";
  for (const Backtest::Change& change : report.changes) {
    text += "  " + std::string(word(change.from)) + " -> " + std::string(word(change.to)) + "  " +
            grouped(sum(change.opinions)) + "  (people: " + of_people(change.opinions) + ")\n";
  }
  if (!report.samples.empty()) text += "\nsome of them\n";
  for (const Backtest::Sample& one : report.samples) {
    std::string rules;
    for (const std::string& rule : one.rules) rules += (rules.empty() ? "" : ", ") + rule;
    text += "  " + std::string(word(one.from)) + " -> " + std::string(word(one.to)) + "  " +
            fixed(one.score_from, 2) + " -> " + fixed(one.score_to, 2) +
            "  people: " + std::string(word(one.opinion)) + "  " + (stored ? "/v1/comments/" : "") +
            plain(one.key) + "\n" + (rules.empty() ? "" : "    by " + plain(rules) + "\n") + "    | " +
            plain(one.begins) + "\n";
  }
  return text;
}

int refused(const std::vector<Error>& errors) {
  for (const Error& error : errors) {
    err("chaffinch: " + (error.where.empty() ? "" : plain(error.where) + ": ") + plain(error.what) + "\n" +
        (error.advice.empty() ? "" : plain(error.advice, true) + "\n"));
  }
  return kFailed;
}

std::vector<StoredPack> stored(const std::vector<PackSource>& sources) {
  std::vector<StoredPack> packs;
  for (const PackSource& source : sources) {
    StoredPack one;
    one.name = pack_name_of(source);
    one.text = source.text;
    one.lists = source.lists;
    packs.push_back(std::move(one));
  }
  return packs;
}

Result<std::shared_ptr<const RuleSet>> built(const std::vector<PackSource>& packs) {
  std::vector<Error> errors;
  auto rules = RuleSet::build(packs, errors);
  if (rules) return rules;
  show_lines(packs, errors);
  refused(errors);
  return fail(Code::invalid, "the rules do not build: `chaffinch rules check` tells more");
}

// An archive with labels: judged without memory, everything published that is not flagged.
Result<Backtest::Report> over_archive(const RulesBacktest& wish, const Backtest::Sides& sides, unsigned jobs,
                                      std::optional<Time> since, const Signals& signals) {
  auto reader = LineReader::open(wish.against, signals.wake());
  if (!reader) return tl::unexpected(std::move(reader).error());
  std::mutex lock;
  std::vector<std::unique_ptr<Backtest>> idle;
  std::vector<std::unique_ptr<Backtest>> all;
  std::optional<Error> bad;
  std::atomic<std::uint64_t> seen = 0;
  Progress progress("backtest", reader->size());
  const auto work = [&](const Line& line, std::string& text) {
    auto row = line.too_long ? Result<http::Row>(fail(Code::too_large, "the line is too long"))
                             : http::read_row(line.text);
    std::unique_ptr<Backtest> mine;
    {
      const std::lock_guard guard(lock);
      if (!row) {
        if (!bad) {
          bad = row.error();
          bad->where =
              wish.against + ":" + std::to_string(line.number) + (bad->where.empty() ? "" : " " + bad->where);
        }
        return;
      }
      if (!idle.empty()) {
        mine = std::move(idle.back());
        idle.pop_back();
      }
    }
    if (!mine) mine = std::make_unique<Backtest>(sides);
    Tried one;
    one.key = row->key.empty() ? "line " + std::to_string(line.number) : row->key;
    one.facts.now = row->submission.created_at.value_or(0);
    if (row->label) {
      one.opinion = *row->label == DecisionKind::approve  ? Opinion::approved
                    : *row->label == DecisionKind::reject ? Opinion::rejected
                                                          : Opinion::spam;
    }
    const bool wanted = !since || row->submission.created_at.value_or(0) >= *since;
    one.comment = std::move(row->submission);
    one.comment.site.clear();
    if (wanted) {
      mine->look(std::move(one));
      ++seen;
    }
    text += ' ';  // a sign for the bar
    const std::lock_guard guard(lock);
    idle.push_back(std::move(mine));
  };
  const auto end = run_in_order(*reader, jobs, work, [&](std::string_view) {
    progress.show(reader->bytes(), seen);
    return !signals.stopped();
  });
  if (end == LineReader::Got::failed) return fail(Code::invalid, reader->problem());
  if (bad) return tl::unexpected(std::move(*bad));
  Backtest whole(sides);
  for (const auto& one : idle) whole.add(*one);
  return whole.report();
}

struct Policies {
  std::map<std::string, Policy> by_site;
  Policy usual;
};

std::uint64_t comments_of(Store& store, const std::string& site, const Policies& policies) {
  std::uint64_t total = 0;
  for (const auto& [id, policy] : policies.by_site) {
    if (!site.empty() && id != site) continue;
    if (const auto stats = store.stats(id))
      total += stats->pending + stats->approved + stats->rejected + stats->spam + stats->checked;
  }
  return total;
}

}  // namespace

int rules_backtest(const RulesBacktest& wish) {
  const bool with_store = wish.given.flags.contains(kDataSetting);
  if (with_store != wish.against.empty()) {
    complain("name one source of comments: --data DIR (a store) or --against FILE (an archive)");
    return kUsage;
  }
  std::optional<Time> since;
  if (!wish.since.empty()) {
    since = parse_time(wish.since);
    if (!since) {
      complain("--since is not a date: it looks like 2026-11-01 or 2026-11-01T12:00:00Z");
      return kUsage;
    }
  }
  auto settings = settings_of(wish.given);
  if (!settings) return complain(settings.error());
  auto own = packs_named(wish.rules);
  if (!own) return complain(own.error());
  const bool instead = wish.rules.size() == 1 && is_folder(wish.rules.front());

  Signals signals;
  const unsigned jobs =
      wish.jobs > 0 ? static_cast<unsigned>(wish.jobs) : std::max(1U, std::thread::hardware_concurrency());
  Policies policies;
  policies.usual.moderation = Moderation::publish;
  Rulebook::Sets today, draft;
  const Backtest::Sides sides{.today = [&](const std::string& site) { return today.of(site); },
                              .draft = [&](const std::string& site) { return draft.of(site); },
                              .policy =
                                  [&](const std::string& site) {
                                    const auto known = policies.by_site.find(site);
                                    return known == policies.by_site.end() ? policies.usual : known->second;
                                  }};
  Result<Backtest::Report> report = fail(Code::invalid, "");
  if (!with_store) {
    auto base = read_packs(settings->rules);
    if (!base) return complain(base.error());
    auto rules = built(*base);
    if (!rules) return complain(rules.error());
    today.all = draft.all = *rules;
    if (!wish.rules.empty()) {
      rules = built(instead ? *own : laid_over(*base, *own));
      if (!rules) return complain(rules.error());
      draft.all = *rules;
    }
    report = over_archive(wish, sides, jobs, since, signals);
  } else {
    auto store = store_given(wish.given, *settings);
    if (!store) {
      complain(store.error());
      if (store.error().code == Code::unavailable)
        err(over_the_api(*settings, "POST", "/v1/rules/backtests", "{}"));
      return kFailed;
    }
    const auto rules = rules_or_complain(settings->rules);
    if (!rules) return kFailed;
    Metrics metrics;
    Intake intake(**store, metrics, rules);
    const auto rulebook = with_published(intake, metrics, *settings);
    today = draft = rulebook->in_force();
    if (instead) {
      auto whole = built(*own);
      if (!whole) return complain(whole.error());
      draft = {.all = *whole, .by_site = {}, .published = {}};
    } else if (!wish.rules.empty()) {
      auto sets =
          rulebook->sets_of({.site = {}, .extra = stored(*own), .with_drafts = false, .instead = false});
      if (!sets) return refused(sets.error());
      draft = std::move(*sets);
    }
    auto sites = (*store)->sites();
    if (!sites) return complain(sites.error());
    for (const Site& site : *sites) policies.by_site.emplace(site.id, site.policy);
    if (!wish.site.empty() && !policies.by_site.contains(wish.site))
      return complain("there is no site " + wish.site + "; `chaffinch site list` shows them");
    Progress progress("backtest", comments_of(**store, wish.site, policies));
    ArchiveQuery query;
    query.site = wish.site;
    query.since = since;
    query.limit = limits::kPage;
    report = backtest(**store, query, sides, jobs, UINT64_MAX, [&](std::uint64_t seen) {
      progress.show(seen, seen);
      return signals.stopped();
    });
  }
  if (!report) return complain(report.error());
  if (signals.stopped()) return complain("stopped before the end: no report");
  return out(wish.json ? http::write_backtest(*report, with_store) + "\n"
                       : text_of(*report, wish.all, with_store))
             ? kFine
             : kFailed;
}

}  // namespace chaffinch::cli
