#include <array>
#include <cstring>
#include <unordered_map>

#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {
    {"times", 5, "times that one word may return"},
    {"share", 0.12, "part of all words (0 to 1) that one word may be"},
};

constexpr Example kExamples[] = {
    {.content = "cheap boots online, boots sale, leather boots, winter boots for women, men boots, black "
                "boots, best "
                "boots outlet",
     .hit = true},
    {.content = "I do not think that the boots I bought last year were worth what I paid for them.",
     .hit = false},
    {.content = "ha haha haha haha haha haha haha haha", .hit = false},
    {.content = "that that that that that that that", .hit = false},
};

constexpr std::array<std::string_view, 34> kSmall = {
    "about", "also", "been",   "could",  "from", "have",  "haha", "here",  "into",  "just", "like",  "more",
    "much",  "only", "really", "should", "some", "than",  "that", "their", "them",  "then", "there", "they",
    "this",  "very", "were",   "what",   "when", "which", "will", "with",  "would", "your"};

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  if (seen.shape.words < 2 * knobs["times"]) return std::nullopt;
  const std::string_view text = seen.folded.value;
  // A rough count first, which few texts pass: words that share a cell are counted together.
  std::array<std::uint16_t, 1024> rough{};
  std::uint16_t roughly = 0;
  for (std::size_t at = 0, counted = 0; at < text.size() && counted < 3'000; ++at) {
    if (!in_word(text[at])) continue;
    const std::size_t begin = at;
    while (at < text.size() && in_word(text[at])) ++at;
    ++counted;
    const std::size_t size = at - begin;
    if (size < 4) continue;
    // The first four bytes, the last four, and the size.
    std::array<std::uint32_t, 2> ends{};
    std::memcpy(&ends[0], text.data() + begin, 4);
    std::memcpy(&ends[1], text.data() + at - 4, 4);
    const std::uint32_t hash =
        (ends[0] * 0x9E3779B1U ^ ends[1]) * 0x85EBCA77U + static_cast<std::uint32_t>(size);
    roughly = std::max(roughly, ++rough[(hash ^ (hash >> 15U)) % 1024]);
  }
  if (roughly <= knobs["times"]) return std::nullopt;
  const std::vector<std::string_view> words = words_of(text, 3'000);
  const auto counted = [](std::string_view word) { return word.size() >= 4; };
  std::unordered_map<std::string_view, std::uint32_t> counts;
  std::string_view most;
  std::uint32_t best = 0;
  for (const std::string_view word : words) {
    if (!counted(word) || std::find(kSmall.begin(), kSmall.end(), word) != kSmall.end()) continue;
    const std::uint32_t count = ++counts[word];
    if (count > best) {
      best = count;
      most = word;
    }
  }
  // A text of one word repeated is a mood ("no no no"); an advertisement varies what stands around it.
  if (best <= knobs["times"] || best < knobs["share"] * static_cast<double>(words.size()) ||
      counts.size() < 5) {
    return std::nullopt;
  }
  Noticed noticed{.about = "Repeats one word " + std::to_string(best) + " times."};
  for (const std::string_view word : words) {
    if (word != most || noticed.evidence.size() >= 8) continue;
    const auto start = static_cast<std::size_t>(word.data() - text.data());
    noticed.evidence.push_back(spot_in(seen.folded, View::folded, start, start + word.size()));
  }
  return noticed;
}

}  // namespace

extern constinit const Rule keyword_stuffing{
    .name = "keyword_stuffing",
    .about = "Returns to one word again and again, as search bait does.",
    .score = 1.0,
    .knobs = kKnobs,
    .examples = kExamples,
    .examine = examine};

}  // namespace chaffinch::rules
