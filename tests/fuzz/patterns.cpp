// A set of regexes finds in any text what RE2 finds with each of them alone: the same ones at the same
// places. The input is a regex a line; what follows an empty line is the text.
#include "analysis/patterns.h"

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

#include <re2/re2.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chaffinch;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  if (rest.empty()) return 0;
  const bool ignore_case = (static_cast<unsigned char>(rest.front()) & 1U) != 0;
  rest.remove_prefix(1);
  RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(!ignore_case);
  options.set_max_mem(1 << 20);
  PatternSet::Builder builder;
  std::vector<std::unique_ptr<RE2>> alone;
  while (!rest.empty() && rest.front() != '\n' && alone.size() < 8) {
    const std::string_view regex = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(regex.size() < rest.size() ? regex.size() + 1 : regex.size());
    if (regex.size() > 200 ||
        !builder.add_regex(static_cast<std::uint32_t>(alone.size()), regex, ignore_case))
      continue;
    alone.push_back(std::make_unique<RE2>(re2::StringPiece(regex.data(), regex.size()), options));
  }
  const auto set = builder.build();
  if (!set) return 0;
  std::vector<Match> matches;
  if (!(*set)->find(rest, matches)) return 0;
  auto match = matches.begin();
  for (std::uint32_t i = 0; i < alone.size(); ++i) {
    re2::StringPiece span;
    const re2::StringPiece text(rest.data(), rest.size());
    if (rest.empty() || !alone[i]->Match(text, 0, text.size(), RE2::UNANCHORED, &span, 1)) continue;
    const auto start = static_cast<std::uint32_t>(span.data() - text.data());
    if (match == matches.end() || match->pattern != i || match->start != start ||
        match->end != start + static_cast<std::uint32_t>(span.size()))
      std::abort();
    ++match;
  }
  if (match != matches.end()) std::abort();
  return 0;
}
