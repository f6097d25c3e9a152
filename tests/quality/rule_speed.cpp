// What each heuristic costs a comment, in processor time. `rule_speed [FOLDER]`: over the rows of
// FOLDER/*.jsonl (default: the project's own), those of 200 to 600 bytes, or joined to that size.
#include <algorithm>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

#include "analysis/gather.h"
#include "cli/terminal.h"
#include "quality/samples.h"
#include "rules/rule.h"

namespace chaffinch::quality {
namespace {

constexpr std::size_t kBytes = 350;
constexpr int kRounds = 40;

// Short comments are joined, so that each is about as long as the budget says.
std::vector<Evidence> evidence_of(const Corpus& corpus) {
  std::vector<Evidence> all;
  std::string text;
  for (const Sample& sample : corpus.samples) {
    if (sample.comment.content.size() > 2 * kBytes) continue;
    text += (text.empty() ? "" : " ") + sample.comment.content;
    if (text.size() < kBytes) continue;
    Submission comment = sample.comment;
    comment.content = std::exchange(text, {});
    comment.article.title = "How the chaffinch picks the seed out of the chaff";
    comment.article.url = "https://blog.example/chaff";
    comment.client = {"192.0.2.1", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
                      "https://blog.example/chaff"};
    all.push_back(gather(std::move(comment)));
  }
  return all;
}

double seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

int run(const std::string& folder) {
  const auto corpus = read_corpus(folder, {});
  if (!corpus) return cli::complain(corpus.error());
  const std::vector<Evidence> comments = evidence_of(*corpus);
  if (comments.empty()) return cli::complain("no rows in " + folder);
  double bytes = 0;
  for (const Evidence& seen : comments) bytes += static_cast<double>(seen.comment.content.size());
  std::vector<std::pair<double, std::string>> costs;
  double sum = 0;
  std::size_t hits = 0;
  for (const Rule* rule : rules::catalogue()) {
    std::vector<double> usual;
    for (const Knob& knob : rule->knobs) usual.push_back(knob.usual);
    const Knobs knobs(rule->knobs, usual);
    double best = 1e9;
    for (int round = 0; round < kRounds; ++round) {
      const double before = seconds();
      for (const Evidence& seen : comments) hits += rule->examine(seen, knobs).has_value() ? 1 : 0;
      best = std::min(best, seconds() - before);
    }
    const double micros = 1e6 * best / static_cast<double>(comments.size());
    sum += micros;
    costs.emplace_back(micros, std::string(rule->name));
  }
  std::sort(costs.rbegin(), costs.rend());
  cli::out(std::to_string(comments.size()) + " comments of " +
           cli::fixed(bytes / static_cast<double>(comments.size()), 0) + " bytes, " +
           std::to_string(costs.size()) + " heuristics: " + cli::fixed(sum, 2) + " us a comment in all (" +
           cli::grouped(hits / kRounds) + " hits). The dearest:\n");
  for (std::size_t i = 0; i < std::min<std::size_t>(costs.size(), 15); ++i) {
    cli::out("  " + cli::fixed(costs[i].first, 2) + "  " + costs[i].second + "\n");
  }
  return cli::kFine;
}

}  // namespace
}  // namespace chaffinch::quality

int main(int argc, char** argv) {
  return chaffinch::quality::run(argc > 1 ? argv[1] : CHAFFINCH_SOURCE "/tests/data");
}
