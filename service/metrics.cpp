#include "metrics.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <mutex>
#include <shared_mutex>
#include <sstream>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/metric_family.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "analysis/calibration.h"
#include "analysis/impression.h"

namespace chaffinch {
namespace {

using prometheus::Counter;
using prometheus::Gauge;
using prometheus::Histogram;
using Bounds = Histogram::BucketBoundaries;

struct Hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

// Names seen first, up to a number; every later one is "other".
class Names {
 public:
  explicit Names(std::size_t most) : most_(most) {}

  std::string_view bounded(std::string_view name) {
    {
      const std::shared_lock reading(lock_);
      if (names_.contains(name)) return name;
      if (names_.size() >= most_) return "other";
    }
    const std::unique_lock writing(lock_);
    if (names_.size() < most_) names_.emplace(name);
    return names_.contains(name) ? name : "other";
  }

 private:
  const std::size_t most_;
  std::shared_mutex lock_;
  std::unordered_set<std::string, Hash, std::equal_to<>> names_;  // guarded by lock_
};

// The children of one family by their label values. The library's own look-up builds and hashes a map of
// strings under a mutex; here the usual case is one hash under a shared lock.
template <class T>
class Children {
 public:
  Children(prometheus::Family<T>& family, std::vector<std::string> labels, Bounds bounds = {})
      : family_(family), labels_(std::move(labels)), bounds_(std::move(bounds)) {}

  T& at(std::initializer_list<std::string_view> values) {
    std::string key;
    key.reserve(64);
    for (const std::string_view value : values) {
      key += value;
      key += '\0';  // no label value holds one: they are ids, words and numbers
    }
    {
      const std::shared_lock reading(lock_);
      if (const auto found = children_.find(key); found != children_.end()) return *found->second;
    }
    const std::unique_lock writing(lock_);
    auto [place, fresh] = children_.try_emplace(std::move(key), nullptr);
    if (fresh) {
      prometheus::Labels labels;
      auto label = labels_.begin();
      for (const std::string_view value : values) labels.emplace(*label++, value);
      if constexpr (std::is_same_v<T, Histogram>)
        place->second = &family_.Add(labels, bounds_);
      else
        place->second = &family_.Add(labels);
    }
    return *place->second;
  }

 private:
  prometheus::Family<T>& family_;
  const std::vector<std::string> labels_;
  const Bounds bounds_;
  std::shared_mutex lock_;
  std::unordered_map<std::string, T*, Hash, std::equal_to<>> children_;  // guarded by lock_
};

constexpr std::array kMethods = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

std::string_view known_method(std::string_view method) {
  for (const std::string_view known : kMethods)
    if (method == known) return known;
  return "other";
}

const Bounds kJudgeSeconds = {25e-6,  50e-6, 100e-6, 250e-6, 500e-6, 1e-3,
                              2.5e-3, 5e-3,  10e-3,  25e-3,  100e-3, 1};
const Bounds kCommitSeconds = {1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 50e-3, 100e-3, 250e-3, 1, 5};
const Bounds kCommitOperations = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000};
const Bounds kHttpSeconds = {250e-6, 500e-6, 1e-3,   2.5e-3, 5e-3, 10e-3, 25e-3,
                             50e-3,  100e-3, 250e-3, 1,      2.5,  10};

// Gauges that are replaced whole: nobody sees half of them.
class Gauges {
 public:
  using Labels = std::vector<prometheus::ClientMetric::Label>;

  void add(const char* name, const char* help, Labels labels, double value) {
    auto family =
        std::find_if(families_.begin(), families_.end(), [&](const auto& one) { return one.name == name; });
    if (family == families_.end()) {
      families_.push_back({name, help, prometheus::MetricType::Gauge, {}});
      family = families_.end() - 1;
    }
    prometheus::ClientMetric metric;
    metric.label = std::move(labels);
    metric.gauge.value = value;
    family->metric.push_back(std::move(metric));
  }
  std::vector<prometheus::MetricFamily> families() && { return std::move(families_); }

 private:
  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace

struct Metrics::Parts {
  prometheus::Registry registry;
  Names sites{1'000};
  Names rule_names{5'000};
  Names routes{200};
  Names words{200};  // reasons and kinds

  Children<Counter> submissions{
      counter("chaffinch_submissions_total", "Comments accepted, by site and status."), {"site", "status"}};
  Children<Counter> findings{
      counter("chaffinch_findings_total", "Rules that fired; shadow rules add nothing to a score."),
      {"rule", "shadow"}};
  Children<Counter> unchecked{
      counter("chaffinch_unchecked_total", "Checks that could not be made; such comments are held."),
      {"reason"}};
  Children<Counter> reloads{
      counter("chaffinch_rules_reloads_total", "Times that rules were read again: taken or refused."),
      {"result"}};
  Gauge& reload_fine =
      gauge("chaffinch_rules_reload_fine", "1: the latest rules that were read are in force; 0: refused.")
          .Add({});
  Children<Counter> decisions{counter("chaffinch_decisions_total", "Comments decided, by kind of decision."),
                              {"kind"}};
  Children<Counter> requests{
      counter("chaffinch_http_requests_total", "HTTP requests answered, by method, route and status."),
      {"method", "route", "status"}};
  Children<Counter> refused{
      counter("chaffinch_refused_total", "Requests or connections turned away before they were looked at."),
      {"why"}};
  Children<Histogram> request_seconds{
      histogram("chaffinch_http_request_seconds", "Time from the whole request to its answer."),
      {"method", "route"},
      kHttpSeconds};
  Children<Gauge> pending{gauge("chaffinch_queue_pending", "Comments that wait for a moderator."), {"site"}};
  Children<Gauge> oldest{gauge("chaffinch_queue_oldest_seconds", "Age of the oldest comment that waits."),
                         {"site"}};

  Histogram& judge =
      histogram("chaffinch_judge_seconds", "Time to judge one comment.").Add({}, kJudgeSeconds);
  Histogram& commit =
      histogram("chaffinch_commit_seconds", "Time of one commit to disk.").Add({}, kCommitSeconds);
  Histogram& batch =
      histogram("chaffinch_commit_operations", "Operations in one commit.").Add({}, kCommitOperations);
  Counter& commit_failures =
      counter("chaffinch_commit_failures_total", "Commits that failed; nothing of them was acknowledged.")
          .Add({});
  Gauge& open = gauge("chaffinch_http_connections", "Connections open now.").Add({});
  Gauge& writer = gauge("chaffinch_writer_queue", "Operations that wait for the writer.").Add({});
  Gauge& rule_count = gauge("chaffinch_rules", "Rules in force.").Add({});
  prometheus::Family<Gauge>& rule_set = gauge("chaffinch_rules_info", "The rule set in force; always 1.");
  std::mutex rule_set_lock;
  Gauge* rule_set_now = nullptr;  // guarded by rule_set_lock
  std::mutex learner_lock;
  std::vector<prometheus::MetricFamily> learner;  // guarded by learner_lock

  prometheus::Family<Counter>& counter(const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  }
  prometheus::Family<Gauge>& gauge(const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
  }
  prometheus::Family<Histogram>& histogram(const char* name, const char* help) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
  }
};

Metrics::Metrics() : parts_(std::make_unique<Parts>()) {}
Metrics::~Metrics() = default;

void Metrics::submitted(std::string_view site, Status status) {
  parts_->submissions.at({parts_->sites.bounded(site), word(status)}).Increment();
}

void Metrics::found(const Verdict& verdict) {
  for (const Finding& finding : verdict.findings) {
    if (!counts_as_hit(finding)) continue;
    parts_->findings.at({parts_->rule_names.bounded(finding.rule), finding.shadow ? "true" : "false"})
        .Increment();
  }
}

void Metrics::judged(double seconds) {
  parts_->judge.Observe(seconds);
}

void Metrics::committed(std::uint32_t operations, double seconds) {
  parts_->commit.Observe(seconds);
  parts_->batch.Observe(operations);
}

void Metrics::commit_failed() {
  parts_->commit_failures.Increment();
}

void Metrics::unchecked(std::string_view reason) {
  parts_->unchecked.at({parts_->words.bounded(reason)}).Increment();
}

void Metrics::decided(std::string_view kind, std::uint32_t comments) {
  parts_->decisions.at({parts_->words.bounded(kind)}).Increment(comments);
}

void Metrics::answered(std::string_view method, std::string_view route, int status, double seconds) {
  const std::string_view known = known_method(method);
  const std::string_view place = parts_->routes.bounded(route);
  // Three digits: a status is a bounded label, whatever is handed in.
  const std::string number = status >= 100 && status <= 599 ? std::to_string(status) : "other";
  parts_->requests.at({known, place, number}).Increment();
  parts_->request_seconds.at({known, place}).Observe(seconds);
}

void Metrics::refused(std::string_view why) {
  parts_->refused.at({parts_->words.bounded(why)}).Increment();
}

void Metrics::connections(std::int64_t open) {
  parts_->open.Set(static_cast<double>(open));
}

void Metrics::queue(std::string_view site, std::uint64_t pending, double oldest_age_seconds) {
  const std::string_view name = parts_->sites.bounded(site);
  if (name != site) return;  // a gauge cannot be shared: the last of many sites would stand for all
  parts_->pending.at({name}).Set(static_cast<double>(pending));
  parts_->oldest.at({name}).Set(oldest_age_seconds);
}

void Metrics::writer_queue(std::uint32_t depth) {
  parts_->writer.Set(depth);
}

void Metrics::rules(std::string_view version, std::uint64_t count) {
  parts_->rule_count.Set(static_cast<double>(count));
  const std::scoped_lock changing(parts_->rule_set_lock);
  if (parts_->rule_set_now != nullptr) parts_->rule_set.Remove(parts_->rule_set_now);
  parts_->rule_set_now = &parts_->rule_set.Add({{"version", std::string(version)}});
  parts_->rule_set_now->Set(1);
}

void Metrics::reloaded(bool fine) {
  parts_->reloads.at({fine ? "taken" : "refused"}).Increment();
  parts_->reload_fine.Set(fine ? 1 : 0);
}

void Metrics::learner(const std::vector<LearnerOf>& all) {
  Gauges gauges;
  for (const LearnerOf& one : all) {
    const Quality& quality = one.quality;
    const Gauges::Labels site = {{"site", one.site.empty() ? "(shared)" : one.site}};
    const auto told = [&](const char* what, const char* said, std::uint64_t count) {
      Gauges::Labels labels = site;
      labels.push_back({"told", what});
      labels.push_back({"said", said});
      gauges.add("chaffinch_learner_predictions",
                 "Predictions made before each lesson, at the natural threshold, by what people told.",
                 std::move(labels), static_cast<double>(count));
    };
    told("ham", "ham", quality.ham - quality.ham_as_spam);
    told("ham", "spam", quality.ham_as_spam);
    told("spam", "ham", quality.spam_as_ham);
    told("spam", "spam", quality.spam - quality.spam_as_ham);
    const auto plain = [&](const char* name, const char* help, double value) {
      gauges.add(name, help, site, value);
    };
    if (quality.ham > 0 && quality.spam > 0)
      plain("chaffinch_learner_auc",
            "The chance that a spam was given more than a ham before it was learned.", quality.area());
    const Calibration calibration = calibration_of(quality);
    plain("chaffinch_learner_calibration_error", "Expected calibration error of these predictions.",
          calibration.error);
    plain("chaffinch_learner_calibration_bias", "Mean probability of spam less the share of spam.",
          calibration.predicted - calibration.observed);
    plain("chaffinch_learner_brier", "Mean squared error of about the latest 500 predictions.",
          quality.loss_slow);
    plain("chaffinch_learner_drift", "Above 0: worse than usual of late; from 1 on it deserves a look.",
          quality.drift());
    plain("chaffinch_learner_lessons", "Lessons that are in the model.",
          static_cast<double>(quality.ham + quality.spam));
    plain("chaffinch_learner_waiting",
          "Changes of its lessons that are not in the model yet; at most 1000 are counted.",
          static_cast<double>(one.waiting));
    plain("chaffinch_learner_weights", "Weights in use.", static_cast<double>(one.weights));
    plain("chaffinch_learner_bytes", "Memory that the model takes.", static_cast<double>(one.bytes));
  }
  auto families = std::move(gauges).families();
  const std::scoped_lock changing(parts_->learner_lock);
  parts_->learner.swap(families);
}

std::string Metrics::text() const {
  std::ostringstream out;
  auto families = parts_->registry.Collect();
  {
    const std::scoped_lock reading(parts_->learner_lock);
    families.insert(families.end(), parts_->learner.begin(), parts_->learner.end());
  }
  prometheus::TextSerializer().Serialize(out, families);
  return std::move(out).str();
}

}  // namespace chaffinch
