#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {
    {"share", 0.15, "part of the words (0 to 1) that may be unreadable"},
    {"consonants", 6, "consonants in a row that no language writes"},
};

constexpr Example kExamples[] = {
    {.content = "uvrvafcmhpzqnxfytmbdghszctbqtugvfrssts mrkqswnprwtvtsccbhmpxjlhqfdnp", .hit = true},
    {.content = "xkjvbwqrtz hello mnbvcxzlkj", .hit = true},
    {.content = "The lengths of the Knightsbridge catchphrase surprised us all, rhythmically.", .hit = false},
    {.content = "hmmmm, pffffffft, brrrrrrrr, it is cold here in the north today", .hit = false},
    {.content = "Krkonoše smrk, čtvrtek, and Herbstschmuck are words, too", .hit = false},
    {.content = "Set HKEY_LOCAL_MACHINE and MSDTCPRX to run it, then call xcopy on the folder", .hit = false},
};

// Whether enough letters in a row are no vowels: cheap, and necessary for what is asked in earnest
// afterwards.
bool candidate(std::string_view word, double consonants) {
  int run = 0;
  for (const char c : word) {
    run = is_vowel(c) ? 0 : run + 1;
    if (run >= consonants) return true;
  }
  return false;
}

// Whether so many consonants stand in a row anywhere: few texts go beyond this.
bool consonants(std::string_view text, double most) {
  static constexpr auto kConsonant = [] {
    std::array<bool, 256> table = {};
    for (int c = 'a'; c <= 'z'; ++c) {
      const bool consonant = !is_vowel(static_cast<char>(c));
      table[static_cast<std::size_t>(c)] = consonant;
      table[static_cast<std::size_t>(c - 'a' + 'A')] = consonant;
    }
    return table;
  }();
  // The last characters as bits, up to as many as fit.
  const int least = static_cast<int>(std::clamp(most, 0.0, 63.0));
  const std::uint64_t wanted = (std::uint64_t{1} << static_cast<unsigned>(least)) - 1;
  std::uint64_t last = 0;
  bool found = false;
  for (const char c : text) {
    last = last << 1U | (kConsonant[static_cast<unsigned char>(c)] ? 1U : 0U);
    found |= (last & wanted) == wanted;
  }
  return found;
}

// Names of things in code are spelled as they like.
bool plain_word(std::string_view word) {
  return std::all_of(word.begin(), word.end(), is_letter) &&
         std::none_of(word.begin() + 1, word.end(), is_upper);
}

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  const std::string_view text = seen.visible.value;
  const double most = knobs["consonants"];
  if (!consonants(text, most)) return std::nullopt;
  const std::vector<std::string_view> words = words_of(text, 2'000);
  std::size_t odd = 0;
  std::size_t all = 0;
  Noticed noticed;
  std::size_t bytes = 0;
  for (const std::string_view word : words) {
    if (word.size() < 4) continue;
    ++all;
    if (word.size() < 7 || !candidate(word, most) || !plain_word(word) || consonant_run(word) < most)
      continue;
    ++odd;
    bytes += word.size();
    const auto start = static_cast<std::size_t>(word.data() - text.data());
    if (noticed.evidence.size() < 8) {
      noticed.evidence.push_back(spot_in(seen.visible, View::visible, start, start + word.size()));
    }
  }
  if (odd == 0 || (odd < 2 && bytes < 20)) return std::nullopt;
  // A few words of soup in front of a list of links are soup all the same.
  if (static_cast<double>(odd) < knobs["share"] * static_cast<double>(all) && bytes < 60) return std::nullopt;
  noticed.about = "Holds " + count_of(odd, "unreadable word", "unreadable words") + ".";
  return noticed;
}

}  // namespace

extern constinit const Rule gibberish{.name = "gibberish",
                                      .about = "Consists of letters that no language writes.",
                                      .score = 2.5,
                                      .knobs = kKnobs,
                                      .examples = kExamples,
                                      .examine = examine};

}  // namespace chaffinch::rules
