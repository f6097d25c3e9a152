// The Akismet protocol: comments that their client keeps. schema and quirks are those of the clients that
// speak it; the answers are exact to the byte.
#include <algorithm>
#include <exception>

#include "analysis/text.h"
#include "core/limits.h"
#include "http/akismet_client.h"
#include "secrets.h"

namespace chaffinch::http {
namespace {

constexpr std::string_view kThanks = "Thanks for making the web a better place.";

// A header's value is one line of ASCII.
std::string header_text(std::string_view text) {
  std::string one(text);
  for (char& c : one) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7F) c = '?';
  }
  return one;
}

std::string_view charset_of(const Ask& ask) {
  const std::string_view type = ask.header("Content-Type");
  const std::size_t at = ascii_lower(type).find("charset=");
  if (at == std::string::npos) return {};
  std::string_view name = type.substr(at + 8);
  name = name.substr(0, name.find_first_of("; \t"));
  if (name.size() >= 2 && name.front() == '"' && name.back() == '"') name = name.substr(1, name.size() - 2);
  return name;
}

Result<Answer> report(Service& service, Call& call, bool spam) {
  auto client = akismet_client(service, call, true);
  if (!client) return akismet_failure(client.error());
  auto asked = read_akismet_comment(client->form, client->site.id, true, call.now);
  if (!asked) return akismet_failure(asked.error());
  std::string note(client->form["reporter"].substr(0, limits::kName));
  if (!note.empty()) note = valid_utf8(note) ? "reported by " + note : std::string();
  auto done = service.intake.report(
      {.asked = std::move(*asked),
       .spam = spam,
       .note = std::move(note),
       .by = {.reach = client->site.id, .name = client->token.name, .token = client->token.id}},
      call.now);
  if (!done) return akismet_failure(done.error());
  return akismet_answer(std::string(kThanks));
}

Result<Answer> told(const Result<Advice>& advice, bool discards) {
  if (!advice) return akismet_failure(advice.error());
  Answer answer = advice->told == Told::nothing
                      ? akismet_failure(503, advice->why)
                      : akismet_answer(advice->told == Told::spam ? "true" : "false");
  answer.headers.emplace_back("X-akismet-guid", advice->id.text());
  if (advice->told == Told::spam && (advice->discard || discards))
    answer.headers.emplace_back("X-akismet-pro-tip", "discard");
  return answer;
}

// A bug must not look like a verdict: clients would read the problem document as one.
template <class Work>
Result<Answer> guarded(Service& service, const Call& call, Work work) {
  try {
    return work();
  } catch (const std::exception& wrong) {
    service.log.error("internal error", {{"request", call.ask.id}, {"problem", wrong.what()}});
    return akismet_failure(503, "something went wrong here; it has been noted");
  }
}

}  // namespace

Answer akismet_answer(std::string body) {
  Answer answer;
  answer.body = std::move(body);
  answer.type = "text/plain; charset=utf-8";
  return answer;
}

Answer akismet_failure(int status, std::string_view why, int retry_after) {
  Answer answer;
  answer.status = status;
  answer.type = "text/plain; charset=utf-8";
  answer.headers.emplace_back("X-akismet-error", header_text(why));
  answer.headers.emplace_back("X-akismet-debug-help", header_text(why));
  if (retry_after > 0) answer.headers.emplace_back("Retry-After", std::to_string(retry_after));
  return answer;
}

Answer akismet_failure(const Error& error) {
  switch (error.code) {
    case Code::invalid:
    case Code::unauthorized:
    case Code::forbidden:
    case Code::too_large: {
      Answer answer = akismet_answer("invalid");
      answer.headers.emplace_back("X-akismet-debug-help", header_text(error.what));
      return answer;
    }
    case Code::too_many:
      return akismet_failure(429, error.what, error.retry_after);
    default:
      return akismet_failure(503, error.code == Code::internal ? "something went wrong here" : error.what,
                             error.retry_after);
  }
}

Result<AkismetClient> akismet_client(Service& service, const Call& call, bool needs_blog) {
  AkismetClient client;
  client.form = read_akismet_form(call.ask.body, call.ask.query, charset_of(call.ask));
  const std::string key = akismet_key_in(client.form, call.ask.header("Host"));
  if (key.empty()) {
    return fail(Code::unauthorized,
                "there is no key: send it as api_key, or as the first part of the host name");
  }
  if (!is_akismet_key(key)) {
    // It cannot be anybody's: no guess, and nothing to look up.
    service.metrics.refused("keys");
    return fail(Code::unauthorized, "that is no key of ours: they are of 12 hex digits");
  }
  auto token =
      token_of(service, service.gate.client_address(call.ask), akismet_key_hash(key), call.now, Guess::key);
  if (!token) {
    if (token.error().code != Code::unauthorized) return tl::unexpected(std::move(token).error());
    return fail(Code::unauthorized, "the key is unknown, expired or revoked");
  }
  client.token = std::move(*token);
  if (needs_blog && !client.form.has("blog"))
    return fail(Code::invalid, "blog is missing: send the address of the blog's front page");
  auto site = service.sites.site(client.token.site, call.now);
  if (!site) return fail(Code::unavailable, site.error().what);
  client.site = std::move(*site);
  if (needs_blog && client.site.akismet_own_blog && !is_own_blog(client.site, client.form["blog"])) {
    return fail(
        Code::forbidden,
        "the key is not for that blog: it lies neither under the url nor under the origins of its site");
  }
  return client;
}

namespace calls {

Result<Answer> akismet_verify_key(Service& service, Call& call) {
  return guarded(service, call, [&]() -> Result<Answer> {
    auto client = akismet_client(service, call, true);
    if (!client) return akismet_failure(client.error());
    return akismet_answer("valid");
  });
}

void akismet_check(Service& service, const std::shared_ptr<Call>& call, Handler::Then then) {
  bool begun = false;
  auto answer = guarded(service, *call, [&]() -> Result<Answer> {
    auto client = akismet_client(service, *call, true);
    if (!client) return akismet_failure(client.error());
    if (!client->form.has("recheck_reason"))
      without_wordpress_escapes(client->form, call->ask.header("User-Agent"));
    auto read = read_akismet_comment(client->form, client->site.id, false, call->now);
    if (!read) return akismet_failure(read.error());
    const bool discards = client->form.flag("test_discard");
    service.intake.advise(std::move(*read), call->now,
                          [&service, call, then, discards](Finish<Result<Advice>> finish) {
                            then([&service, call, discards, finish = std::move(finish)] {
                              return guarded(service, *call, [&] { return told(finish(), discards); });
                            });
                          });
    begun = true;
    return Answer{};
  });
  if (!begun) then([answer = std::move(answer)] { return answer; });
}

Result<Answer> akismet_spam(Service& service, Call& call) {
  return guarded(service, call, [&] { return report(service, call, true); });
}

Result<Answer> akismet_ham(Service& service, Call& call) {
  return guarded(service, call, [&] { return report(service, call, false); });
}

Result<Answer> akismet_test(Service&, Call&) {
  return akismet_answer("connected");
}

// The key stays good: the plugin may be switched on again, and other blogs may use it.
Result<Answer> akismet_deactivate(Service& service, Call& call) {
  return guarded(service, call, [&]() -> Result<Answer> {
    auto client = akismet_client(service, call, true);
    if (!client) return akismet_failure(client.error());
    return akismet_answer("deactivated");
  });
}

}  // namespace calls
}  // namespace chaffinch::http
