// Comments on their way in: submit, check, learn, change, remove.
#include <algorithm>

#include "analysis/links.h"
#include "author_token.h"
#include "core/limits.h"
#include "http/calls.h"
#include "http/problem.h"
#include "http/wire.h"

namespace chaffinch::http {
namespace {

// A header as one line of at most `limit` bytes; "" when it is no text.
std::string header_line(const Ask& ask, std::string_view name, std::size_t limit) {
  std::string text(ask.header(name));
  if (text.size() > limit) {
    std::size_t end = limit;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    text.resize(end);
  }
  return flaw_of_line(text, limit) ? std::string() : text;
}

Done check_time(const Submission& submission, Time now, const std::string& at) {
  if (!submission.created_at || *submission.created_at <= now + kDay) return {};
  return fail(Code::invalid, "the time lies more than a day ahead", at + "/created_at",
              "leave it out: now is meant");
}

// What a public caller may not say about itself (design: "Whom to believe"), and what is known of it instead.
Done believe(const Call& call, const Site& site, Incoming& incoming) {
  Submission& comment = incoming.submission;
  for (const std::string& claim : incoming.claims) {
    if (call.form && claim == "/article/url") {
      if (is_own(site, comment.article.url)) continue;
      return fail(Code::forbidden, "the article's URL does not lie under the site's own", claim,
                  "name the page by its article id");
    }
    return fail(Code::forbidden, "only a front end with a token may say this", claim, "leave it out");
  }
  // Also without a scheme: "//host/page" leads away as well.
  const bool bare = comment.article.id.starts_with("//");
  const std::string scheme = site.url.substr(0, std::min(site.url.find("//"), site.url.size()));
  if ((bare || comment.article.id.find("://") != std::string::npos) &&
      !is_own(site, bare ? scheme + comment.article.id : comment.article.id)) {
    return fail(Code::forbidden, "the article does not lie under the site's own URL", "/article/id");
  }
  comment.client.ip = call.who.address;
  comment.client.user_agent = header_line(call.ask, "User-Agent", limits::kUserAgent);
  comment.client.referrer = header_line(call.ask, "Referer", limits::kUrl);
  return {};
}

// Where the browser goes after its form.
Result<std::string> way_back(const Call& call, const Site& site, const Incoming& incoming) {
  if (!incoming.redirect.empty()) {
    if (is_own(site, incoming.redirect)) return incoming.redirect;
    return fail(Code::forbidden, "the redirect does not lie under the site's own URL or origins",
                "/redirect");
  }
  for (const std::string& url :
       {incoming.submission.article.url, header_line(call.ask, "Referer", limits::kUrl), site.url}) {
    if (!url.empty() && is_own(site, url)) return url;
  }
  return fail(Code::invalid, "there is no page to go back to", "/redirect",
              "the site has no url yet; set it, or post JSON");
}

Answer sent_back(const std::string& target, std::string_view outcome) {
  Answer answer;
  answer.status = 303;
  const std::size_t fragment = std::min(target.find('#'), target.size());
  std::string url = target.substr(0, fragment);
  // The outcome of an earlier form, on a page that was come back to.
  for (std::size_t at = url.find("chaffinch="); at != std::string::npos; at = url.find("chaffinch=", at)) {
    if (at == 0 || (url[at - 1] != '?' && url[at - 1] != '&')) {
      ++at;
      continue;
    }
    const std::size_t end = url.find('&', at);
    end == std::string::npos ? url.erase(at - 1) : url.erase(at, end + 1 - at);
    if (end == std::string::npos) break;
  }
  url += url.find('?') == std::string::npos ? "?" : "&";
  url += "chaffinch=" + std::string(outcome) + target.substr(fragment);
  answer.headers.emplace_back("Location", std::move(url));
  return answer;
}

// The form's token for as long as it is not known whether the comment is kept: if not, it may be sent again.
class FormUse {
 public:
  explicit FormUse(Intake& intake) : intake_(intake) {}
  ~FormUse() {
    if (!nonce_.empty()) intake_.give_back_form(nonce_);
  }
  FormUse(const FormUse&) = delete;
  FormUse& operator=(const FormUse&) = delete;

  void read(Submission& comment, const std::string& token, Time now) {
    nonce_ = intake_.read_form(comment, token, now);
  }
  void keep() { nonce_.clear(); }

 private:
  Intake& intake_;
  std::string nonce_;
};

std::string_view outcome_of(Status status) {
  if (status == Status::approved) return "published";
  return status == Status::pending ? "pending" : "refused";
}

// The receipt of an author; nothing there is unauthorized.
Result<std::string> receipt_of(const Call& call, const std::string& in_body) {
  if (!call.who.receipt.empty()) return call.who.receipt;
  if (!in_body.empty()) return in_body;
  return fail(Code::unauthorized, "this needs a front end's token or the comment's receipt", "Authorization",
              "Authorization: Receipt ..., as the answer to the comment gave it");
}

// What the answer to a comment takes besides its receipt.
struct Arrived {
  explicit Arrived(Intake& intake) : form(intake) {}

  std::string target;  // of a form: where the browser goes
  bool secure = false;
  bool explains = false;
  Submission shown;  // what the findings speak of
  FormUse form;
};

struct Read {
  Submission comment;
  Once once;
  std::optional<std::string_view> author_token;
};

Result<Read> read(Service& service, Call& call, Arrived& arrived) {
  auto once = once_of(call, {"site"});  // whose pages may read the answer
  if (!once) return tl::unexpected(std::move(once).error());
  auto incoming = call.form ? read_form(call.ask.body) : read_submission(call.ask.body);
  if (!incoming) return tl::unexpected(std::move(incoming).error());
  Submission& comment = incoming->submission;
  auto site_id = site_of(call, comment.site, true);
  if (!site_id) return tl::unexpected(std::move(site_id).error());
  comment.site = call.site = *site_id;

  std::optional<std::string_view> author_token;
  if (call.who.is_public() || call.form) {
    auto site = service.sites.site(comment.site, call.now);
    if (!site) return fail(site.error().code, site.error().what, "/site", site.error().advice);
    if (call.who.is_public()) {
      if (auto fine = believe(call, *site, *incoming); !fine) return tl::unexpected(std::move(fine).error());
      author_token = cookie_in(call.ask.header("Cookie"), author_cookie_name(site->id));
      arrived.secure = site->url.starts_with("https:");
    }
    if (call.form) {
      auto way = way_back(call, *site, *incoming);
      if (!way) return tl::unexpected(std::move(way).error());
      arrived.target = std::move(*way);
    }
  }
  if (auto fine = check_time(comment, call.now, {}); !fine) return tl::unexpected(std::move(fine).error());

  arrived.explains = !call.who.is_public() && !call.form;
  if (!incoming->token.empty())
    arrived.form.read(comment, incoming->token, call.now);
  else if (call.who.is_public())
    comment.form.token = FormToken::missing;
  if (arrived.explains) arrived.shown = comment;
  return Read{.comment = std::move(comment), .once = std::move(*once), .author_token = author_token};
}

Result<Answer> answer_to(const Call& call, Arrived& arrived, Result<Receipt> receipt) {
  if (!receipt) {
    const bool closed = receipt.error().code == Code::forbidden && receipt.error().where == "/article";
    if (call.form && closed) return sent_back(arrived.target, "refused");
    return tl::unexpected(std::move(receipt).error());
  }
  arrived.form.keep();
  Answer answer =
      call.form ? sent_back(arrived.target, outcome_of(receipt->status))
                : json_answer(write_receipt(*receipt, arrived.explains ? &arrived.shown : nullptr), 201);
  if (receipt->replayed) mark_replayed(answer);
  if (!receipt->author_token.empty()) {
    answer.headers.emplace_back("Set-Cookie",
                                author_cookie(call.site, receipt->author_token, arrived.secure));
  }
  return answer;
}

}  // namespace

namespace calls {

void submit(Service& service, const std::shared_ptr<Call>& call, Handler::Then then) {
  const auto arrived = std::make_shared<Arrived>(service.intake);
  auto read = http::read(service, *call, *arrived);
  if (!read) {
    then([error = std::move(read).error()]() -> Result<Answer> { return tl::unexpected(error); });
    return;
  }
  service.intake.submit(
      std::move(read->comment), read->once, call->now, read->author_token,
      [call, arrived, then = std::move(then)](Finish<Result<Receipt>> finish) {
        then([call, arrived, finish = std::move(finish)] { return answer_to(*call, *arrived, finish()); });
      });
}

Result<Answer> check(Service& service, Call& call) {
  if (auto fine = check_query(call, {}); !fine) return tl::unexpected(std::move(fine).error());
  auto wish = read_check(call.ask.body);
  if (!wish) return tl::unexpected(std::move(wish).error());
  for (std::size_t i = 0; i < wish->submissions.size(); ++i) {
    Submission& comment = wish->submissions[i];
    const std::string at = wish->batch ? "/" + std::to_string(i) : std::string();
    auto site = site_of(call, comment.site, false, at + "/site");
    if (!site) return tl::unexpected(std::move(site).error());
    comment.site = std::move(*site);
    if (auto fine = check_time(comment, call.now, at); !fine) return tl::unexpected(std::move(fine).error());
  }
  std::vector<Verdict> verdicts;
  verdicts.reserve(wish->submissions.size());
  for (std::size_t i = 0; i < wish->submissions.size(); ++i) {
    auto verdict = service.intake.check(wish->submissions[i], call.now);
    if (!verdict) {
      Error error = std::move(verdict).error();
      if (wish->batch) error.where = "/" + std::to_string(i) + error.where;
      return tl::unexpected(std::move(error));
    }
    verdicts.push_back(std::move(*verdict));
  }
  return json_answer(wish->batch ? write_verdicts(wish->submissions, verdicts)
                                 : write_verdict(wish->submissions.front(), verdicts.front()));
}

Result<Answer> learn(Service& service, Call& call) {
  auto once = once_of(call);
  if (!once) return tl::unexpected(std::move(once).error());
  auto wish = read_learn(call.ask.body);
  if (!wish) return tl::unexpected(std::move(wish).error());
  auto site = site_of(call, wish->submission.site, true);
  if (!site) return tl::unexpected(std::move(site).error());
  if (auto fine = check_time(wish->submission, call.now, {}); !fine)
    return tl::unexpected(std::move(fine).error());
  wish->submission.site = *site;
  auto done = service.intake.learn({.submission = std::move(wish->submission),
                                    .spam = wish->spam,
                                    .by = {.reach = {}, .name = call.who.name, .token = call.who.token}},
                                   *once, call.now);
  if (!done) return tl::unexpected(std::move(done).error());
  return with_mark(json_answer(write_settled(*done)), *done);
}

Result<Answer> change(Service& service, Call& call) {
  auto once = once_of(call, {"site"});  // whose pages may read the answer
  if (!once) return tl::unexpected(std::move(once).error());
  auto id = id_of(call, "comment");
  if (!id) return tl::unexpected(std::move(id).error());
  auto wish = read_change(call.ask.body);
  if (!wish) return tl::unexpected(std::move(wish).error());
  if (call.who.is_public()) {
    auto receipt = receipt_of(call, wish->receipt);
    if (!receipt) return tl::unexpected(std::move(receipt).error());
    auto changed = service.intake.edit_own(*receipt, *id, wish->change, *once, call.now);
    if (!changed) return tl::unexpected(std::move(changed).error());
    return with_mark(json_answer(write_receipt(*changed, nullptr)), *changed);
  }
  const Caller caller{.reach = call.who.reach, .name = call.who.name, .token = call.who.token};
  auto changed = service.intake.edit(caller, *id, wish->change, *once, call.now);
  if (!changed) return tl::unexpected(std::move(changed).error());
  // What the evidence shows is read from the comment as this call made it; it may be another by now, or gone.
  const auto comment = service.store().comment(call.who.reach, *id);
  Submission shown = comment ? static_cast<const Submission&>(*comment) : Submission{};
  const Intake::Change& now = wish->change;
  if (now.content) shown.content = *now.content;
  if (now.author_name) shown.author.name = *now.author_name;
  if (now.author_url) shown.author.url = *now.author_url;
  return with_mark(json_answer(write_receipt(*changed, &shown)), *changed);
}

Result<Answer> remove(Service& service, Call& call) {
  auto once = once_of(call, {"site"});  // whose pages may read the answer
  if (!once) return tl::unexpected(std::move(once).error());
  auto id = id_of(call, "comment");
  if (!id) return tl::unexpected(std::move(id).error());
  auto in_body = read_removal(call.ask.body);
  if (!in_body) return tl::unexpected(std::move(in_body).error());
  Result<Took> done;
  if (call.who.is_public()) {
    auto receipt = receipt_of(call, *in_body);
    if (!receipt) return tl::unexpected(std::move(receipt).error());
    done = service.intake.remove_own(*receipt, *id, *once, call.now);
  } else {
    done = service.store().remove(call.who.reach, *id, call.who.name, call.now, *once);
  }
  if (!done) return tl::unexpected(std::move(done).error());
  return with_mark(empty_answer(), *done);
}

}  // namespace calls
}  // namespace chaffinch::http
