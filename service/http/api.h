// The native API: from a whole request to its answer. schema/openapi.json describes what it speaks,
// http/routes.h lists who may call what.
//
// Order of checks: route and method (404, 405), who calls (401, 403, 429), content type (415); then the
// handler reads the body and does the work. Every answer carries the security headers; errors are problems
// (http/problem.h). Safe from any thread; what it is built from must outlive it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "backtests.h"
#include "core/time.h"
#include "http/door.h"
#include "http/gate.h"
#include "intake.h"
#include "later.h"
#include "log.h"
#include "metrics.h"
#include "rulebook.h"

namespace chaffinch::http {

struct ApiOptions {
  std::function<Time()> now;                        // the clock; required
  std::uint64_t min_free_bytes = 64 * 1024 * 1024;  // less free disk space: not ready
  bool only_metrics = false;  // a listener of its own for /metrics: nothing else, no token
};

class Api {
 public:
  Api(Intake& intake, Rulebook& rulebook, Backtests& backtests, Gate& gate, Metrics& metrics, Log& log,
      ApiOptions options);
  ~Api();
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  // For Door: what may be known from the head alone. Takes a public writer's place in the rate limit.
  Admission admit(const Ask& ask);
  // For Door: REQUIRES that admit() did not refuse this request, which must outlive the answer. Nothing: the
  // answer is made by what `later` is called with.
  std::optional<Answer> answer(const Ask& ask, const Later<Answer>& later);
  Answer answer(const Ask& ask);  // waits for it
  // For DoorEvents: counts and logs an answer, by route, without a word of what was written.
  void answered(const Ask& ask, const Answer& answer, double seconds);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace chaffinch::http
