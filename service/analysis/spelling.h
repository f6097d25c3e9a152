// Names in messages to people who write rules and settings. Pure; safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chaffinch {

// The name among `known` that `word` was probably meant to be; empty when none is near.
std::string nearest(std::string_view word, const std::vector<std::string_view>& known);

// "did you mean 'x'?", or "known are a, b, c" when they are few, or nothing.
std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& known);

// The first 60 bytes or so of a text in double quotes, on one line.
std::string in_quotes(std::string_view text);

// "a, b, c"
std::string listed(const std::vector<std::string_view>& words);

}  // namespace chaffinch
