// Answers about comments and decisions, for those who moderate.
#include <algorithm>
#include <cmath>

#include "core/evidence.h"
#include "core/limits.h"
#include "http/wire.h"
#include "http/wire_json.h"
#include "http/wire_values.h"

namespace chaffinch::http {
namespace {

std::string_view field_text(const Submission& from, Field field) {
  switch (field) {
    case Field::content:
      return from.content;
    case Field::author_name:
      return from.author.name;
    case Field::author_email:
      return from.author.email;
    case Field::author_url:
      return from.author.url;
    case Field::user_agent:
      return from.client.user_agent;
    case Field::referrer:
      return from.client.referrer;
    case Field::ip:
      return from.client.ip;
    case Field::article_title:
      return from.article.title;
    case Field::article_url:
      return from.article.url;
    case Field::type:
      return from.type;
  }
  return {};
}

std::string_view spot_text(const Submission& from, const Spot& spot) {
  const std::string_view text = field_text(from, spot.field);
  const std::size_t start = std::min<std::size_t>(spot.start, text.size());
  return text.substr(start, std::clamp<std::size_t>(spot.end, start, text.size()) - start);
}

void tell_spot(Telling& to, const Submission& submission, const Spot& spot) {
  to.object().key("field").text(word(spot.field)).key("view").text(word(spot.view));
  to.key("start").whole(spot.start).key("end").whole(spot.end);
  to.key("value").text(spot_text(submission, spot)).end_object();
}

Json author_json(const Author& author) {
  return {{"name", author.name}, {"email", author.email}, {"url", author.url}, {"id", author.id}};
}

// Everything about a comment, for those who moderate it.
Json comment_json(const Comment& comment) {
  Json json = {{"id", comment.id.text()},
               {"site", comment.site},
               {"status", word(comment.status)},
               {"version", comment.version},
               {"decided", comment.decided},
               {"discard", comment.discard},
               {"received_at", format_time(comment.received_at)},
               {"created_at", time_json(comment.created_at)},
               {"edited_at", time_json(comment.edited_at)},
               {"type", comment.type},
               {"parent", id_json(comment.parent)}};
  json["article"] = {
      {"id", comment.article.id}, {"url", comment.article.url}, {"title", comment.article.title}};
  json["author"] = author_json(comment.author);
  json["content"] = comment.content;
  json["client"] = {{"ip", comment.client.ip},
                    {"user_agent", comment.client.user_agent},
                    {"referrer", comment.client.referrer}};
  json["form"] = {{"token", comment.form.token ? Json(word(*comment.form.token)) : Json()},
                  {"elapsed_ms", comment.form.elapsed_ms ? Json(*comment.form.elapsed_ms) : Json()},
                  {"honeypot", comment.form.honeypot ? Json(*comment.form.honeypot) : Json()}};
  return json;
}

Json lease_json(const std::optional<Lease>& lease) {
  if (!lease) return nullptr;
  return {{"holder", lease->holder.substr(0, lease->holder.find(kHolderMark))},
          {"until", format_time(lease->until)}};
}

// The comment's fields stand in the same object as what is known of it.
void tell_fields(Telling& to, const Json& object) {
  for (const auto& [name, value] : object.items()) to.key(name).value(value);
}

void tell_item(Telling& to, const QueueItem& item) {
  to.object();
  tell_fields(to, comment_json(item.comment));
  to.key("verdict");
  tell_verdict(to, item.comment, item.verdict);
  to.key("lease").value(lease_json(item.lease)).end_object();
}

void tell_items(Telling& to, const std::vector<QueueItem>& items) {
  to.key("items").array();
  for (const QueueItem& item : items) tell_item(to, item);
  to.end_array();
}

Json record_json(const Record& record) {
  const auto seen = [](Time time) { return time == 0 ? Json() : Json(format_time(time)); };
  return {{"approved", record.approved},
          {"rejected", record.rejected},
          {"spam", record.spam},
          {"pending", record.pending},
          {"checked", record.checked},
          {"first_seen", seen(record.first_seen)},
          {"last_seen", seen(record.last_seen)}};
}

Json facts_json(const Facts& facts) {
  Json json = {{"recalled_at", format_time(facts.now)},
               {"author", record_json(facts.author)},
               {"email", record_json(facts.email)},
               {"address", record_json(facts.address)},
               {"network", record_json(facts.network)}};
  json["domains"] = Json::array();
  for (const DomainRecord& one : facts.domains) {
    json["domains"].push_back({{"domain", one.domain}, {"record", record_json(one.record)}});
  }
  json["recent"] = {{"address_10m", facts.recent_address_10m},
                    {"address_1h", facts.recent_address_1h},
                    {"network_10m", facts.recent_network_10m},
                    {"email_1h", facts.recent_email_1h},
                    {"domain_1h", facts.recent_domain_1h}};
  json["copies"] = facts.copies;
  json["copies_spam"] = facts.copies_spam;
  json["copies_approved"] = facts.copies_approved;
  json["near_copies"] = facts.near_copies;
  json["near_spam"] = facts.near_spam;
  json["near_spam_told"] = facts.near_spam_told;
  json["near_ham"] = facts.near_ham;
  json["article_known"] = facts.article_known;
  json["article_closed"] = facts.article_closed;
  json["article_first_seen"] =
      facts.article_first_seen == 0 ? Json() : Json(format_time(facts.article_first_seen));
  json["parent_known"] = facts.parent_known;
  json["blocks"] = Json::array();
  for (const BlockHit& hit : facts.blocks) {
    json["blocks"].push_back({{"id", hit.block.text()}, {"kind", hit.kind}, {"field", word(hit.field)}});
  }
  json["incomplete"] = facts.incomplete;
  return json;
}

Json flag_json(std::optional<bool> flag) {
  return flag ? Json(*flag) : Json();
}

Json history_json(const HistoryEntry& entry) {
  return {{"at", format_time(entry.at)},
          {"what", entry.what},
          {"by", text_or_null(entry.by)},
          {"decision", id_json(entry.decision)},
          {"before", entry.before ? Json(word(*entry.before)) : Json()},
          {"after", entry.after ? Json(word(*entry.after)) : Json()},
          {"reason", entry.reason},
          {"note", entry.note},
          {"stands", flag_json(entry.stands)},
          {"undone", flag_json(entry.undone)},
          {"undoes", id_json(entry.undoes)}};
}

Json sample_json(const std::vector<Decision::Sample>& sample) {
  Json json = Json::array();
  for (const auto& one : sample)
    json.push_back({{"id", one.id.text()}, {"begins", one.begins}, {"author", one.author}});
  return json;
}

Json decision_json(const Decision& decision) {
  return {{"id", decision.id.text()},
          {"decision", word(decision.kind)},
          {"by", decision.by},
          {"at", format_time(decision.at)},
          {"site", text_or_null(decision.site)},
          {"partial", decision.partial},
          {"reason", decision.reason},
          {"note", decision.note},
          {"changed", decision.changed},
          {"standing", decision.standing},
          {"undoes", id_json(decision.undoes)},
          {"undone_by", id_json(decision.undone_by)},
          {"skipped", skipped_json(decision.skipped)},
          {"sample", sample_json(decision.sample)}};
}

// What weighed most with today's models; no words while they are silent.
void tell_learned(Telling& to, const Submission& submission, const Heard* heard) {
  const bool silent = heard == nullptr || heard->impression.silent;
  to.key("learned").object().key("model_version").text(heard == nullptr ? std::string() : heard->version);
  to.key("probability");
  silent ? to.null() : to.number(heard->impression.probability);
  to.key("words").array();
  if (!silent) {
    const auto text = [&](const Spot& spot) { return spot_text(submission, spot); };
    for (const WeighedWord& word : words_of(heard->impression, text)) {
      to.object().key("word").text(spot_text(submission, word.spot));
      to.key("weight").number(std::round(word.weight * 1e4) / 1e4).key("evidence").array();
      tell_spot(to, submission, word.spot);
      to.end_array().end_object();
    }
  }
  to.end_array().end_object();
}

}  // namespace

Json time_json(std::optional<Time> time) {
  return time ? Json(format_time(*time)) : Json();
}

Json id_json(const std::optional<Id>& id) {
  return id ? Json(id->text()) : Json();
}

Json next_json(const std::optional<std::string>& next) {
  return next ? Json(*next) : Json();
}

Json text_or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

Json skipped_json(const std::vector<Skipped>& skipped) {
  Json json = Json::array();
  for (const Skipped& one : skipped) json.push_back({{"id", one.id.text()}, {"why", one.why}});
  return json;
}

Json settled_json(const Settled& settled) {
  return {{"id", settled.id.text()},
          {"changed", settled.changed},
          {"lessons", settled.lessons},
          {"skipped", skipped_json(settled.skipped)},
          {"approximate", settled.approximate},
          {"partial", settled.partial}};
}

void tell_verdict(Telling& to, const Submission& submission, const Verdict& verdict) {
  to.object();
  tell_verdict_fields(to, submission, verdict);
  to.end_object();
}

void tell_verdict_fields(Telling& to, const Submission& submission, const Verdict& verdict) {
  // Scores are sums of decimal fractions: "4.6", not "4.6000000000000005".
  const auto rounded = [](double score) { return std::round(score * 1e9) / 1e9; };
  to.key("action").text(word(verdict.action)).key("score").number(rounded(verdict.score)).key("probability");
  verdict.probability ? to.number(*verdict.probability) : to.null();
  to.key("findings").array();
  for (const Finding& finding : verdict.findings) {
    to.object().key("rule").text(finding.rule).key("score").number(rounded(finding.score));
    to.key("about").text(finding.about);
    if (finding.shadow) to.key("shadow").flag(true);
    if (finding.action) to.key("action").text(word(*finding.action));
    to.key("evidence").array();
    for (const Spot& spot : finding.evidence) {
      tell_spot(to, submission, spot);
    }
    to.end_array().end_object();
  }
  to.end_array().key("unchecked").flag(verdict.unchecked);
  to.key("rules_version").text(verdict.rules_version).key("model_version").text(verdict.model_version);
}

std::string write_problem(int status, std::string_view title, std::string_view code, const Error& error,
                          const std::vector<Skipped>& skipped) {
  Json json = {
      {"type", "about:blank"}, {"title", title}, {"status", status}, {"code", code}, {"detail", error.what}};
  if (!error.where.empty()) json["where"] = error.where;
  if (!error.advice.empty()) json["advice"] = error.advice;
  if (!skipped.empty()) json["skipped"] = skipped_json(skipped);
  return dump(json);
}

std::string write_verdict(const Submission& submission, const Verdict& verdict) {
  Telling telling;
  tell_verdict(telling, submission, verdict);
  return telling.take();
}

std::string write_verdicts(const std::vector<Submission>& submissions, const std::vector<Verdict>& verdicts) {
  Telling telling;
  telling.array();
  for (std::size_t i = 0; i < verdicts.size(); ++i) tell_verdict(telling, submissions[i], verdicts[i]);
  return telling.end_array().take();
}

std::string write_receipt(const Receipt& receipt, const Submission* submission) {
  Telling telling;
  telling.object().key("id").text(receipt.id.text()).key("status").text(word(receipt.status));
  telling.key("receipt").text(receipt.receipt);
  if (submission != nullptr && receipt.verdict) {
    telling.key("verdict");
    tell_verdict(telling, *submission, *receipt.verdict);
  }
  return telling.end_object().take();
}

std::string write_queue(const std::vector<QueueItem>& items, const std::optional<std::string>& next) {
  Telling telling;
  telling.object();
  tell_items(telling, items);
  return telling.key("next").value(next_json(next)).end_object().take();
}

std::string write_claimed(const Claimed& claimed) {
  Telling telling;
  telling.object();
  tell_items(telling, claimed.items);
  telling.key("held").array();
  for (const Claimed::Held& one : claimed.held)
    telling.object().key("id").text(one.id.text()).key("lease").value(lease_json(one.lease)).end_object();
  telling.end_array().key("gone").array();
  for (const Id& id : claimed.gone) telling.text(id.text());
  return telling.end_array().end_object().take();
}

std::string write_count(const Tally& count) {
  return dump({{"count", count.count}, {"more", count.more}});
}

std::string write_queue_counts(const QueueCounts& counts) {
  return dump({{"pending", counts.pending},
               {"approved", counts.approved},
               {"rejected", counts.rejected},
               {"spam", counts.spam},
               {"checked", counts.checked},
               {"decided_by_me", counts.decided.count},
               {"decided_by_me_more", counts.decided.more},
               {"oldest_pending", time_json(counts.oldest_pending)}});
}

std::string write_detail(const Detail& detail, const Heard* heard) {
  Json json = Json::object();
  json["lease"] = lease_json(detail.lease);
  json["history"] = Json::array();
  for (const HistoryEntry& entry : detail.history) json["history"].push_back(history_json(entry));
  json["facts"] = facts_json(detail.facts);
  json["records"] = {{"author", record_json(detail.author)},
                     {"email", record_json(detail.email)},
                     {"address", record_json(detail.address)},
                     {"network", record_json(detail.network)}};
  json["copies"] = Json::array();
  for (const Id& copy : detail.copies) json["copies"].push_back(copy.text());
  json["copy_count"] = detail.copy_count;
  json["near"] = {{"count", detail.near.count}, {"more", detail.near.more}, {"pending", detail.near_pending}};
  json["near_copies"] = Json::array();
  for (const Id& copy : detail.near_copies) json["near_copies"].push_back(copy.text());
  Telling telling;
  telling.object();
  tell_fields(telling, comment_json(detail.comment));
  telling.key("verdict");
  tell_verdict(telling, detail.comment, detail.verdict);
  tell_learned(telling, detail.comment, heard);
  tell_fields(telling, json);
  return telling.end_object().take();
}

std::string write_settled(const Settled& settled) {
  return dump(settled_json(settled));
}

std::string write_decided(const Settled& settled, const NearPending* near) {
  Json json = settled_json(settled);
  json["near_copies"] = nullptr;
  if (near == nullptr) return dump(json);
  Json ids = Json::array();
  for (const Target& one : near->targets)
    ids.push_back({{"id", one.id.text()}, {"version", one.version.value_or(0)}});
  json["near_copies"] = {{"count", near->count}, {"ids", std::move(ids)}, {"like", id_json(near->like)}};
  return dump(json);
}

std::string write_decisions(const DecisionPage& page) {
  Json json = {{"items", Json::array()}, {"next", next_json(page.next)}};
  for (const Decision& decision : page.items) json["items"].push_back(decision_json(decision));
  return dump(json);
}

std::string write_decision(const Decision& decision) {
  return dump(decision_json(decision));
}

}  // namespace chaffinch::http
