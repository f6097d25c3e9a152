// All rules in force: heuristics of the catalogue and patterns of the packs, compiled once, shared by every
// thread.
//
// A pack is a TOML file (schema/pack.schema.json describes it; rules/packs/*.toml are the shipped ones):
//
//   pack = "pharma"                       # name of the pack: [a-z0-9_]+
//   about = "Pills and pharmacies"
//
//   [[pattern]]
//   name = "pharma_pills"                 # public, unique over all packs and heuristics
//   about = "Names prescription drugs sold by spammers."
//   score = 3.0                           # or: action = "hold" | "spam" | "discard" | "approve"
//   type = "regex"                        # regex (RE2) | word | exact | substring | domain | email | cidr
//   match = ['\b(viagra|cialis)\b']       # one string or many; any of them hits
//   list = "pharma.txt"                   # instead or besides: a file beside the pack, one entry a line
//   fields = ["content", "author.name"]   # default: content; "link": every link (type domain: default)
//   view = "folded"                       # raw | visible | folded (default)
//   state = "live"                        # live | shadow | off
//   spam = ["buy viagra now"]             # examples that must hit: at least one
//   ham = ["my doctor told me about it"]  # examples that must miss: at least one
//
//   [[composite]]                         # over names of patterns, heuristics and earlier composites
//   name = "praise_with_link"
//   about = "Praises without substance and carries a link."
//   when = "fake_praise and (has_url or link_count) and not known_author"
//   score = 2.0
//   state = "live"
//   spam/ham examples: as above, optional
//
//   [score]                               # optional: other scores; learned: the most that it adds, 0 to 7
//   link_count = 1.0
//
//   [state]                               # optional: rules of any kind, learned too: live, shadow or off
//   shouting = "shadow"
//
// An example is a text, or a table of a comment's parts: content, name, email, url, ip, agent, referrer,
// title, article_url, type. Of several packs' [score] and [state] the later one counts. Examples of a
// composite that names a rule which [state] has switched are not tried: they were written for the rule as it
// was. A shadow rule adds nothing, also not by way of a live composite that names it. A pack that does not
// parse, compile, or pass its own examples is refused with file, line and reason; a set is built whole or not
// at all.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/evidence.h"
#include "core/result.h"
#include "core/site.h"
#include "core/verdict.h"

namespace chaffinch {

struct Learned;  // analysis/impression.h
struct Heard;

// Asked after the rules, with what they found; before anything is concluded. Nothing: it cannot be asked now,
// which is a check that could not be made.
using AskLearner =
    std::function<std::optional<Heard>(const Evidence& evidence, std::span<const Finding> findings)>;

// A pack's text and the list files that it names, read by the caller (this room opens no files).
struct PackSource {
  std::string name;  // file name, for messages
  std::string text;
  std::vector<std::pair<std::string, std::string>> lists;  // file name -> content
  // It is part of the program: a test has compiled its patterns and tried its examples, and no start needs
  // to.
  bool shipped = false;
};

// What the API and the desk show of a rule.
struct RuleInfo {
  std::string name;
  std::string about;
  std::string kind;  // "heuristic", "pattern", "composite", "learner", "policy"
  std::string pack;  // empty for heuristics
  double score = 0;
  std::optional<Action> action;
  std::string state;  // live, shadow, off
  struct KnobInfo {
    std::string name;
    double usual = 0;
    std::string about;
  };
  std::vector<KnobInfo> knobs;
};

// Immutable once built; every method is safe from any thread.
class RuleSet {
 public:
  // All errors are reported, not only the first. `errors` is empty exactly when a set is returned.
  static std::shared_ptr<const RuleSet> build(std::span<const PackSource> packs, std::vector<Error>& errors);

  virtual ~RuleSet() = default;

  // Twelve hex digits over everything that shapes a verdict: packs, heuristics, their scores and knobs, the
  // program's rule semantics. Equal versions give equal verdicts.
  virtual const std::string& version() const = 0;

  // Sorted by name.
  virtual const std::vector<RuleInfo>& rules() const = 0;

  // Refuses overrides that name no rule or knob, or are out of range. where = the key.
  virtual Done check_overrides(const std::map<std::string, double, std::less<>>& overrides) const = 0;

  // Asks every rule. Adds up, applies thresholds and policy. Pure: the same evidence and policy give the same
  // verdict. Never throws for any evidence; a check that could not be made (RE2 out of memory) sets
  // `unchecked` and holds.
  // What the learner says is one more finding, unless it is silent; an empty function: there is none.
  virtual Verdict judge(const Evidence& evidence, const Policy& policy, const AskLearner& learner) const = 0;
  // The same with models that stand still (null: without a learner). The same models give the same verdict.
  Verdict judge(const Evidence& evidence, const Policy& policy, const Learned* learned = nullptr) const;
};

}  // namespace chaffinch
