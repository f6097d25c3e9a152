// Fits the rules' scores to labelled comments and writes them as a pack. `calibrate --help` tells how to call
// it; fit.h tells what is fitted.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/ruleset.h"
#include "cli/home.h"
#include "cli/terminal.h"
#include "quality/figures.h"
#include "quality/fit.h"
#include "quality/samples.h"

namespace chaffinch::quality {
namespace {

constexpr std::string_view kPack = "calibration.toml";
constexpr std::string_view kHelp =
    "Usage: calibrate FOLDER --rules FOLDER [options]\n"
    "\n"
    "Fits the scores of all rules to the labelled rows of FOLDER/*.jsonl and prints what that is worth: "
    "with\n"
    "the scores as written, with the fitted ones, and with those fitted on all other sources.\n"
    "\n"
    "  --rules FOLDER      the packs; its calibration.toml is left aside\n"
    "  --left-out FILE     ids that are not used: id, tab, reason\n"
    "  --write FILE        write the fitted scores there as a pack\n";

struct Wish {
  std::string folder, rules, left_out, write;
};

std::string understand(int argc, char** argv, Wish& wish) {
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    std::string* to = word == "--rules"      ? &wish.rules
                      : word == "--left-out" ? &wish.left_out
                      : word == "--write"    ? &wish.write
                                             : nullptr;
    if (to != nullptr && i + 1 < argc)
      *to = argv[++i];
    else if (!word.starts_with("-") && wish.folder.empty())
      wish.folder = word;
    else
      return word;
  }
  return {};
}

// The packs without an earlier calibration, so that each fit starts from what people wrote.
std::shared_ptr<const RuleSet> rules_as_written(const std::string& folder) {
  auto packs = cli::read_packs(folder);
  if (!packs) {
    cli::complain(packs.error());
    return nullptr;
  }
  std::erase_if(*packs, [](const PackSource& pack) { return pack.name == kPack; });
  std::vector<Error> errors;
  auto rules = RuleSet::build(*packs, errors);
  for (const Error& error : errors) cli::complain(error);
  return rules;
}

// Rules by number, with their written scores.
struct Numbered {
  std::map<std::string, std::size_t, std::less<>> numbers;
  std::vector<std::string> names;
  std::vector<double> written;
};

Numbered numbered(const RuleSet& rules) {
  Numbered all;
  for (const RuleInfo& rule : rules.rules()) {
    if (rule.kind == "policy" || rule.state != "live") continue;
    all.numbers.emplace(rule.name, all.names.size());
    all.names.push_back(rule.name);
    all.written.push_back(rule.score);
  }
  return all;
}

// A number for each sample, the same for all of one article. A source that is (nearly) one article is cut
// into pieces by place.
std::vector<std::size_t> threads_of(const std::vector<Judged>& judged) {
  std::map<std::string, std::size_t> sizes;
  std::map<std::string, std::map<std::string, std::pair<std::size_t, std::size_t>>> articles;  // number, size
  for (const Judged& one : judged) {
    ++sizes[one.sample->source];
    auto& of_source = articles[one.sample->source];
    const std::size_t next = of_source.size();
    ++of_source.try_emplace(one.sample->comment.article.id, next, 0).first->second.second;
  }
  std::vector<std::size_t> threads;
  std::map<std::string, std::size_t> place;
  for (const Judged& one : judged) {
    const std::size_t size = sizes[one.sample->source];
    const auto [number, rows] = articles[one.sample->source][one.sample->comment.article.id];
    const std::size_t here = place[one.sample->source]++;
    threads.push_back(2 * rows > size ? here * kThreads / size : number % kThreads);
  }
  return threads;
}

std::vector<Row> rows_of(const std::vector<Judged>& judged, const Numbered& rules,
                         const std::vector<std::string>& sources) {
  const std::vector<std::size_t> threads = threads_of(judged);
  std::vector<Row> rows;
  for (const Judged& one : judged) {
    Row row;
    row.label = one.sample->label;
    row.source = static_cast<std::size_t>(
        std::lower_bound(sources.begin(), sources.end(), one.sample->source) - sources.begin());
    row.thread = threads[rows.size()];
    for (const Finding& finding : one.verdict.findings) {
      const auto number = rules.numbers.find(finding.rule);
      if (finding.shadow || number == rules.numbers.end() || rules.written[number->second] == 0) continue;
      row.hits.push_back({number->second, finding.score / rules.written[number->second]});
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::map<std::string, Scores> scored(const std::vector<Row>& rows, const std::vector<std::string>& sources,
                                     const std::vector<std::vector<double>>& scores_by_source) {
  std::map<std::string, Scores> by_source;
  for (const Row& row : rows) {
    by_source[sources[row.source]].add(row.label, score_of(row, scores_by_source[row.source]));
  }
  return by_source;
}

std::vector<double> rounded_all(std::vector<double> scores) {
  for (double& score : scores) score = rounded(score);
  return scores;
}

// What the fit costs on rows that it has not seen: of sources, and of threads of sources that it knows.
struct Unseen {
  double sources = 0;
  double threads = 0;
};

Unseen unseen(const std::vector<Row>& rows, const std::vector<double>& written, const Fit& how,
              std::size_t sources, bool fit) {
  Unseen loss;
  for (std::size_t source = 0; source < sources; ++source) {
    const auto scores =
        fit ? fitted(rows, written, how, [&](const Row& row) { return row.source != source; }) : written;
    loss.sources += loss_of(rows, scores, how, [&](const Row& row) { return row.source == source; });
  }
  for (std::size_t thread = 0; thread < kThreads; ++thread) {
    const auto scores =
        fit ? fitted(rows, written, how, [&](const Row& row) { return row.thread != thread; }) : written;
    loss.threads +=
        loss_of(rows, scores, how, [&](const Row& row) { return row.thread == thread; }) / kThreads;
  }
  return loss;
}

// How strongly the fit is held to the written scores: as costs least on unseen sources and unseen threads
// together.
Fit chosen(const std::vector<Row>& rows, const std::vector<double>& written, std::size_t sources) {
  Fit best;
  const auto line = [](const std::string& what, const Unseen& loss) {
    cli::out("  " + what + ": unseen sources " + cli::fixed(loss.sources, 4) + ", unseen threads " +
             cli::fixed(loss.threads, 4) + ", sum " + cli::fixed(loss.sources + loss.threads, 4) + "\n");
  };
  cli::out("Log loss on what the fit has not seen:\n");
  line("as written", unseen(rows, written, best, sources, false));
  double least = 0;
  for (const double pull : {5.0, 1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.005}) {
    Fit how;
    how.pull = pull;
    const Unseen loss = unseen(rows, written, how, sources, true);
    line("pull " + cli::fixed(pull, 3), loss);
    if (pull == 5.0 || loss.sources + loss.threads < least) {
      least = loss.sources + loss.threads;
      best = how;
    }
  }
  cli::out("Chosen: pull " + cli::fixed(best.pull, 3) + "\n\n");
  return best;
}

std::string pack_text(const Numbered& rules, const std::vector<double>& scores) {
  std::string text =
      "# Scores fitted to labelled comments; made by\n"
      "#   tests/quality/run.sh DIR --calibrate\n"
      "# (DIR: a folder of labelled rows). tests/quality/fit.h says how. Rules that are not named keep the "
      "score\n"
      "# that stands with them.\n"
      "pack = \"calibration\"\n"
      "about = \"Scores fitted to labelled comments.\"\n"
      "\n"
      "[score]\n";
  for (const auto& [name, number] : rules.numbers) {
    if (std::abs(scores[number] - rules.written[number]) < 0.049) continue;
    text += name + " = " + cli::fixed(scores[number], 2) + "\n";
  }
  return text;
}

int run(const Wish& wish) {
  LeftOut left_out;
  if (!wish.left_out.empty()) {
    auto read = read_left_out(wish.left_out);
    if (!read) return cli::complain(read.error());
    left_out = std::move(*read);
  }
  const auto corpus = read_corpus(wish.folder, left_out);
  if (!corpus) return cli::complain(corpus.error());
  if (corpus->samples.empty()) return cli::complain("no labelled rows in " + wish.folder);
  const auto rules = rules_as_written(wish.rules);
  if (!rules) return cli::kFailed;

  const std::vector<std::string> sources = corpus->sources();
  const Numbered all = numbered(*rules);
  const std::vector<Row> rows = rows_of(judge_all(corpus->samples, *rules), all, sources);
  const Fit how = chosen(rows, all.written, sources.size());
  const Policy policy;
  cli::out("As written:\n\n" +
           table(scored(rows, sources, std::vector(sources.size(), all.written)), policy));
  const std::vector<double> fit =
      rounded_all(fitted(rows, all.written, how, [](const Row&) { return true; }));
  cli::out("\nFitted on all sources:\n\n" +
           table(scored(rows, sources, std::vector(sources.size(), fit)), policy));
  std::vector<std::vector<double>> without;
  for (std::size_t source = 0; source < sources.size(); ++source) {
    without.push_back(
        rounded_all(fitted(rows, all.written, how, [&](const Row& row) { return row.source != source; })));
  }
  cli::out("\nEach source with scores fitted on the others alone:\n\n" +
           table(scored(rows, sources, without), policy));
  if (wish.write.empty()) return cli::kFine;
  std::ofstream file(wish.write, std::ios::binary);
  file << pack_text(all, fit);
  file.close();
  if (!file) return cli::complain("the pack could not be written to " + wish.write);
  return cli::kFine;
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
  if (!unknown.empty() || wish.folder.empty() || wish.rules.empty()) {
    cli::err(unknown.empty() ? "calibrate: name the folder of the rows, and that of the packs\n"
                             : "calibrate: " + cli::plain(unknown) + " is not understood\n");
    cli::err(chaffinch::quality::kHelp);
    return cli::kUsage;
  }
  return chaffinch::quality::run(wish);
}
