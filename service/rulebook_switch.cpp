// States and scores that are changed by call.
#include <algorithm>
#include <charconv>
#include <map>

#include "analysis/spelling.h"
#include "rulebook_parts.h"

namespace chaffinch {
namespace {

std::string number(double value) {
  char room[40];
  const auto end = std::to_chars(room, room + sizeof room, value).ptr;
  return {room, end};
}

std::string text_of_switches(const std::string& site, const std::map<std::string, double>& scores,
                             const std::map<std::string, State>& states) {
  std::string text =
      "pack = \"" + std::string(switches_of(site)) + "\"\nabout = \"States and scores set by call\"\n";
  if (!scores.empty()) text += "\n[score]\n";
  for (const auto& [rule, score] : scores) text += rule + " = " + number(score) + "\n";
  if (!states.empty()) text += "\n[state]\n";
  for (const auto& [rule, state] : states) text += rule + " = \"" + std::string(word(state)) + "\"\n";
  return text;
}

}  // namespace

Checked<Answered<RulesVersion>> Rulebook::change(const std::string& site, const std::string& rule,
                                                 const Switch& wish, const RulesAuthor& author) {
  auto held = lock();
  if (!held) return refuse(std::move(held).error());
  PublishRules publish;
  publish.site = site;
  publish.what = "state";
  publish.note = rule;
  if (wish.state) publish.note += " " + std::string(word(*wish.state));
  if (wish.score) publish.note += " score " + number(*wish.score);
  auto told = told_before(publish, author);
  if (!told) return tl::unexpected(std::move(told).error());
  if (*told) return std::move(**told);
  const auto rules = in_force().of(site);
  const auto& infos = rules->rules();
  const auto known =
      std::find_if(infos.begin(), infos.end(), [&](const RuleInfo& one) { return one.name == rule; });
  if (known == infos.end()) {
    std::vector<std::string_view> names;
    for (const RuleInfo& one : infos) names.push_back(one.name);
    return refuse({Code::not_found, "there is no such rule", {}, did_you_mean(rule, names), 0});
  }
  if (known->kind == "policy") {
    return refuse({Code::conflict,
                   "this rule speaks for the site's policy and the store",
                   {},
                   "change the site's policy, or lift the block",
                   0});
  }
  Scopes scopes = published_;
  std::map<std::string, double> scores;
  std::map<std::string, State> states;
  const auto own = scopes.find(site);
  for (const StoredPack& one : own == scopes.end() ? std::vector<StoredPack>() : own->second) {
    std::vector<Error> ignored;
    const auto pack = is_switches(one.name) ? read_pack(source_of(one), ignored) : std::nullopt;
    if (!pack) continue;
    for (const PackScore& before : pack->scores) scores[before.rule] = before.score;
    for (const PackState& before : pack->states) states[before.rule] = before.state;
  }
  if (wish.state) states[rule] = *wish.state;
  if (wish.score) scores[rule] = *wish.score;
  // Of rules that are gone nothing is kept: they would make the pack unreadable.
  const auto gone = [&](const auto& one) {
    return std::none_of(infos.begin(), infos.end(),
                        [&](const RuleInfo& info) { return info.name == one.first; });
  };
  std::erase_if(scores, gone);
  std::erase_if(states, gone);
  StoredPack switches;
  switches.site = site;
  switches.name = switches_of(site);
  switches.text = text_of_switches(site, scores, states);
  put(scopes[site], switches);
  publish.seen = (site.empty() ? condition(site).version : condition(site).site_version).value_or(0);
  return put_in_force(std::move(publish), author, std::move(scopes));
}

}  // namespace chaffinch
