// Answers about the house itself: sites, articles, tokens, blocks, rules, numbers.
#include "analysis/calibration.h"
#include "http/wire.h"
#include "http/wire_desk.h"
#include "http/wire_json.h"
#include "http/wire_values.h"

namespace chaffinch::http {
namespace {

Json site_json(const Site& site) {
  Json json = {{"id", site.id},
               {"name", site.name},
               {"url", site.url},
               {"origins", site.origins},
               {"edit_minutes", site.edit_minutes},
               {"shares_lessons", site.shares_lessons},
               {"akismet_hold", word(site.akismet_hold)},
               {"akismet_own_blog", site.akismet_own_blog},
               {"markdown", site.markdown}};
  json["policy"] = {{"moderation", word(site.policy.moderation)},
                    {"hold", site.policy.hold},
                    {"spam", site.policy.spam},
                    {"discard", site.policy.discard},
                    {"overrides", Json::object()}};
  for (const auto& [name, value] : site.policy.overrides) json["policy"]["overrides"][name] = value;
  json["retention"] = {{"client_days", site.retention.client_days},
                       {"spam_days", site.retention.spam_days},
                       {"checked_days", site.retention.checked_days},
                       {"rejected_days", site.retention.rejected_days}};
  json["created_at"] = format_time(site.created_at);
  json["version"] = site.version;
  return json;
}

// Of predictions that were made before learning.
Json learner_json(const Learning::Status& status) {
  const Quality& quality = status.quality;
  const Calibration calibration = calibration_of(quality);
  Json steps = Json::array();
  for (const Calibration::Step& step : calibration.steps)
    steps.push_back({{"predicted", step.ham + step.spam == 0 ? Json() : Json(step.predicted)},
                     {"ham", step.ham},
                     {"spam", step.spam}});
  const bool any = quality.ham + quality.spam > 0;
  return {{"ham", quality.ham},
          {"spam", quality.spam},
          {"ham_as_spam", quality.ham_as_spam},
          {"spam_as_ham", quality.spam_as_ham},
          {"auc", quality.ham == 0 || quality.spam == 0 ? Json() : Json(quality.area())},
          {"calibration",
           {{"predicted", any ? Json(calibration.predicted) : Json()},
            {"observed", any ? Json(calibration.observed) : Json()},
            {"error", any ? Json(calibration.error) : Json()},
            {"brier", any ? Json(quality.loss_slow) : Json()},
            {"steps", std::move(steps)}}},
          {"drift", quality.drift()},
          {"waiting", status.waiting},
          {"weights", status.weights},
          {"bytes", status.bytes},
          {"can_take_back", status.tail}};
}

Json article_json(const ArticleInfo& article) {
  return {{"site", article.site},         {"id", article.ref.id},
          {"url", article.ref.url},       {"title", article.ref.title},
          {"closed", article.closed},     {"first_seen", format_time(article.first_seen)},
          {"approved", article.approved}, {"pending", article.pending}};
}

Json token_json(const Token& token) {
  return {{"id", token.id.text()},
          {"name", token.name},
          {"role", word(token.role)},
          {"site", text_or_null(token.site)},
          {"created_at", format_time(token.created_at)},
          {"expires_at", time_json(token.expires_at)},
          {"revoked_at", time_json(token.revoked_at)},
          {"last_used_at", time_json(token.last_used_at)}};
}

Json block_json(const Block& block) {
  return {{"id", block.id.text()},
          {"site", text_or_null(block.site)},
          {"kind", block.kind},
          {"value", block.value},
          {"reason", block.reason},
          {"by", block.by},
          {"created_at", format_time(block.created_at)},
          {"expires_at", time_json(block.expires_at)},
          {"decision", id_json(block.decision)}};
}

}  // namespace

std::string write_rechecked(const Intake::Rechecked& rechecked) {
  return dump(
      {{"seen", rechecked.seen}, {"changed", rechecked.changed}, {"next", next_json(rechecked.next)}});
}

std::string write_forgotten(const Forgotten& forgotten) {
  return dump({{"receipt", forgotten.receipt.text()},
               {"comments", forgotten.comments},
               {"records", forgotten.records},
               {"blocks", forgotten.blocks}});
}

std::string write_stats(const std::vector<SiteStats>& stats,
                        const std::vector<std::optional<Learning::Status>>& learned,
                        const std::optional<std::string>& next) {
  Json json = {{"sites", Json::array()}, {"next", next_json(next)}};
  for (std::size_t i = 0; i < stats.size(); ++i) {
    const SiteStats& one = stats[i];
    Json site = {
        {"site", one.site},
        {"pending", one.pending},
        {"approved", one.approved},
        {"rejected", one.rejected},
        {"spam", one.spam},
        {"checked", one.checked},
        {"decided_by_people", one.decided_by_people},
        {"oldest_pending", one.oldest_pending == 0 ? Json() : Json(format_time(one.oldest_pending))}};
    Json rules = Json::array();
    for (const RuleStat& rule : one.rules) {
      const std::uint64_t told = rule.spam + rule.approved + rule.rejected;
      rules.push_back({{"rule", rule.rule},
                       {"hits", rule.hits},
                       {"spam", rule.spam},
                       {"approved", rule.approved},
                       {"rejected", rule.rejected},
                       // Of what people decided among its hits: how much was unwanted.
                       {"precision", told == 0 ? Json()
                                               : Json(static_cast<double>(rule.spam + rule.rejected) /
                                                      static_cast<double>(told))}});
    }
    site["rules"] = std::move(rules);
    site["learner"] = i < learned.size() && learned[i] ? learner_json(*learned[i]) : Json();
    json["sites"].push_back(std::move(site));
  }
  return dump(json);
}

std::string write_site(const Site& site) {
  return dump(site_json(site));
}

std::string write_new_site(const Site& site, const ShownOnce& token, const ShownOnce& akismet_key) {
  Json json = site_json(site);
  json["token"] = token.secret;
  json["token_id"] = token.id.text();
  json["akismet_key"] = akismet_key.secret;
  json["akismet_key_id"] = akismet_key.id.text();
  return dump(json);
}

std::string write_sites(const std::vector<Site>& sites, const std::optional<std::string>& next) {
  Json json = {{"items", Json::array()}, {"next", next_json(next)}};
  for (const Site& site : sites) json["items"].push_back(site_json(site));
  return dump(json);
}

std::string write_article(const ArticleInfo& article) {
  return dump(article_json(article));
}

std::string write_articles(const ArticlePage& page) {
  Json json = {{"items", Json::array()}, {"next", next_json(page.next)}};
  for (const ArticleInfo& article : page.items) json["items"].push_back(article_json(article));
  return dump(json);
}

std::string write_token(const Token& token, std::string_view secret, std::string_view desk_code) {
  Json json = token_json(token);
  if (!secret.empty()) json["token"] = secret;
  if (!desk_code.empty()) {
    json["desk_code"] = desk_code;
    json["desk_path"] = desk_path(desk_code);
  }
  return dump(json);
}

std::string write_tokens(const std::vector<Token>& tokens) {
  Json json = {{"items", Json::array()}, {"next", nullptr}};
  for (const Token& token : tokens) json["items"].push_back(token_json(token));
  return dump(json);
}

std::string write_block(const BlockAdded& added) {
  Json json = block_json(added.block);
  json["applied"] = added.applied ? settled_json(*added.applied) : Json();
  return dump(json);
}

std::string write_blocks(const BlockPage& page) {
  Json json = {{"items", Json::array()}, {"next", next_json(page.next)}};
  for (const Block& block : page.items) json["items"].push_back(block_json(block));
  return dump(json);
}

std::string write_status(std::string_view status) {
  return dump({{"status", status}});
}

}  // namespace chaffinch::http
