// Verdicts, facts and small lists as compact text, the form in which an engine keeps them in a row. Pure;
// safe from any thread.
//
// Format: a version digit, then fields without names in a fixed order. A number is written in decimal and
// ends with a space; a text is its length in bytes, a colon, and its bytes; a list is its count and its
// elements; an optional is the count 0 or 1 and the value. Doubles are the shortest decimal that reads back
// as the same double. A reader takes every version that was ever written and returns nothing for anything
// else: truncated, overlong, unknown words. No field is ever dropped in silence: what is left over after the
// last field is an error.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/decision.h"
#include "core/evidence.h"
#include "core/verdict.h"

namespace chaffinch::codec {

std::string write(const Verdict&);
std::optional<Verdict> read_verdict(std::string_view);

std::string write(const Facts&);
std::optional<Facts> read_facts(std::string_view);

std::string write(const std::vector<std::string>&);
std::optional<std::vector<std::string>> read_list(std::string_view);

std::string write(const std::map<std::string, double, std::less<>>&);
std::optional<std::map<std::string, double, std::less<>>> read_numbers(std::string_view);

std::string write(const std::vector<Skipped>&);
std::optional<std::vector<Skipped>> read_skipped(std::string_view);

// What was answered to a decision, for the answer to a repeated idempotency key.
std::string write(const Settled&);
std::optional<Settled> read_settled(std::string_view);

}  // namespace chaffinch::codec
