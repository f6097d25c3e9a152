// Rules at work: backtests, packs and their versions.
#include "http/wire_rules.h"

#include <charconv>

#include "core/limits.h"
#include "http/wire.h"
#include "http/wire_json.h"
#include "http/wire_submission.h"
#include "http/wire_values.h"

namespace chaffinch::http {
namespace {

constexpr std::size_t kPackName = 64;
constexpr std::size_t kLists = 100;
constexpr std::size_t kPacks = 50;

// What may be left out altogether.
std::string_view or_empty(std::string_view body) {
  return body.empty() ? std::string_view("{}") : body;
}

bool is_list_name(std::string_view name) {
  return name.size() > 4 && name.size() <= 100 && name.ends_with(".txt") && name.front() != '.' &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") ==
             std::string_view::npos;
}

// The text and the lists of a pack.
template <class Pack>
void read_pack_fields(Fields& from, Pack& pack) {
  pack.text = from.required("text", limits::kPackText, Look::prose);
  const Json* lists = from.object("lists");
  if (lists == nullptr) return;
  if (lists->size() > kLists) from.wrong("lists", "at most 100 lists are taken");
  for (const auto& [name, content] : lists->items()) {
    const std::string where = from.pointer("lists") + "/" + pointer_part(name);
    if (!is_list_name(name)) {
      from.flaws().wrong(where, "a list file cannot be named so", "it looks like words.txt");
    } else if (!content.is_string()) {
      from.flaws().wrong(where, "it must be a text, one entry a line");
    } else {
      pack.lists.emplace_back(name, content.template get<std::string>());
    }
  }
}

std::optional<std::vector<StoredPack>> read_packs_field(Fields& from) {
  const Json* packs = from.array("packs");
  if (packs == nullptr) return std::nullopt;
  if (packs->size() > kPacks) from.wrong("packs", "at most 50 packs are taken");
  std::vector<StoredPack> all;
  for (std::size_t i = 0; i < packs->size() && !from.flaws().any(); ++i) {
    Fields one((*packs)[i], from.pointer("packs") + "/" + std::to_string(i), from.flaws(), "a pack");
    StoredPack pack;
    pack.name = one.required("name", kPackName);
    read_pack_fields(one, pack);
    one.finish();
    all.push_back(std::move(pack));
  }
  return all;
}

Json lists_json(const StoredPack& pack) {
  Json lists = Json::object();
  for (const auto& [name, content] : pack.lists) lists[name] = content;
  return lists;
}

Json mark_json(const std::optional<StoredPack>& pack, bool draft) {
  if (!pack) return {};
  Json json = {{"by", pack->by}, {"at", format_time(pack->at)}};
  if (draft) json["removes"] = pack->removed;
  return json;
}

Json body_json(const std::optional<StoredPack>& pack, bool draft, bool marked) {
  if (!pack) return {};
  Json json = marked ? mark_json(pack, draft) : Json::object();
  json["text"] = pack->text;
  json["lists"] = lists_json(*pack);
  return json;
}

// Where an error of a pack lies ("mine.toml:12"); the column, in characters from 1, by the caret under the
// line that its advice shows (toml.h). Of a long line only a part is shown, which then does not tell.
void add_place(Json& json, const Error& error) {
  constexpr std::size_t kShownWhole = 79;
  const std::size_t colon = error.where.rfind(':');
  if (colon == std::string::npos) return;
  const std::string digits = error.where.substr(colon + 1);
  int line = 0;
  const auto [end, flaw] = std::from_chars(digits.data(), digits.data() + digits.size(), line);
  if (flaw != std::errc() || end != digits.data() + digits.size() || line < 1) return;
  json["line"] = line;
  const std::size_t row = error.advice.find("  " + digits + " | ");
  const std::size_t under = row == std::string::npos ? row : error.advice.find('\n', row);
  if (under == std::string::npos) return;
  const std::size_t begin = under + 1 + 2 + digits.size() + 3;
  const std::size_t caret = error.advice.find_first_not_of(" \t", begin);
  if (caret == std::string::npos || error.advice[caret] != '^' || caret - begin >= kShownWhole) return;
  json["column"] = caret - begin + 1;
}

Json error_json(const Error& error) {
  Json json = {{"detail", error.what}};
  if (!error.where.empty()) json["where"] = error.where;
  add_place(json, error);
  if (!error.advice.empty()) json["advice"] = error.advice;
  return json;
}

Json version_json(const RulesVersion& version) {
  return {{"no", version.no},
          {"site", text_or_null(version.site)},
          {"at", format_time(version.at)},
          {"by", version.by},
          {"note", version.note},
          {"rules_version", version.rules_version},
          {"restores", version.restores ? Json(*version.restores) : Json()},
          {"in_force", version.in_force}};
}

Json number_or_null(const std::optional<std::int64_t>& number) {
  return number ? Json(*number) : Json();
}

Json counts_of(const Backtest::Counts& counts) {
  Json json = Json::object();
  for (std::size_t i = 0; i < counts.size(); ++i)
    json[std::string(word(static_cast<Opinion>(i)))] = counts[i];
  return json;
}

Json json_of(const Backtest::RuleReport& rule) {
  return {{"rule", rule.name},
          {"about", rule.about},
          {"state", rule.state},
          {"speaks_for", rule.speaks_for},
          {"changed", rule.changed},
          {"hits", rule.hits},
          {"hits_today", rule.before},
          {"people", counts_of(rule.opinions)},
          {"precision", rule.precision.value},
          {"precision_low", rule.precision.low},
          {"precision_high", rule.precision.high}};
}

Json json_of(const Backtest::Sample& sample, bool stored) {
  Json json = {{"id", sample.key},
               {"site", sample.site},
               {"from", std::string(word(sample.from))},
               {"to", std::string(word(sample.to))},
               {"score_from", sample.score_from},
               {"score_to", sample.score_to},
               {"people", std::string(word(sample.opinion))},
               {"rules", sample.rules},
               {"begins", sample.begins}};
  if (stored) json["url"] = "/v1/comments/" + sample.key;
  return json;
}

Json report_json(const Backtest::Report& report, bool stored) {
  Json json = {{"seen", report.seen},           {"people", counts_of(report.opinions)},
               {"changed", report.changed},     {"unchecked", report.unchecked},
               {"rules_version", report.today}, {"draft_version", report.draft},
               {"learner", "not asked"},        {"rules", Json::array()},
               {"changes", Json::array()},      {"samples", Json::array()}};
  for (const Backtest::RuleReport& rule : report.rules) json["rules"].push_back(json_of(rule));
  for (const Backtest::Change& change : report.changes) {
    std::uint64_t count = 0;
    for (const std::uint64_t one : change.opinions) count += one;
    json["changes"].push_back({{"from", std::string(word(change.from))},
                               {"to", std::string(word(change.to))},
                               {"count", count},
                               {"people", counts_of(change.opinions)}});
  }
  for (const Backtest::Sample& sample : report.samples) json["samples"].push_back(json_of(sample, stored));
  return json;
}

Json backtest_json(const Backtests::Status& status) {
  return {{"id", status.id.text()},
          {"site", text_or_null(status.site)},
          {"by", status.by},
          {"started_at", format_time(status.started_at)},
          {"state", word(status.state)},
          {"seen", status.seen},
          {"total", status.total},
          {"problem", text_or_null(status.problem)}};
}

}  // namespace

Result<PackWish> read_put_pack(std::string_view body, const std::string& name) {
  return read_object<PackWish>(or_empty(body), "a pack", [&](Fields& from, PackWish& wish) {
    wish.pack.name = name + ".toml";
    read_pack_fields(from, wish.pack);
  });
}

Result<PackWish> read_validate(std::string_view body) {
  return read_object<PackWish>(or_empty(body), "a pack", [](Fields& from, PackWish& wish) {
    wish.pack.name = "draft.toml";
    wish.site = from.text_or_empty("site", limits::kSiteName);
    read_pack_fields(from, wish.pack);
  });
}

Result<TryWish> read_try(std::string_view body) {
  return read_object<TryWish>(or_empty(body), "a trial", [](Fields& from, TryWish& wish) {
    wish.site = from.text_or_empty("site", limits::kSiteName);
    wish.packs = read_packs_field(from);
    const Json* submission = from.object("submission");
    if (submission == nullptr) {
      from.missing("submission", "it is required", "the comment to try: {\"content\": ...}");
      return;
    }
    Fields comment(*submission, "/submission", from.flaws(), "a comment");
    wish.submission = read_fields(comment, nullptr, false);
    comment.finish();
  });
}

Result<PublishWish> read_publish(std::string_view body) {
  return read_object<PublishWish>(or_empty(body), "a publishing", [](Fields& from, PublishWish& wish) {
    wish.site = from.text_or_empty("site", limits::kSiteName);
    wish.note = from.text_or_empty("note", limits::kNote);
  });
}

Result<SwitchWish> read_switch(std::string_view body) {
  return read_object<SwitchWish>(or_empty(body), "a change of a rule", [](Fields& from, SwitchWish& wish) {
    wish.site = from.text_or_empty("site", limits::kSiteName);
    wish.change.score = from.number("score", -kMaxScore, kMaxScore);
    if (const auto state = from.text("state", 20)) {
      if (*state == "live")
        wish.change.state = State::live;
      else if (*state == "shadow")
        wish.change.state = State::shadow;
      else if (*state == "off")
        wish.change.state = State::off;
      else
        from.wrong("state", "there is no such state", "it may be live, shadow or off");
    }
    if (!from.has("state") && !from.has("score"))
      from.missing("state", "a state or a score is required", "it may be live, shadow or off");
  });
}

Result<BacktestWish> read_backtest(std::string_view body) {
  return read_object<BacktestWish>(or_empty(body), "a backtest", [](Fields& from, BacktestWish& wish) {
    wish.site = from.text_or_empty("site", limits::kSiteName);
    wish.packs = read_packs_field(from);
    wish.version = from.whole("version", 1, INT64_MAX);
    wish.since = from.time("since");
    if (const auto limit = from.whole("limit", 1, static_cast<std::int64_t>(Backtests::kMost)))
      wish.limit = static_cast<std::uint64_t>(*limit);
    if (wish.packs && wish.version) from.wrong("version", "name packs or a version, not both");
  });
}

std::string write_refusals(int status, std::string_view title, std::string_view code,
                           const std::vector<Error>& errors) {
  const Error& first = errors.front();
  Json json = {
      {"type", "about:blank"}, {"title", title}, {"status", status}, {"code", code}, {"detail", first.what}};
  if (!first.where.empty()) json["where"] = first.where;
  if (!first.advice.empty()) json["advice"] = first.advice;
  json["errors"] = Json::array();
  for (const Error& error : errors) json["errors"].push_back(error_json(error));
  return dump(json);
}

std::string write_rules(const Rulebook::Sets& sets, const std::string& site,
                        const Rulebook::Condition& condition) {
  const RuleSet& rules = *sets.of(site);
  const auto published = [&](const std::string& scope, const std::string& pack) {
    const auto packs = sets.published.find(scope);
    return packs != sets.published.end() && packs->second.contains(pack);
  };
  Json json = {{"version", rules.version()}, {"rules", Json::array()}};
  for (const RuleInfo& rule : rules.rules()) {
    Json knobs = Json::array();
    for (const auto& knob : rule.knobs) {
      knobs.push_back({{"name", knob.name}, {"usual", knob.usual}, {"about", knob.about}});
    }
    const bool own = !site.empty() && published(site, rule.pack);
    json["rules"].push_back({{"name", rule.name},
                             {"about", rule.about},
                             {"kind", rule.kind},
                             {"pack", text_or_null(rule.pack)},
                             {"pack_site", own ? Json(site) : Json()},
                             {"pack_from", rule.pack.empty()                 ? Json()
                                           : own || published({}, rule.pack) ? Json("published")
                                                                             : Json("files")},
                             {"score", rule.score},
                             {"action", rule.action ? Json(word(*rule.action)) : Json()},
                             {"state", rule.state},
                             {"knobs", std::move(knobs)}});
  }
  json["published"] = number_or_null(condition.version);
  json["site_published"] = number_or_null(condition.site_version);
  json["reload"] = {{"at", condition.at == 0 ? Json() : Json(format_time(condition.at))},
                    {"errors", Json::array()}};
  for (const Error& error : condition.errors) json["reload"]["errors"].push_back(error_json(error));
  return dump(json);
}

std::string write_packs(const std::vector<Rulebook::Held>& packs) {
  Json json = {{"items", Json::array()}};
  for (const Rulebook::Held& one : packs) {
    json["items"].push_back({{"name", one.name},
                             {"from_files", one.files.has_value()},
                             {"published", mark_json(one.published, false)},
                             {"draft", mark_json(one.draft, true)}});
  }
  return dump(json);
}

std::string write_pack(const Rulebook::Held& pack, const std::string& site) {
  return dump({{"name", pack.name},
               {"site", text_or_null(site)},
               {"from_files", body_json(pack.files, false, false)},
               {"published", body_json(pack.published, false, true)},
               {"draft", body_json(pack.draft, true, true)}});
}

std::string write_draft(const StoredPack& draft) {
  return dump({{"name", draft.name},
               {"site", text_or_null(draft.site)},
               {"by", draft.by},
               {"at", format_time(draft.at)}});
}

std::string write_opinion(const Rulebook::Opinion& opinion) {
  Json json = {{"valid", opinion.errors.empty()}, {"errors", Json::array()}, {"warnings", Json::array()}};
  for (const Error& error : opinion.errors) json["errors"].push_back(error_json(error));
  for (const Remark& one : opinion.remarks) {
    json["warnings"].push_back(
        {{"kind", one.kind}, {"detail", one.what}, {"where", one.where}, {"advice", one.advice}});
  }
  return dump(json);
}

std::string write_try(const Submission& submission, const Verdict& today, const Verdict& draft) {
  Telling telling;
  telling.object().key("verdict");
  tell_verdict(telling, submission, draft);
  telling.key("today");
  tell_verdict(telling, submission, today);
  return telling.end_object().take();
}

std::string write_rules_version(const RulesVersion& version) {
  return dump(version_json(version));
}

std::string write_whole_version(const RulesVersion& version, const std::vector<StoredPack>& packs) {
  Json json = version_json(version);
  json["packs"] = Json::array();
  for (const StoredPack& pack : packs)
    json["packs"].push_back({{"name", pack.name}, {"text", pack.text}, {"lists", lists_json(pack)}});
  return dump(json);
}

std::string write_rules_versions(const RulesVersionPage& page) {
  Json json = {{"items", Json::array()}, {"next", next_json(page.next)}};
  for (const RulesVersion& one : page.items) json["items"].push_back(version_json(one));
  return dump(json);
}

std::string write_rules_events(const RulesEventPage& page) {
  Json json = {{"items", Json::array()}, {"next", next_json(page.next)}};
  for (const RulesEvent& one : page.items) {
    json["items"].push_back({{"at", format_time(one.at)},
                             {"by", one.by},
                             {"what", one.what},
                             {"site", text_or_null(one.site)},
                             {"pack", text_or_null(one.pack)},
                             {"version", number_or_null(one.version)},
                             {"note", one.note}});
  }
  return dump(json);
}

std::string write_backtest_status(const Backtests::Status& status) {
  Json json = backtest_json(status);
  json["report"] = status.report ? report_json(*status.report, true) : Json();
  return dump(json);
}

std::string write_backtests(const std::vector<Backtests::Status>& all) {
  Json json = {{"items", Json::array()}};
  for (const Backtests::Status& one : all) {
    Json& item = json["items"].emplace_back(backtest_json(one));
    item["changed"] = one.report ? Json(one.report->changed) : Json();
  }
  return dump(json);
}

std::string write_backtest(const Backtest::Report& report, bool stored) {
  return dump(report_json(report, stored));
}

}  // namespace chaffinch::http
