// A whole house for tests of the API: a real store in a temporary folder, rules, intake, gate and API, with a
// clock that the test sets. Asked in-process, or through a real socket. Header only.
//
//   House house;
//   const std::string token = house.token(Role::moderator, "blog");
//   const Answer answer = house.post("/v1/comments", R"({"article": ...})", house.frontend);
//   CHECK(answer.status == 201);
//   CHECK(member(answer.body, "status") == "pending");
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "analysis/ruleset.h"
#include "backtests.h"
#include "http/api.h"
#include "http/door.h"
#include "http/gate.h"
#include "intake.h"
#include "learning.h"
#include "log.h"
#include "metrics.h"
#include "program.h"
#include "rulebook.h"
#include "secrets.h"
#include "store/store.h"

namespace chaffinch::test {

// The value of the first member of this name, anywhere in a JSON text: of a string its (still escaped) text,
// of anything else the text up to the next comma or bracket. Throws when there is none.
inline std::string member(std::string_view json, std::string_view name) {
  const std::string key = "\"" + std::string(name) + "\":";
  std::size_t at = json.find(key);
  if (at == std::string_view::npos) throw std::runtime_error("no member " + key + " in " + std::string(json));
  at += key.size();
  if (json.at(at) == '"') {
    std::size_t end = at + 1;
    while (end < json.size() && json[end] != '"') end += json[end] == '\\' ? 2 : 1;
    return std::string(json.substr(at + 1, end - at - 1));
  }
  return std::string(json.substr(at, std::min(json.find_first_of(",}]", at), json.size()) - at));
}

// The value of an answer's header; "" when it has none.
inline std::string header(const http::Answer& answer, std::string_view name) {
  for (const auto& [key, value] : answer.headers)
    if (key == name) return value;
  return {};
}

// All values of members of this name that are strings, in order.
inline std::vector<std::string> members(std::string_view json, std::string_view name) {
  const std::string key = "\"" + std::string(name) + "\":\"";
  std::vector<std::string> all;
  for (std::size_t at = json.find(key); at != std::string_view::npos; at = json.find(key, at + 1)) {
    const std::size_t start = at + key.size();
    all.emplace_back(json.substr(start, json.find('"', start) - start));
  }
  return all;
}

// Names of all members, at any depth.
inline std::vector<std::string> names(std::string_view json) {
  std::vector<std::string> all;
  for (std::size_t at = json.find('"'); at != std::string_view::npos; at = json.find('"', at)) {
    std::size_t end = at + 1;
    while (end < json.size() && json[end] != '"') end += json[end] == '\\' ? 2 : 1;
    if (end + 1 < json.size() && json[end + 1] == ':') all.emplace_back(json.substr(at + 1, end - at - 1));
    at = end + 1;
  }
  return all;
}

// {a: b} with ' for ", so that bodies in tests can be read.
inline std::string json(std::string_view text) {
  std::string made(text);
  for (char& c : made)
    if (c == '\'') c = '"';
  return made;
}

class House {
 public:
  struct Options {
    int rate_per_minute = 0;  // no limit
    int rate_burst = 10;
    std::string trusted_proxy = {};
    bool only_metrics = false;
    Moderation moderation = Moderation::publish;
  };

  // Sites "blog" and "other". A comment that says "doubtful" scores at least 4 and waits, "spammy" at
  // least 9. There is no starter set: the learner is silent until it is taught.
  explicit House(Options options)
      : store_(opened(folder_ / "chaffinch.db")),
        log_(LogLevel::off),
        learning_(*store_, {"none", [] { return std::vector<Labelled>(); }}, *rules()),
        intake_(*store_, metrics_, rules()),
        rulebook_(intake_, metrics_, packs),
        backtests_(*store_) {
    intake_.learn_with(learning_);
    rulebook_.start(now);
    http::GateOptions gate;
    gate.rate_per_minute = options.rate_per_minute;
    gate.rate_burst = options.rate_burst;
    if (!options.trusted_proxy.empty())
      gate.trusted_proxies.push_back(Network::parse(options.trusted_proxy).value());
    gate_ = std::make_unique<http::Gate>(gate);
    api_ = std::make_unique<http::Api>(
        intake_, rulebook_, backtests_, *gate_, metrics_, log_,
        http::ApiOptions{
            .now = [this] { return now; }, .min_free_bytes = 1, .only_metrics = options.only_metrics});
    for (const char* id : {"blog", "other"}) {
      Site site;
      site.id = id;
      site.name = id;
      site.url = "https://" + std::string(id) + ".example";
      site.created_at = now;
      site.policy.moderation = options.moderation;
      if (!store_->add_site(site, {})) throw std::runtime_error("no site");
    }
    admin = token(Role::admin, "");
    moderator = token(Role::moderator, "blog");
    frontend = token(Role::frontend, "blog");
  }
  House() : House(Options{}) {}
  ~House() {
    if (!door_) return;
    door_->stop();
    served_.join();
  }
  House(const House&) = delete;
  House& operator=(const House&) = delete;

  // A token's secret.
  std::string token(Role role, const std::string& site, std::optional<Time> expires_at = {}) {
    const NewSecret secret = new_secret(role);
    Token token;
    token.id = new_id(now);
    token.name = std::string(word(role)) + "-" + (site.empty() ? "all" : site);
    token.role = role;
    token.site = site;
    token.created_at = now;
    token.expires_at = expires_at;
    if (!store_->add_token(token, secret.hash)) throw std::runtime_error("no token");
    return secret.text;
  }

  using Headers = std::vector<std::pair<std::string, std::string>>;

  // As the door would: admission, then the answer. `target` may hold a query. An empty token: nobody.
  http::Answer ask(const std::string& method, const std::string& target, const std::string& body = {},
                   const std::string& token = {}, Headers headers = {}) {
    http::Ask ask;
    ask.method = method;
    const std::size_t mark = std::min(target.find('?'), target.size());
    ask.path = target.substr(0, mark);
    if (mark < target.size()) ask.query = http::parse_form(std::string_view(target).substr(mark + 1));
    ask.headers = std::move(headers);
    bool typed = false;
    for (const auto& header : ask.headers) typed = typed || header.first == "Content-Type";
    if (!body.empty()) ask.headers.emplace_back("Content-Length", std::to_string(body.size()));
    if (!body.empty() && !typed) ask.headers.emplace_back("Content-Type", "application/json");
    if (!token.empty()) ask.headers.emplace_back("Authorization", "Bearer " + token);
    ask.peer = peer;
    ask.version = "HTTP/1.1";
    ask.id = "test";
    http::Admission admission = api_->admit(ask);
    if (admission.refusal) return std::move(*admission.refusal);
    if (body.size() > admission.body_limit) throw std::runtime_error("the door would refuse this body");
    ask.body = body;
    return api_->answer(ask);
  }
  http::Answer get(const std::string& target, const std::string& token = {}, Headers headers = {}) {
    return ask("GET", target, {}, token, std::move(headers));
  }
  http::Answer post(const std::string& target, const std::string& body, const std::string& token = {},
                    Headers headers = {}) {
    return ask("POST", target, body, token, std::move(headers));
  }

  // The whole service behind a real socket: its port.
  int serve() {
    door_ = std::make_unique<http::Door>(
        http::DoorOptions{}, [this](const http::Ask& ask) { return api_->admit(ask); },
        [this](const http::Ask& ask, const Later<http::Answer>& later) { return api_->answer(ask, later); });
    const int port = door_->bind();
    served_ = std::thread([this] { door_->serve(); });
    return port;
  }

  Store& store() { return *store_; }
  std::string database() const { return folder_ / "chaffinch.db"; }
  Intake& intake() { return intake_; }
  Rulebook& rulebook() { return rulebook_; }
  Metrics& metrics() { return metrics_; }
  http::Api& api() { return *api_; }

  Time now = 1'795'449'600 * kSecond;  // 2026-11-23T16:00:00Z
  std::string peer = "198.51.100.7";
  std::string admin, moderator, frontend;  // of all sites, of "blog", of "blog"

  static Result<std::vector<PackSource>> packs() {
    static const std::string kPack = R"(
pack = "house"
about = "Rules that the tests can rely on"

[[pattern]]
name = "house_doubtful"
about = "Says doubtful."
score = 4.0
type = "word"
match = ["doubtful"]
spam = ["a doubtful word"]
ham = ["a plain word"]

[[pattern]]
name = "house_spam"
about = "Says spammy."
score = 9.0
type = "word"
match = ["spammy"]
spam = ["a spammy word"]
ham = ["a plain word"]
)";
    return std::vector<PackSource>{{.name = "house.toml", .text = kPack, .lists = {}}};
  }

  static std::shared_ptr<const RuleSet> rules() {
    std::vector<Error> errors;
    static const auto kRules = RuleSet::build(packs().value(), errors);
    if (!kRules) throw std::runtime_error("the house's rules: " + (errors.empty() ? "?" : errors[0].what));
    return kRules;
  }

 private:
  static std::unique_ptr<Store> opened(const std::string& file) {
    StoreOptions options;
    options.address = "sqlite:" + file;
    return open_store(options);
  }

  TempFolder folder_{"house"};
  std::unique_ptr<Store> store_;
  Metrics metrics_;
  Log log_;
  Learning learning_;
  Intake intake_;
  Rulebook rulebook_;
  Backtests backtests_;
  std::unique_ptr<http::Gate> gate_;
  std::unique_ptr<http::Api> api_;
  std::unique_ptr<http::Door> door_;
  std::thread served_;
};

}  // namespace chaffinch::test
