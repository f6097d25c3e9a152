// Lines of archives, and what the command line writes about them.
#include "analysis/address.h"
#include "analysis/text.h"
#include "core/limits.h"
#include "http/wire.h"
#include "http/wire_json.h"
#include "http/wire_submission.h"
#include "http/wire_values.h"

namespace chaffinch::http {
namespace {

constexpr std::size_t kKey = 500;

std::optional<DecisionKind> label_of(Fields& from) {
  const auto label = from.text("label", 20);
  if (!label) return std::nullopt;
  if (*label == "spam") return DecisionKind::spam;
  if (*label == "ham") return DecisionKind::approve;
  if (*label == "abuse") return DecisionKind::reject;
  from.wrong("label", "there is no such label", "it may be spam, ham or abuse");
  return std::nullopt;
}

// A field that only our own archives are sure to mean so: taken when it reads well, else nothing.
std::string if_ours(const Json& json, const char* name, std::size_t limit) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_string()) return {};
  auto text = found->get<std::string>();
  return flaw_of_line(text, limit) ? std::string() : text;
}

void read_ours(const Json& json, Fields& from, Row& row) {
  row.parent = if_ours(json, "parent", kKey);
  row.submission.author.id = if_ours(json, "author_id", limits::kAuthorId);
  row.submission.client.referrer = if_ours(json, "referrer", limits::kUrl);
  row.submission.article.url = if_ours(json, "article_url", limits::kUrl);
  row.submission.article.title = if_ours(json, "article_title", limits::kTitle);
  row.status = status_from(if_ours(json, "status", 20));
  if (row.status && row.label && status_of(*row.label) != *row.status) {
    from.wrong("status", "it contradicts the label", "leave one of them out");
  }
}

std::string_view label_word(Status status) {
  switch (status) {
    case Status::approved:
      return "ham";
    case Status::rejected:
      return "abuse";
    case Status::spam:
      return "spam";
    default:
      return {};
  }
}

// The flat form of an archive's row. Other fields are the archive's own business.
void read_flat(const Json& json, Fields& from, Row& row) {
  Submission& to = row.submission;
  row.key = from.text_or_empty("id", kKey);
  to.content = from.required("text", limits::kContent, Look::prose);
  // Other services took names that we refuse; what is odd about one is evidence.
  to.author.name = from.text_or_empty("author", limits::kName, Look::prose);
  to.author.email = from.text_or_empty("email", limits::kEmail);
  to.author.url = from.text_or_empty("url", limits::kUrl);
  to.client.ip = from.text_or_empty("ip", 64);
  if (!to.client.ip.empty()) {
    if (const auto address = Address::parse(to.client.ip))
      to.client.ip = address->text();
    else
      from.wrong("ip", "it is not an address");
  }
  to.client.user_agent = from.text_or_empty("agent", limits::kUserAgent);
  to.created_at = from.time("date");
  to.article.id = from.text_or_empty("article", limits::kArticleId);
  if (to.article.id.empty()) to.article.id = from.text_or_empty("source", limits::kArticleId);
  if (auto type = from.text("type", limits::kType); type && !type->empty()) to.type = std::move(*type);
  row.label = label_of(from);
  read_ours(json, from, row);
}

}  // namespace

Result<Row> read_row(std::string_view line) {
  auto json = parse_json(line);
  if (!json) return tl::unexpected(std::move(json).error());
  Row row;
  Flaws flaws;
  Fields from(*json, {}, flaws, "a row");
  if (from.has("text") && !from.has("content")) {
    read_flat(*json, from, row);
  } else {
    row.submission = read_fields(from, nullptr, false);
    row.key = from.text_or_empty("id", kKey);
    row.label = label_of(from);
    from.finish();
  }
  if (row.submission.article.id.empty()) row.submission.article.id = "archive";
  if (flaws.any()) return flaws.error();
  return row;
}

std::string write_row(const Comment& comment) {
  Json json = {{"id", comment.id.text()}, {"text", comment.content}};
  const auto put = [&json](const char* name, std::string_view value) {
    if (!value.empty()) json[name] = value;
  };
  put("author", comment.author.name);
  put("email", comment.author.email);
  put("url", comment.author.url);
  put("author_id", comment.author.id);
  put("ip", comment.client.ip);
  put("agent", comment.client.user_agent);
  put("referrer", comment.client.referrer);
  put("date", format_time(comment.shown_at()));
  put("article", comment.article.id);
  put("article_url", comment.article.url);
  put("article_title", comment.article.title);
  if (comment.parent) put("parent", comment.parent->text());
  if (comment.type != Submission{}.type) put("type", comment.type);
  if (comment.decided) put("label", label_word(comment.status));
  put("status", word(comment.status));
  return dump(json);
}

std::string write_submission(const Submission& submission) {
  Json json = Json::object();
  const auto put = [](Json& to, const char* name, const std::string& value) {
    if (!value.empty()) to[name] = value;
  };
  put(json, "site", submission.site);
  json["article"] = {{"id", submission.article.id}};
  put(json["article"], "url", submission.article.url);
  put(json["article"], "title", submission.article.title);
  if (submission.parent) json["parent"] = submission.parent->text();
  Json author = Json::object();
  put(author, "name", submission.author.name);
  put(author, "email", submission.author.email);
  put(author, "url", submission.author.url);
  put(author, "id", submission.author.id);
  if (!author.empty()) json["author"] = std::move(author);
  json["content"] = submission.content;
  Json client = Json::object();
  put(client, "ip", submission.client.ip);
  put(client, "user_agent", submission.client.user_agent);
  put(client, "referrer", submission.client.referrer);
  if (!client.empty()) json["client"] = std::move(client);
  if (submission.type != Submission{}.type) json["type"] = submission.type;
  if (submission.created_at) json["created_at"] = format_time(*submission.created_at);
  Json form = Json::object();
  if (submission.form.elapsed_ms) form["elapsed_ms"] = *submission.form.elapsed_ms;
  if (submission.form.honeypot) form["honeypot"] = *submission.form.honeypot;
  if (!form.empty()) json["form"] = std::move(form);
  return dump(json);
}

std::string write_row_verdict(const std::string& key, const Submission& submission, const Verdict& verdict) {
  Telling telling;
  telling.object();
  if (!key.empty()) telling.key("id").text(key);
  tell_verdict_fields(telling, submission, verdict);
  return telling.end_object().take();
}

std::string write_line_error(std::uint64_t line, const Error& error) {
  Json json = {{"line", line}, {"error", error.what}};
  if (!error.where.empty()) json["where"] = error.where;
  if (!error.advice.empty()) json["advice"] = error.advice;
  return dump(json);
}

}  // namespace chaffinch::http
