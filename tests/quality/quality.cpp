// How good the judge is on labelled comments. `quality --help` tells how to call it.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <sys/stat.h>

#include "cli/home.h"
#include "cli/terminal.h"
#include "quality/figures.h"
#include "quality/online.h"
#include "quality/samples.h"

namespace chaffinch::quality {
namespace {

constexpr std::string_view kHelp =
    "Usage: quality FOLDER [options]\n"
    "\n"
    "Judges every row of FOLDER/*.jsonl as a site without memory would (empty store, no learner, the policy\n"
    "for first comments off) and prints, per source, how much spam and how much ham reaches each threshold.\n"
    "\n"
    "  --rules FOLDER      the packs of this folder instead of the built-in ones\n"
    "  --left-out FILE     ids that are not measured: id, tab, reason\n"
    "  --by-rule           what each rule hit, over all sources\n"
    "  --by-rule=SOURCE    ... in one source\n"
    "  --misses=SOURCE     list the spam that is not flagged, with its findings\n"
    "  --alarms=SOURCE     list the ham that is flagged, with its findings\n"
    "  --under=SCORE       for --misses: list what stays under this score instead of under hold\n"
    "  --over=SCORE        for --alarms: list what reaches this score instead of hold\n"
    "\n"
    "  --online            predict, then learn, row by row in order of time, each source a new site: "
    "(1-AUC)%,\n"
    "                      mistakes at the natural threshold and at the scores' thresholds, learning curves\n"
    "  --starter FOLDER    ... with the starter set of FOLDER/*.jsonl learned before; and what it does "
    "alone\n"
    "  --mix NAME=SOURCES  ... and of several sources as one: wp_a,wp_b,other/4 takes every fourth of the "
    "last\n"
    "  --svg FILE          ... and the curves as a plot\n";

struct Wish {
  std::string folder, rules, left_out;
  bool by_rule = false;
  std::string rules_of, misses, alarms;
  bool online = false;
  OnlineWish how;
  double under = Policy{}.hold;
  double over = Policy{}.hold;
};

// Empty when all is understood, else the word that is not.
std::string understand(int argc, char** argv, Wish& wish) {
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const std::string value = word.substr(std::min(word.find('=') + 1, word.size()));
    try {
      if (word == "--rules" && i + 1 < argc)
        wish.rules = argv[++i];
      else if (word == "--left-out" && i + 1 < argc)
        wish.left_out = argv[++i];
      else if (word == "--by-rule")
        wish.by_rule = true;
      else if (word.starts_with("--by-rule=")) {
        wish.by_rule = true;
        wish.rules_of = value;
      } else if (word.starts_with("--misses="))
        wish.misses = value;
      else if (word.starts_with("--alarms="))
        wish.alarms = value;
      else if (word.starts_with("--under="))
        wish.under = std::stod(value);
      else if (word.starts_with("--over="))
        wish.over = std::stod(value);
      else if (word == "--online")
        wish.online = true;
      else if (word == "--starter" && i + 1 < argc)
        wish.how.starter = argv[++i];
      else if (word == "--svg" && i + 1 < argc)
        wish.how.svg = argv[++i];
      else if (word == "--mix" && i + 1 < argc) {
        const std::string mix = argv[++i];
        const std::size_t sign = mix.find('=');
        if (sign == std::string::npos || sign == 0) return mix;
        wish.how.mixes.emplace_back(mix.substr(0, sign), mix.substr(sign + 1));
      } else if (!word.starts_with("-") && wish.folder.empty())
        wish.folder = word;
      else
        return word;
    } catch (const std::exception&) {
      return word;
    }
  }
  return {};
}

void list(const Judged& one) {
  const Submission& comment = one.sample->comment;
  std::string text = "\n" + one.sample->id + "  " + cli::fixed(one.verdict.score, 2) + "\n";
  const auto part = [&text](std::string_view name, const std::string& value) {
    if (!value.empty()) text += "  " + std::string(name) + ": " + cli::plain(value).substr(0, 700) + "\n";
  };
  part("type", comment.type == "comment" ? "" : comment.type);
  part("name", comment.author.name);
  part("email", comment.author.email);
  part("url", comment.author.url);
  part("agent", comment.client.user_agent);
  part("text", comment.content);
  std::string fired;
  for (const Finding& finding : one.verdict.findings) {
    fired += (fired.empty() ? "" : ", ") + finding.rule + " " + cli::fixed(finding.score, 2);
  }
  part("findings", fired);
  cli::out(text);
}

int run(const Wish& wish) {
  struct stat there = {};
  if (::stat(wish.folder.c_str(), &there) != 0) {
    cli::out("quality: there is no folder " + cli::plain(wish.folder) +
             ", so there is nothing to measure.\n");
    return cli::kFine;
  }
  LeftOut left_out;
  if (!wish.left_out.empty()) {
    auto read = read_left_out(wish.left_out);
    if (!read) return cli::complain(read.error());
    left_out = std::move(*read);
  }
  const auto corpus = read_corpus(wish.folder, left_out);
  if (!corpus) return cli::complain(corpus.error());
  for (const std::string& complaint : corpus->complaints) cli::err("quality: " + complaint + "\n");
  if (corpus->samples.empty()) {
    cli::out("quality: no labelled rows in " + cli::plain(wish.folder) +
             "/*.jsonl, so there is nothing to measure.\n");
    return cli::kFine;
  }
  const auto rules = cli::rules_or_complain(wish.rules);
  if (!rules) return cli::kFailed;

  if (wish.online) return run_online(*corpus, *rules, wish.how);

  const std::vector<Judged> judged = judge_all(corpus->samples, *rules);
  std::map<std::string, Scores> by_source;
  for (const Judged& one : judged) {
    by_source[one.sample->source].add(one.sample->label, one.verdict.score);
    if (one.verdict.unchecked) cli::err("quality: " + one.sample->id + " could not be checked\n");
  }
  cli::out(table(by_source, Policy{}));
  cli::out("\nPer cent of the rows; rules " + rules->version() + ".");
  for (const auto& [source, number] : corpus->left_out) {
    cli::out(" Left out of " + source + ": " + std::to_string(number) + ".");
  }
  cli::out("\n");

  if (wish.by_rule) {
    std::vector<Judged> some;
    for (const Judged& one : judged) {
      if (wish.rules_of.empty() || one.sample->source == wish.rules_of) some.push_back(one);
    }
    cli::out("\n" + table(hits_by_rule(some), rules->rules()));
  }
  for (const Judged& one : judged) {
    const Sample& sample = *one.sample;
    if (sample.source == wish.misses && sample.label == Label::spam && one.verdict.score < wish.under)
      list(one);
    if (sample.source == wish.alarms && sample.label == Label::ham && one.verdict.score >= wish.over)
      list(one);
  }
  return corpus->complaints.empty() ? cli::kFine : cli::kSomeBad;
}

}  // namespace
}  // namespace chaffinch::quality

int main(int argc, char** argv) {
  namespace cli = chaffinch::cli;
  chaffinch::quality::Wish wish;
  const std::string unknown = chaffinch::quality::understand(argc, argv, wish);
  if (unknown == "--help") {
    cli::out(chaffinch::quality::kHelp);
    return cli::kFine;
  }
  if (!unknown.empty() || wish.folder.empty()) {
    cli::err(unknown.empty() ? "quality: name the folder of the rows\n"
                             : "quality: " + cli::plain(unknown) + " is not understood\n");
    cli::err(chaffinch::quality::kHelp);
    return cli::kUsage;
  }
  return chaffinch::quality::run(wish);
}
