#include "analysis/review_parts.h"

#include <algorithm>
#include <memory>
#include <set>
#include <unordered_map>

#include "analysis/address.h"
#include "analysis/links.h"
#include "analysis/patterns.h"
#include "analysis/text.h"

namespace chaffinch {
namespace {

constexpr std::size_t kMostSteps = 20'000;  // of the search through a composite's cases

State state_of(const Judge& judge, std::uint32_t rule) {
  if (rule < judge.heuristics.size()) return judge.heuristic_states[rule];
  if (rule < judge.composite_number(0)) return judge.patterns[rule - judge.heuristics.size()].state;
  return judge.composites[rule - judge.composite_number(0)].state;
}

std::vector<Covered> covered_literals(const PackPattern& pattern) {
  const Literal kind = pattern.type == EntryType::word ? Literal::word : Literal::substring;
  PatternSet::Builder builder;
  std::vector<std::string> texts;
  const bool folded = pattern.view == View::folded;
  for (std::uint32_t i = 0; i < pattern.entries.size(); ++i) {
    texts.push_back(meaning_of(pattern, pattern.entries[i].text));
    if (!builder.add_literal(i, texts.back(), kind, !folded)) return {};
  }
  const auto set = builder.build();
  if (!set) return {};
  std::vector<Covered> covered;
  std::vector<Match> matches;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    matches.clear();
    if (!(*set)->find(texts[i], matches)) return {};
    std::optional<std::size_t> by;
    for (const Match& match : matches) {
      if (match.pattern == i || texts[match.pattern].size() >= texts[i].size()) continue;
      if (!by || texts[match.pattern].size() < texts[*by].size()) by = match.pattern;
    }
    if (by) covered.push_back({i, *by});
  }
  return covered;
}

std::vector<Covered> covered_names(const PackPattern& pattern) {
  std::unordered_map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < pattern.entries.size(); ++i)
    known.emplace(meaning_of(pattern, pattern.entries[i].text), i);
  std::vector<Covered> covered;
  for (std::size_t i = 0; i < pattern.entries.size(); ++i) {
    std::string rest = meaning_of(pattern, pattern.entries[i].text);
    if (pattern.type == EntryType::email) {
      const std::size_t at = rest.rfind('@');
      const auto by = at == 0 || at == std::string::npos ? known.end() : known.find(rest.substr(at));
      if (by != known.end()) covered.push_back({i, by->second});
      continue;
    }
    for (std::size_t dot = rest.find('.'); dot != std::string::npos; dot = rest.find('.')) {
      rest.erase(0, dot + 1);
      if (const auto by = known.find(rest); by != known.end()) {
        covered.push_back({i, by->second});
        break;
      }
    }
  }
  return covered;
}

std::vector<Covered> covered_networks(const PackPattern& pattern) {
  std::vector<std::pair<Network, std::size_t>> networks;
  for (std::size_t i = 0; i < pattern.entries.size(); ++i) {
    if (const auto network = Network::parse(pattern.entries[i].text)) networks.emplace_back(*network, i);
  }
  // Wider networks first: an entry is inside one of those before it, or in none.
  std::sort(networks.begin(), networks.end(), [](const auto& left, const auto& right) {
    return std::tie(left.first.prefix, left.second) < std::tie(right.first.prefix, right.second);
  });
  std::vector<Covered> covered;
  std::map<std::string, std::size_t> known;
  std::set<std::pair<bool, int>> prefixes;
  for (const auto& [network, entry] : networks) {
    const std::string address = network.address.text();
    for (const auto& [v4, prefix] : prefixes) {
      if (v4 != network.address.v4 || prefix >= network.prefix) continue;
      const auto wider = Network::parse(address + "/" + std::to_string(prefix));
      const auto by = wider ? known.find(wider->text()) : known.end();
      if (by == known.end()) continue;
      covered.push_back({entry, by->second});
      break;
    }
    known.emplace(network.text(), entry);
    prefixes.emplace(network.address.v4, network.prefix);
  }
  std::sort(covered.begin(), covered.end(),
            [](const Covered& left, const Covered& right) { return left.entry < right.entry; });
  return covered;
}

}  // namespace

std::string signature_of(const PackPattern& pattern) {
  std::string text = std::string(word(pattern.type)) + " " + std::string(word(pattern.view)) +
                     (pattern.links ? " link" : "");
  std::vector<std::string_view> fields;
  for (const Field field : pattern.fields) fields.push_back(word(field));
  std::sort(fields.begin(), fields.end());
  for (const std::string_view field : fields) text += " " + std::string(field);
  return text;
}

std::string meaning_of(const PackPattern& pattern, const std::string& entry) {
  switch (pattern.type) {
    case EntryType::regex:
      return entry;
    case EntryType::domain:
      return normal_host(entry);
    case EntryType::cidr:
      if (const auto network = Network::parse(entry)) return network->text();
      return entry;
    case EntryType::email:
      return ascii_lower(entry);
    case EntryType::word:
    case EntryType::exact:
    case EntryType::substring:
      break;
  }
  return pattern.view == View::folded ? folded_text(entry).value : ascii_lower(entry);
}

bool meet(const PackPattern& one, const PackPattern& other) {
  if (one.type != other.type || one.view != other.view) return false;
  if (one.links && other.links) return true;
  return std::any_of(one.fields.begin(), one.fields.end(), [&](Field field) {
    return std::find(other.fields.begin(), other.fields.end(), field) != other.fields.end();
  });
}

std::vector<Covered> covered_of(const PackPattern& pattern) {
  switch (pattern.type) {
    case EntryType::word:
    case EntryType::substring:
      return covered_literals(pattern);
    case EntryType::domain:
    case EntryType::email:
      return covered_names(pattern);
    case EntryType::cidr:
      return covered_networks(pattern);
    case EntryType::regex:
    case EntryType::exact:
      break;
  }
  return {};
}

Reaching::Reaching(const Judge& judge, std::size_t composite) : judge_(judge), composite_(composite) {
  std::set<std::uint32_t> base;
  std::set<std::size_t> inner{composite};
  const std::uint32_t first = judge.composite_number(0);
  // A composite names earlier ones alone, so the highest that is not done yet may be taken next.
  for (auto next = inner.rbegin(); next != inner.rend(); ++next) {
    for (const std::uint32_t rule : judge.composites[*next].when.rules()) {
      if (rule >= first)
        inner.insert(rule - first);
      else
        base.insert(rule);
    }
  }
  base_.assign(base.begin(), base.end());
  inner_.assign(inner.begin(), inner.end());
  hits_.assign(judge.composite_number(judge.composites.size()), std::nullopt);
}

// REQUIRES: hits_ holds the values of the composites before it.
std::optional<bool> Reaching::value_of(std::size_t composite) {
  const State mine = judge_.composites[composite].state;
  return judge_.composites[composite].when.known([&](std::uint32_t rule) -> std::optional<bool> {
    const State state = state_of(judge_, rule);
    if (state == State::off || (state == State::shadow && mine == State::live)) return false;
    return hits_[rule];
  });
}

bool Reaching::search(bool value) {
  if (++steps_ > kMostSteps) return true;
  for (const std::size_t one : inner_) hits_[judge_.composite_number(one)] = value_of(one);
  const std::optional<bool> known = hits_[judge_.composite_number(composite_)];
  if (known) return *known == value;
  const auto open =
      std::find_if(base_.begin(), base_.end(), [&](std::uint32_t rule) { return !hits_[rule].has_value(); });
  if (open == base_.end()) return true;
  for (const bool hit : {value, !value}) {
    hits_[*open] = hit;
    const bool reached = search(value);
    hits_[*open].reset();
    if (reached) return true;
  }
  return false;
}

bool Reaching::can_be(bool value) {
  steps_ = 0;
  return search(value);
}

std::string why_never(const Judge& judge, std::size_t composite) {
  const Judge::Composite& one = judge.composites[composite];
  for (const std::uint32_t rule : one.when.rules()) {
    const State state = state_of(judge, rule);
    const std::string& name = rule < judge.heuristics.size() ? std::string(judge.heuristics[rule]->name)
                              : rule < judge.composite_number(0)
                                  ? judge.patterns[rule - judge.heuristics.size()].name
                                  : judge.composites[rule - judge.composite_number(0)].name;
    if (state == State::off) return "'" + name + "' is off, so it never hits";
    if (state == State::shadow && one.state == State::live) {
      return "'" + name + "' is in the shadow, and a live composite does not see it";
    }
  }
  return "its conditions contradict each other";
}

}  // namespace chaffinch
