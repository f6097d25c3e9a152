// What operators and clients ask about the service itself.
#include <algorithm>

#include "core/limits.h"
#include "documents.h"
#include "http/calls.h"
#include "http/query.h"
#include "http/wire.h"

namespace chaffinch::http::calls {
namespace {

constexpr std::size_t kSitesMeasured = 1'000;   // as many as the metrics tell apart
constexpr std::size_t kLearnersMeasured = 100;  // thirteen series each

constexpr std::string_view kWelcome =
    "Chaffinch: a comment moderation and spam-filter service.\n"
    "A page with a comment section to try: /demo.\n"
    "The API is described at /v1/openapi.json. Health: /healthz, /readyz.\n";

}  // namespace

Result<Answer> stats(Service& service, Call& call) {
  Query from(call.ask);
  const std::string named = from.text_or_empty("site", limits::kSiteName);
  const std::string cursor = from.cursor();
  const std::uint32_t limit = from.page();
  if (auto fine = from.finish(); !fine) return tl::unexpected(std::move(fine).error());
  auto after = name_from_cursor(cursor);
  if (!after) return tl::unexpected(std::move(after).error());
  auto site = site_of(call, named, false, "?site");
  if (!site) return tl::unexpected(std::move(site).error());
  std::vector<std::string> wanted;
  std::optional<std::string> next;
  if (!site->empty()) {
    wanted.push_back(*site);
  } else {
    auto all = service.store().sites();
    if (!all) return tl::unexpected(std::move(all).error());
    for (const Site& one : *all)
      if (one.id > *after) wanted.push_back(one.id);
    std::sort(wanted.begin(), wanted.end());
    if (wanted.size() > limit) {
      wanted.resize(limit);
      next = name_cursor(wanted.back());
    }
  }
  std::vector<SiteStats> all;
  std::vector<std::optional<Learning::Status>> learned;
  for (const std::string& one : wanted) {
    auto numbers = service.store().stats(one);
    if (!numbers) {
      Error error = std::move(numbers).error();
      if (error.code == Code::not_found) error.where = "?site";
      return tl::unexpected(std::move(error));
    }
    all.push_back(std::move(*numbers));
    // Models that cannot be read now are missing in the answer; the other numbers are not.
    std::optional<Learning::Status> status;
    if (service.intake.learning() != nullptr) {
      if (auto known = service.intake.learning()->status(one)) status = std::move(*known);
    }
    learned.push_back(std::move(status));
  }
  return json_answer(write_stats(all, learned, next));
}

Result<Answer> health(Service&, Call&) {
  return json_answer(write_status("ok"));
}

Result<Answer> ready(Service& service, Call&) {
  const Health health = service.store().health();
  std::string wrong;
  const auto add = [&](const std::string& what) { wrong += (wrong.empty() ? "" : "; ") + what; };
  if (!health.writable) add("the store cannot be written");
  if (health.free_bytes < service.options.min_free_bytes) add("the disk is nearly full");
  if (health.schema != health.schema_known) {
    add("the database is at migration " + std::to_string(health.schema) + ", this program at " +
        std::to_string(health.schema_known));
  }
  if (health.queue_limit > 0 && health.queue_depth >= health.queue_limit) add("the writer's queue is full");
  service.metrics.writer_queue(health.queue_depth);
  if (wrong.empty()) return json_answer(write_status("ready"));
  if (!health.problem.empty()) service.log.warning("not ready", {{"problem", health.problem}});
  return fail(Code::unavailable, "not ready: " + wrong, {}, {}, 5);
}

Result<Answer> metrics(Service& service, Call& call) {
  // Sizes and ages are those of this moment, not of the last time that somebody looked.
  if (const auto all = service.store().sites()) {
    for (std::size_t i = 0; i < std::min(all->size(), kSitesMeasured); ++i) {
      const std::string& site = (*all)[i].id;
      const auto numbers = service.store().stats(site);
      if (!numbers) continue;
      const Time age =
          numbers->oldest_pending == 0 ? 0 : std::max<Time>(0, call.now - numbers->oldest_pending);
      service.metrics.queue(site, numbers->pending, static_cast<double>(age) / static_cast<double>(kSecond));
    }
  }
  if (const Learning* learning = service.intake.learning()) {
    std::vector<Metrics::LearnerOf> all;
    for (Learning::Status& one : learning->in_memory(kLearnersMeasured))
      all.push_back({std::move(one.site), one.quality, one.weights, one.bytes, one.waiting});
    service.metrics.learner(all);
  }
  Answer answer;
  answer.type = "text/plain; version=0.0.4; charset=utf-8";
  answer.body = service.metrics.text();
  return answer;
}

Result<Answer> document(Service&, Call&) {
  for (const auto& [name, text] : kDocuments) {
    if (name != "openapi.json") continue;
    Answer answer = json_answer(std::string(text));
    answer.headers.emplace_back("Cache-Control", "public, max-age=300");
    return answer;
  }
  return fail(Code::internal, "openapi.json is not built in");
}

Result<Answer> welcome(Service&, Call&) {
  Answer answer;
  answer.type = "text/plain; charset=utf-8";
  answer.body = kWelcome;
  return answer;
}

}  // namespace chaffinch::http::calls
