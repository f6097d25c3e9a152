// Errors as RFC 9457 problems. Here is the only map from an error's word to an HTTP status.
#pragma once

#include <string_view>
#include <vector>

#include "core/decision.h"
#include "core/result.h"
#include "http/door.h"

namespace chaffinch::http {

int status_of(Code code);
std::string_view word(Code code);  // "invalid", "not_found" ...: the problem's `code`

// {"type", "title", "status", "code", "detail", "where"?, "advice"?, "skipped"?} as application/problem+json,
// with Retry-After where the error names a time. The text of Code::internal is not shown.
Answer problem(const Error& error, const std::vector<Skipped>& skipped = {});

// The same with all of `errors` told in "errors"; the first one speaks for the status. REQUIRES at least one.
Answer problem(const std::vector<Error>& errors);

// The same error for a person whose browser posted a plain form: a page that says what and what to do, with
// the status and the headers of problem(error).
Answer problem_page(const Error& error);

}  // namespace chaffinch::http
