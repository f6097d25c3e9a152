// What a draft of the rules would have said of comments that are known already, beside today's rules and
// beside what people decided.
//
// Both sides judge again, from the comment and the facts that were kept with it, under the site's policy of
// today: a pure function, so that the same comments and rules give the same report whatever the number of
// threads. Neither side asks the learner: it has learned from people's decisions on these very comments and
// would say what it was told; where rules and learner together stand is what quality figures by prediction
// before learning tell. What retention has erased since (addresses, agents) neither side sees. Holds counts
// and a bounded sample only. One thread each; `add` brings several together.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/ruleset.h"
#include "core/comment.h"
#include "core/evidence.h"
#include "core/site.h"
#include "core/verdict.h"
#include "store/store.h"

namespace chaffinch {

// What people said of a comment. Only a person's standing decision counts (an archive's label is one).
enum class Opinion : std::uint8_t { undecided, approved, rejected, spam };
inline constexpr std::size_t kOpinions = 4;
std::string_view word(Opinion);
Opinion opinion_of(const Comment& comment);

// Share of `right` among `all` with its 95 % interval: the score interval of E. B. Wilson, "Probable
// inference, the law of succession, and statistical inference", JASA 22 (1927). Nothing of nothing is
// unknown: 0 to 1.
struct Share {
  double value = 0;
  double low = 0;
  double high = 1;
};
Share wilson(std::uint64_t right, std::uint64_t all);

// A comment that is known already.
struct Tried {
  Submission comment;
  Facts facts;
  Opinion opinion = Opinion::undecided;
  std::string key;  // its id, or its place in a file
};
Tried tried_of(ArchiveItem item);

class Backtest {
 public:
  using RulesFor = std::function<std::shared_ptr<const RuleSet>(const std::string& site)>;
  using PolicyFor = std::function<Policy(const std::string& site)>;
  struct Sides {
    RulesFor today, draft;
    PolicyFor policy;
  };

  using Counts = std::array<std::uint64_t, kOpinions>;  // by Opinion

  struct RuleReport {
    std::string name;
    std::string about;
    std::string state;         // in the draft; "gone" when the draft has no such rule
    bool speaks_for = false;   // a negative score, or approve: right where people approved
    bool changed = false;      // new, gone, different, or hitting other comments than today
    std::uint64_t hits = 0;    // under the draft
    std::uint64_t before = 0;  // under today's rules
    Counts opinions{};         // of the hits under the draft
    Share precision;           // of its decided hits, those where people say what the rule says
  };
  struct Change {
    Action from = Action::approve, to = Action::approve;
    Counts opinions{};
  };
  struct Sample {
    std::string key, site;
    Action from = Action::approve, to = Action::approve;
    double score_from = 0, score_to = 0;
    Opinion opinion = Opinion::undecided;
    std::vector<std::string> rules;  // that hit on one side only, or with another score; at most 8
    std::string begins;              // of its text
  };
  struct Report {
    std::uint64_t seen = 0;
    Counts opinions{};
    std::uint64_t changed = 0;      // verdicts whose action differs
    std::uint64_t unchecked = 0;    // by the draft: a check could not be made
    std::string today, draft;       // rule-set versions of the sets for all sites
    std::vector<RuleReport> rules;  // those that hit or changed: changed ones first, then by hits
    std::vector<Change> changes;    // by from, then to
    std::vector<Sample> samples;    // a few of each kind of change, the same ones at every run
  };

  explicit Backtest(const Sides& sides) : sides_(&sides) {}  // sides must outlive it

  void look(Tried one);
  void add(const Backtest& other);
  Report report() const;
  std::uint64_t seen() const { return seen_; }

 private:
  struct Hits {
    std::uint64_t before = 0;
    std::uint64_t differs = 0;  // comments that one side hits alone
    Counts after{};
  };
  struct Kept {
    std::uint64_t rank = 0;
    Sample sample;
  };
  void keep(std::vector<Kept>& kept, Kept one) const;

  const Sides* sides_;
  std::uint64_t seen_ = 0, unchecked_ = 0;
  Counts opinions_{};
  std::map<std::string, Hits, std::less<>> hits_;
  std::map<std::pair<Action, Action>, Counts> changes_;
  std::map<std::pair<Action, Action>, std::vector<Kept>> samples_;
};

// Pages through the store on `jobs` threads until all is seen, `most` comments are, or `stop` says so (asked
// between pages, with the number seen so far). A stopped one reports what it has seen.
Result<Backtest::Report> backtest(Store& store, const ArchiveQuery& query, const Backtest::Sides& sides,
                                  unsigned jobs, std::uint64_t most,
                                  const std::function<bool(std::uint64_t seen)>& stop);

}  // namespace chaffinch
