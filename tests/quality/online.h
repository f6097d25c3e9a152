// Predict, then learn, row by row in order of time: how the field measures filters that learn (TREC spam
// track).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/impression.h"
#include "analysis/ruleset.h"
#include "quality/samples.h"

namespace chaffinch::quality {

// What was said of one row before it was learned.
struct Said {
  bool spam = false;         // what it is
  double probability = 0.5;  // 0.5 while the learner is silent
  double score = 0;
  bool flagged = false;   // the natural threshold: probability above 0.5
  bool rejected = false;  // score at the spam threshold
  bool held = false;      // score at the hold threshold
};

// Rows of one kind of site, as a list of sources: "wp_midonet,haacked/4" takes all of one and every fourth of
// the other. The order is that of time (rows without a date as they stand in the file); of several sources
// together the order of the SHA-256 of their ids. `text_only` leaves text and author's name alone.
struct Stream {
  std::string name;
  std::vector<const Sample*> rows;
  bool text_only = false;
};
std::vector<Stream> streams_of(const Corpus& corpus);
// An error names what is wrong: no such source, no number.
Result<Stream> mixed(const Corpus& corpus, const std::string& name, const std::string& sources,
                     bool text_only);

// The rows of a stream through gather, judge and learner, as a new site whose moderators decide each comment
// before the next comes. Abuse is passed over. Nothing is remembered but what was learned.
std::vector<Said> replayed(const Stream& stream, const RuleSet& rules, const FeatureKey& key,
                           const Model* starter);

struct Interval {
  double value = 0;
  double low = 0;  // 95 % by bootstrap
  double high = 0;
};

// Each with its interval: of a source with a hundred ham, one comment is a per cent.
struct Figures {
  std::size_t spam = 0, ham = 0;
  Interval by_probability, by_score;               // (1 - AUC) %
  Interval ham_flagged, spam_passed, lam;          // at the natural threshold, %
  Interval ham_rejected, spam_kept, lam_rejected;  // at the spam threshold, %
  Interval ham_held, spam_unheld, lam_held;        // at the hold threshold, %
  Interval caught_without_ham;                     // % of spam above all ham, by what ranks better
  std::vector<std::pair<std::size_t, double>>
      curve;  // rows seen -> (1 - AUC) % of all so far, the better one
};
Figures figures_of(const std::vector<Said>& said);

// Logistic average of two misclassification rates in %, each with half an error added: lam %.
double lam(double ham_wrong, std::size_t ham, double spam_wrong, std::size_t spam);

std::string online_table(const std::vector<std::pair<std::string, Figures>>& all);
std::string curves_table(const std::vector<std::pair<std::string, Figures>>& all);
// A plot of the curves, both axes logarithmic.
std::string curves_svg(const std::vector<std::pair<std::string, Figures>>& all);

struct OnlineWish {
  std::string starter;                                     // folder of the starter set; empty: cold
  std::vector<std::pair<std::string, std::string>> mixes;  // name, sources; each is measured with all fields
                                                           // and with text and name alone
  std::string svg;                                         // file for the plot; empty: none
};
// Measures and prints; the exit code.
int run_online(const Corpus& corpus, const RuleSet& rules, const OnlineWish& wish);

}  // namespace chaffinch::quality
