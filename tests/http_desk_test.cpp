// Signing in at the desk: codes and tokens, the cookie and what it is good for, whose pages may write with
// it.
#include <doctest/doctest.h>

#include <regex>
#include <set>
#include <string>
#include <vector>

#include "house.h"
#include "http/desk_cookie.h"
#include "http/routes.h"
#include "http/web.h"
#include "web_files.h"

using namespace chaffinch;
using namespace chaffinch::http;
using chaffinch::test::header;
using chaffinch::test::House;
using chaffinch::test::json;
using chaffinch::test::member;

namespace {

const std::string kHost = "desk.example:8080";
const std::string kOrigin = "http://desk.example:8080";

// "chaffinch_desk=..." of an answer that signed in; the whole header goes to `all`.
std::string cookie_of(const Answer& answer) {
  const std::string all = header(answer, "Set-Cookie");
  return all.substr(0, all.find(';'));
}

House::Headers ours(const std::string& cookie = {}, House::Headers more = {}) {
  House::Headers headers = {{"Host", kHost}, {"Origin", kOrigin}};
  if (!cookie.empty()) headers.emplace_back("Cookie", cookie);
  for (auto& one : more) headers.push_back(std::move(one));
  return headers;
}

Answer sign_in(House& house, const std::string& token, House::Headers headers = ours()) {
  return house.post("/desk/session", json("{'token':'" + token + "'}"), {}, std::move(headers));
}

// The cookie of a browser that is signed in with this token.
std::string signed_in(House& house, const std::string& token) {
  const Answer answer = sign_in(house, token);
  REQUIRE_MESSAGE(answer.status == 200, answer.body);
  return cookie_of(answer);
}

std::string id_of(House& house, const std::string& token) {
  return member(house.get("/desk/session", token).body, "token_id");
}

std::string code_for(House& house, const std::string& token_id) {
  const Answer answer = house.post("/v1/tokens/" + token_id + "/link", {}, house.admin);
  REQUIRE_MESSAGE(answer.status == 201, answer.body);
  CHECK(member(answer.body, "path") == "/desk/in#" + member(answer.body, "code"));
  return member(answer.body, "code");
}

int status_of_cookie(House& house, const std::string& cookie) {
  return house.get("/v1/queue", {}, {{"Cookie", cookie}}).status;
}

Answer with_code(House& house, const std::string& code) {
  return house.post("/desk/session", json("{'code':'" + code + "'}"), {}, ours());
}

}  // namespace

TEST_SUITE_BEGIN("api: desk");

TEST_CASE("a link signs in once, in the name of its token") {
  House house;
  const std::string id = id_of(house, house.moderator);
  const std::string code = code_for(house, id);
  const Answer answer = with_code(house, code);
  REQUIRE_MESSAGE(answer.status == 200, answer.body);
  CHECK(member(answer.body, "role") == "moderator");
  CHECK(member(answer.body, "name") == "moderator-blog");
  CHECK(member(answer.body, "holder") == "moderator-blog");
  CHECK(member(answer.body, "site") == "blog");
  CHECK(member(answer.body, "token_id") == id);
  CHECK(member(answer.body, "expires_at") == "2026-11-24T04:00:00Z");
  const std::string cookie = cookie_of(answer);
  CHECK(house.get("/desk/session", {}, {{"Cookie", cookie}}).body == answer.body);
  CHECK(header(answer, "Cache-Control") == "no-store");

  const Answer again = with_code(house, code);
  CHECK(again.status == 401);
  CHECK(header(again, "Set-Cookie").empty());
  CHECK(again.body.find("once") != std::string::npos);
  // Not after its time, either.
  const std::string late = code_for(house, id);
  house.now += kSignInCode;
  CHECK(with_code(house, late).status == 401);
  // A code is no token and no cookie, a cookie's secret no token.
  const std::string fresh = code_for(house, id);
  CHECK(house.get("/v1/queue", fresh).status == 401);
  CHECK(status_of_cookie(house, std::string(kDeskCookie) + "=" + fresh) == 401);
  CHECK(house.get("/v1/queue", cookie.substr(cookie.find('=') + 1)).status == 401);
  CHECK(with_code(house, cookie.substr(cookie.find('=') + 1)).status == 401);
  CHECK(with_code(house, fresh).status == 200);
}

TEST_CASE("what is wrong with a sign-in is told, and signs nobody in") {
  House house;
  const std::string good = json("{'token':'" + house.moderator + "'}");
  struct Row {
    std::string body;
    int status;
  };
  for (const Row& row : std::vector<Row>{
           {"{}", 400},
           {"[]", 400},
           {json("{'code':'" + house.moderator + "','token':'" + house.moderator + "'}"), 400},
           {json("{'code':5}"), 400},
           {json("{'token':'" + house.moderator + "','more':1}"), 400},
           {json("{'code':'" + std::string(201, 'a') + "'}"), 400},
           {json("{'code':'short'}"), 401},
           {json("{'code':'" + std::string(43, 'a') + "'}"), 401},
           {json("{'code':'" + std::string(43, '.') + "'}"), 401},
           {json("{'token':'chf_unknown'}"), 401},
           {json("{'token':'two words'}"), 401},
           {json("{'token':'\\u00e9'}"), 401},
           {json("{'token':'" + house.frontend + "'}"), 403},
           {json("{'token':'" + house.token(Role::feed, "blog") + "'}"), 403},
           {json("{'token':'" + house.token(Role::metrics, "") + "'}"), 403},
       }) {
    CAPTURE(row.body);
    const Answer answer = house.post("/desk/session", row.body, {}, ours());
    CHECK(answer.status == row.status);
    CHECK(header(answer, "Set-Cookie").empty());
    CHECK(answer.body.find(house.frontend) == std::string::npos);
  }
  CHECK(house.post("/desk/session?token=x", good, {}, ours()).status == 400);
  CHECK(house.post("/desk/session", good, {}, ours({}, {{"Content-Type", "text/plain"}})).status == 415);
  CHECK(house.post("/desk/session", good, {}, ours()).status == 200);
}

TEST_CASE("the cookie is not for scripts nor for other sites, and Secure when the browser came over https") {
  House::Options options;
  options.trusted_proxy = "10.0.0.0/8";
  House house(options);
  const auto flags = [&](House::Headers more) {
    const Answer answer = sign_in(house, house.moderator, ours({}, std::move(more)));
    REQUIRE(answer.status == 200);
    const std::string all = header(answer, "Set-Cookie");
    CHECK(is_desk_secret(all.substr(15, 43)));
    return all.substr(15 + 43);
  };
  const std::string plain = "; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000";
  CHECK(flags({}) == plain);
  CHECK(flags({{"X-Forwarded-Proto", "https"}}) == plain);  // says who is not trusted
  house.peer = "10.1.2.3";
  CHECK(flags({}) == plain);
  CHECK(flags({{"X-Forwarded-Proto", "http"}}) == plain);
  CHECK(flags({{"X-Forwarded-Proto", "https"}}) == plain + "; Secure");
  // What the client itself sent stands before what the proxy adds.
  CHECK(flags({{"X-Forwarded-Proto", "https, http"}}) == plain);
  CHECK(flags({{"X-Forwarded-Proto", "http"}, {"X-Forwarded-Proto", "HTTPS"}}) == plain + "; Secure");
  const Answer out = house.ask("DELETE", "/desk/session", {}, {}, ours({}, {{"X-Forwarded-Proto", "https"}}));
  CHECK(header(out, "Set-Cookie") == "chaffinch_desk=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0; Secure");
}

TEST_CASE("a session may do what its token may, under its name, and no more") {
  House house;
  const std::string cookie = signed_in(house, house.moderator);
  const std::string id = member(
      house.post("/v1/comments", json("{'article':{'id':'a'},'content':'doubtful'}"), house.frontend).body,
      "id");
  const Answer claimed = house.post("/v1/queue/claim", json("{'count':1}"), {}, ours(cookie));
  CHECK(claimed.status == 200);
  CHECK(member(claimed.body, "holder") == "moderator-blog");
  // The same holder as by token: it may give back what the session took.
  CHECK(member(house.get("/v1/queue?claimed=true", house.moderator).body, "id") == id);
  const Answer decided =
      house.post("/v1/decisions", json("{'ids':['" + id + "'],'decision':'approve'}"), {}, ours(cookie));
  CHECK(decided.status == 200);
  CHECK(house.get("/v1/decisions", house.moderator).body.find("\"by\":\"moderator-blog\"") !=
        std::string::npos);
  CHECK(house.get("/v1/queue?site=other", {}, ours(cookie)).status == 404);
  CHECK(house.get("/v1/tokens", {}, ours(cookie)).status == 403);
  CHECK(house.get("/v1/sites", {}, ours(cookie)).body.find("\"other\"") == std::string::npos);
  CHECK(house.get("/v1/sites/blog", {}, ours(cookie)).status == 200);
  CHECK(house.get("/v1/sites/other", {}, ours(cookie)).status == 404);
  CHECK(house.ask("PATCH", "/v1/sites/blog", json("{'name':'N'}"), {}, ours(cookie)).status == 403);
  const std::string admin = signed_in(house, house.admin);
  CHECK(house.get("/v1/tokens", {}, ours(admin)).status == 200);
  CHECK(house.get("/metrics", {}, ours(admin)).status == 200);
  // A token in Authorization wins, a bad one as well.
  CHECK(house.get("/v1/tokens", house.moderator, ours(admin)).status == 403);
  CHECK(house.get("/v1/queue", "chf_unknown", ours(admin)).status == 401);
  CHECK(house.get("/v1/queue", {}, ours(admin, {{"Authorization", "Receipt x"}})).status == 401);
  // A write that is repeated after signing in anew is done once.
  const std::string block = json("{'kind':'ip','value':'192.0.2.1'}");
  const Answer first = house.post("/v1/blocks", block, {}, ours(cookie, {{"Idempotency-Key", "k"}}));
  CHECK(first.status == 201);
  const Answer again = house.post("/v1/blocks", block, {},
                                  ours(signed_in(house, house.moderator), {{"Idempotency-Key", "k"}}));
  CHECK(header(again, "Idempotency-Replayed") == "true");
}

TEST_CASE("what needs no token does not look at the cookie") {
  House house;
  const std::string admin = signed_in(house, house.admin);
  // An admin would be shown the verdict and need no site's own origin.
  const std::string body = json("{'site':'blog','article':{'id':'a'},'content':'a doubtful thing'}");
  for (const std::string& cookie : {std::string(), admin, std::string("chaffinch_desk=broken")}) {
    House::Headers headers = {{"Host", kHost}, {"Origin", "https://blog.example"}};
    if (!cookie.empty()) headers.emplace_back("Cookie", cookie);
    const Answer answer = house.post("/v1/comments", body, {}, headers);
    CHECK(answer.status == 201);
    CHECK(answer.body.find("verdict") == std::string::npos);
    CHECK(header(answer, "Access-Control-Allow-Origin") == "https://blog.example");
    CHECK(house.get("/v1/comments?site=blog&article=a", {}, headers).status == 200);
  }
  const std::string full =
      json("{'site':'blog','article':{'id':'a'},'content':'x','client':{'ip':'192.0.2.1'}}");
  CHECK(house.post("/v1/comments", full, {}, ours(admin)).status == 403);
  CHECK(house.post("/v1/comments", full, house.admin, ours(admin)).status == 201);
  CHECK(house.get("/healthz", {}, {{"Cookie", "chaffinch_desk=broken"}}).status == 200);
}

TEST_CASE("every write with the cookie needs our own Origin") {
  House house;
  const std::string admin = signed_in(house, house.admin);
  std::size_t asked = 0;
  for (const Route& route : routes()) {
    if (route.method == "GET" || route.is_public()) continue;
    ++asked;
    std::string path(route.path);
    if (const std::size_t at = path.find('{'); at != std::string::npos)
      path.replace(at, path.find('}') + 1 - at, "01890000-0000-7000-8000-000000000000");
    const bool json_body = route.body == Body::json;
    const auto status = [&](House::Headers headers) {
      headers.emplace_back("Cookie", admin);
      return house.ask(std::string(route.method), path, json_body ? "{}" : "", {}, std::move(headers)).status;
    };
    CAPTURE(route.method);
    CAPTURE(path);
    for (const char* origin : {"https://evil.example", "null", "", "http://desk.example", "desk.example:8080",
                               "http://desk.example:8081", "http://desk.example:8080.evil.example",
                               "http://evil.example@desk.example:8080", "file://desk.example:8080"}) {
      CAPTURE(origin);
      CHECK(status({{"Host", kHost}, {"Origin", origin}}) == 403);
    }
    CHECK(status({{"Host", kHost}}) == 403);
    CHECK(status({{"Origin", kOrigin}}) == 403);  // no Host: HTTP/1.0
    CHECK(status({{"Host", kHost}, {"Origin", kOrigin}, {"Origin", "https://evil.example"}}) == 403);
    for (const char* from : {"cross-site", "same-site", "none", ""}) {
      CHECK(status({{"Host", kHost}, {"Origin", kOrigin}, {"Sec-Fetch-Site", from}}) == 403);
    }
    // From whom is not trusted a forwarded host is only a word.
    CHECK(
        status({{"Host", kHost}, {"Origin", "https://evil.example"}, {"X-Forwarded-Host", "evil.example"}}) ==
        403);
  }
  CHECK(asked > 20);
  CHECK(status_of_cookie(house, admin) == 200);
  CHECK(house.get("/v1/queue", house.admin).status == 200);
  // Ours, in any case of letters, and with a port that goes without saying.
  const std::string body = json("{'kind':'ip','value':'192.0.2.1'}");
  for (const auto& [host, origin] : {std::pair{"desk.example:8080", "http://DESK.example:8080"},
                                     {"desk.example", "http://desk.example:80"},
                                     {"desk.example:443", "https://desk.example"},
                                     {"[::1]:8080", "http://[::1]:8080"}}) {
    CAPTURE(origin);
    CHECK(
        house
            .post("/v1/blocks", body, {},
                  {{"Host", host}, {"Origin", origin}, {"Sec-Fetch-Site", "same-origin"}, {"Cookie", admin}})
            .status == 201);
  }
}

TEST_CASE("behind a trusted proxy its own host is ours") {
  House::Options options;
  options.trusted_proxy = "10.0.0.0/8";
  House house(options);
  house.peer = "10.0.0.1";
  const std::string cookie = signed_in(house, house.moderator);
  const auto status = [&](const char* forwarded) {
    return house
        .post("/v1/blocks", json("{'kind':'ip','value':'192.0.2.1'}"), {},
              {{"Host", "backend:8080"},
               {"X-Forwarded-Host", forwarded},
               {"Origin", "https://comments.example"},
               {"Cookie", cookie}})
        .status;
  };
  CHECK(status("comments.example") == 201);
  CHECK(status("comments.example:443") == 201);
  CHECK(status("evil.example, comments.example") == 201);
  CHECK(status("comments.example, evil.example") == 403);
  CHECK(status("evil.example") == 403);
  CHECK(status("") == 403);
  house.peer = "192.0.2.1";
  CHECK(status("comments.example") == 403);
}

TEST_CASE("nobody is signed in or out by a foreign page") {
  House house;
  const std::string body = json("{'token':'" + house.moderator + "'}");
  const auto status = [&](House::Headers headers) {
    return house.post("/desk/session", body, {}, std::move(headers)).status;
  };
  CHECK(status({{"Host", kHost}}) == 200);  // a program, without any cookie
  CHECK(status({{"Host", kHost}, {"Origin", "https://evil.example"}}) == 403);
  CHECK(status({{"Host", kHost}, {"Origin", "null"}}) == 403);
  CHECK(status({{"Host", kHost}, {"Sec-Fetch-Site", "cross-site"}}) == 403);
  const std::string cookie = signed_in(house, house.moderator);
  CHECK(status({{"Host", kHost}, {"Cookie", cookie}}) == 403);
  CHECK(house.ask("DELETE", "/desk/session", {}, {}, {{"Host", kHost}, {"Cookie", cookie}}).status == 403);
  CHECK(house
            .ask("DELETE", "/desk/session", {}, {},
                 {{"Host", kHost}, {"Cookie", cookie}, {"Origin", "https://evil.example"}})
            .status == 403);
  CHECK(status_of_cookie(house, cookie) == 200);
}

TEST_CASE("signing out ends this session, or all of the token, at once") {
  House house;
  const std::string one = signed_in(house, house.moderator);
  const std::string two = signed_in(house, house.moderator);
  const std::string admins = signed_in(house, house.admin);
  for (const std::string& cookie : {one, two, admins}) CHECK(status_of_cookie(house, cookie) == 200);
  const Answer out = house.ask("DELETE", "/desk/session", {}, {}, ours(one));
  CHECK(out.status == 204);
  CHECK(header(out, "Set-Cookie") == "chaffinch_desk=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
  CHECK(status_of_cookie(house, one) == 401);
  CHECK(status_of_cookie(house, two) == 200);
  // Signed out already, or never in.
  CHECK(house.ask("DELETE", "/desk/session", {}, {}, ours(one)).status == 204);
  CHECK(house.ask("DELETE", "/desk/session", {}, {}, ours()).status == 204);
  CHECK(house.get("/desk/session", {}, ours(one)).status == 401);
  CHECK(house.get("/desk/session").status == 401);

  // A new sign-in takes the place of the browser's session before.
  const std::string three = cookie_of(sign_in(house, house.admin, ours(two)));
  CHECK(status_of_cookie(house, two) == 401);
  const std::string four = signed_in(house, house.admin);
  const Answer all = house.ask("DELETE", "/desk/sessions", {}, {}, ours(four));
  CHECK(all.status == 200);
  CHECK(all.body == json("{'ended':3}"));
  CHECK(header(all, "Set-Cookie").find("Max-Age=0") != std::string::npos);
  for (const std::string& cookie : {three, four, admins}) CHECK(status_of_cookie(house, cookie) == 401);
  CHECK(house.get("/v1/queue", house.admin).status == 200);
}

TEST_CASE("a session ends with its token, and in its time") {
  House house;
  const std::string cookie = signed_in(house, house.moderator);
  const std::string code = code_for(house, id_of(house, house.moderator));
  CHECK(status_of_cookie(house, cookie) == 200);
  REQUIRE(house.ask("DELETE", "/v1/tokens/" + id_of(house, house.moderator), {}, house.admin).status == 204);
  CHECK(status_of_cookie(house, cookie) == 401);
  CHECK(with_code(house, code).status == 401);

  const std::string brief = house.token(Role::moderator, "blog", house.now + kHour);
  const std::string short_lived = signed_in(house, brief);
  const std::string idle = signed_in(house, house.admin);
  const std::string used = signed_in(house, house.admin);
  house.now += kHour - 1;
  CHECK(status_of_cookie(house, short_lived) == 200);
  house.now += 1;
  CHECK(status_of_cookie(house, short_lived) == 401);
  const Time began = house.now - kHour;
  while (house.now < began + kSessionIdle) {
    CHECK(status_of_cookie(house, used) == 200);
    REQUIRE(house.store().health().writable);  // what was noted is written by now
    house.now += kHour;
  }
  CHECK(status_of_cookie(house, idle) == 401);
  CHECK(status_of_cookie(house, used) == 200);
  CHECK(member(house.get("/desk/session", {}, ours(used)).body, "expires_at") ==
        format_time(house.now + kSessionIdle));
}

TEST_CASE("guessing is slowed, and a page with a cookie that is over keeps nobody out") {
  House house;
  const std::string cookie = signed_in(house, house.moderator);
  // Codes count as unknown tokens do.
  for (int i = 0; i < Gate::kFailures; ++i) {
    const std::string code = new_desk_secret().text;
    CHECK(with_code(house, code).status == 401);
  }
  const Answer slowed = with_code(house, new_desk_secret().text);
  CHECK(slowed.status == 429);
  CHECK(header(slowed, "Retry-After") == "10");
  CHECK(sign_in(house, "chf_unknown").status == 429);
  CHECK(status_of_cookie(house, cookie) == 200);  // who is in stays in
  house.peer = "198.51.100.8";
  CHECK(sign_in(house, house.moderator).status == 200);

  // A page that goes on asking is counted once.
  house.peer = "198.51.100.9";
  const std::string over = std::string(kDeskCookie) + "=" + new_desk_secret().text;
  for (int i = 0; i < 100; ++i) CHECK(status_of_cookie(house, over) == 401);
  CHECK(sign_in(house, house.moderator).status == 200);
  // Made up cookies are slowed, apart from tokens.
  int status = 401;
  for (int i = 0; i < Gate::kKeyFailures + 1 && status == 401; ++i)
    status = status_of_cookie(house, std::string(kDeskCookie) + "=" + new_desk_secret().text);
  CHECK(status == 429);
  CHECK(sign_in(house, house.admin).status == 200);
  CHECK(house.get("/v1/queue", house.moderator).status == 200);
}

TEST_CASE("hostile cookies are nobody's") {
  House house;
  const std::string good = signed_in(house, house.moderator);
  const std::string secret = good.substr(good.find('=') + 1);
  for (const std::string& cookie :
       {std::string("chaffinch_desk="), std::string("chaffinch_desk"), "chaffinch_desk=" + secret + "x",
        "chaffinch_desk=" + secret.substr(1), "chaffinch_desk=\"" + secret + "\"",
        "chaffinch_desk=" + std::string(20'000, 'a'), "chaffinch_desk=" + std::string("\xff\x80\x01", 3),
        std::string("chaffinch_desk=' OR 1=1 --"), good + "; " + good,
        "chaffinch_desk=" + new_desk_secret().text + "; " + good,
        good + "; chaffinch_desk=", "Chaffinch_Desk=" + secret, "xchaffinch_desk=" + secret,
        "a=chaffinch_desk=" + secret, std::string(";;;=;"), std::string("=")}) {
    CAPTURE(cookie);
    CHECK(status_of_cookie(house, cookie) == 401);
  }
  CHECK(house.get("/v1/queue", {}, {{"Cookie", good}, {"Cookie", good}}).status == 401);
  for (const std::string& cookie :
       {good, "a=b; " + good, good + ";c", " a=\"x;" + good + " ", "theme=dark;" + good + "; x=y"})
    CHECK(status_of_cookie(house, cookie) == 200);
  CHECK(house.get("/v1/queue", {}, {{"Cookie", "a=b"}, {"cookie", good}}).status == 200);
}

TEST_CASE("links are made for those who have a desk, within reach, and shown once") {
  House house;
  const std::string mine = id_of(house, house.moderator);
  const std::string bound = house.token(Role::admin, "other");
  const auto link = [&](const std::string& id, const std::string& token, House::Headers headers = {}) {
    return house.post("/v1/tokens/" + id + "/link", {}, token, std::move(headers));
  };
  CHECK(link(mine, house.moderator).status == 403);
  CHECK(link(mine, bound).status == 404);
  CHECK(link("x", house.admin).status == 404);
  CHECK(link("01890000-0000-7000-8000-000000000000", house.admin).status == 404);
  const Answer feed = house.post("/v1/tokens", json("{'role':'feed'}"), house.admin);
  CHECK(feed.body.find("desk_") == std::string::npos);
  CHECK(link(member(feed.body, "id"), house.admin).status == 409);
  const Answer first = link(mine, house.admin, {{"Idempotency-Key", "k"}});
  CHECK(first.status == 201);
  CHECK(member(first.body, "expires_at") == "2026-11-23T16:30:00Z");
  const Answer again = link(mine, house.admin, {{"Idempotency-Key", "k"}});
  CHECK(again.status == 409);
  CHECK(again.body.find(member(first.body, "code")) == std::string::npos);

  const Answer made =
      house.post("/v1/tokens", json("{'role':'moderator','site':'blog','name':'Kim'}"), house.admin);
  CHECK(member(made.body, "desk_path") == "/desk/in#" + member(made.body, "desk_code"));
  CHECK(member(with_code(house, member(made.body, "desk_code")).body, "name") == "Kim");
  CHECK(house.get("/v1/tokens", house.admin).body.find("desk_") == std::string::npos);
}

TEST_CASE("the desk's pages are one page under a stricter policy, and are asked for each time") {
  House house;
  const std::string page(web_file("/desk").value());
  std::set<std::string> tags;
  for (const char* path :
       {"/desk", "/desk?status=spam&site=blog&rule=x", "/desk/in", "/desk/rules", "/desk/numbers",
        "/desk/log", "/desk/sites?site=blog", "/desk/tokens", "/desk/blocks"}) {
    CAPTURE(path);
    const Answer answer = house.get(path);
    CHECK(answer.status == 200);
    CHECK(answer.type == "text/html; charset=utf-8");
    CHECK(answer.body == page);
    CHECK(header(answer, "Cache-Control") == "no-cache");
    CHECK(
        header(answer, "Content-Security-Policy") ==
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
        "trusted-types 'none'");
    tags.insert(header(answer, "ETag"));
  }
  REQUIRE(tags.size() == 1);
  const Answer same = house.get("/desk/in", {}, {{"If-None-Match", *tags.begin()}});
  CHECK(same.status == 304);
  CHECK(same.body.empty());
  CHECK(header(same, "Cache-Control") == "no-cache");
  const Answer style = house.get("/desk/desk.css");
  CHECK(style.type == "text/css; charset=utf-8");
  CHECK(header(style, "Cache-Control") == "no-cache");
  CHECK(header(style, "Access-Control-Allow-Origin").empty());
  CHECK(house.get("/desk/none.js").status == 404);
  CHECK(house.get("/desk/in/deeper").status == 404);
  CHECK(house.get("/desk/desk.css?v=1").status == 400);
  CHECK(house.get("/desk/..").status == 404);
  // The other pages stay as they were.
  CHECK(header(house.get("/demo"), "Content-Security-Policy").find("trusted-types") == std::string::npos);
  CHECK(header(house.get("/demo/page.css"), "Cache-Control") == "public, max-age=300");
}

TEST_CASE("the desk's scripts have names of their own for what is in them, and are kept for good") {
  House house;
  const std::string page(web_file("/desk").value());
  static const std::regex kNamed("(?:src|href)=\"(/desk/[^\"]+)\"");
  std::size_t scripts = 0;
  for (std::sregex_iterator one(page.begin(), page.end(), kNamed), end; one != end; ++one) {
    const std::string path = (*one)[1];
    CAPTURE(path);
    const Answer file = house.get(path);
    CHECK(file.status == 200);
    if (!path.ends_with(".js")) {
      CHECK(header(file, "Cache-Control") == "no-cache");
      continue;
    }
    ++scripts;
    CHECK(file.type == "text/javascript; charset=utf-8");
    CHECK(header(file, "Cache-Control") == "public, max-age=31536000, immutable");
    // What app.js imports stands in the page, else it is found late.
    static const std::regex kImport("(?:from|import) ?\"\\./([^\"]+)\"");
    for (std::sregex_iterator other(file.body.begin(), file.body.end(), kImport); other != end; ++other)
      CHECK_MESSAGE(page.find("/desk/" + std::string((*other)[1])) != std::string::npos, (*other)[1]);
  }
  // What is asked first, what all pages share, and the desk.
  CHECK(scripts == 3);
  // A name that is no file's is not kept, however it looks.
  const Answer none = house.get("/desk/app-AAAAAAAA.js");
  CHECK(none.status == 404);
  CHECK(header(none, "Cache-Control").find("immutable") == std::string::npos);
  std::size_t notices = 0;
  for (const auto& [name, text] : kWebFiles) {
    if (!name.starts_with("desk/") || !name.ends_with(".js")) continue;
    if (text.find("Copyright (c) 2017 Jason Miller") != std::string_view::npos) ++notices;
    CHECK_MESSAGE(text.find("eval(") == std::string_view::npos, name);
  }
  CHECK_MESSAGE(notices == 1, "Preact's licence is where Preact is");
}

TEST_CASE("over a real socket: in by a link, a decision, out") {
  House house;
  const std::string code = code_for(house, id_of(house, house.moderator));
  const std::string comment = member(
      house.post("/v1/comments", json("{'article':{'id':'a'},'content':'doubtful'}"), house.frontend).body,
      "id");
  const int port = house.serve();
  const std::string origin = "Origin: http://127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n";
  const auto ask = [&](const std::string& method, const std::string& path, const std::string& body,
                       const std::string& headers) {
    return test::ask(port, method, path, {}, body, headers);
  };
  CHECK(ask("GET", "/desk/in", "", "").status == 200);
  CHECK(ask("GET", "/desk/session", "", "").status == 401);
  const auto in = ask("POST", "/desk/session", json("{'code':'" + code + "'}"), origin);
  REQUIRE(in.status == 200);
  const std::size_t at = in.head.find("Set-Cookie: ");
  REQUIRE(at != std::string::npos);
  const std::string cookie = "Cookie: " + in.head.substr(at + 12, in.head.find(';', at) - at - 12) + "\r\n";
  CHECK(ask("GET", "/v1/queue", "", cookie).body.find(comment) != std::string::npos);
  const std::string decision = json("{'ids':['" + comment + "'],'decision':'approve'}");
  CHECK(ask("POST", "/v1/decisions", decision, cookie).status == 403);
  CHECK(ask("POST", "/v1/decisions", decision, cookie + origin).status == 200);
  CHECK(ask("DELETE", "/desk/session", "", cookie + origin).status == 204);
  CHECK(ask("GET", "/v1/queue", "", cookie).status == 401);
  CHECK(ask("GET", "/v1/queue", "", "Cookie: chaffinch_desk=" + std::string(30'000, 'x') + "\r\n").status ==
        401);
}

TEST_CASE("what moderators read is compressed where the caller takes that and it is long") {
  House house;
  const auto get = [&](const std::string& path, const std::string& takes, const std::string& token) {
    return house.ask("GET", path, {}, token,
                     takes.empty() ? House::Headers{} : House::Headers{{"Accept-Encoding", takes}});
  };
  const Answer plain = get("/v1/rules", {}, house.moderator);
  REQUIRE(plain.status == 200);
  REQUIRE(plain.body.size() > 10'000);
  CHECK(header(plain, "Content-Encoding").empty());
  CHECK(header(plain, "Vary") == "Accept-Encoding");
  const Answer packed = get("/v1/rules", "br, gzip", house.moderator);
  CHECK(packed.status == 200);
  CHECK(header(packed, "Content-Encoding") == "gzip");
  CHECK(header(packed, "Vary") == "Accept-Encoding");
  CHECK(packed.body.starts_with("\x1f\x8b"));
  CHECK(packed.body.size() < plain.body.size() / 3);
  for (const char* other : {"br", "gzip;q=0", "identity"}) {
    CAPTURE(other);
    const Answer answer = get("/v1/rules", other, house.moderator);
    CHECK(header(answer, "Content-Encoding").empty());
    CHECK(answer.body == plain.body);
  }
  // A claim hands out comments; any other write answers as it is.
  for (int i = 0; i < 4; ++i)
    house.post(
        "/v1/comments",
        json("{'article':{'id':'a'},'content':'doubtful " + std::string(300, 'x') + std::to_string(i) + "'}"),
        house.frontend);
  const auto claim = [&](const std::string& takes) {
    return house.ask("POST", "/v1/queue/claim", json("{'count':4}"), house.moderator,
                     {{"Accept-Encoding", takes}});
  };
  const Answer claimed = claim("gzip");
  REQUIRE(claimed.status == 200);
  CHECK(header(claimed, "Content-Encoding") == "gzip");
  CHECK(claimed.body.starts_with("\x1f\x8b"));
  CHECK(header(claim("identity"), "Content-Encoding").empty());
  // Short ones, problems, and what anybody may read.
  CHECK(header(get("/v1/queue/counts", "gzip", house.moderator), "Content-Encoding").empty());
  CHECK(header(get("/v1/queue?limit=x", "gzip", house.moderator), "Content-Encoding").empty());
  CHECK(header(get("/v1/openapi.json", "gzip", {}), "Content-Encoding").empty());
}
