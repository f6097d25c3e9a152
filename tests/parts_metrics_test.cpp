#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "metrics.h"

using namespace chaffinch;

namespace {

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

long lines_with(const std::string& text, std::string_view part) {
  long count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_SUITE_BEGIN("parts");

TEST_CASE("everything counted is shown as Prometheus text") {
  Metrics metrics;
  metrics.submitted("demo", Status::pending);
  metrics.submitted("demo", Status::pending);
  metrics.submitted("demo", Status::spam);
  Verdict verdict;
  verdict.findings.resize(2);
  verdict.findings[0].rule = "link_count";
  verdict.findings[1].rule = "shouting";
  verdict.findings[1].shadow = true;
  metrics.found(verdict);
  metrics.judged(0.00003);
  metrics.committed(7, 0.004);
  metrics.commit_failed();
  metrics.unchecked("recall");
  metrics.decided("approve", 12);
  metrics.answered("POST", "/v1/comments", 201, 0.006);
  metrics.refused("connections");
  metrics.connections(3);
  metrics.queue("demo", 5, 61.5);
  metrics.writer_queue(9);
  metrics.rules("abc123", 99);
  const std::string text = metrics.text();
  CAPTURE(text);
  for (const char* line : {
           "# TYPE chaffinch_submissions_total counter",
           R"(chaffinch_submissions_total{site="demo",status="pending"} 2)",
           R"(chaffinch_submissions_total{site="demo",status="spam"} 1)",
           R"(chaffinch_findings_total{rule="link_count",shadow="false"} 1)",
           R"(chaffinch_findings_total{rule="shouting",shadow="true"} 1)",
           R"(chaffinch_judge_seconds_bucket{le="2.5e-05"} 0)",
           R"(chaffinch_judge_seconds_bucket{le="5e-05"} 1)",
           "chaffinch_commit_seconds_count 1",
           R"(chaffinch_commit_operations_bucket{le="10"} 1)",
           "chaffinch_commit_operations_sum 7",
           "chaffinch_commit_failures_total 1",
           R"(chaffinch_unchecked_total{reason="recall"} 1)",
           R"(chaffinch_decisions_total{kind="approve"} 12)",
           R"(chaffinch_http_requests_total{method="POST",route="/v1/comments",status="201"} 1)",
           R"(chaffinch_http_request_seconds_count{method="POST",route="/v1/comments"} 1)",
           R"(chaffinch_refused_total{why="connections"} 1)",
           "chaffinch_http_connections 3",
           R"(chaffinch_queue_pending{site="demo"} 5)",
           R"(chaffinch_queue_oldest_seconds{site="demo"} 61.5)",
           "chaffinch_writer_queue 9",
           "chaffinch_rules 99",
           R"(chaffinch_rules_info{version="abc123"} 1)",
       }) {
    CAPTURE(line);
    CHECK(has_line(text, line));
  }
}

TEST_CASE("a service that did nothing yet shows its failures as zero") {
  CHECK(has_line(Metrics().text(), "chaffinch_commit_failures_total 0"));
}

TEST_CASE("labels are bounded, whatever is thrown at them") {
  Metrics metrics;
  for (int i = 0; i < 1'500; ++i) {
    const std::string name = "n" + std::to_string(i);
    metrics.submitted(name, Status::pending);
    metrics.answered(name, name, i, 0.001);
    metrics.refused(name);
    metrics.queue(name, 1, 1);
  }
  const std::string text = metrics.text();
  CHECK(has_line(text, R"(chaffinch_submissions_total{site="other",status="pending"} 500)"));
  CHECK(lines_with(text, "chaffinch_submissions_total{") == 1'001);
  CHECK(lines_with(text, "chaffinch_queue_pending{") == 1'000);
  CHECK(lines_with(text, R"(_total{why=")") == 201);
  CHECK(text.find(R"(method="n)") == std::string::npos);
  CHECK(has_line(text, R"(chaffinch_http_request_seconds_count{method="other",route="other"} 1300)"));
  CHECK(text.find(R"(status="99")") == std::string::npos);
  CHECK(text.find(R"(status="600")") == std::string::npos);
}

TEST_CASE("hostile label values cannot forge a line") {
  Metrics metrics;
  metrics.answered("GET", "/x\"} 1\nforged{a=\"b", 200, 0.001);
  CHECK_FALSE(has_line(metrics.text(), "forged{a=\"b\",status=\"200\"} 1"));
  CHECK(metrics.text().find("\nforged") == std::string::npos);
}

TEST_CASE("a new rule set takes the place of the old one") {
  Metrics metrics;
  metrics.rules("one", 1);
  metrics.rules("two", 2);
  const std::string text = metrics.text();
  CHECK(text.find(R"(version="one")") == std::string::npos);
  CHECK(has_line(text, R"(chaffinch_rules_info{version="two"} 1)"));
}

TEST_CASE("learners are shown whole, and those that are not named any more are gone") {
  Metrics metrics;
  CHECK(metrics.text().find("chaffinch_learner") == std::string::npos);
  Metrics::LearnerOf blog{.site = "blog", .quality = {}, .weights = 12, .bytes = 4096, .waiting = 3};
  blog.quality.ham = 8;
  blog.quality.spam = 2;
  blog.quality.ham_as_spam = 1;
  blog.quality.ham_bins[8] = 8;
  blog.quality.spam_bins[56] = 2;
  metrics.learner({{.site = {}, .quality = {}}, blog});
  const std::string text = metrics.text();
  CAPTURE(text);
  for (const char* line :
       {"# TYPE chaffinch_learner_predictions gauge",
        R"(chaffinch_learner_predictions{site="blog",told="ham",said="ham"} 7)",
        R"(chaffinch_learner_predictions{site="blog",told="ham",said="spam"} 1)",
        R"(chaffinch_learner_predictions{site="blog",told="spam",said="ham"} 0)",
        R"(chaffinch_learner_predictions{site="blog",told="spam",said="spam"} 2)",
        R"(chaffinch_learner_auc{site="blog"} 1)", R"(chaffinch_learner_drift{site="blog"} 0)",
        R"(chaffinch_learner_lessons{site="blog"} 10)", R"x(chaffinch_learner_lessons{site="(shared)"} 0)x",
        R"(chaffinch_learner_waiting{site="blog"} 3)", R"(chaffinch_learner_weights{site="blog"} 12)",
        R"(chaffinch_learner_bytes{site="blog"} 4096)"})
    CHECK(has_line(text, line));
  for (const char* part :
       {R"(chaffinch_learner_calibration_error{site="blog"} 0.0)",
        R"(chaffinch_learner_calibration_bias{site="blog"} )", R"(chaffinch_learner_brier{site="blog"} )"})
    CHECK(text.find(part) != std::string::npos);
  CHECK(text.find(R"x(chaffinch_learner_auc{site="(shared)"})x") == std::string::npos);  // of nothing
  CHECK(lines_with(text, "chaffinch_learner_lessons{") == 2);
  metrics.learner({{.site = "other", .quality = {}}});
  CHECK(metrics.text().find(R"(site="blog")") == std::string::npos);
  CHECK(has_line(metrics.text(), R"(chaffinch_learner_lessons{site="other"} 0)"));
}

TEST_CASE("many threads count without losing one") {
  Metrics metrics;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&metrics] {
      for (int i = 0; i < 1'000; ++i) {
        metrics.submitted("site" + std::to_string(i % 10), Status::approved);
        metrics.answered("GET", "/healthz", 200, 0.001);
        if (i % 100 == 0) CHECK(metrics.text().size() > 100);
      }
    });
  for (std::thread& thread : threads) thread.join();
  const std::string text = metrics.text();
  CHECK(has_line(text, R"(chaffinch_submissions_total{site="site3",status="approved"} 800)"));
  CHECK(has_line(text, R"(chaffinch_http_requests_total{method="GET",route="/healthz",status="200"} 8000)"));
}

TEST_SUITE_END();
