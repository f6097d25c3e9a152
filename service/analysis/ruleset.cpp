#include "analysis/ruleset.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

#include "analysis/composite.h"
#include "analysis/gather.h"
#include "analysis/judge.h"
#include "analysis/matcher.h"
#include "analysis/pack.h"
#include "analysis/spelling.h"
#include "rules/rule.h"

namespace chaffinch {
namespace {

// Part of the version: raised when the same rules and evidence would come to another verdict.
constexpr std::string_view kSemantics = "judge 1";

// FNV-1a, 64 bits (Fowler, Noll, Vo). Lengths go in too, so that "ab","c" differs from "a","bc".
class Digest {
 public:
  void add(std::string_view text) {
    add(static_cast<std::uint64_t>(text.size()));
    for (const char c : text) byte(static_cast<unsigned char>(c));
  }
  void add(double number) { add(std::bit_cast<std::uint64_t>(number)); }
  void add(std::uint64_t number) {
    for (int i = 0; i < 8; ++i) byte(static_cast<unsigned char>(number >> (8 * i)));
  }
  void add(std::optional<Action> action) { add(action ? 1 + static_cast<std::uint64_t>(*action) : 0); }

  // The upper bits of FNV are the less mixed ones; a final mix (MurmurHash3's) makes any twelve digits as
  // good.
  std::string text() const {
    std::uint64_t mixed = hash_;
    mixed = (mixed ^ (mixed >> 33U)) * 0xFF51AFD7ED558CCDULL;
    mixed = (mixed ^ (mixed >> 33U)) * 0xC4CEB9FE1A85EC53ULL;
    mixed ^= mixed >> 33U;
    std::string made;
    for (int i = 0; i < 12; ++i) made += "0123456789abcdef"[(mixed >> (60 - 4 * i)) & 0xFU];
    return made;
  }

 private:
  void byte(unsigned char value) { hash_ = (hash_ ^ value) * 0x100000001B3ULL; }
  std::uint64_t hash_ = 0xCBF29CE484222325ULL;
};

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
    name_rules();
    add_patterns();
    if (readable) add_composites();
    if (readable) change_scores();
    if (rules_->matcher) {
      try_patterns();
      if (readable && errors_.empty()) try_composites();
    }
    if (!errors_.empty()) return nullptr;
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

  void name_rules() {
    for (const PolicyRule* policy : policy_rules()) {
      owners_.emplace(policy->name, "a rule of the house has it");
    }
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
            {composite.name, composite.about, composite.action, composite.state, std::move(*when)});
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

  // A later pack's word counts, so that a site's own pack can change what a shipped one says.
  void change_scores() {
    for (const Pack& pack : packs_) {
      for (const PackScore& change : pack.scores) {
        const auto number = numbers_.find(change.rule);
        if (number == numbers_.end()) {
          complain("[score] names no rule: '" + change.rule + "'", pack.where(change.line),
                   did_you_mean(change.rule, names()));
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
      if (bad_patterns_[i] || pattern->state == State::off) continue;
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
    for (std::size_t i = 0; i < sources_of_composites_.size(); ++i) {
      const auto& [composite, pack] = sources_of_composites_[i];
      if (composite->state == State::off) continue;
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
      infos.push_back(
          info(rule->name, rule->about, "heuristic", "", rules_->scores[number++], {}, State::live));
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
      numbers_;  // of rules that composites and [score] may name
  std::vector<Matcher::Source> sources_of_patterns_;
  std::vector<bool> bad_patterns_;
  std::vector<CompositeSource> sources_of_composites_;
};

}  // namespace

std::shared_ptr<const RuleSet> RuleSet::build(std::span<const PackSource> packs, std::vector<Error>& errors) {
  return Assembly(packs, errors).run();
}

}  // namespace chaffinch
