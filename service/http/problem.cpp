#include "http/problem.h"

#include <algorithm>
#include <string>

#include "http/shown.h"
#include "http/wire.h"
#include "http/wire_rules.h"

namespace chaffinch::http {
namespace {

struct Line {
  Code code;
  int status;
  std::string_view word;
  std::string_view title;
};

constexpr Line kRows[] = {
    {Code::invalid, 400, "invalid", "Bad Request"},
    {Code::unauthorized, 401, "unauthorized", "Unauthorized"},
    {Code::forbidden, 403, "forbidden", "Forbidden"},
    {Code::not_found, 404, "not_found", "Not Found"},
    {Code::not_allowed, 405, "not_allowed", "Method Not Allowed"},
    {Code::conflict, 409, "conflict", "Conflict"},
    {Code::gone, 410, "gone", "Gone"},
    {Code::too_large, 413, "too_large", "Content Too Large"},
    {Code::unsupported, 415, "unsupported", "Unsupported Media Type"},
    {Code::too_many, 429, "too_many", "Too Many Requests"},
    {Code::internal, 500, "internal", "Internal Server Error"},
    {Code::unavailable, 503, "unavailable", "Service Unavailable"},
};

const Line& row_of(Code code) {
  const auto* found =
      std::find_if(std::begin(kRows), std::end(kRows), [&](const Line& row) { return row.code == code; });
  return found == std::end(kRows) ? kRows[10] : *found;
}

}  // namespace

int status_of(Code code) {
  return row_of(code).status;
}

std::string_view word(Code code) {
  return row_of(code).word;
}

Answer problem(const Error& error, const std::vector<Skipped>& skipped) {
  const Line& row = row_of(error.code);
  Answer answer;
  answer.status = row.status;
  answer.type = "application/problem+json";
  if (error.code == Code::internal) {
    const Error silent{.code = Code::internal,
                       .what = "something went wrong here; it has been noted",
                       .where = {},
                       .advice = {}};
    answer.body = write_problem(row.status, row.title, row.word, silent, {});
    return answer;
  }
  answer.body = write_problem(row.status, row.title, row.word, error, skipped);
  if (error.code == Code::unauthorized) {
    answer.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"chaffinch\"");
  }
  if (error.code == Code::too_many || error.code == Code::unavailable) {
    answer.headers.emplace_back("Retry-After", std::to_string(std::max(1, error.retry_after)));
  }
  return answer;
}

Answer problem(const std::vector<Error>& errors) {
  Answer answer = problem(errors.front());
  // Of a conflict or a full house there is one thing to say.
  if (errors.front().code != Code::invalid) return answer;
  const Line& row = row_of(errors.front().code);
  answer.body = write_refusals(row.status, row.title, row.word, errors);
  return answer;
}

Answer problem_page(const Error& error) {
  Answer answer = problem(error);
  answer.type = "text/html; charset=utf-8";
  const bool ours = error.code == Code::internal;
  std::string what = ours ? std::string("something went wrong here; it has been noted") : error.what;
  if (!error.where.empty() && !ours) what = error.where + ": " + what;
  answer.body =
      "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>Your comment was not sent</title>\n"
      "<h1>Your comment was not sent</h1>\n<p>" +
      escaped(what) + ".</p>\n";
  if (!error.advice.empty() && !ours) answer.body += "<p>Advice: " + escaped(error.advice) + ".</p>\n";
  answer.body += "<p>Go back in your browser: what you wrote should still be in the form.</p>\n</html>\n";
  return answer;
}

}  // namespace chaffinch::http
