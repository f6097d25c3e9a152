#include "http/api.h"

#include <algorithm>

#include "analysis/text.h"
#include "core/limits.h"
#include "http/calls.h"
#include "http/desk_cookie.h"
#include "http/head.h"
#include "http/problem.h"
#include "http/routes.h"
#include "http/web.h"
#include "secrets.h"
#include "waiting.h"

namespace chaffinch::http {
namespace {

constexpr std::string_view kJson = "application/json";
// Feed readers know a name and a password, so here the token may be the password. Nowhere else: browsers send
// Basic credentials by themselves, whoever's page asks them to.
constexpr std::string_view kQueueFeed = "/v1/queue.atom";
constexpr std::string_view kForm = "application/x-www-form-urlencoded";

std::string joined(const std::vector<std::string_view>& words) {
  std::string text;
  for (const std::string_view one : words) text += (text.empty() ? "" : ", ") + std::string(one);
  return text;
}

// Whether the head announces a body at all.
bool has_body(const Ask& ask) {
  if (header_of(ask, "Transfer-Encoding") != nullptr) return true;
  const std::string* length = header_of(ask, "Content-Length");
  return !ask.body.empty() || (length != nullptr && length->find_first_not_of('0') != std::string::npos);
}

// The media type of the body, lower case; "" when there is none. A charset other than UTF-8 makes it "other".
std::string media_type(const Ask& ask) {
  const std::string* header = header_of(ask, "Content-Type");
  if (header == nullptr) return {};
  const std::string text = ascii_lower(*header);
  const std::size_t semicolon = std::min(text.find(';'), text.size());
  const std::size_t charset = text.find("charset=", semicolon);
  if (charset != std::string::npos) {
    std::string_view name = trimmed(std::string_view(text).substr(charset + 8));
    name = trimmed(name.substr(0, name.find(';')));
    if (name != "utf-8" && name != "\"utf-8\"" && name != "utf8") return "other";
  }
  return std::string(trimmed(std::string_view(text).substr(0, semicolon)));
}

Done check_content(const Ask& ask, const Route& route) {
  if (route.body == Body::foreign || route.body == Body::none ||
      (route.body == Body::optional && !has_body(ask)))
    return {};
  const std::string* coding = header_of(ask, "Content-Encoding");
  if (coding != nullptr && !same_word(*coding, "identity")) {
    return fail(Code::unsupported, "compressed bodies are not taken", "Content-Encoding", "send it as it is");
  }
  const std::string type = media_type(ask);
  if (type == kJson || (route.body == Body::json_or_form && type == kForm)) return {};
  return fail(Code::unsupported, "a body of this content type is not taken here", "Content-Type",
              route.body == Body::json_or_form
                  ? "send application/json or application/x-www-form-urlencoded, in UTF-8"
                  : "send application/json, in UTF-8");
}

// Whether a person looks at the answer: a browser posted a plain form without any script.
bool is_plain_form(const Ask& ask, const Route* route) {
  return route != nullptr && route->body == Body::json_or_form && media_type(ask) == kForm &&
         ask.header("Accept").find("text/html") != std::string_view::npos;
}

tl::unexpected<Error> no_token(std::string what) {
  return fail(Code::unauthorized, std::move(what), "Authorization",
              "send a token: Authorization: Bearer chf_...");
}

// The password of Basic credentials (RFC 7617); "" when they are none.
std::string password_in(std::string_view credentials) {
  std::string text;
  std::uint32_t bits = 0;
  int held = 0;
  while (credentials.ends_with('=')) credentials.remove_suffix(1);
  for (const char c : credentials) {
    const std::size_t value =
        std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/").find(c);
    if (value == std::string_view::npos) return {};
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    text += static_cast<char>(bits >> held & 255U);
  }
  const std::size_t colon = text.find(':');
  return colon == std::string::npos ? std::string() : text.substr(colon + 1);
}

void become(Who& who, Token token, std::optional<Time> until) {
  who.role = token.role;
  who.reach = std::move(token.site);
  who.name = std::move(token.name);
  who.token = token.id;
  who.until = until;
}

}  // namespace

struct Api::Parts {
  Parts(Intake& i, Rulebook& r, Backtests& b, Gate& g, Metrics& m, Log& l, ApiOptions o)
      : options(std::move(o)), sites(i.store()), service{i, r, b, g, m, l, options, sites} {}

  // Route and caller; what is wrong with either is an error. `allowed` is filled for 405.
  struct Known {
    const Route* route = nullptr;
    Who who;
  };
  Result<Who> who_is(const Ask& ask, const Route& route, Time now);
  Result<Who> by_cookie(const Ask& ask, Who who, Time now);
  Result<Known> known(const Ask& ask, const Found& found, Time now);
  Answer preflight(const Ask& ask, const Found& found, Time now);
  // Headers that every answer carries, and those that let a site's pages read it.
  void finish(const Ask& ask, const Found& found, const std::string& site, Time now, Answer& answer);
  Answer refusal(const Ask& ask, const Found& found, Time now, Error error);
  Answer whole(const Call& call, const Found& found, Result<Answer> answer);

  const ApiOptions options;
  SiteMemory sites;
  Service service;
};

// A browser that is signed in at the desk. Whoever merely has it open must not be made to write by another
// page.
Result<Who> Api::Parts::by_cookie(const Ask& ask, Who who, Time now) {
  const auto secret = desk_cookie(ask);
  if (!secret) return who;
  if (ask.method != "GET" && ask.method != "HEAD") {
    if (auto fine = check_own_page(ask, service.gate.is_trusted(ask.peer), true); !fine)
      return tl::unexpected(std::move(fine).error());
  }
  const auto signed_out = [] {
    return fail(Code::unauthorized, "nobody is signed in here, or no longer", "Cookie",
                "sign in again, or send a token: Authorization: Bearer chf_...");
  };
  if (secret->empty()) return signed_out();
  auto session = session_of(service, who.address, sha256_hex(*secret), now);
  if (!session) {
    if (session.error().code != Code::unauthorized) return tl::unexpected(std::move(session).error());
    return signed_out();
  }
  become(who, std::move(session->token), session->expires_at);
  return who;
}

Result<Who> Api::Parts::who_is(const Ask& ask, const Route& route, Time now) {
  Who who;
  who.address = service.gate.client_address(ask);
  const std::string* header = header_of(ask, "Authorization");
  // What anybody may ask is answered the same whoever is signed in: the widget on a page of this origin.
  if (header == nullptr) return route.is_public() ? who : by_cookie(ask, std::move(who), now);
  const std::string_view text = trimmed(*header);
  const std::size_t blank = std::min(text.find(' '), text.size());
  const std::string_view scheme = text.substr(0, blank);
  std::string_view secret = trimmed(text.substr(blank));
  if (same_word(scheme, "Receipt")) {
    if (secret.empty() || secret.size() > limits::kSecret)
      return no_token("the receipt in Authorization is none");
    who.receipt = secret;
    return who;
  }
  std::string decoded;
  if (same_word(scheme, "Basic") && ask.path == kQueueFeed) {
    decoded = password_in(secret);
    secret = decoded;
  } else if (!same_word(scheme, "Bearer")) {
    return no_token("only Bearer tokens are understood");
  }
  if (secret.empty() || secret.size() > limits::kSecret || secret.find(' ') != std::string_view::npos) {
    return no_token("that is not a token");
  }
  auto token = token_of(service, who.address, sha256_hex(secret), now);
  if (!token) {
    if (token.error().code != Code::unauthorized) return tl::unexpected(std::move(token).error());
    return no_token("the token is unknown, expired or revoked");
  }
  const auto until = token->expires_at;
  become(who, std::move(*token), until);
  return who;
}

Result<Api::Parts::Known> Api::Parts::known(const Ask& ask, const Found& found, Time now) {
  if (options.only_metrics && ask.path != "/metrics") {
    return fail(Code::not_found, "here is only /metrics");
  }
  if (found.allowed.empty()) {
    return fail(Code::not_found, "there is nothing at this path", {},
                "GET /v1/openapi.json lists what there is");
  }
  if (found.route == nullptr) {
    return fail(Code::not_allowed, "this path does not take this method", {},
                "it takes " + joined(found.allowed));
  }
  Known known{.route = found.route, .who = {}};
  if (options.only_metrics) return known;
  // What anybody may ask is answered whoever asks: a probe with an old token still sees who is alive.
  if (known.route->roles == kAnybody) return known;
  auto who = who_is(ask, *known.route, now);
  if (!who) return tl::unexpected(std::move(who).error());
  known.who = std::move(*who);
  if (!known.route->allows(known.who.role)) {
    if (known.who.is_public()) return no_token("this needs a token");
    return fail(Code::forbidden,
                "a token of the role " + std::string(word(known.who.role)) + " may not do this");
  }
  if (known.route->whole && !known.who.reach.empty()) {
    return fail(Code::forbidden, "this needs a token of all sites");
  }
  return known;
}

Answer Api::Parts::preflight(const Ask& ask, const Found& found, Time now) {
  Answer answer = empty_answer();
  std::vector<std::string_view> open;
  for (const Route& route : routes()) {
    if (!route.is_public() || !route.path.starts_with("/v1/comments")) continue;
    const Found other = find_route(route.method, ask.path);
    if (other.route == &route) open.push_back(route.method);
  }
  answer.headers.emplace_back("Allow", joined(found.allowed) + ", OPTIONS");
  answer.headers.emplace_back("Vary", "Origin");
  const std::string* origin = header_of(ask, "Origin");
  const std::string_view method = ask.header("Access-Control-Request-Method");
  if (origin == nullptr || std::find(open.begin(), open.end(), method) == open.end()) return answer;
  const std::string* site = ask.param("site");
  bool allowed = false;
  if (site != nullptr) {
    const auto known = sites.site(*site, now);
    allowed = known && has_origin(*known, *origin);
  } else {
    allowed = sites.any_has(*origin, now);
  }
  if (!allowed) return answer;
  answer.headers.emplace_back("Access-Control-Allow-Origin", *origin);
  answer.headers.emplace_back("Access-Control-Allow-Methods", joined(open));
  answer.headers.emplace_back("Access-Control-Allow-Headers", "Content-Type, Idempotency-Key, Authorization");
  answer.headers.emplace_back("Access-Control-Max-Age", "600");
  return answer;
}

void Api::Parts::finish(const Ask& ask, const Found& found, const std::string& site, Time now,
                        Answer& answer) {
  const auto put = [&](std::string_view name, std::string_view value) {
    const bool there = std::any_of(answer.headers.begin(), answer.headers.end(),
                                   [&](const auto& header) { return same_word(header.first, name); });
    if (!there) answer.headers.emplace_back(name, value);
  };
  put("X-Content-Type-Options", "nosniff");
  put("Referrer-Policy", "no-referrer");
  put("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  put("Cache-Control", "no-store");
  if (answer.status == 405) put("Allow", joined(found.allowed));
  if (found.route == nullptr || !found.route->is_public() || !found.route->path.starts_with("/v1/comments")) {
    return;
  }
  put("Vary", "Origin");
  const std::string* origin = header_of(ask, "Origin");
  if (origin == nullptr) return;
  bool allowed = false;
  if (site.empty()) {
    allowed = sites.any_has(*origin, now);
  } else {
    const auto known = sites.site(site, now);
    // A page that names a site that is none is told so, if it is one of ours.
    allowed = known ? has_origin(*known, *origin) : sites.any_has(*origin, now);
  }
  if (!allowed) return;
  put("Access-Control-Allow-Origin", *origin);
  put("Access-Control-Expose-Headers", "X-Request-Id, Retry-After, Idempotency-Replayed");
}

Answer Api::Parts::refusal(const Ask& ask, const Found& found, Time now, Error error) {
  if (error.code == Code::internal) {
    service.log.error("internal error", {{"request", ask.id}, {"problem", error.what}});
  }
  Answer answer = is_plain_form(ask, found.route) ? problem_page(error) : problem(error);
  if (error.code == Code::unauthorized && ask.path == kQueueFeed)
    answer.headers.emplace_back("WWW-Authenticate", "Basic realm=\"chaffinch\", charset=\"UTF-8\"");
  const std::string* site = ask.param("site");
  finish(ask, found, site != nullptr ? *site : std::string(), now, answer);
  return answer;
}

// What a handler answered, as it leaves.
Answer Api::Parts::whole(const Call& call, const Found& found, Result<Answer> answer) {
  const Ask& ask = call.ask;
  if (!answer) {
    if (answer.error().code == Code::internal) {
      service.log.error("internal error", {{"request", ask.id}, {"problem", answer.error().what}});
    }
    answer = is_plain_form(ask, found.route) ? problem_page(answer.error()) : problem(answer.error());
  }
  // What moderators read is long and much alike, and a claim hands out comments as the queue does; public
  // answers are cut short and tagged elsewhere.
  const bool reads = ask.method == "GET" || found.route->path == "/v1/queue/claim";
  if (reads && !found.route->is_public()) pack(ask, *answer);
  finish(ask, found, call.site, call.now, *answer);
  return std::move(*answer);
}

Api::Api(Intake& intake, Rulebook& rulebook, Backtests& backtests, Gate& gate, Metrics& metrics, Log& log,
         ApiOptions options)
    : parts_(std::make_unique<Parts>(intake, rulebook, backtests, gate, metrics, log, std::move(options))) {}

Api::~Api() = default;

Admission Api::admit(const Ask& ask) {
  const Time now = parts_->options.now();
  const Found found = find_route(ask.method, ask.path);
  Admission admission;
  if (ask.method == "OPTIONS" && !found.allowed.empty() && !parts_->options.only_metrics) return admission;
  const auto refuse = [&](Error error) {
    admission.refusal = std::make_unique<Answer>(parts_->refusal(ask, found, now, std::move(error)));
  };
  auto known = parts_->known(ask, found, now);
  if (!known) {
    refuse(std::move(known).error());
    return admission;
  }
  if (auto fine = check_content(ask, *known->route); !fine) {
    refuse(std::move(fine).error());
    return admission;
  }
  if (known->route->metered && known->who.is_public()) {
    if (const int wait = parts_->service.gate.wait_for_submission(known->who.address, now); wait > 0) {
      parts_->service.metrics.refused("limits");
      refuse(Error{.code = Code::too_many,
                   .what = "too many comments come from this address",
                   .where = {},
                   .advice = "wait " + std::to_string(wait) + " s",
                   .retry_after = wait});
      return admission;
    }
  }
  admission.body_limit = known->route->limit;
  return admission;
}

std::optional<Answer> Api::answer(const Ask& ask, const Later<Answer>& later) {
  const Time now = parts_->options.now();
  Found found = find_route(ask.method, ask.path);
  if (ask.method == "OPTIONS" && !found.allowed.empty() && !parts_->options.only_metrics) {
    Answer answer = parts_->preflight(ask, found, now);
    parts_->finish(ask, found, {}, now, answer);
    return answer;
  }
  auto known = parts_->known(ask, found, now);
  if (!known) return parts_->refusal(ask, found, now, std::move(known).error());
  const Route& route = *known->route;
  Call call{.ask = ask, .who = std::move(known->who), .places = found.places, .now = now, .site = {}};
  call.form = route.body == Body::json_or_form && media_type(ask) == kForm;
  if (const std::string* site = ask.param("site")) call.site = *site;
  if (route.handler.now != nullptr) {
    const Waiting waiting;
    return parts_->whole(call, found, route.handler.now(parts_->service, call));
  }
  const auto kept = std::make_shared<Call>(std::move(call));
  const auto of = std::make_shared<const Found>(std::move(found));
  route.handler.late(parts_->service, kept, [this, kept, of, later](Finish<Result<Answer>> finish) {
    later([this, kept, of, finish = std::move(finish)] { return parts_->whole(*kept, *of, finish()); });
  });
  return std::nullopt;
}

Answer Api::answer(const Ask& ask) {
  return now_from<Answer>([&](const Later<Answer>& later) {
    if (auto there = answer(ask, later)) later([there = std::move(there)] { return *there; });
  });
}

void Api::answered(const Ask& ask, const Answer& answer, double seconds) {
  const Found found = find_route(ask.method, ask.path);
  const std::string_view route = found.route != nullptr ? found.route->path : std::string_view("other");
  // Methods and paths that nobody serves are the client's own words.
  const std::string_view method = found.route != nullptr ? found.route->method : std::string_view("other");
  parts_->service.metrics.answered(method, route, answer.status, seconds);
  parts_->service.log.info("request", {{"request", ask.id},
                                       {"method", std::string(method)},
                                       {"route", std::string(route)},
                                       {"status", static_cast<std::int64_t>(answer.status)},
                                       {"ms", seconds * 1e3}});
}

}  // namespace chaffinch::http
