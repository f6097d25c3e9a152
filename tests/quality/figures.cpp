#include "quality/figures.h"

#include <algorithm>
#include <utility>

#include "cli/terminal.h"

namespace chaffinch::quality {
namespace {

std::string right(std::string text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + std::move(text) : text;
}

std::string left(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string percent(const std::vector<double>& scores, double threshold) {
  return right(scores.empty() ? "" : cli::fixed(share(scores, threshold), 1), 7);
}

std::string count(std::size_t number) {
  return right(number == 0 ? "" : cli::grouped(number), 7);
}

}  // namespace

void Scores::add(Label label, double score) {
  (label == Label::spam ? spam : label == Label::ham ? ham : abuse).push_back(score);
}

double share(const std::vector<double>& scores, double threshold) {
  if (scores.empty()) return 0;
  const auto reached = std::count_if(scores.begin(), scores.end(), [&](double s) { return s >= threshold; });
  return 100.0 * static_cast<double>(reached) / static_cast<double>(scores.size());
}

double area(const std::vector<double>& spam, const std::vector<double>& ham) {
  if (spam.empty() || ham.empty()) return -1;
  std::vector<double> sorted = ham;
  std::sort(sorted.begin(), sorted.end());
  double wins = 0;
  for (const double score : spam) {
    const auto [low, high] = std::equal_range(sorted.begin(), sorted.end(), score);
    wins += static_cast<double>(low - sorted.begin()) + 0.5 * static_cast<double>(high - low);
  }
  return wins / static_cast<double>(spam.size()) / static_cast<double>(ham.size());
}

std::string table(const std::map<std::string, Scores>& by_source, const Policy& policy) {
  std::string text =
      "| source          |    spam |  >=hold |  >=spam | discard |     ham |  >=hold |  >=spam | discard |"
      "   abuse |  >=hold |    AUC |\n"
      "|-----------------|--------:|--------:|--------:|--------:|--------:|--------:|--------:|--------:|"
      "--------:|--------:|-------:|\n";
  for (const auto& [source, scores] : by_source) {
    const double auc = area(scores.spam, scores.ham);
    text += "| " + left(source, 15);
    for (const auto* kind : {&scores.spam, &scores.ham}) {
      text += " | " + count(kind->size()) + " | " + percent(*kind, policy.hold) + " | " +
              percent(*kind, policy.spam) + " | " + percent(*kind, policy.discard);
    }
    text += " | " + count(scores.abuse.size()) + " | " + percent(scores.abuse, policy.hold) + " | " +
            right(auc < 0 ? "" : cli::fixed(auc, 4), 6) + " |\n";
  }
  return text;
}

std::map<std::string, RuleHits> hits_by_rule(const std::vector<Judged>& judged) {
  std::map<std::string, RuleHits> hits;
  for (const Judged& one : judged) {
    for (const Finding& finding : one.verdict.findings) {
      RuleHits& rule = hits[finding.rule];
      switch (one.sample->label) {
        case Label::spam:
          ++rule.spam;
          ++rule.sources[one.sample->source];
          break;
        case Label::ham:
          ++rule.ham;
          break;
        case Label::abuse:
          ++rule.abuse;
          break;
      }
    }
  }
  return hits;
}

std::string table(const std::map<std::string, RuleHits>& hits, const std::vector<RuleInfo>& rules) {
  std::vector<std::pair<std::string, RuleHits>> sorted(hits.begin(), hits.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& one, const auto& other) {
    return one.second.spam + one.second.ham > other.second.spam + other.second.ham;
  });
  std::string text =
      "| rule                           |  score |    spam |     ham |   abuse | precision | spam sources |\n"
      "|--------------------------------|-------:|--------:|--------:|--------:|----------:|--------------|"
      "\n";
  for (const auto& [name, rule] : sorted) {
    const auto info =
        std::find_if(rules.begin(), rules.end(), [&](const RuleInfo& one) { return one.name == name; });
    const int all = rule.spam + rule.ham;
    std::string sources;
    for (const auto& [source, number] : rule.sources) {
      sources += (sources.empty() ? "" : ", ") + source + " " + std::to_string(number);
    }
    text += "| " + left(name, 30) + " | " + right(info == rules.end() ? "" : cli::fixed(info->score, 2), 6) +
            " | " + right(std::to_string(rule.spam), 7) + " | " + right(std::to_string(rule.ham), 7) + " | " +
            right(std::to_string(rule.abuse), 7) + " | " +
            right(all == 0 ? "" : cli::fixed(100.0 * rule.spam / all, 1), 9) + " | " + sources + " |\n";
  }
  return text;
}

}  // namespace chaffinch::quality
