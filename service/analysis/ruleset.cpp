#include "analysis/ruleset.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "analysis/composite.h"
#include "analysis/digest.h"
#include "analysis/gather.h"
#include "analysis/impression.h"
#include "analysis/judge.h"
#include "analysis/matcher.h"
#include "analysis/pack.h"
#include "analysis/spelling.h"
#include "rules/rule.h"

namespace chaffinch {
namespace {

// Part of the version: raised when the same rules and evidence would come to another verdict.
constexpr std::string_view kSemantics = "judge 3";

// Builds a set from its packs; everything that is wrong is collected on the way.
class Assembly {
 public:
  Assembly(std::span<const PackSource> sources, std::vector<Error>& errors)
      : sources_(sources), errors_(errors) {}

  std::shared_ptr<const RuleSet> run() {
    errors_.clear();
    for (const PackSource& source : sources_) {
      if (std::optional<Pack> pack = read_pack(source, errors_)) packs_.push_back(std::move(*pack));
    }
    // An unreadable pack makes its rules unknown, and messages that follow from this would only mislead.
    const bool readable = packs_.size() == sources_.size();
    collect_states();
    name_rules();
    add_patterns();
    if (readable) add_composites();
    rules_->scores.push_back(kMostScore);  // the learner's
    if (readable) change_scores();
    if (readable) check_states();
    rules_->link_composites();
    if (rules_->matcher) {
      try_patterns();
      if (readable && errors_.empty()) try_composites();
    }
    if (!errors_.empty()) return nullptr;
    // The examples are the texts that hit: they fill RE2 with states that comments rarely lead to (with the
    // shipped packs 29 of 38 MiB).
    if (rules_->matcher) rules_->matcher->renew();
    describe();
    return std::move(rules_);
  }

 private:
  void complain(std::string what, std::string where, std::string advice = {}) {
    errors_.push_back({Code::invalid, std::move(what), std::move(where), std::move(advice), 0});
  }

  // Names are kept with verdicts for years: one name, one rule.
  bool claim(const std::string& name, const std::string& where, std::string owner) {
    const auto [taken, is_new] = owners_.emplace(name, owner);
    if (is_new) return true;
    complain("the name '" + name + "' is taken: " + taken->second, where, "choose another name");
    return false;
  }

  // A later pack's word counts, as with scores. Before anything is compiled: what is off is left out.
  void collect_states() {
    for (const Pack& pack : packs_) {
      for (const PackState& change : pack.states) states_[change.rule] = change.state;
    }
    const auto change = [this](std::string_view name, State& state) {
      const auto found = states_.find(name);
      if (found == states_.end() || found->second == state) return;
      state = found->second;
      switched_.emplace(name);
    };
    for (Pack& pack : packs_) {
      for (PackPattern& pattern : pack.patterns) change(pattern.name, pattern.state);
      for (PackComposite& composite : pack.composites) change(composite.name, composite.state);
    }
    for (const Rule* rule : rules::catalogue()) {
      rules_->heuristic_states.push_back(State::live);
      change(rule->name, rules_->heuristic_states.back());
    }
    change(kLearnedRule, rules_->learned_state);
  }

  void check_states() {
    for (const Pack& pack : packs_) {
      for (const PackState& change : pack.states) {
        if (numbers_.contains(change.rule) || change.rule == kLearnedRule) continue;
        complain("[state] names no rule: '" + change.rule + "'", pack.where(change.line),
                 did_you_mean(change.rule, names_to_switch()));
      }
    }
  }

  // Composites that lean on a rule that [state] has switched, themselves included, by their numbers' order.
  std::vector<bool> leaning_on_switched() const {
    std::vector<bool> leaning;
    for (const Judge::Composite& composite : rules_->composites) {
      const std::vector<std::uint32_t> named = composite.when.rules();
      leaning.push_back(switched_.contains(composite.name) ||
                        std::any_of(named.begin(), named.end(), [&](std::uint32_t rule) {
                          const std::size_t first = rules_->composite_number(0);
                          if (rule >= first) return static_cast<bool>(leaning[rule - first]);
                          const std::size_t heuristics = rules_->heuristics.size();
                          return rule < heuristics
                                     ? switched_.contains(rules_->heuristics[rule]->name)
                                     : switched_.contains(rules_->patterns[rule - heuristics].name);
                        }));
    }
    return leaning;
  }

  void name_rules() {
    for (const PolicyRule* policy : policy_rules()) {
      owners_.emplace(policy->name, "a rule of the house has it");
    }
    owners_.emplace(kLearnedRule, "the learner has it");
    for (const Rule* rule : rules::catalogue()) {
      const std::string name(rule->name);
      claim(name, "rules/" + name + ".cpp", "the heuristic in rules/" + name + ".cpp has it");
      numbers_.emplace(name, static_cast<std::uint32_t>(rules_->heuristics.size()));
      rules_->heuristics.push_back(rule);
      rules_->scores.push_back(rule->score);
      rules_->first_knob.push_back(rules_->knobs.size());
      for (const Knob& knob : rule->knobs) {
        if (knob.name == "score") complain("a knob cannot be named 'score'", "rules/" + name + ".cpp");
        rules_->tunables.emplace(name + "." + std::string(knob.name),
                                 Judge::Tunable{false, rules_->knobs.size()});
        rules_->knobs.push_back(knob.usual);
      }
    }
    std::map<std::string, std::string> pack_names;
    for (const Pack& pack : packs_) {
      const auto [taken, is_new] = pack_names.emplace(pack.name, pack.files.front());
      if (!is_new)
        complain("the pack name '" + pack.name + "' is taken: " + taken->second + " has it", pack.where(1));
    }
  }

  void add_patterns() {
    for (const Pack& pack : packs_) {
      for (const PackPattern& pattern : pack.patterns) {
        if (pattern.name.empty()) continue;
        if (!claim(pattern.name, pack.where(pattern.line),
                   "the pattern at " + pack.where(pattern.line) + " has it")) {
          continue;
        }
        numbers_.emplace(pattern.name, rules_->pattern_number(sources_of_patterns_.size()));
        sources_of_patterns_.push_back({&pattern, &pack});
        rules_->patterns.push_back({pattern.name, pattern.about, pattern.action, pattern.state});
        rules_->scores.push_back(pattern.score);
      }
    }
    rules_->matcher = Matcher::build(sources_of_patterns_, errors_, bad_patterns_);
  }

  void add_composites() {
    for (const Pack& pack : packs_) {
      for (const PackComposite& composite : pack.composites) {
        if (composite.name.empty()) continue;
        const std::string where = pack.where(composite.line);
        if (!claim(composite.name, where, "the composite at " + where + " has it")) continue;
        auto when =
            Expression::parse(composite.when, [this](std::string_view name) -> std::optional<std::uint32_t> {
              const auto number = numbers_.find(name);
              if (number == numbers_.end()) return std::nullopt;
              return number->second;
            });
        if (!when) {
          complain_of_condition(pack, composite, when.error());
          // Known by name all the same, so that those who name it are not blamed as well.
          when = Expression{};
        }
        numbers_.emplace(composite.name, rules_->composite_number(rules_->composites.size()));
        sources_of_composites_.push_back({&composite, &pack});
        rules_->composites.push_back(
            {composite.name, composite.about, composite.action, composite.state, std::move(*when), false});
        rules_->scores.push_back(composite.score);
      }
    }
  }

  void complain_of_condition(const Pack& pack, const PackComposite& composite,
                             const Expression::Trouble& trouble) {
    std::string advice;
    if (!trouble.unknown.empty()) {
      if (later_composite(trouble.unknown)) {
        advice = "a composite can name those above it alone: move '" + trouble.unknown + "' up";
      } else if (owners_.contains(trouble.unknown)) {
        advice = "'" + trouble.unknown + "' speaks when all rules have spoken, so a composite cannot name it";
      } else {
        advice = did_you_mean(trouble.unknown, names());
      }
    }
    std::string row;
    std::string under;
    for (std::size_t i = 0; i < composite.when.size(); ++i) {
      const char c = composite.when[i];
      row += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
      if (i < trouble.at && (static_cast<unsigned char>(c) & 0xC0U) != 0x80U) under += ' ';
    }
    if (row.size() <= 200) advice += (advice.empty() ? "  " : "\n  ") + row + "\n  " + under + "^";
    complain("the composite '" + composite.name + "': " + trouble.what, pack.where(composite.when_line),
             std::move(advice));
  }

  bool later_composite(std::string_view name) const {
    for (const Pack& pack : packs_) {
      for (const PackComposite& composite : pack.composites) {
        if (composite.name == name) return true;
      }
    }
    return false;
  }

  std::vector<std::string_view> names() const {
    std::vector<std::string_view> known;
    for (const auto& [name, number] : numbers_) known.push_back(name);
    return known;
  }

  std::vector<std::string_view> names_to_switch() const {
    std::vector<std::string_view> known = names();
    known.push_back(kLearnedRule);
    return known;
  }

  // A later pack's word counts, so that a site's own pack can change what a shipped one says.
  void change_scores() {
    for (const Pack& pack : packs_) {
      for (const PackScore& change : pack.scores) {
        const auto number = numbers_.find(change.rule);
        if (change.rule == kLearnedRule) {
          if (change.score < 0 || change.score > kMostScore)
            complain("what the learner adds at most must lie within 0 and 7", pack.where(change.line));
          else
            rules_->scores[rules_->learned_number()] = change.score;
        } else if (number == numbers_.end()) {
          complain("[score] names no rule: '" + change.rule + "'", pack.where(change.line),
                   did_you_mean(change.rule, names_to_switch()));
        } else {
          rules_->scores[number->second] = change.score;
        }
      }
    }
  }

  void try_patterns() {
    std::vector<Matcher::Sighting> sightings;
    for (std::size_t i = 0; i < sources_of_patterns_.size(); ++i) {
      const auto& [pattern, pack] = sources_of_patterns_[i];
      if (pack->shipped || bad_patterns_[i] || pattern->state == State::off) continue;
      for (const PackExample& example : pattern->examples) {
        const Evidence seen = gather(example.comment);
        sightings.clear();
        const bool checked = rules_->matcher->find(seen, sightings);
        const auto sighting = std::find_if(sightings.begin(), sightings.end(),
                                           [i](const Matcher::Sighting& one) { return one.pattern == i; });
        const bool hit = sighting != sightings.end();
        if (hit == example.hit && (checked || hit)) continue;
        const std::string what = "the pattern '" + pattern->name + "' ";
        const std::string where = pack->where(example.line);
        if (!hit && !checked) {
          complain(what + "could not be tried on its example " + in_quotes(example.shown), where);
        } else if (hit) {
          const std::string_view raw = seen.raw(sighting->spot.field);
          complain(
              what + "hits its own ham example " + in_quotes(example.shown), where,
              "in " + std::string(word(sighting->spot.field)) + " it sees " +
                  in_quotes(raw.substr(sighting->spot.start, sighting->spot.end - sighting->spot.start)));
        } else {
          complain(what + "does not hit its own spam example " + in_quotes(example.shown), where,
                   advice_for_miss(*pattern, seen));
        }
      }
    }
  }

  static std::string advice_for_miss(const PackPattern& pattern, const Evidence& seen) {
    if (pattern.type >= EntryType::domain) return {};
    std::string advice;
    for (const Field field : pattern.fields) {
      const Text* text = seen.view(field, pattern.view);
      const std::string_view shown = text == nullptr ? seen.raw(field) : std::string_view(text->value);
      if (shown.empty()) continue;
      advice += (advice.empty() ? "" : "; ") + std::string(word(field)) + " reads " + in_quotes(shown);
    }
    if (advice.empty() && pattern.links && seen.links.empty()) advice = "no link is seen in it";
    if (advice.empty() && !pattern.links) advice = "the fields that it looks at are empty there";
    if (pattern.type == EntryType::regex && pattern.view == View::folded && has_capital(pattern)) {
      advice += (advice.empty() ? "" : "; ") +
                std::string("the folded view is lower case, and the pattern has capitals");
    }
    return advice;
  }

  static bool has_capital(const PackPattern& pattern) {
    for (const PackEntry& entry : pattern.entries) {
      for (std::size_t i = 0; i < entry.text.size(); ++i) {
        if (entry.text[i] == '\\') {
          ++i;
        } else if (entry.text[i] >= 'A' && entry.text[i] <= 'Z') {
          return true;
        }
      }
    }
    return false;
  }

  void try_composites() {
    const std::vector<bool> leaning = leaning_on_switched();
    for (std::size_t i = 0; i < sources_of_composites_.size(); ++i) {
      const auto& [composite, pack] = sources_of_composites_[i];
      if (pack->shipped || composite->state == State::off || leaning[i]) continue;
      for (const PackExample& example : composite->examples) {
        const Judge::Observed observed =
            rules_->observe(gather(example.comment), Judge::Tuning{rules_->scores, rules_->knobs});
        if ((observed.hits[rules_->composite_number(i)] != Hit::none) == example.hit) continue;
        std::string hits;
        for (const Finding& finding : observed.findings) {
          if (finding.rule != composite->name) hits += (hits.empty() ? "" : ", ") + finding.rule;
        }
        complain("the composite '" + composite->name + "' " +
                     (example.hit ? "does not hit its own spam example " : "hits its own ham example ") +
                     in_quotes(example.shown),
                 pack->where(example.line), hits.empty() ? "no rule hits it" : "rules that hit it: " + hits);
      }
    }
  }

  static RuleInfo info(std::string_view name, std::string_view about, std::string_view kind,
                       std::string_view pack, double score, std::optional<Action> action, State state) {
    RuleInfo made;
    made.name = name;
    made.about = about;
    made.kind = kind;
    made.pack = pack;
    made.score = score;
    made.action = action;
    made.state = word(state);
    return made;
  }

  void describe() {
    Digest digest;
    digest.add(kSemantics);
    digest.add(std::string_view(CHAFFINCH_VERSION));
    std::vector<RuleInfo>& infos = rules_->infos;
    std::size_t number = 0;
    for (const Rule* rule : rules_->heuristics) {
      infos.push_back(info(rule->name, rule->about, "heuristic", "", rules_->scores[number], {},
                           rules_->heuristic_states[number]));
      ++number;
      for (const Knob& knob : rule->knobs) {
        infos.back().knobs.push_back({std::string(knob.name), knob.usual, std::string(knob.about)});
      }
    }
    for (const auto& [pattern, pack] : sources_of_patterns_) {
      infos.push_back(info(pattern->name, pattern->about, "pattern", pack->name, rules_->scores[number++],
                           pattern->action, pattern->state));
      add(digest, *pattern);
    }
    for (const auto& [composite, pack] : sources_of_composites_) {
      infos.push_back(info(composite->name, composite->about, "composite", pack->name,
                           rules_->scores[number++], composite->action, composite->state));
      digest.add(composite->name);
      digest.add(composite->when);
    }
    infos.push_back(
        info(kLearnedRule, kLearnedAbout, "learner", "", rules_->scores[number], {}, rules_->learned_state));
    for (std::size_t i = 0; i < infos.size(); ++i) {
      rules_->tunables.emplace(infos[i].name + ".score", Judge::Tunable{true, i});
    }
    for (const PolicyRule* policy : policy_rules()) {
      infos.push_back(info(policy->name, policy->about, "policy", "", 0, policy->action, State::live));
    }
    for (const RuleInfo& one : infos) add(digest, one);
    rules_->digest = digest.text();
    std::sort(infos.begin(), infos.end(),
              [](const RuleInfo& left, const RuleInfo& right) { return left.name < right.name; });
  }

  static void add(Digest& digest, const PackPattern& pattern) {
    digest.add(word(pattern.type));
    digest.add(word(pattern.view));
    digest.add(static_cast<std::uint64_t>(pattern.links ? 1 : 0));
    for (const Field field : pattern.fields) digest.add(word(field));
    digest.add(static_cast<std::uint64_t>(pattern.entries.size()));
    for (const PackEntry& entry : pattern.entries) digest.add(entry.text);
  }

  static void add(Digest& digest, const RuleInfo& one) {
    for (const std::string* text : {&one.name, &one.about, &one.kind, &one.state}) digest.add(*text);
    digest.add(one.score);
    digest.add(one.action);
    for (const RuleInfo::KnobInfo& knob : one.knobs) {
      digest.add(knob.name);
      digest.add(knob.usual);
    }
  }

  struct CompositeSource {
    const PackComposite* composite = nullptr;
    const Pack* pack = nullptr;
  };

  std::span<const PackSource> sources_;
  std::vector<Error>& errors_;
  std::vector<Pack> packs_;
  std::shared_ptr<Judge> rules_ = std::make_shared<Judge>();
  std::map<std::string, std::string, std::less<>> owners_;  // every name and who has it
  std::map<std::string, std::uint32_t, std::less<>>
      numbers_;                                       // of rules that composites and [score] may name
  std::map<std::string, State, std::less<>> states_;  // of rules that [state] names
  std::set<std::string, std::less<>> switched_;       // those whose state it changed
  std::vector<Matcher::Source> sources_of_patterns_;
  std::vector<bool> bad_patterns_;
  std::vector<CompositeSource> sources_of_composites_;
};

}  // namespace

std::shared_ptr<const RuleSet> RuleSet::build(std::span<const PackSource> packs, std::vector<Error>& errors) {
  return Assembly(packs, errors).run();
}

}  // namespace chaffinch
