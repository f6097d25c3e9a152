// JSON and forms, both ways. nlohmann stays in wire*.cpp; everybody else sees plain data. Pure: no clock, no
// store.
//
// Reading is strict, because a misspelt field that is silently dropped is a comment that silently loses its
// author. Every value is bounded (core/limits.h); an unknown field, a field named twice, a wrong type,
// invalid UTF-8, NUL, too much nesting or trailing text is Code::invalid with `where` as a JSON pointer
// ("/author/email") and, for a misspelt name, the nearest known one as advice. A content that is too long is
// Code::too_large. In names, addresses, ids and titles control characters and bidi controls are refused too;
// in a comment's content they are evidence and pass. A text that is no email or no URL is data and passes.
//
// Writing never fails: what cannot be UTF-8 is replaced. All functions are safe from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/ruleset.h"
#include "core/comment.h"
#include "core/decision.h"
#include "core/result.h"
#include "core/site.h"
#include "core/verdict.h"
#include "intake.h"
#include "store/store.h"

namespace chaffinch::http {

// ---- reading

// What is wrong with one line of text: not UTF-8, longer than `limit`, control or bidi control characters.
std::optional<std::string> flaw_of_line(std::string_view text, std::size_t limit);

// A submission as it came in.
struct Incoming {
  Submission submission;
  // What only a front end may say and this caller said, as JSON pointers: "/client", "/author/id",
  // "/created_at", "/type", "/article/url", "/article/title".
  std::vector<std::string> claims;
  std::string redirect;  // forms only: where the browser wants to go afterwards
  std::string token;     // of the form (form_token.h), not looked at yet; empty: none
};

// {"site"?, "article": {"id", "url"?, "title"?}, "parent"?, "author"?: {"name"?, "email"?, "url"?, "id"?},
// "content", "client"?: {"ip"?, "user_agent"?, "referrer"?}, "type"?, "created_at"?,
// "form"?: {"token"?, "elapsed_ms"?, "honeypot"?}}. The address comes back in canonical form.
Result<Incoming> read_submission(std::string_view body);

// application/x-www-form-urlencoded: the same fields by their path ("author.name"), and for people who write
// forms by hand `article`, `name`, `email`, `url` (the author's); and `redirect`.
Result<Incoming> read_form(std::string_view body);

// One submission, or an array of at most limits::kBatch. The article may be left out: nothing is kept.
struct CheckWish {
  std::vector<Submission> submissions;
  bool batch = false;
};
Result<CheckWish> read_check(std::string_view body);

// A submission (article optional) with "label": "spam" | "ham".
struct LearnWish {
  Submission submission;
  bool spam = false;
};
Result<LearnWish> read_learn(std::string_view body);

// {"content"?, "author"?: {"name"?, "url"?}, "version"?, "receipt"?}; at least one of the first three texts.
struct ChangeWish {
  Intake::Change change;
  std::string receipt;
};
Result<ChangeWish> read_change(std::string_view body);

// Nothing, or {"receipt"}.
Result<std::string> read_removal(std::string_view body);

// {"ids": [id | {"id", "version"}...] | "filter": {...} + "expected", "decision", "reason"?, "note"?,
// "block"?: {"author"?, "ip"?, "domain"?}}. An id that is named twice counts once. Fills targets, filter,
// expected, kind, reason, note and block.
Result<Settle> read_decision(std::string_view body);

// Nothing, or {"note"?}: the note.
Result<std::string> read_undo(std::string_view body);

// The queue's filters, "sort"?, "count"?, "minutes"?; or {"ids", "minutes"?}, each id once.
struct ClaimWish {
  QueueQuery query;
  std::vector<Id> ids;  // none: by filter
  std::uint32_t count = 10;
  std::int64_t minutes = 15;
};
Result<ClaimWish> read_claim(std::string_view body);

struct RecheckWish {
  std::string site;
  std::string cursor;
};
Result<RecheckWish> read_recheck(std::string_view body);

// {"site"?, and exactly one of "email", "author_id", "ip"}.
Result<Forget> read_forget(std::string_view body);

// {"id"?, "name"?, "url"?, "origins"?, "edit_minutes"?, "policy"?, "retention"?}. Without an id it is made
// from the URL's host or the name.
Result<Site> read_new_site(std::string_view body);

// The same fields but the id, all optional, and "version"?: `before` with these changes.
struct SiteChange {
  Site site;
  std::optional<std::int64_t> version;
};
Result<SiteChange> read_site_change(std::string_view body, Site before);

// {"site"?, "id"?, "url"?, "title"?, "closed"?}
struct ArticleWish {
  std::string site;
  ArticleRef ref;
  std::optional<bool> closed;
};
Result<ArticleWish> read_article(std::string_view body);

// {"role", "name"?, "site"?, "expires_at"?}
Result<Token> read_new_token(std::string_view body);

// {"kind", "value", "site"?, "reason"?, "expires_at"?, "apply_to_past"?}; the value comes back normalised.
Result<AddBlock> read_block(std::string_view body);

// A line of an archive: the submission form (article optional, "id" and "label" allowed besides), or the row
// form {"id", "text", "label"?, "author"?, "email"?, "url"?, "ip"?, "agent"?, "date"?, "article"?, "type"?}
// in which other fields are ignored: archives carry what their makers found worth noting. A row without an
// article belongs to the one named after its source; its author's name may hold bidi controls. Labels: spam,
// ham (approve), abuse (reject). "parent" (the id of another row), "status", "author_id", "referrer",
// "article_url" and "article_title" are taken where they are what write_row writes, and ignored where not.
struct Row {
  Submission submission;  // its parent is not set from a row's
  std::string key;        // the row's id; may be empty
  std::string parent;     // key of the row that it answers; may be empty
  std::optional<DecisionKind> label;
  std::optional<Status> status;  // one that contradicts the label is refused
};
Result<Row> read_row(std::string_view line);
// A kept comment as such a row; what a person decided is its label.
std::string write_row(const Comment& comment);

// The texts of a language file (service/web/embed/*.json): names and texts.
std::map<std::string, std::string> read_texts(std::string_view file);

// ---- writing

// What follows it in a lease's holder is not shown.
inline constexpr char kHolderMark = '\x1f';

std::string write_problem(int status, std::string_view title, std::string_view code, const Error& error,
                          const std::vector<Skipped>& skipped);

// A submission as POST /v1/comments takes it from a front end.
std::string write_submission(const Submission& submission);
// {"id"?, verdict}, and {"line", "error"}: a line each of the command line's `check`.
std::string write_row_verdict(const std::string& key, const Submission& submission, const Verdict& verdict);
std::string write_line_error(std::uint64_t line, const Error& error);

// Evidence shows its values: they are read from the comment.
std::string write_verdict(const Submission& submission, const Verdict& verdict);
std::string write_verdicts(const std::vector<Submission>& submissions, const std::vector<Verdict>& verdicts);

// The verdict is written when `submission` is given.
std::string write_receipt(const Receipt& receipt, const Submission* submission);

std::string write_queue(const std::vector<QueueItem>& items, const std::optional<std::string>& next);
std::string write_claimed(const Claimed& claimed);
std::string write_count(const Tally& count);
std::string write_queue_counts(const QueueCounts& counts);
// `heard`: what today's models make of it; null: nothing.
std::string write_detail(const Detail& detail, const Heard* heard);
// Public: approved comments with their replies nested; nothing private. With `markdown` (whether it is the
// site's way) each comment has a "body" besides: its text as it is to be shown (shown.h), ["p", "text", ["a",
// URL, ...]].
std::string write_thread(const ThreadPage& page, std::optional<bool> markdown = std::nullopt);
// {"token", "expires_at", "markdown"}: what a page that shows a form of its own needs.
std::string write_form(const std::string& token, Time expires_at, bool markdown);
std::string write_counts(const std::vector<std::string>& articles, const std::vector<std::uint64_t>& counts);

std::string write_settled(const Settled& settled);
// The same, and what is left that is like it; null: it could not be looked for.
std::string write_decided(const Settled& settled, const NearPending* near);
std::string write_decisions(const DecisionPage& page);
std::string write_decision(const Decision& decision);
std::string write_rechecked(const Intake::Rechecked& rechecked);
std::string write_forgotten(const Forgotten& forgotten);

// `learned`: of each site, nothing when it is not known.
std::string write_stats(const std::vector<SiteStats>& stats,
                        const std::vector<std::optional<Learning::Status>>& learned,
                        const std::optional<std::string>& next);
std::string write_site(const Site& site);
// With the secrets that are shown once: the front end's token, and the key for clients of the Akismet
// protocol.
struct ShownOnce {
  Id id;
  std::string secret;
};
std::string write_new_site(const Site& site, const ShownOnce& token, const ShownOnce& akismet_key);
std::string write_sites(const std::vector<Site>& sites, const std::optional<std::string>& next);
std::string write_article(const ArticleInfo& article);
std::string write_articles(const ArticlePage& page);
// An empty secret is not written, nor is an empty code that signs in at the desk.
std::string write_token(const Token& token, std::string_view secret, std::string_view desk_code = {});
std::string write_tokens(const std::vector<Token>& tokens);
std::string write_block(const BlockAdded& added);
std::string write_blocks(const BlockPage& page);
std::string write_status(std::string_view status);  // {"status": ...}

}  // namespace chaffinch::http
