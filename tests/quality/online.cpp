#include "quality/online.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <random>

#include "analysis/features.h"
#include "analysis/gather.h"
#include "analysis/starter.h"
#include "cli/terminal.h"
#include "quality/figures.h"
#include "secrets.h"

namespace chaffinch::quality {
namespace {

constexpr Time kMoment = 1'700'000'000'000;
constexpr int kResamples = 400;

// (1 - AUC) % with each row counted `times`; `order` is by rising value, `values` tell which are equal.
double error_of(const std::vector<Said>& said, const std::vector<double>& values,
                const std::vector<std::size_t>& order, const std::vector<std::uint32_t>& times) {
  double spam = 0, ham = 0, wins = 0;
  for (std::size_t i = 0; i < order.size();) {
    double spam_here = 0, ham_here = 0;
    std::size_t j = i;
    for (; j < order.size() && values[order[j]] == values[order[i]]; ++j)
      (said[order[j]].spam ? spam_here : ham_here) += times[order[j]];
    wins += spam_here * (ham + ham_here / 2);
    spam += spam_here;
    ham += ham_here;
    i = j;
  }
  return spam == 0 || ham == 0 ? 50 : 100 * (1 - wins / (spam * ham));
}

std::vector<std::size_t> rising(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  return order;
}

std::vector<double> column(const std::vector<Said>& said, double Said::*what) {
  std::vector<double> values;
  for (const Said& one : said) values.push_back(one.*what);
  return values;
}

double error_until(const std::vector<Said>& said, std::size_t count, double Said::*what) {
  const std::vector<Said> some(said.begin(), said.begin() + static_cast<std::ptrdiff_t>(count));
  const std::vector<double> values = column(some, what);
  return error_of(some, values, rising(values), std::vector<std::uint32_t>(count, 1));
}

// Per cent of spam above all ham.
double caught(const std::vector<Said>& said, const std::vector<double>& values,
              const std::vector<std::uint32_t>& times) {
  double most = -1e300;
  for (std::size_t i = 0; i < said.size(); ++i) {
    if (!said[i].spam && times[i] > 0) most = std::max(most, values[i]);
  }
  double spam = 0, above = 0;
  for (std::size_t i = 0; i < said.size(); ++i) {
    if (!said[i].spam) continue;
    spam += times[i];
    if (values[i] > most) above += times[i];
  }
  return spam == 0 ? 0 : 100 * above / spam;
}

// All figures of the rows, each counted `times`.
class Measured {
 public:
  explicit Measured(const std::vector<Said>& said)
      : said_(said),
        probabilities_(column(said, &Said::probability)),
        scores_(column(said, &Said::score)),
        by_probability_(rising(probabilities_)),
        by_score_(rising(scores_)) {}

  static constexpr Interval Figures::*kAll[] = {
      &Figures::by_probability, &Figures::by_score,     &Figures::ham_flagged,
      &Figures::spam_passed,    &Figures::lam,          &Figures::ham_rejected,
      &Figures::spam_kept,      &Figures::lam_rejected, &Figures::ham_held,
      &Figures::spam_unheld,    &Figures::lam_held,     &Figures::caught_without_ham};
  using Values = std::array<double, std::size(kAll)>;

  Values with(const std::vector<std::uint32_t>& times) const {
    double count[2] = {}, flagged[2] = {}, rejected[2] = {}, held[2] = {};
    for (std::size_t i = 0; i < said_.size(); ++i) {
      const Said& one = said_[i];
      count[one.spam] += times[i];
      if (one.flagged) flagged[one.spam] += times[i];
      if (one.rejected) rejected[one.spam] += times[i];
      if (one.held) held[one.spam] += times[i];
    }
    Values values{error_of(said_, probabilities_, by_probability_, times),
                  error_of(said_, scores_, by_score_, times)};
    std::size_t at = 2;
    for (const double* at_least : {flagged, rejected, held}) {
      const double ham_wrong = count[0] == 0 ? 0 : 100 * at_least[0] / count[0];
      const double spam_wrong = count[1] == 0 ? 0 : 100 - 100 * at_least[1] / count[1];
      values[at++] = ham_wrong;
      values[at++] = spam_wrong;
      values[at++] = quality::lam(ham_wrong, static_cast<std::size_t>(count[0]), spam_wrong,
                                  static_cast<std::size_t>(count[1]));
    }
    values[at] = std::max(caught(said_, probabilities_, times), caught(said_, scores_, times));
    return values;
  }

 private:
  const std::vector<Said>& said_;
  const std::vector<double> probabilities_, scores_;
  const std::vector<std::size_t> by_probability_, by_score_;
};

std::string with_interval(const Interval& one) {
  return cli::fixed(one.value, 2) + " (" + cli::fixed(one.low, 2) + "-" + cli::fixed(one.high, 2) + ")";
}

}  // namespace

std::vector<Stream> streams_of(const Corpus& corpus) {
  std::vector<Stream> streams;
  for (const std::string& source : corpus.sources()) {
    Stream stream{source, {}, false};
    bool kinds[2] = {};
    for (const Sample& sample : corpus.samples) {
      if (sample.source != source) continue;
      stream.rows.push_back(&sample);
      if (sample.label != Label::abuse) kinds[sample.label == Label::spam] = true;
    }
    // Of one kind there is nothing to tell from the other.
    if (!kinds[0] || !kinds[1]) continue;
    std::stable_sort(stream.rows.begin(), stream.rows.end(), [](const Sample* a, const Sample* b) {
      return a->comment.created_at.value_or(0) < b->comment.created_at.value_or(0);
    });
    streams.push_back(std::move(stream));
  }
  return streams;
}

Result<Stream> mixed(const Corpus& corpus, const std::string& name, const std::string& sources,
                     bool text_only) {
  std::vector<std::pair<std::string, const Sample*>> order;
  for (std::size_t at = 0; at <= sources.size();) {
    const std::size_t end = std::min(sources.find(',', at), sources.size());
    std::string source = sources.substr(at, end - at);
    at = end + 1;
    std::size_t each = 1;
    if (const std::size_t slash = source.find('/'); slash != std::string::npos) {
      const char* last = source.data() + source.size();
      const auto [stop, trouble] = std::from_chars(source.data() + slash + 1, last, each);
      if (trouble != std::errc() || stop != last || each == 0)
        return fail(Code::invalid, "of every how many rows one is taken is no number", source);
      source.resize(slash);
    }
    std::vector<std::pair<std::string, const Sample*>> own;
    for (const Sample& sample : corpus.samples) {
      if (sample.source == source) own.emplace_back(sha256_hex(sample.id), &sample);
    }
    if (own.empty()) return fail(Code::invalid, "there is no such source", source);
    std::sort(own.begin(), own.end());
    for (std::size_t i = 0; i < own.size(); i += each) order.push_back(own[i]);
  }
  std::sort(order.begin(), order.end());
  Stream stream{name, {}, text_only};
  for (const auto& [hash, sample] : order) stream.rows.push_back(sample);
  return stream;
}

std::vector<Said> replayed(const Stream& stream, const RuleSet& rules, const FeatureKey& key,
                           const Model* starter) {
  Model site;
  const Learned learned{&key, starter, nullptr, &site, "online"};
  Policy policy;
  policy.moderation = Moderation::publish;
  std::vector<Said> said;
  for (const Sample* sample : stream.rows) {
    if (sample->label == Label::abuse) continue;
    Submission comment = sample->comment;
    if (stream.text_only) {
      const Submission whole = std::move(comment);
      comment = Submission{};
      comment.article = whole.article;
      comment.author.name = whole.author.name;
      comment.content = whole.content;
      comment.created_at = whole.created_at;
    }
    Evidence seen = gather(std::move(comment));
    seen.facts.now = seen.comment.created_at.value_or(kMoment);
    const Verdict verdict = rules.judge(seen, policy, &learned);
    Said one;
    one.spam = sample->label == Label::spam;
    one.probability = verdict.probability.value_or(0.5);
    one.score = verdict.score;
    one.flagged = one.probability > 0.5;
    one.rejected = verdict.score >= policy.spam;
    one.held = verdict.score >= policy.hold;
    said.push_back(one);
    Lesson lesson{features_of(seen, verdict.findings, key).vector, 0};
    if (starter != nullptr) lesson.prior = static_cast<float>(starter->margin(lesson.vector));
    site.learn(lesson, one.spam);
  }
  return said;
}

double lam(double ham_wrong, std::size_t ham, double spam_wrong, std::size_t spam) {
  const auto logit = [](double percent, std::size_t rows) {
    const double count = static_cast<double>(rows);
    const double share = (percent / 100 * count + 0.5) / (count + 1);
    return std::log(share / (1 - share));
  };
  const double middle = (logit(ham_wrong, ham) + logit(spam_wrong, spam)) / 2;
  return 100 / (1 + std::exp(-middle));
}

Figures figures_of(const std::vector<Said>& said) {
  Figures figures;
  for (const Said& one : said) ++(one.spam ? figures.spam : figures.ham);
  if (figures.spam == 0 || figures.ham == 0) return figures;
  const Measured measured(said);
  std::vector<std::uint32_t> times(said.size(), 1);
  const Measured::Values values = measured.with(times);
  std::mt19937 chance(7);
  std::vector<Measured::Values> others;
  for (int i = 0; i < kResamples; ++i) {
    std::fill(times.begin(), times.end(), 0);
    for (std::size_t j = 0; j < said.size(); ++j) ++times[chance() % said.size()];
    others.push_back(measured.with(times));
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::sort(others.begin(), others.end(), [i](const auto& a, const auto& b) { return a[i] < b[i]; });
    figures.*Measured::kAll[i] = {values[i], others[kResamples / 40][i],
                                  others[kResamples - 1 - kResamples / 40][i]};
  }
  const auto better =
      figures.by_probability.value <= figures.by_score.value ? &Said::probability : &Said::score;
  for (std::size_t rows = 50; rows < said.size(); rows *= 2)
    figures.curve.emplace_back(rows, error_until(said, rows, better));
  figures.curve.emplace_back(said.size(), error_until(said, said.size(), better));
  return figures;
}

std::string online_table(const std::vector<std::pair<std::string, Figures>>& all) {
  std::string text =
      "| stream | spam | ham | (1-AUC)% of probability | of score | p > 0.5: ham | spam missed | lam | spam: "
      "ham | "
      "missed | lam | hold: ham | missed | lam | caught, no ham above |\n";
  for (int i = 0; i < 15; ++i) text += "|---";
  text += "|\n";
  for (const auto& [name, f] : all) {
    text += "| " + name + " | " + std::to_string(f.spam) + " | " + std::to_string(f.ham) + " |";
    for (const Interval Figures::*one : Measured::kAll) text += " " + with_interval(f.*one) + " |";
    text += "\n";
  }
  return text;
}

std::string curves_table(const std::vector<std::pair<std::string, Figures>>& all) {
  std::string text = "| stream | rows: (1-AUC)% of all so far |\n|---|---|\n";
  for (const auto& [name, figures] : all) {
    text += "| " + name + " | ";
    for (const auto& [rows, error] : figures.curve)
      text += std::to_string(rows) + ": " + cli::fixed(error, 2) + "  ";
    text += "|\n";
  }
  return text;
}

std::string curves_svg(const std::vector<std::pair<std::string, Figures>>& all) {
  constexpr double kLeft = 60, kTop = 20, kWidth = 620, kHeight = 380, kLeast = 0.01, kMost = 50;
  constexpr const char* kColours[] = {"#1b6ca8", "#c8553d", "#3f7d20", "#8e44ad", "#b8860b",
                                      "#16a085", "#7f8c8d", "#2c3e50", "#d35400", "#c2185b"};
  double longest = 100;
  for (const auto& [name, figures] : all) {
    for (const auto& point : figures.curve) longest = std::max(longest, static_cast<double>(point.first));
  }
  const auto x = [&](double rows) { return kLeft + kWidth * std::log(rows / 50) / std::log(longest / 50); };
  const auto y = [&](double error) {
    return kTop + kHeight * std::log(kMost / std::clamp(error, kLeast, kMost)) / std::log(kMost / kLeast);
  };
  const auto number = [](double value) { return cli::fixed(value, 1); };
  std::string svg =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"900\" height=\"450\" font-family=\"sans-serif\" "
      "font-size=\"12\">\n<title>(1-AUC)% of all rows so far, by rows seen</title>\n<rect width=\"900\" "
      "height=\"450\" fill=\"white\"/>\n";
  for (const double error : {0.01, 0.1, 1.0, 10.0}) {
    svg += "<line x1=\"" + number(kLeft) + "\" x2=\"" + number(kLeft + kWidth) + "\" y1=\"" +
           number(y(error)) + "\" y2=\"" + number(y(error)) + "\" stroke=\"#ddd\"/><text x=\"10\" y=\"" +
           number(y(error) + 4) + "\">" + cli::fixed(error, 2) + "</text>\n";
  }
  for (double rows = 50; rows <= longest; rows *= 4) {
    svg += "<text x=\"" + number(x(rows)) + "\" y=\"" + number(kTop + kHeight + 18) +
           "\" text-anchor=\"middle\">" + cli::fixed(rows, 0) + "</text>\n";
  }
  std::size_t row = 0;
  for (const auto& [name, figures] : all) {
    const std::string colour = kColours[row % std::size(kColours)];
    std::string points;
    for (const auto& [rows, error] : figures.curve)
      points += number(x(static_cast<double>(rows))) + "," + number(y(error)) + " ";
    std::string label;
    for (const char c : name) label += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
    svg += "<polyline fill=\"none\" stroke-width=\"2\" stroke=\"" + colour + "\" points=\"" + points +
           "\"/>\n<text x=\"700\" y=\"" + number(kTop + 12 + 18 * static_cast<double>(row)) + "\" fill=\"" +
           colour + "\">" + label + "</text>\n";
    ++row;
  }
  return svg + "</svg>\n";
}

int run_online(const Corpus& corpus, const RuleSet& rules, const OnlineWish& wish) {
  const FeatureKey key("the key of the measuring program");
  std::vector<Stream> streams = streams_of(corpus);
  for (const auto& [name, sources] : wish.mixes) {
    for (const bool text_only : {false, true}) {
      auto stream = mixed(corpus, name + (text_only ? ", text and name" : ""), sources, text_only);
      if (!stream) return cli::complain(stream.error());
      streams.push_back(std::move(*stream));
    }
  }
  std::optional<Model> starter;
  if (!wish.starter.empty()) {
    const auto rows = read_corpus(wish.starter, {});
    if (!rows) return cli::complain(rows.error());
    for (const std::string& complaint : rows->complaints) cli::err("quality: " + complaint + "\n");
    std::vector<Labelled> labelled;
    for (const Sample& sample : rows->samples)
      labelled.push_back({sample.comment, sample.label == Label::spam});
    starter = starter_model(labelled, rules, key);
    cli::out("Starter set: " + std::to_string(starter->ham()) + " ham, " + std::to_string(starter->spam()) +
             " spam, " + std::to_string(starter->weights()) + " weights; among itself (1-AUC)% " +
             cli::fixed(100 * (1 - starter->quality().area()), 2) + ".\n\nBefore any decision:\n\n");
    const Learned learned{&key, &*starter, nullptr, nullptr, "starter"};
    std::map<std::string, Scores> by_source;
    for (const Judged& one : judge_all(corpus.samples, rules, &learned))
      by_source[one.sample->source].add(one.sample->label, one.verdict.score);
    cli::out(table(by_source, Policy{}) + "\n");
  }
  std::vector<std::pair<std::string, Figures>> all;
  for (const Stream& stream : streams)
    all.emplace_back(stream.name, figures_of(replayed(stream, rules, key, starter ? &*starter : nullptr)));
  cli::out("Predict, then learn; " + std::string(starter ? "with the starter set" : "cold") + "; rules " +
           rules.version() + ". Per cent, 95 % by bootstrap.\n\n" + online_table(all) + "\n" +
           curves_table(all));
  if (!wish.svg.empty()) {
    std::ofstream file(wish.svg, std::ios::binary);
    file << curves_svg(all);
    if (!file.flush()) return cli::complain("the plot cannot be written to " + cli::plain(wish.svg));
  }
  return corpus.complaints.empty() ? cli::kFine : cli::kSomeBad;
}

}  // namespace chaffinch::quality
