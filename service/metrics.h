// What the operator sees at /metrics (Prometheus text format 0.0.4). prometheus-cpp stays in metrics.cpp.
// Safe from any thread. Label values are bounded: sites beyond the first 1,000 count as "other".
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/learner.h"
#include "core/comment.h"
#include "core/verdict.h"

namespace chaffinch {

class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  void submitted(std::string_view site, Status status);  // chaffinch_submissions_total{site,status}
  void found(
      const Verdict& verdict);  // chaffinch_findings_total{rule,shadow}, of those that count (impression.h)
  void judged(double seconds);  // chaffinch_judge_seconds histogram
  void committed(std::uint32_t operations,
                 double seconds);           // chaffinch_commit_seconds, chaffinch_commit_operations
  void commit_failed();                     // chaffinch_commit_failures_total
  void unchecked(std::string_view reason);  // chaffinch_unchecked_total{reason}
  void decided(std::string_view kind, std::uint32_t comments);  // chaffinch_decisions_total{kind}
  void answered(std::string_view method, std::string_view route, int status,
                double seconds);        // chaffinch_http_requests_total, _seconds
  void refused(std::string_view why);   // chaffinch_refused_total{why}: connections, tokens, limits
  void connections(std::int64_t open);  // chaffinch_http_connections
  void queue(std::string_view site, std::uint64_t pending,
             double oldest_age_seconds);  // gauges, set at scrape
  void writer_queue(std::uint32_t depth);
  void rules(std::string_view version, std::uint64_t count);
  void reloaded(
      bool fine);  // chaffinch_rules_reloads_total{result}: taken, refused; and whether the latest was taken

  // chaffinch_learner_*{site}: how good the models in memory are that predict before they learn. Sites that
  // are not named any more are not shown any more. How many there may be is the caller's to bound.
  struct LearnerOf {
    std::string site;  // empty: the model that sites share, shown as (shared)
    Quality quality;
    std::size_t weights = 0, bytes = 0, waiting = 0;
  };
  void learner(const std::vector<LearnerOf>& all);

  std::string text() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace chaffinch
