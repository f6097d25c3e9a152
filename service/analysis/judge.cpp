#include "analysis/judge.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "analysis/impression.h"
#include "analysis/spelling.h"
#include "core/limits.h"

namespace chaffinch {
namespace {

constexpr std::size_t kSpots = 8;  // of one finding, as core/verdict.h says
constexpr double kMaxFactor = 4;   // as rules/rule.h says
constexpr std::size_t kMaxFailed = 10;

constexpr PolicyRule kBlock = {
    "block", "Matches a block that a moderator has set; only an allow rule outranks it.", Action::spam};
constexpr PolicyRule kClosed = {"article_closed", "The article is closed for comments.", Action::hold};
constexpr PolicyRule kFirst = {"first_comment", "No comment of this author has been approved so far.",
                               Action::hold};
constexpr PolicyRule kHeld = {"held_by_policy", "This site holds every comment.", Action::hold};
constexpr PolicyRule kUnchecked = {"unchecked", "A check could not be made.", Action::hold};
constexpr const PolicyRule* kPolicies[] = {&kBlock, &kClosed, &kFirst, &kHeld, &kUnchecked};

constexpr std::string_view kPatternsFailed =
    "all patterns (so many hit a long text that the others were not looked for, or memory ran out)";

// Scores are kept and added in thousandths: whole numbers add up alike on every machine and in every order.
std::int64_t thousandths(double score) {
  return std::isfinite(score) ? std::llround(score * 1000) : 0;
}

constexpr std::int64_t kFineOfThousandth = 1'000'000;
constexpr double kFine = 1e9;

double from_thousandths(std::int64_t score) {
  return static_cast<double>(score) / 1000;
}

// Spots beyond the eighth are dropped, and so is what would lie outside of its field.
void put_spot(const Evidence& seen, Finding& finding, const Spot& spot) {
  if (finding.evidence.size() == kSpots || spot.start > spot.end || spot.end > seen.raw(spot.field).size())
    return;
  if (std::find(finding.evidence.begin(), finding.evidence.end(), spot) == finding.evidence.end()) {
    finding.evidence.push_back(spot);
  }
}

Finding finding_of(const PolicyRule& rule, std::string about) {
  Finding finding;
  finding.rule = rule.name;
  finding.about = std::move(about);
  finding.action = rule.action;
  return finding;
}

Finding finding_of_blocks(const Evidence& seen, bool allowed) {
  std::string about;
  for (const BlockHit& hit : seen.facts.blocks) {
    const std::string_view what = hit.kind == "author"   ? "the author is blocked"
                                  : hit.kind == "email"  ? "the email address is blocked"
                                  : hit.kind == "ip"     ? "the address is blocked"
                                  : hit.kind == "cidr"   ? "the network is blocked"
                                  : hit.kind == "domain" ? "a domain is blocked"
                                                         : "a block matches";
    if (about.find(what) == std::string::npos) about += (about.empty() ? "" : ", ") + std::string(what);
  }
  about.front() = static_cast<char>(about.front() - 'a' + 'A');
  Finding finding = finding_of(kBlock, about + (allowed ? "; an allow rule outranks that." : "."));
  for (const BlockHit& hit : seen.facts.blocks) {
    // Which of a text's links it was is not told, and the whole text would show nothing.
    if (hit.field == Field::content) continue;
    put_spot(seen, finding,
             {hit.field, View::raw, 0, static_cast<std::uint32_t>(seen.raw(hit.field).size())});
  }
  return finding;
}

std::string sentence_of_failed(const Evidence& seen, const std::vector<std::string_view>& failed) {
  std::string list = seen.facts.incomplete ? "what is remembered" : "";
  for (std::size_t i = 0; i < failed.size() && i < kMaxFailed; ++i) {
    list += (list.empty() ? "" : ", ") + std::string(failed[i]);
  }
  return "A check could not be made: " + list + ".";
}

// At most limits::kFindings, highest score first. Those that say most stay: live before shadow, those that
// ask for an action before others, then by the size of their score.
std::vector<Finding> arranged(std::vector<Finding> findings) {
  if (findings.size() > limits::kFindings) {
    std::sort(findings.begin(), findings.end(), [](const Finding& left, const Finding& right) {
      if (left.shadow != right.shadow) return !left.shadow;
      if (left.action.has_value() != right.action.has_value()) return left.action.has_value();
      const double weight = std::abs(left.score);
      const double other = std::abs(right.score);
      return weight != other ? weight > other : left.rule < right.rule;
    });
    findings.resize(limits::kFindings);
  }
  std::sort(findings.begin(), findings.end(), [](const Finding& left, const Finding& right) {
    return left.score != right.score ? left.score > right.score : left.rule < right.rule;
  });
  return findings;
}

}  // namespace

std::span<const PolicyRule* const> policy_rules() {
  return kPolicies;
}

Done Judge::check_overrides(const std::map<std::string, double, std::less<>>& overrides) const {
  for (const auto& [key, value] : overrides) {
    const auto tunable = tunables.find(key);
    if (tunable == tunables.end()) {
      std::vector<std::string_view> known;
      for (const auto& [name, place] : tunables) known.push_back(name);
      std::string advice = did_you_mean(key, known);
      if (advice.empty()) advice = "write rule.score or rule.knob, as the list of rules names them";
      return fail(Code::invalid, "no rule or knob is named " + in_quotes(key), key, std::move(advice));
    }
    if (!std::isfinite(value)) return fail(Code::invalid, "the value must be a finite number", key);
    if (tunable->second.score && std::abs(value) > kMaxScore) {
      return fail(Code::invalid, "a score must lie within -20 and 20", key);
    }
    if (tunable->second.score && tunable->second.at == learned_number() && (value < 0 || value > kMostScore))
      return fail(Code::invalid, "what the learner adds at most must lie within 0 and 7", key);
  }
  return {};
}

bool is_policy_rule(std::string_view name) {
  return std::any_of(std::begin(kPolicies), std::end(kPolicies),
                     [name](const PolicyRule* one) { return one->name == name; });
}

Verdict RuleSet::judge(const Evidence& seen, const Policy& policy, const Learned* learned) const {
  if (learned == nullptr) return judge(seen, policy, AskLearner());
  return judge(seen, policy, [learned](const Evidence& evidence, std::span<const Finding> findings) {
    return std::optional(
        Heard{impression_of(evidence, features_of(evidence, findings, *learned->key), *learned),
              std::string(learned->version)});
  });
}

Verdict Judge::judge(const Evidence& seen, const Policy& policy, const AskLearner& learner) const {
  try {
    return decide(seen, policy, learner);
  } catch (...) {
    // Out of memory, most likely: no answer, so nothing is published. The version is short enough to need no
    // memory.
    Verdict verdict;
    verdict.action = Action::hold;
    verdict.unchecked = true;
    verdict.rules_version = digest;
    return verdict;
  }
}

Judge::Observed Judge::observe(const Evidence& seen, const Tuning& tuning) const {
  Observed observed;
  observed.hits.assign(composite_number(composites.size()), Hit::none);
  ask_heuristics(seen, tuning, observed);
  ask_patterns(seen, tuning, observed);
  ask_composites(tuning, observed);
  observed.most_learned = tuning.scores[learned_number()];
  return observed;
}

void Judge::link_composites() {
  named_by.assign(composite_number(composites.size()), {});
  const std::vector<Hit> nothing(composite_number(composites.size()), Hit::none);
  for (std::uint32_t i = 0; i < composites.size(); ++i) {
    composites[i].by_nature = composites[i].when.value(nothing, Hit::live);
    for (const std::uint32_t rule : composites[i].when.rules()) {
      std::vector<std::uint32_t>& others = named_by[rule];
      if (others.empty() || others.back() != i) others.push_back(i);
    }
  }
}

// A composite of which no rule hit is what it is by nature; those are most of them, and are not worked out.
void Judge::ask_composites(const Tuning& tuning, Observed& observed) const {
  if (composites.empty()) return;
  std::vector<bool> open(composites.size());
  const auto opened_by = [&](std::uint32_t rule) {
    for (const std::uint32_t i : named_by[rule]) open[i] = true;
  };
  for (std::uint32_t rule = 0; rule < composite_number(0); ++rule) {
    if (observed.hits[rule] != Hit::none) opened_by(rule);
  }
  for (std::size_t i = 0; i < composites.size(); ++i) {
    const Composite& composite = composites[i];
    if (composite.state == State::off || (!open[i] && !composite.by_nature)) continue;
    const Hit hit = composite.state == State::shadow ? Hit::shadow : Hit::live;
    if (!composite.when.value(observed.hits, hit)) continue;
    const std::uint32_t number = composite_number(i);
    observed.hits[number] = hit;
    opened_by(number);
    observed.findings.push_back({composite.name,
                                 from_thousandths(thousandths(tuning.scores[number])),
                                 composite.about,
                                 {},
                                 hit == Hit::shadow,
                                 composite.action});
  }
}

void Judge::ask_heuristics(const Evidence& seen, const Tuning& tuning, Observed& observed) const {
  for (std::size_t i = 0; i < heuristics.size(); ++i) {
    const Rule& rule = *heuristics[i];
    const State state = i < heuristic_states.size() ? heuristic_states[i] : State::live;
    if (state == State::off) continue;
    std::optional<Noticed> noticed;
    try {
      noticed = rule.examine(seen, Knobs(rule.knobs, tuning.knobs.subspan(first_knob[i], rule.knobs.size())));
    } catch (...) {
      // A bug in one rule must neither publish the comment nor silence the others.
      observed.failed.push_back(rule.name);
      continue;
    }
    if (!noticed) continue;
    observed.hits[i] = state == State::shadow ? Hit::shadow : Hit::live;
    const double factor = noticed->factor > 0 ? std::min(noticed->factor, kMaxFactor) : 1;
    Finding finding;
    finding.rule = rule.name;
    finding.score = from_thousandths(thousandths(tuning.scores[i] * factor));
    finding.about = noticed->about.empty() ? std::string(rule.about) : std::move(noticed->about);
    finding.action = noticed->action;
    finding.shadow = state == State::shadow;
    for (const Spot& spot : noticed->evidence) put_spot(seen, finding, spot);
    observed.findings.push_back(std::move(finding));
  }
}

void Judge::ask_patterns(const Evidence& seen, const Tuning& tuning, Observed& observed) const {
  std::vector<Matcher::Sighting> sightings;
  if (!matcher->find(seen, sightings)) observed.failed.push_back(kPatternsFailed);
  for (std::size_t i = 0; i < sightings.size();) {
    const std::uint32_t place = sightings[i].pattern;
    const Pattern& pattern = patterns[place];
    const std::uint32_t number = pattern_number(place);
    const Hit hit = pattern.state == State::shadow ? Hit::shadow : Hit::live;
    observed.hits[number] = hit;
    Finding finding{pattern.name,       from_thousandths(thousandths(tuning.scores[number])),
                    pattern.about,      {},
                    hit == Hit::shadow, pattern.action};
    for (; i < sightings.size() && sightings[i].pattern == place; ++i)
      put_spot(seen, finding, sightings[i].spot);
    observed.findings.push_back(std::move(finding));
  }
}

Judge::Observed Judge::observe_for(const Evidence& seen, const Policy& policy) const {
  if (policy.overrides.empty()) return observe(seen, Tuning{scores, knobs});
  std::vector<double> own_scores = scores;
  std::vector<double> own_knobs = knobs;
  for (const auto& [key, value] : policy.overrides) {
    // A rule may have gone since the site's settings were saved; its override then means nothing.
    const auto tunable = tunables.find(key);
    if (tunable == tunables.end() || !std::isfinite(value)) continue;
    (tunable->second.score ? own_scores : own_knobs)[tunable->second.at] = value;
  }
  return observe(seen, Tuning{own_scores, own_knobs});
}

// The thresholds, the forced actions and the blocks raise the action; an allow rule takes that back, and the
// wait of a first comment with it; a closed article, a site that holds everything, and a check that failed
// have the last word.
Verdict Judge::decide(const Evidence& seen, const Policy& policy, const AskLearner& learner) const {
  Observed observed = observe_for(seen, policy);
  std::vector<Finding>& findings = observed.findings;

  Verdict verdict;
  verdict.rules_version = digest;
  // The learner's part of the sum is finer than the rules': the order of comments is not lost to rounding.
  std::int64_t fine = 0;
  if (learner && learned_state != State::off) {
    if (auto heard = learner(seen, findings); !heard) {
      observed.failed.push_back("the learner");
    } else {
      verdict.model_version = std::move(heard->version);
      if (const Impression& impression = heard->impression; !impression.silent) {
        verdict.probability = impression.probability;
        Finding finding = finding_of(impression);
        finding.score *= std::clamp(observed.most_learned, 0.0, kMostScore) / kMostScore;
        finding.shadow = learned_state == State::shadow;
        if (!finding.shadow)
          fine = std::llround(finding.score * kFine) - thousandths(finding.score) * kFineOfThousandth;
        findings.push_back(std::move(finding));
      }
    }
  }

  std::int64_t sum = 0;
  Action forced = Action::approve;
  bool allowed = false;
  for (const Finding& finding : findings) {
    if (finding.shadow) continue;
    sum += thousandths(finding.score);
    if (!finding.action) continue;
    if (*finding.action == Action::approve) allowed = true;
    forced = std::max(forced, *finding.action);
  }

  verdict.score = static_cast<double>(sum * kFineOfThousandth + fine) / kFine;
  verdict.action = verdict.score >= policy.discard ? Action::discard
                   : verdict.score >= policy.spam  ? Action::spam
                   : verdict.score >= policy.hold  ? Action::hold
                                                   : Action::approve;
  verdict.action = std::max(verdict.action, forced);

  const auto demand = [&](Finding finding) {
    verdict.action = std::max(verdict.action, *finding.action);
    findings.push_back(std::move(finding));
  };
  if (!seen.facts.blocks.empty()) demand(finding_of_blocks(seen, allowed));
  if (allowed) verdict.action = Action::approve;
  if (seen.facts.article_closed) demand(finding_of(kClosed, std::string(kClosed.about)));
  if (seen.facts.incomplete || !observed.failed.empty()) {
    verdict.unchecked = true;
    demand(finding_of(kUnchecked, sentence_of_failed(seen, observed.failed)));
  }
  if (verdict.action == Action::approve) {
    if (policy.moderation == Moderation::hold_all) {
      demand(finding_of(kHeld, std::string(kHeld.about)));
    } else if (policy.moderation == Moderation::hold_first && seen.facts.author.approved == 0 && !allowed) {
      demand(finding_of(kFirst, std::string(kFirst.about)));
    }
  }
  verdict.findings = arranged(std::move(findings));
  return verdict;
}

}  // namespace chaffinch
