#include "analysis/review.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "analysis/address.h"
#include "analysis/composite.h"
#include "analysis/costly.h"
#include "analysis/gather.h"
#include "analysis/honest.h"
#include "analysis/judge.h"
#include "analysis/links.h"
#include "analysis/pack.h"
#include "analysis/patterns.h"
#include "analysis/review_parts.h"
#include "analysis/spelling.h"
#include "analysis/text.h"
#include "analysis/toml.h"

namespace chaffinch {
namespace {

constexpr std::size_t kNamed = 3;         // of many alike, named one by one
constexpr double kShare = 0.2;            // of all honest sentences
constexpr double kShareOfLanguage = 0.5;  // of one language's
constexpr std::uint64_t kLeastOfLanguage = 3;

std::string count_of(std::size_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

class Review {
 public:
  Review(std::span<const PackSource> sources, const RuleSet& rules, std::span<const std::string> about)
      : sources_(sources), judge_(dynamic_cast<const Judge&>(rules)) {
    std::vector<Error> ignored;  // the packs have been built: there are none
    for (const PackSource& source : sources) {
      if (auto pack = read_pack(source, ignored)) packs_.push_back(std::move(*pack));
    }
    for (const Pack& pack : packs_) {
      wanted_.push_back(about.empty() || std::find(about.begin(), about.end(), pack.name) != about.end());
    }
  }

  std::vector<Remark> run() {
    same_patterns();
    same_entries();
    for (std::size_t p = 0; p < packs_.size(); ++p) {
      if (!wanted_[p]) continue;
      for (const PackPattern& pattern : packs_[p].patterns) {
        covered_entries(packs_[p], pattern);
        costly_entries(packs_[p], pattern);
      }
    }
    composites();
    return std::move(remarks_);
  }

 private:
  void remark(std::string kind, std::string what, const std::string& where, std::string_view part,
              const std::string& advice) {
    std::string shown = line_at(sources_, where, part);
    if (!shown.empty() && !advice.empty()) shown += "\n";
    remarks_.push_back({std::move(kind), std::move(what), where, shown + advice});
  }

  struct PatternPlace {
    const Pack* pack = nullptr;
    const PackPattern* pattern = nullptr;
    std::size_t number = 0;  // of its pack
  };

  template <class Visit>
  void each_pattern(const Visit& visit) {
    for (std::size_t p = 0; p < packs_.size(); ++p) {
      for (const PackPattern& pattern : packs_[p].patterns) {
        if (pattern.state != State::off) visit(PatternPlace{&packs_[p], &pattern, p});
      }
    }
  }

  // Two patterns that look for the same in the same places.
  void same_patterns() {
    std::map<std::string, PatternPlace> first;
    each_pattern([&](const PatternPlace& place) {
      const PackPattern& pattern = *place.pattern;
      std::string key = signature_of(pattern);
      std::set<std::string> entries;
      for (const PackEntry& entry : pattern.entries) entries.insert(meaning_of(pattern, entry.text));
      for (const std::string& entry : entries) key += '\n' + entry;
      const auto [other, is_new] = first.emplace(std::move(key), place);
      if (is_new) return;
      same_.emplace(other->second.pattern, place.pattern);
      if (!wanted_[place.number] && !wanted_[other->second.number]) return;
      remark("duplicate",
             "the pattern '" + pattern.name + "' looks for the same as '" + other->second.pattern->name +
                 "' (" + other->second.pack->where(other->second.pattern->line) + ")",
             place.pack->where(pattern.line), pattern.name, "remove one of them: together they count twice");
    });
  }

  // Entries that are listed twice: in one pattern, or in two that look in the same place.
  void same_entries() {
    struct Seen {
      PatternPlace place;
      const PackEntry* entry = nullptr;
    };
    struct Twice {
      PatternPlace place, first;
      const PackEntry *entry = nullptr, *first_entry = nullptr;
      std::size_t count = 0;
    };
    std::unordered_map<std::string, std::vector<Seen>> seen;
    std::map<std::pair<const PackPattern*, const PackPattern*>, std::size_t> numbers;
    std::vector<Twice> twice;
    each_pattern([&](const PatternPlace& place) {
      for (const PackEntry& entry : place.pattern->entries) {
        auto& others =
            seen[std::string(word(place.pattern->type)) + ":" + meaning_of(*place.pattern, entry.text)];
        const auto other = std::find_if(others.begin(), others.end(), [&](const Seen& one) {
          return one.place.pattern == place.pattern || meet(*one.place.pattern, *place.pattern);
        });
        if (other == others.end()) {
          others.push_back({place, &entry});
          continue;
        }
        if (!wanted_[place.number] && !wanted_[other->place.number]) continue;
        if (same_.contains({other->place.pattern, place.pattern})) continue;
        const auto [number, is_new] =
            numbers.emplace(std::pair(other->place.pattern, place.pattern), twice.size());
        if (is_new) twice.push_back({place, other->place, &entry, other->entry, 0});
        ++twice[number->second].count;
      }
    });
    for (const Twice& one : twice) {
      const std::string first = one.first.pack->where(*one.first_entry);
      const bool within = one.first.pattern == one.place.pattern;
      std::string what = "the pattern '" + one.place.pattern->name + "' lists " + in_quotes(one.entry->text) +
                         (within ? " twice (" : ", which '" + one.first.pattern->name + "' lists as well (") +
                         first + ")";
      if (one.count > 1) what += ", and " + count_of(one.count - 1, "other entry", "other entries") + " so";
      remark("duplicate", std::move(what), one.place.pack->where(*one.entry), one.entry->text,
             within ? "remove one of them"
                    : "remove it from one of them: a comment that holds it gets both scores");
    }
  }

  void covered_entries(const Pack& pack, const PackPattern& pattern) {
    if (pattern.state == State::off || pattern.entries.size() < 2) return;
    const std::vector<Covered> covered = covered_of(pattern);
    if (covered.empty()) return;
    std::string what = "the pattern '" + pattern.name + "' hits whatever ";
    for (std::size_t i = 0; i < covered.size() && i < kNamed; ++i) {
      what += (i > 0 ? ", " : "") + in_quotes(pattern.entries[covered[i].entry].text) + " hits by " +
              in_quotes(pattern.entries[covered[i].by].text) + " (" +
              pack.where(pattern.entries[covered[i].by]) + ")";
    }
    if (covered.size() > kNamed)
      what += ", and so with " + count_of(covered.size() - kNamed, "more entry", "more entries");
    what += "; of " + count_of(pattern.entries.size(), "entry", "entries") + " " +
            std::to_string(covered.size()) + (covered.size() == 1 ? " does nothing" : " do nothing");
    const PackEntry& entry = pattern.entries[covered.front().entry];
    remark("covered", std::move(what), pack.where(entry), entry.text,
           "remove the longer one, unless the shorter one is a mistake");
  }

  void costly_entries(const Pack& pack, const PackPattern& pattern) {
    if (pattern.state == State::off || pattern.type != EntryType::regex) return;
    const PackEntry* first = nullptr;
    Costly costly;
    std::size_t count = 0;
    for (const PackEntry& entry : pattern.entries) {
      auto found = costly_.look(entry.text, pattern.view != View::folded);
      if (!found) continue;
      if (++count > 1) continue;
      first = &entry;
      costly = std::move(*found);
    }
    if (first == nullptr) return;
    std::string what = "the pattern '" + pattern.name + "' has a costly regex: " + costly.why;
    if (count > 1)
      what += "; " + count_of(count - 1, "other regex is", "other regexes are") + " costly as well";
    remark("costly", std::move(what), pack.where(*first), first->text, costly.advice);
  }

  // ---- composites

  void composites() {
    std::map<std::string, std::pair<const Pack*, const PackComposite*>> conditions;
    std::size_t number = 0;
    for (std::size_t p = 0; p < packs_.size(); ++p) {
      const Pack& pack = packs_[p];
      for (const PackComposite& composite : pack.composites) {
        const std::size_t mine = number++;
        if (mine >= judge_.composites.size()) return;
        if (judge_.composites[mine].state == State::off) continue;
        const std::string where = pack.where(composite.when_line);
        std::string plain;
        for (const char c : composite.when)
          if (c != ' ' && c != '\t' && c != '\n' && c != '\r') plain += c;
        const auto [other, is_new] = conditions.emplace(plain, std::pair(&pack, &composite));
        if (!wanted_[p]) continue;
        if (!is_new) {
          remark("duplicate",
                 "the composite '" + composite.name + "' says the same as '" + other->second.second->name +
                     "' (" + other->second.first->where(other->second.second->when_line) + ")",
                 where, composite.when, "remove one of them: together they count twice");
        }
        if (!Reaching(judge_, mine).can_be(true)) {
          remark("never", "the composite '" + composite.name + "' can never be true", where, composite.when,
                 why_never(judge_, mine));
        } else if (!Reaching(judge_, mine).can_be(false)) {
          remark("always", "the composite '" + composite.name + "' is always true", where, composite.when,
                 "it hits every comment; look at its 'or' and 'not'");
        }
      }
    }
  }

  std::span<const PackSource> sources_;
  const Judge& judge_;
  std::vector<Pack> packs_;
  std::vector<bool> wanted_;  // by pack
  std::set<std::pair<const PackPattern*, const PackPattern*>> same_;
  std::vector<Remark> remarks_;
  CostlyRegexes costly_;
};

struct PackPlace {
  std::string pack, where;
};

// Where each pattern and composite stands.
std::map<std::string, PackPlace, std::less<>> places_of(std::span<const PackSource> sources) {
  std::map<std::string, PackPlace, std::less<>> places;
  std::vector<Error> ignored;
  for (const PackSource& source : sources) {
    const auto pack = read_pack(source, ignored);
    if (!pack) continue;
    for (const PackPattern& one : pack->patterns) places[one.name] = {pack->name, pack->where(one.line)};
    for (const PackComposite& one : pack->composites) places[one.name] = {pack->name, pack->where(one.line)};
  }
  return places;
}

// "mine.toml:12" taken apart; line 0 when it names none.
std::pair<std::string_view, int> place_of(std::string_view where) {
  const std::size_t colon = where.rfind(':');
  int line = 0;
  if (colon == std::string_view::npos) return {where, 0};
  const auto [end, error] = std::from_chars(where.data() + colon + 1, where.data() + where.size(), line);
  if (error != std::errc() || end != where.data() + where.size()) return {where, 0};
  return {where.substr(0, colon), line};
}

std::string_view text_of(std::span<const PackSource> packs, std::string_view file) {
  for (const PackSource& pack : packs)
    if (pack.name == file) return pack.text;
  for (const PackSource& pack : packs) {
    for (const auto& [name, text] : pack.lists)
      if (name == file) return text;
  }
  return {};
}

std::string_view line_of(std::string_view text, int line) {
  for (; line > 1; --line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find('\n'));
}

int column_of(std::string_view row, std::size_t byte) {
  int column = 1;
  for (std::size_t i = 0; i < byte && i < row.size(); ++i) {
    if ((static_cast<unsigned char>(row[i]) & 0xC0U) != 0x80U) ++column;
  }
  return column;
}

// The longest quoted part of a message that stands in the line.
std::string_view quoted_in(std::string_view what, std::string_view row) {
  std::string_view best;
  for (const char quote : {'"', '\''}) {
    for (std::size_t open = what.find(quote); open != std::string_view::npos;
         open = what.find(quote, open + 1)) {
      for (std::size_t close = what.find(quote, open + 1); close != std::string_view::npos;
           close = what.find(quote, close + 1)) {
        std::string_view part = what.substr(open + 1, close - open - 1);
        if (part.ends_with("...")) part.remove_suffix(3);
        if (part.size() > best.size() && row.find(part) != std::string_view::npos) best = part;
      }
    }
  }
  return best;
}

}  // namespace

std::vector<Remark> review(std::span<const PackSource> packs, const RuleSet& rules,
                           std::span<const std::string> about) {
  return Review(packs, rules, about).run();
}

void Breadth::look(const Submission& wanted) {
  ++seen_;
  Policy policy;
  policy.moderation = Moderation::publish;
  for (const Finding& finding : rules_.judge(gather(wanted), policy).findings) ++hits_[finding.rule];
}

std::vector<Remark> Breadth::remarks(std::span<const PackSource> packs, double share, std::uint64_t least,
                                     const std::string& of_what, std::span<const std::string> about) const {
  std::vector<Remark> all;
  const auto places = places_of(packs);
  for (const RuleInfo& rule : rules_.rules()) {
    const auto place = places.find(rule.name);
    if (place == places.end() || rule.score < 0 || rule.action == Action::approve) continue;
    if (!about.empty() && std::find(about.begin(), about.end(), place->second.pack) == about.end()) continue;
    const auto hits = hits_.find(rule.name);
    if (hits == hits_.end() || hits->second < least) continue;
    const double part = static_cast<double>(hits->second) / static_cast<double>(seen_);
    if (part < share) continue;
    const std::string shown = line_at(packs, place->second.where, rule.name);
    all.push_back(
        {"broad",
         "the " + rule.kind + " '" + rule.name + "' hits " + std::to_string(hits->second) + " of " +
             std::to_string(seen_) + " " + of_what,
         place->second.where,
         shown + "\nnarrow it, or put it in the shadow (state = \"shadow\") and look at a backtest"});
  }
  return all;
}

std::vector<Remark> too_broad(std::span<const PackSource> packs, const RuleSet& rules,
                              std::span<const std::string> about) {
  Breadth all(rules);
  std::map<std::string_view, Breadth> by_language;
  for (const HonestSentence& one : kHonest) {
    Submission comment;
    comment.content = one.text;
    comment.author.name = "Anna";
    comment.author.email = "anna@people.example";
    comment.client.user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
    comment.client.referrer = "https://blog.example/";
    all.look(comment);
    by_language.try_emplace(one.language, rules).first->second.look(comment);
  }
  std::vector<Remark> remarks = all.remarks(packs, kShare, 1, "honest sentences", about);
  for (const auto& [language, breadth] : by_language) {
    for (Remark& one : breadth.remarks(packs, kShareOfLanguage, kLeastOfLanguage,
                                       "honest sentences in the language " + std::string(language), about)) {
      const bool told = std::any_of(remarks.begin(), remarks.end(),
                                    [&](const Remark& other) { return other.where == one.where; });
      if (!told) remarks.push_back(std::move(one));
    }
  }
  return remarks;
}

std::string line_at(std::span<const PackSource> packs, const std::string& where, std::string_view part) {
  const auto [file, line] = place_of(where);
  if (line == 0) return {};
  const std::string_view text = text_of(packs, file);
  const std::string_view row = line_of(text, line);
  if (row.empty()) return {};
  std::size_t at = part.empty() ? std::string_view::npos : row.find(part);
  if (at == std::string_view::npos) at = std::min(row.find_first_not_of(" \t"), row.size());
  return toml::excerpt(text, line, column_of(row, at));
}

void show_lines(std::span<const PackSource> packs, std::vector<Error>& errors) {
  for (Error& error : errors) {
    const auto [file, line] = place_of(error.where);
    if (line == 0 || error.advice.find(std::to_string(line) + " | ") != std::string::npos) continue;
    const std::string_view row = line_of(text_of(packs, file), line);
    const std::string shown = line_at(packs, error.where, quoted_in(error.what, row));
    if (!shown.empty()) error.advice += (error.advice.empty() ? "" : "\n") + shown;
  }
}

}  // namespace chaffinch
