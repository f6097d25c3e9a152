// All rules, compiled, and the judgement over them: what RuleSet::build returns. Pure.
//
// ruleset.cpp fills it; from then on nothing in it changes, and every const method is safe from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/composite.h"
#include "analysis/matcher.h"
#include "analysis/pack.h"
#include "analysis/ruleset.h"
#include "rules/rule.h"

namespace chaffinch {

// Findings that come from the site's policy and from what the store knows for certain. They add nothing to
// the score; they are findings so that every comment that was held says why.
struct PolicyRule {
  std::string_view name;
  std::string_view about;
  Action action;
};
std::span<const PolicyRule* const> policy_rules();
bool is_policy_rule(std::string_view name);

class Judge final : public RuleSet {
 public:
  struct Pattern {
    std::string name;
    std::string about;
    std::optional<Action> action;
    State state = State::live;
  };
  struct Composite {
    std::string name;
    std::string about;
    std::optional<Action> action;
    State state = State::live;
    Expression when;
    bool by_nature = false;  // holds when nothing hit
  };
  // What an override may name: a rule's score, or a knob.
  struct Tunable {
    bool score = false;
    std::size_t at = 0;  // of scores or knobs
  };

  // Rules are numbered: heuristics, patterns, composites, in this order.
  std::vector<const Rule*> heuristics;
  std::vector<State> heuristic_states;  // of those without one: live
  std::vector<Pattern> patterns;
  std::vector<Composite> composites;
  std::vector<std::vector<std::uint32_t>> named_by;  // by rule: the composites that name it
  State learned_state = State::live;
  std::vector<double> scores;                            // by rule; last, the most that the learner adds
  std::vector<double> knobs;                             // of all heuristics, one after the other
  std::vector<std::size_t> first_knob;                   // of each heuristic
  std::unique_ptr<Matcher> matcher;                      // over `patterns`
  std::map<std::string, Tunable, std::less<>> tunables;  // by "rule.score" and "rule.knob"
  std::vector<RuleInfo> infos;
  std::string digest;

  std::uint32_t pattern_number(std::size_t i) const {
    return static_cast<std::uint32_t>(heuristics.size() + i);
  }
  std::uint32_t composite_number(std::size_t i) const {
    return static_cast<std::uint32_t>(heuristics.size() + patterns.size() + i);
  }

  // Of scores alone: no composite names what speaks after the rules.
  std::uint32_t learned_number() const { return composite_number(composites.size()); }

  // Fills what composites are asked by. REQUIRES: all rules are there; nothing was judged before.
  void link_composites();

  // The scores and knobs that one judgement uses: the set's own, or a copy with a site's overrides.
  struct Tuning {
    std::span<const double> scores;
    std::span<const double> knobs;
  };
  // What the rules saw, before anything is concluded from it.
  struct Observed {
    std::vector<Hit> hits;  // by rule
    std::vector<Finding> findings;
    std::vector<std::string_view> failed;  // checks that could not be made
    double most_learned = 0;               // that the learner adds
  };
  Observed observe(const Evidence& seen, const Tuning& tuning) const;

  const std::string& version() const override { return digest; }
  const std::vector<RuleInfo>& rules() const override { return infos; }
  Done check_overrides(const std::map<std::string, double, std::less<>>& overrides) const override;
  using RuleSet::judge;
  Verdict judge(const Evidence& seen, const Policy& policy, const AskLearner& learner) const override;

 private:
  void ask_heuristics(const Evidence& seen, const Tuning& tuning, Observed& observed) const;
  void ask_patterns(const Evidence& seen, const Tuning& tuning, Observed& observed) const;
  void ask_composites(const Tuning& tuning, Observed& observed) const;
  Observed observe_for(const Evidence& seen, const Policy& policy) const;
  Verdict decide(const Evidence& seen, const Policy& policy, const AskLearner& learner) const;
};

}  // namespace chaffinch
