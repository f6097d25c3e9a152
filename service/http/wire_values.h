// Values that several answers show, for wire*.cpp only.
#pragma once

#include <optional>
#include <string>

#include "core/comment.h"
#include "core/decision.h"
#include "core/verdict.h"
#include "http/wire_json.h"
#include "store/store.h"

namespace chaffinch::http {

Json time_json(std::optional<Time> time);  // null when there is none
Json id_json(const std::optional<Id>& id);
Json next_json(const std::optional<std::string>& next);
Json text_or_null(const std::string& text);
Json skipped_json(const std::vector<Skipped>& skipped);
Json settled_json(const Settled& settled);
// Evidence with its values, read from the submission; and the same without the braces.
void tell_verdict(Telling& to, const Submission& submission, const Verdict& verdict);
void tell_verdict_fields(Telling& to, const Submission& submission, const Verdict& verdict);

}  // namespace chaffinch::http
