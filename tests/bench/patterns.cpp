#include "bench/patterns.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef CHAFFINCH_HS
#include <hs.h>
#endif
#include <re2/re2.h>
#include <re2/set.h>

#include "analysis/gather.h"
#include "analysis/links.h"
#include "analysis/patterns.h"
#include "analysis/ruleset.h"
#include "analysis/text.h"
#include "bench/clock.h"
#include "bench/texts.h"
#include "packs.h"

namespace chaffinch::bench {
namespace {

// Words as a spammer's list has them: most of them no comment holds, some every tenth does.
class Words {
 public:
  explicit Words(std::uint64_t seed = 41) : state_(seed) {}

  std::string one() {
    static constexpr std::array<const char*, 24> kSyllables = {
        "ca", "si", "no", "vi", "gra", "lo", "an",  "pay", "day", "bit",  "co",  "in",
        "se", "or", "ep", "li", "ca",  "es", "say", "ju",  "di",  "slot", "bet", "x"};
    static constexpr std::array<const char*, 12> kCommon = {"bicycle", "shutter", "portrait", "station",
                                                            "journey", "starter", "village",  "garden",
                                                            "tomato",  "viagra",  "casino",   "pills"};
    if (mix(state_) % 400 == 0) return kCommon[mix(state_) % kCommon.size()];
    std::string word;
    const std::uint64_t count = 2 + mix(state_) % 3;
    for (std::uint64_t i = 0; i < count; ++i) word += kSyllables[mix(state_) % kSyllables.size()];
    return word + static_cast<char>('a' + mix(state_) % 26) + static_cast<char>('a' + mix(state_) % 26);
  }
  std::string regex() {
    const auto group = [this] { return "(" + one() + "|" + one() + ")"; };
    switch (mix(state_) % 8) {
      case 0:
        return R"(\b()" + one() + "|" + one() + "|" + one() + R"()\b)";
      case 1:
        return R"(\b)" + one() + R"(\b.{0,30}\b)" + group() + R"(\b)";
      case 2:
        return one() + R"(\s+(\w+\s+){0,3})" + one();
      case 3:
        return R"(\b(buy|order|get|cheap|best)\s+)" + group() + R"(s?\b)";
      case 4: {
        std::string word = one();
        return word.substr(0, 2) + "[" + word[2] + "01]" + word.substr(3) + R"([\w-]*)";
      }
      case 5:
        return R"(https?://[^\s/]*)" + one() + R"([^\s]*)";
      case 6:
        return R"(\b)" + one() + R"([^a-z]{1,3})" + one() + R"(\b)";
      default:
        return one() + R"(\d{2,4}|)" + one() + R"(\.(?:com|net|ru))";
    }
  }

 private:
  std::uint64_t state_;
};

// One way to find patterns; answers with the number of patterns that hit, or -1.
struct Contender {
  const char* name;
  std::function<long(const std::string&)> find;
  double compile_ms = 0;
};

std::uint64_t next_text = 900'000'000;

std::vector<std::string> fresh_texts(std::size_t count) {
  // Every third word is one that nobody knows, made of syllables like those of the patterns: a text of common
  // words alone would never come near one.
  static Words words(7);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string common = ascii_lower(made_up(next_text++, "").content);
    std::string text;
    std::size_t spaces = 0;
    for (const char c : common) {
      text += c;
      if (c == ' ' && ++spaces % 3 == 0) text += words.one() + " ";
    }
    text.resize(std::min<std::size_t>(text.size(), 350));
    texts.push_back(std::move(text));
  }
  return texts;
}

constexpr std::size_t kHostile = 65'536;  // bytes

// The words of all patterns, one pattern after the other.
std::string words_of(std::vector<std::string> patterns, std::uint64_t order) {
  shuffle(patterns, order);
  std::string soup;
  for (std::size_t i = 0; soup.size() < kHostile; ++i) {
    for (const char c : patterns[i % patterns.size()]) {
      const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      if (letter || (!soup.empty() && soup.back() != ' ')) soup += letter ? c : ' ';
    }
    soup += ' ';
  }
  soup.resize(kHostile);
  return soup;
}

// `first` is another one of the kind: what is measured has been met before as little as other comments, and
// as much.
struct Hostile {
  const char* name;
  std::string text;
  std::string first;

  Hostile(const char* called, std::string both) : name(called), text(both), first(std::move(both)) {}
  Hostile(const char* called, const std::vector<std::string>& patterns)
      : name(called), text(words_of(patterns, 3)), first(words_of(patterns, 4)) {}
};

std::vector<Hostile> hostile_texts(const std::vector<std::string>& patterns) {
  const auto repeated = [](std::string_view piece) {
    std::string text;
    while (text.size() + piece.size() <= kHostile) text += piece;
    return text;
  };
  return {{"one letter", std::string(kHostile, 'a')},
          {"addresses", repeated("http://a.b/c?d=e ")},
          {"half words", repeated("casin viagr buy pill ")},
          {"many scripts", repeated("ка\u0437ино 中文 \u017F\u212A é\u0301 ")},
          {"every pattern's words", patterns}};
}

std::unique_ptr<PatternSet> ours(const std::vector<std::string>& patterns, bool literals, double& ms) {
  const double began = now_us();
  PatternSet::Builder builder;
  for (std::uint32_t i = 0; i < patterns.size(); ++i) {
    const Done added = literals ? builder.add_literal(i, patterns[i], Literal::substring, false)
                                : builder.add_regex(i, patterns[i], false);
    if (!added) throw std::runtime_error(patterns[i] + ": " + added.error().what);
  }
  auto set = builder.build();
  if (!set) throw std::runtime_error(set.error().what);
  ms = (now_us() - began) / 1000;
  return std::move(*set);
}

#ifdef CHAFFINCH_HS
// As a program would use it that trusts it with Unicode and RE2's syntax. Lives until the program ends.
Contender scanner(const std::vector<std::string>& patterns, bool literals) {
  std::vector<const char*> texts;
  std::vector<unsigned> numbers;
  std::vector<std::size_t> lengths;
  for (const std::string& pattern : patterns) {
    numbers.push_back(static_cast<unsigned>(texts.size()));
    texts.push_back(pattern.c_str());
    lengths.push_back(pattern.size());
  }
  const std::vector<unsigned> flags(
      texts.size(),
      literals ? HS_FLAG_SINGLEMATCH : static_cast<unsigned>(HS_FLAG_SINGLEMATCH | HS_FLAG_UTF8));
  hs_database_t* database = nullptr;
  hs_compile_error_t* trouble = nullptr;
  const auto count = static_cast<unsigned>(texts.size());
  const double began = now_us();
  const hs_error_t error =
      literals ? hs_compile_lit_multi(texts.data(), flags.data(), numbers.data(), lengths.data(), count,
                                      HS_MODE_BLOCK, nullptr, &database, &trouble)
               : hs_compile_multi(texts.data(), flags.data(), numbers.data(), count, HS_MODE_BLOCK, nullptr,
                                  &database, &trouble);
  if (error != HS_SUCCESS) throw std::runtime_error(trouble == nullptr ? "libhs" : trouble->message);
  const double ms = (now_us() - began) / 1000;
  hs_scratch_t* scratch = nullptr;
  if (hs_alloc_scratch(database, &scratch) != HS_SUCCESS) throw std::runtime_error("libhs: no memory");
  const auto find = [database, scratch](const std::string& text) -> long {
    long hits = 0;
    const hs_error_t scanned = hs_scan(
        database, text.data(), static_cast<unsigned>(text.size()), 0, scratch,
        [](unsigned, unsigned long long, unsigned long long, unsigned, void* to) {
          ++*static_cast<long*>(to);
          return 0;
        },
        &hits);
    return scanned == HS_SUCCESS ? hits : -1;
  };
  return {"Vectorscan", find, ms};
}
#endif

Contender re2_set(const std::vector<std::string>& patterns) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  options.set_max_mem(std::int64_t{1} << 30);
  const double began = now_us();
  auto set = std::make_shared<RE2::Set>(options, RE2::UNANCHORED);
  for (const std::string& pattern : patterns) set->Add(pattern, nullptr);
  if (!set->Compile()) return {"RE2::Set", {}, 0};
  const double ms = (now_us() - began) / 1000;
  const auto find = [set](const std::string& text) -> long {
    std::vector<int> hits;
    RE2::Set::ErrorInfo error{RE2::Set::kNoError};
    const bool any = set->Match(text, &hits, &error);
    return error.kind != RE2::Set::kNoError ? -1 : any ? static_cast<long>(hits.size()) : 0;
  };
  return {"RE2::Set", find, ms};
}

Contender one_by_one(const std::vector<std::string>& patterns, bool literals) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  options.set_literal(literals);
  options.set_max_mem(1 << 20);
  auto all = std::make_shared<std::vector<std::unique_ptr<RE2>>>();
  const double began = now_us();
  for (const std::string& pattern : patterns) all->push_back(std::make_unique<RE2>(pattern, options));
  const double ms = (now_us() - began) / 1000;
  const auto find = [all](const std::string& text) -> long {
    long hits = 0;
    for (const auto& regex : *all) hits += RE2::PartialMatch(text, *regex) ? 1 : 0;
    return hits;
  };
  return {"RE2 one by one", find, ms};
}

struct Timed {
  double us = 0;
  double hits = 0;
};

Timed time_of(const Contender& contender, const std::vector<std::string>& texts) {
  long hits = 0;
  const double began = now_us();
  for (const std::string& text : texts) hits += contender.find(text);
  const double count = static_cast<double>(texts.size());
  return {(now_us() - began) / count, static_cast<double>(hits) / count};
}

// `fresh` gives the texts of a round, which no round before had.
void compare(const std::string& name, const std::vector<std::string>& patterns, bool literals,
             const std::function<std::vector<std::string>()>& fresh) {
  ::malloc_trim(0);
  const std::size_t before = ::mallinfo2().uordblks;
  double ms = 0;
  std::shared_ptr<PatternSet> set = ours(patterns, literals, ms);
  const double mib = static_cast<double>(::mallinfo2().uordblks - before) / (1 << 20);
  std::vector<Contender> all;
  all.push_back({"Chaffinch",
                 [set](const std::string& text) -> long {
                   std::vector<Match> matches;
                   return set->find(text, matches) ? static_cast<long>(matches.size()) : -1;
                 },
                 ms});
#ifdef CHAFFINCH_HS
  all.push_back(scanner(patterns, literals));
#endif
  if (!literals) all.push_back(re2_set(patterns));
  all.push_back(one_by_one(patterns, literals));

  std::printf("### %s (ours: %.0f MiB)\n\n", name.c_str(), mib);
  std::printf(
      "| | µs a comment | to the second row | hits a comment | ready in ms |\n|---|---|---|---|---|\n");
  std::vector<std::vector<double>> times(all.size());
  std::vector<double> hits(all.size());
  std::vector<double> ratios(all.size(), 1);
  for (int round = 0; round < 5; ++round) {
    // Slow ones see fewer of the same texts.
    const std::vector<std::string> texts = fresh();
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (!all[i].find) continue;
      const std::size_t share = i < 2 ? texts.size() : patterns.size() > 1'000 ? 20 : 200;
      const auto end = texts.begin() + static_cast<std::ptrdiff_t>(std::min(share, texts.size()));
      const Timed timed = time_of(all[i], {texts.begin(), end});
      if (round == 0) continue;  // warms up
      times[i].push_back(timed.us);
      hits[i] += timed.hits / 4;
    }
  }
  for (std::size_t i = 0; i < all.size(); ++i) ratios[i] = median(times[i]) / median(times[1]);
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::printf("| %s | %.1f | %.2f | %.2f | %.0f |\n", all[i].name, median(times[i]), ratios[i], hits[i],
                all[i].compile_ms);
  }
  std::printf("\n| 64 KiB of | ours, ns a byte | to ordinary comments | %s |\n|---|---|---|---|\n",
              all[1].name);
  const double ordinary = median(times[0]) * 1000 / 350;
  for (const auto& [what, text, first] : hostile_texts(patterns)) {
    time_of(all[0], {first});
    const Timed timed = time_of(all[0], {text});
    time_of(all[1], {first});
    const Timed other = time_of(all[1], {text});
    const double each = timed.us * 1000 / static_cast<double>(text.size());
    std::printf("| %s | %.1f | %.1f | %.1f |\n", what, each, each / ordinary,
                other.us * 1000 / static_cast<double>(text.size()));
  }
  std::printf("\n");
  std::fflush(stdout);
}

// In a process of its own: what one comparison leaves of memory costs the next one up to a third.
void compare_apart(const std::string& name, const std::vector<std::string>& patterns, bool literals,
                   const std::function<std::vector<std::string>()>& fresh) {
  std::fflush(stdout);
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("no process to be had");
  if (child == 0) {
    int status = 0;
    try {
      compare(name, patterns, literals, fresh);
    } catch (const std::exception& problem) {
      std::fprintf(stderr, "bench: %s\n", problem.what());
      status = 1;
    }
    std::fflush(stdout);
    ::_exit(status);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (status != 0) throw std::runtime_error(name + ": could not be measured");
}

std::vector<PackSource> shipped() {
  std::vector<PackSource> packs;
  for (const auto& [name, text] : kPacks) {
    if (name.ends_with(".toml")) packs.push_back({std::string(name), std::string(text), {}});
  }
  for (auto& pack : packs) {
    for (const auto& [name, text] : kPacks) {
      if (!name.ends_with(".toml")) pack.lists.emplace_back(std::string(name), std::string(text));
    }
  }
  return packs;
}

std::shared_ptr<const RuleSet> rules_of(const std::vector<PackSource>& packs, double& ms) {
  std::vector<Error> errors;
  const double began = now_us();
  auto rules = RuleSet::build(packs, errors);
  ms = (now_us() - began) / 1000;
  if (!rules) throw std::runtime_error(errors.front().where + ": " + errors.front().what);
  return rules;
}

}  // namespace

void bench_patterns(const WritingFiles& files) {
  std::printf("## Patterns on comments of 350 bytes not seen before, processor time\n\n");
  constexpr std::size_t kMany = 10'000, kSome = 500, kRounds = 5;
  const Writing writing = read_writing(files, kMany);
  const std::size_t each = std::min<std::size_t>(writing.texts.size() / kRounds, 2'000);
  std::printf("%zu regexes of the shipped packs, words %s, comments %s, %zu a round.\n\n",
              writing.shipped.size(), files.words.empty() ? "of the starter set's spam" : "of a list",
              files.texts.empty() ? "of pieces of the starter set's" : "of a file", each);
  const auto people = [&writing, each] {
    return [each, at = writing.texts.begin()]() mutable {
      const auto from = std::exchange(at, at + static_cast<std::ptrdiff_t>(each));
      return std::vector<std::string>(from, at);
    };
  };
  std::vector<std::string> regexes = writing.shipped;
  regexes.insert(regexes.end(), writing.made.begin(), writing.made.end());
  const auto first = [](const std::vector<std::string>& all, std::size_t count) {
    return std::vector<std::string>(all.begin(),
                                    all.begin() + static_cast<std::ptrdiff_t>(std::min(count, all.size())));
  };
  compare_apart("500 regexes of the shipped packs", first(writing.shipped, kSome), false, people());
  compare_apart("10,000 regexes: the shipped ones and such of words", first(regexes, kMany), false, people());

  Words words;
  const auto many = [](std::size_t count, const std::function<std::string()>& one) {
    std::vector<std::string> made;
    while (made.size() < count) {
      while (made.size() < count + count / 8) made.push_back(one());
      std::sort(made.begin(), made.end());
      made.erase(std::unique(made.begin(), made.end()), made.end());
    }
    // Not in the order of the alphabet.
    shuffle(made, 5);
    made.resize(count);
    return made;
  };
  const auto syllables = [] { return fresh_texts(2'000); };
  compare_apart("500 regexes of words that nobody knows", many(kSome, [&words] { return words.regex(); }),
                false, syllables);
  compare_apart("10,000 regexes of words that nobody knows", many(kMany, [&words] { return words.regex(); }),
                false, syllables);
  compare_apart("60,000 literals that nobody knows", many(60'000, [&words] { return words.one(); }), true,
                syllables);
}

void bench_judge() {
  std::printf("## The whole judgement, processor time\n\n");
  Words words;
  std::vector<std::string> regexes;
  PackSource pack{"bench.toml", "pack = \"bench\"\nabout = \"Made up.\"\n", {}};
  for (int i = 0; i < 100; ++i) {
    pack.text += "\n[[pattern]]\nname = \"bench_" + std::to_string(i) +
                 "\"\nabout = \"Made up.\"\nscore = 0.1\ntype = \"regex\"\nmatch = [";
    const std::string first =
        std::string("zq") + static_cast<char>('a' + i / 10) + static_cast<char>('a' + i % 10) + "qx";
    pack.text += "'" + first + "'";
    for (int k = 1; k < 100; ++k) {
      regexes.push_back(words.regex());
      pack.text += ", '" + regexes.back() + "'";
    }
    pack.text += "]\nspam = [\"" + first + "\"]\nham = [\"bread\"]\n";
  }
  double ms = 0;
  const auto none = rules_of({}, ms);
  const auto packs = rules_of(shipped(), ms);
  std::printf("The shipped packs are ready in %.0f ms", ms);
  std::vector<PackSource> sources = shipped();
  sources.push_back(std::move(pack));
  const auto all = rules_of(sources, ms);
  std::printf(", with 10,000 regexes besides in %.0f ms.\n\n", ms);
  const Contender set = re2_set(regexes);

  const auto submissions = [](std::size_t count) {
    std::vector<Submission> made;
    for (std::size_t i = 0; i < count; ++i) made.push_back(made_up(next_text++, ""));
    return made;
  };
  struct Part {
    const char* name;
    std::function<void(const Submission&, const Evidence&)> run;
    std::vector<double> times;
  };
  std::vector<Part> parts;
  const auto keep = [](std::size_t size) {
    const volatile std::size_t sink = size;
    static_cast<void>(sink);
  };
  parts.push_back(
      {"visible text",
       [&](const Submission& one, const Evidence&) { keep(visible_text(one.content).value.size()); },
       {}});
  parts.push_back({"folded text",
                   [&](const Submission& one, const Evidence& seen) {
                     keep(folded_text(seen.visible, one.content).value.size());
                   },
                   {}});
  parts.push_back(
      {"links", [&](const Submission& one, const Evidence&) { keep(find_links(one.content).count); }, {}});
  parts.push_back(
      {"shape",
       [&](const Submission& one, const Evidence& seen) { keep(shape_of(seen.visible, one.content).words); },
       {}});
  parts.push_back({"gather, with these",
                   [&](const Submission& one, const Evidence&) { keep(gather(one).links.size()); },
                   {}});
  parts.push_back(
      {"heuristics alone",
       [&](const Submission&, const Evidence& seen) { keep(none->judge(seen, Policy{}).findings.size()); },
       {}});
  parts.push_back(
      {"heuristics and shipped packs",
       [&](const Submission&, const Evidence& seen) { keep(packs->judge(seen, Policy{}).findings.size()); },
       {}});
  parts.push_back(
      {"all rules, 10,000 regexes with them",
       [&](const Submission&, const Evidence& seen) { keep(all->judge(seen, Policy{}).findings.size()); },
       {}});
  parts.push_back({"whole: gather and all rules",
                   [&](const Submission& one, const Evidence&) {
                     keep(all->judge(gather(one), Policy{}).findings.size());
                   },
                   {}});
  if (set.find)
    parts.push_back({"RE2::Set over the 10,000 alone",
                     [&](const Submission&, const Evidence& seen) {
                       keep(static_cast<std::size_t>(set.find(seen.folded.value)));
                     },
                     {}});

  for (int round = 0; round < 6; ++round) {
    for (Part& part : parts) {
      const std::vector<Submission> texts = submissions(part.name[0] == 'R' ? 40 : 1'000);
      std::vector<Evidence> seen;
      for (const Submission& one : texts) seen.push_back(gather(one));
      const double began = now_us();
      for (std::size_t i = 0; i < texts.size(); ++i) part.run(texts[i], seen[i]);
      if (round > 0) part.times.push_back((now_us() - began) / static_cast<double>(texts.size()));
    }
  }
  const Part& whole = parts[8];
  std::printf("| part | µs a comment | of the whole |\n|---|---|---|\n");
  for (const Part& part : parts)
    std::printf("| %s | %.1f | %.2f |\n", part.name, median(part.times),
                median(part.times) / median(whole.times));
  std::printf("\n| 64 KiB of | whole, ns a byte | to ordinary comments |\n|---|---|---|\n");
  const double ordinary = median(whole.times) * 1000 / 350;
  auto hostile = hostile_texts(regexes);
  const auto repeated = [&hostile](const char* name, std::string_view piece) {
    std::string text;
    while (text.size() + piece.size() <= kHostile) text += piece;
    hostile.emplace_back(name, text);
  };
  hostile.emplace_back("the shipped patterns' words", shipped_regexes());
  repeated("open tags", "<b>");
  repeated("half tags", "<a href=\"");
  repeated("links", "<a href=\"http://a.example/\">x</a> ");
  repeated("BBCode", "[url=http://a.example/]x[/url]");
  repeated("Markdown", "[x](http://a.example)");
  repeated("brackets", "[[[(((");
  repeated("dotted words", "a.b.c.d ");
  repeated("entities", "&amp;&#x41;&lt;");
  repeated("spaced letters", "v i a g r a ");
  for (const auto& [what, text, first] : hostile) {
    Submission one = made_up(next_text++, "");
    one.content = first;
    whole.run(one, Evidence{});
    one.content = text;
    const double began = now_us();
    whole.run(one, Evidence{});
    const double each = (now_us() - began) * 1000 / static_cast<double>(text.size());
    std::printf("| %s | %.1f | %.1f |\n", what, each, each / ordinary);
  }
  std::printf("\n");
}

}  // namespace chaffinch::bench
