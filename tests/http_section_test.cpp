// The comment section: forms and their tokens, the fragment, feeds, and the files for browsers.
#include <doctest/doctest.h>

#include <algorithm>
#include <regex>
#include <set>
#include <string>

#include "house.h"
#include "http/web.h"
#include "http/wire.h"
#include "web_files.h"

using namespace chaffinch;
using chaffinch::http::Answer;
using chaffinch::test::header;
using chaffinch::test::House;
using chaffinch::test::json;
using chaffinch::test::member;
using chaffinch::test::members;

namespace {

constexpr const char* kForm = "application/x-www-form-urlencoded";
const House::Headers kBrowser = {
    {"Content-Type", kForm},
    {"User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"},
    {"Referer", "https://blog.example/bread"}};

bool holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string token_of(House& house, const std::string& article = "/bread") {
  return member(house.get("/v1/comments/form?site=blog&article=" + article).body, "token");
}

// What a browser sends; the outcome that it is sent back with.
std::string posted(House& house, const std::string& words, const std::string& more) {
  const Answer answer = house.post(
      "/v1/comments", "site=blog&article=/bread&name=Ana&email=ana@mail.example&content=" + words + more, {},
      kBrowser);
  REQUIRE_MESSAGE(answer.status == 303, answer.body);
  const std::string way = header(answer, "Location");
  REQUIRE(way.starts_with("https://blog.example/bread?chaffinch="));
  return way.substr(way.find('=') + 1);
}

// The newest comment as moderators see it.
std::string newest(House& house) {
  const std::string queue = house.get("/v1/queue?status=any&sort=newest&limit=1", house.moderator).body;
  return house.get("/v1/comments/" + member(queue, "id"), house.moderator).body;
}
std::string token_state(House& house) {
  const std::string detail = newest(house);
  return member(detail.substr(detail.find("\"form\":")), "token");
}

}  // namespace

TEST_SUITE_BEGIN("section");

TEST_CASE("a form's token tells the time by our clock, and is good once") {
  House house;
  const std::string token = token_of(house);
  house.now += 42 * kSecond;
  CHECK(posted(house, "How+long+does+it+rise", "&form.elapsed_ms=999999&form.token=" + token) == "published");
  std::string detail = newest(house);
  CHECK(member(detail.substr(detail.find("\"form\":")), "token") == "good");
  CHECK(member(detail, "elapsed_ms") == "42000");
  CHECK_FALSE(holds(detail, "\"rule\":\"form_token"));
  posted(house, "And+how+warm+is+the+room", "&form.token=" + token);
  detail = newest(house);
  CHECK(token_state(house) == "used");
  CHECK(holds(detail, "\"rule\":\"form_token_used\""));
}

TEST_CASE("a token that is late, another article's, made up or missing is a finding, never a silent drop") {
  House house;
  const std::string token = token_of(house);
  const std::string other = token_of(house, "/soup");
  house.now += 30 * kSecond;
  CHECK(posted(house, "A+question+about+the+crust", "") == "published");
  CHECK(token_state(house) == "missing");
  CHECK(holds(newest(house), "\"rule\":\"form_token_missing\""));
  posted(house, "A+question+about+the+crumb", "&form.token=" + other);
  CHECK(token_state(house) == "foreign");
  CHECK(holds(newest(house), "\"rule\":\"form_token_foreign\""));
  posted(house, "A+question+about+the+oven", "&form.token=1.1.x.y");
  CHECK(token_state(house) == "foreign");
  house.now += kDay;
  CHECK(posted(house, "A+slow+answer+that+took+a+night", "&form.token=" + token) == "published");
  CHECK(token_state(house) == "expired");
  CHECK(holds(newest(house), "\"rule\":\"form_token_expired\""));
  // A front end that knows nothing of forms is asked for none.
  CHECK(house
            .post("/v1/comments", json("{'article':{'id':'/bread'},'content':'from the blog itself'}"),
                  house.frontend)
            .status == 201);
  CHECK(token_state(house) == "null");
}

TEST_CASE("who has slow hands, no script or a helpful browser is held at most") {
  // What each brings along: nothing; an old tab; a cached page; a password manager that filled the trap.
  for (const std::string kind : {"nothing", "old tab", "cached page", "manager"}) {
    House house;
    CAPTURE(kind);
    const std::string token = token_of(house);
    std::string more = kind == "nothing" ? "" : "&form.token=" + token;
    if (kind == "old tab") house.now += 3 * kDay;
    house.now += 50 * kSecond;
    if (kind == "cached page") posted(house, "The+first+reader+of+that+page+writes", more);
    if (kind == "manager") more += "&form.honeypot=Ana";
    const std::string outcome =
        posted(house, "I+let+the+dough+rest+for+twenty+hours+and+the+crust+came+out+better+than+ever", more);
    CHECK(outcome != "refused");
    CHECK(member(newest(house), "status") != "spam");
  }
  House house;
  house.now += 50 * kSecond;
  CHECK(posted(house, "I+wonder+how+much+water+you+use+for+it", "&form.honeypot=http://x.example") ==
        "pending");
}

TEST_CASE("a form that was refused may be mended and sent again") {
  House house;
  const std::string token = token_of(house);
  house.now += 30 * kSecond;
  const Answer wrong =
      house.post("/v1/comments",
                 "site=blog&article=/bread&name=Ana&content=x&parent=01890000-0000-7000-8000-000000000000"
                 "&form.token=" +
                     token,
                 {}, kBrowser);
  CHECK(wrong.status == 400);
  posted(house, "The+same+form+without+its+mistake", "&form.token=" + token);
  CHECK(token_state(house) == "good");
}

TEST_CASE("a person whose plain form is refused gets a page that says why, and a program a problem") {
  House house;
  const std::string body = "site=blog&article=/bread&name=Ana&parent=<b>nobody</b>&content=words";
  House::Headers browser = kBrowser;
  browser.emplace_back("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8");
  const Answer page = house.post("/v1/comments", body, {}, browser);
  CHECK(page.status == 400);
  CHECK(page.type == "text/html; charset=utf-8");
  CHECK(holds(page.body, "<h1>Your comment was not sent</h1>"));
  CHECK(holds(page.body, "/parent"));
  CHECK(holds(page.body, "Go back"));
  CHECK_FALSE(holds(page.body, "<b>"));
  CHECK(header(page, "Content-Security-Policy") == "default-src 'none'; frame-ancestors 'none'");
  const Answer told = house.post("/v1/comments", body, {}, kBrowser);
  CHECK(told.status == 400);
  CHECK(told.type == "application/problem+json");
  // What asks for JSON in a body of JSON is no person's form, whatever it accepts.
  browser.front().second = "application/json";
  CHECK(house.post("/v1/comments", "{}", {}, browser).type == "application/problem+json");
  // Nobody's site, and a form that comes too often: told before the body is read.
  browser.front().second = kForm;
  const Answer nowhere = house.post("/v1/comments", "site=nobody&article=a&content=words", {}, browser);
  CHECK(nowhere.status == 404);
  CHECK(nowhere.type == "text/html; charset=utf-8");
}

TEST_CASE("a repeated request with its key is the same comment, whatever its token is by now") {
  House house;
  const std::string body = json(
      "{'site':'blog','article':{'id':'/bread'},'author':{'name':'Ana'},'content':'Only once',"
      "'form':{'token':'" +
      token_of(house) + "'}}");
  const Answer first = house.post("/v1/comments", body, {}, {{"Idempotency-Key", "k1"}});
  const Answer again = house.post("/v1/comments", body, {}, {{"Idempotency-Key", "k1"}});
  CHECK(first.status == 201);
  CHECK(member(first.body, "id") == member(again.body, "id"));
  CHECK(token_state(house) == "good");
}

TEST_CASE("a token is read where a comment is submitted, and refused where nothing would use it up") {
  House house;
  const std::string comment = "'article':{'id':'a'},'content':'x','form':{'token':'t'}";
  CHECK(house.post("/v1/check", json("{" + comment + "}"), house.frontend).status == 400);
  CHECK(house.post("/v1/learn", json("{" + comment + ",'label':'ham'}"), house.frontend).status == 400);
  CHECK(house.post("/v1/comments", json("{" + comment + "}"), house.frontend).status == 201);
  CHECK(token_state(house) == "foreign");
  CHECK(house.get("/v1/comments/form?site=blog").status == 400);
  CHECK(house.get("/v1/comments/form?site=none&article=a").status == 404);
}

TEST_CASE("the way back names one outcome, however often a page is come back to") {
  House house;
  const auto way = [&](const std::string& redirect) {
    const Answer answer = house.post(
        "/v1/comments",
        "site=blog&article=a&content=Question+" + new_token_secret() + "&redirect=" + redirect, {}, kBrowser);
    return header(answer, "Location");
  };
  const std::string page = "https://blog.example/p";
  CHECK(way(page + "?chaffinch=pending") == page + "?chaffinch=published");
  CHECK(way(page + "?a=1%26chaffinch=refused%26b=2%23c") == page + "?a=1&b=2&chaffinch=published#c");
  CHECK(way(page + "?chaffinch=pending%26chaffinch=pending%26b=2") == page + "?b=2&chaffinch=published");
  CHECK(way(page + "?xchaffinch=1") == page + "?xchaffinch=1&chaffinch=published");
}

TEST_CASE("the fragment is a whole section without script") {
  House house;
  const auto submit = [&](const std::string& content, const std::string& more) {
    const Answer answer = house.post(
        "/v1/comments", json("{'article':{'id':'/bread'},'content':'" + content + "'" + more + "}"),
        house.frontend);
    REQUIRE_MESSAGE(answer.status == 201, answer.body);
    return member(answer.body, "id");
  };
  const std::string first =
      submit("Line one\\nline two <script>alert(1)</script> https://a.example/",
             ",'author':{'name':'<img src=x "
             "onerror=alert(1)>','email':'private@mail.example','url':'https://ana.example/\\\"x'}");
  const std::string reply =
      submit("An answer", ",'parent':'" + first + "','author':{'name':'Bo','url':'javascript:alert(1)'}");
  const std::string target = "/v1/comments.html?site=blog&article=/bread";
  const Answer answer =
      house.get(target + "&service=https://c.example/&page=https://blog.example/bread?p=1%23top");
  CHECK(answer.status == 200);
  CHECK(answer.type == "text/html; charset=utf-8");
  const std::string& html = answer.body;
  CHECK(holds(html, "<h2>Comments (2)</h2>"));
  CHECK(
      holds(html,
            "<p>Line one<br>\nline two &lt;script&gt;alert(1)&lt;/script&gt; <a href=\"https://a.example/\" "
            "rel=\"nofollow ugc noopener\">https://a.example/</a></p>"));
  for (const char* bad :
       {"<script", "<img", "<style", " style=", "onerror=alert(1)>", "href=\"javascript", "private@mail"}) {
    CAPTURE(bad);
    CHECK_FALSE(holds(html, bad));
  }
  // The reply stands inside the list item of what it answers.
  const std::size_t at = html.find("chaffinch-" + first);
  CHECK(html.find("<ol>", at) < html.find("chaffinch-" + reply));
  CHECK(html.find("</li>", at) > html.find("chaffinch-" + reply));
  CHECK(holds(html, "action=\"https://c.example/v1/comments\""));
  CHECK(holds(html,
              "href=\"https://blog.example/bread?p=1&amp;chaffinch_parent=" + first + "#chaffinch-form\""));
  CHECK(holds(html, "name=\"redirect\" value=\"https://blog.example/bread?p=1#top\""));
  CHECK(holds(html, "name=\"form.honeypot\""));

  // Its form is one that works.
  std::smatch token;
  REQUIRE(std::regex_search(html, token, std::regex("name=\"form.token\" value=\"([^\"]+)\"")));
  house.now += 20 * kSecond;
  posted(house, "Sent+from+the+fragment", "&form.token=" + token[1].str());
  CHECK(token_state(house) == "good");

  const std::string answered = house.get(target + "&parent=" + reply + "&outcome=pending&lang=de").body;
  CHECK(holds(answered, "lang=\"de\""));
  CHECK(holds(answered, "Danke. Dein Kommentar wartet auf Freigabe."));
  CHECK(holds(answered, "name=\"parent\" value=\"" + reply + "\""));
  CHECK(holds(answered, "<h3>Bo antworten</h3>"));
  CHECK_FALSE(holds(house.get(target + "&form=false").body, "<form"));
  CHECK(holds(house.get(target + "&lang=ar").body, "dir=\"rtl\""));

  // Pages, and what is wrong.
  const std::string page = house.get(target + "&limit=1").body;
  std::smatch next;
  REQUIRE(std::regex_search(page, next, std::regex("rel=\"next\" href=\"\\?chaffinch_cursor=([^\"]+)\"")));
  CHECK(holds(house.get(target + "&limit=1&cursor=" + next[1].str()).body, reply));
  for (const char* wrong : {"&lang=xx", "&lang=../x", "&outcome=good", "&page=javascript:x",
                            "&service=c.example", "&colour=red"}) {
    CAPTURE(wrong);
    CHECK(house.get(target + wrong).status == 400);
  }
  CHECK(house.ask("PUT", "/v1/articles", json("{'site':'blog','id':'/bread','closed':true}"), house.admin)
            .status == 200);
  CHECK_FALSE(holds(house.get(target).body, "<form"));
  CHECK(holds(house.get(target).body, "Comments are closed here."));
}

TEST_CASE("the shown text is told when asked for, by Markdown where the site says so") {
  House house;
  const auto submit = [&](const std::string& site, const std::string& content) {
    house.post("/v1/comments",
               json("{'site':'" + site + "','article':{'id':'a'},'content':'" + content + "'}"), house.admin);
  };
  submit("blog", "**b** [t](https://a.example/)");
  const std::string target = "/v1/comments?site=blog&article=a";
  CHECK_FALSE(holds(house.get(target).body, "\"body\""));
  CHECK(holds(house.get(target + "&body=true").body,
              json("'body':[['p','**b** [t](',['a','https://a.example/','https://a.example/'],')']]")));
  CHECK(house.ask("PATCH", "/v1/sites/blog", json("{'markdown':true}"), house.admin).status == 200);
  CHECK(holds(house.get("/v1/sites/blog", house.admin).body, "\"markdown\":true"));
  CHECK(holds(house.get(target + "&body=true").body,
              json("'body':[['p',['strong','b'],' ',['a','https://a.example/','t']]]")));
  CHECK(member(house.get("/v1/comments/form?site=blog&article=a").body, "markdown") == "true");
  CHECK(house.get(target + "&body=yes").status == 400);
}

TEST_CASE("feeds show what is public, newest first, and nothing private") {
  House house;
  const auto submit = [&](const std::string& site, const std::string& article, const std::string& content) {
    house.now += kSecond;
    return member(house
                      .post("/v1/comments",
                            json("{'site':'" + site + "','article':{'id':'" + article +
                                 "','title':'Bread & "
                                 "more'},'author':{'name':'Ana','email':'private@mail.example'},'content':'" +
                                 content + "','client':{'ip':'192.0.2.77'}}"),
                            house.admin)
                      .body,
                  "id");
  };
  const std::string one = submit("blog", "/bread", "<b>one</b>");
  const std::string two = submit("blog", "/soup", "two");
  const std::string held = submit("blog", "/bread", "doubtful three");
  const std::string other = submit("other", "/bread", "elsewhere");
  const Answer all = house.get("/v1/comments.atom?site=blog");
  CHECK(all.type == "application/atom+xml; charset=utf-8");
  CHECK(all.body.find(two) < all.body.find(one));
  CHECK(holds(all.body,
              "<content type=\"html\">&lt;p&gt;&amp;lt;b&amp;gt;one&amp;lt;/b&amp;gt;&lt;/p&gt;</content>"));
  CHECK(holds(all.body, "href=\"https://blog.example/bread#chaffinch-" + one + "\""));
  CHECK(holds(all.body, "Bread &amp; more"));
  for (const std::string& hidden : {held, other, std::string("private@"), std::string("192.0.2")})
    CHECK_FALSE(holds(all.body, hidden));
  const std::string bread = house.get("/v1/comments.atom?site=blog&article=/bread").body;
  CHECK(holds(bread, one));
  CHECK_FALSE(holds(bread, two));
  CHECK(house.get("/v1/comments.atom?site=blog&article=/none").status == 200);
  CHECK(house.get("/v1/comments.atom").status == 400);

  // Asked again it costs nothing, until something is new.
  const std::string tag = header(all, "ETag");
  CHECK(house.get("/v1/comments.atom?site=blog", {}, {{"If-None-Match", tag}}).status == 304);
  submit("blog", "/bread", "four");
  CHECK(house.get("/v1/comments.atom?site=blog", {}, {{"If-None-Match", tag}}).status == 200);

  const std::string queue = house.get("/v1/queue.atom?site=blog", house.moderator).body;
  CHECK(holds(queue, held));
  CHECK_FALSE(holds(queue, one));
  CHECK_FALSE(holds(queue, "private@"));
  CHECK(house.get("/v1/queue.atom", house.token(Role::feed, "blog")).status == 200);
  CHECK(house.get("/v1/queue.atom?site=other", house.moderator).status == 404);
}

TEST_CASE("feed readers bring the token as a password, there alone") {
  House house;
  const auto basic = [](const std::string& text) {
    // base64url differs from base64 in two characters, which the letters of this text do not make.
    std::string code = base64url(text);
    std::replace(code.begin(), code.end(), '-', '+');
    std::replace(code.begin(), code.end(), '_', '/');
    return House::Headers{{"Authorization", "Basic " + code + std::string((4 - code.size() % 4) % 4, '=')}};
  };
  const std::string feed = house.token(Role::feed, "blog");
  CHECK(house.get("/v1/queue.atom", {}, basic("reader:" + feed)).status == 200);
  CHECK(house.get("/v1/queue.atom", {}, basic(":" + house.moderator)).status == 200);
  CHECK(house.get("/v1/queue.atom", {}, basic("reader:" + house.frontend)).status == 403);
  CHECK(house.get("/v1/queue", {}, basic("reader:" + house.moderator)).status == 401);
  for (const std::string& wrong : {std::string("reader:chf_x"), std::string("reader:"), feed}) {
    const Answer answer = house.get("/v1/queue.atom", {}, basic(wrong));
    CHECK(answer.status == 401);
    CHECK(std::count_if(answer.headers.begin(), answer.headers.end(),
                        [](const auto& one) { return one.first == "WWW-Authenticate"; }) == 2);
  }
  CHECK(house.get("/v1/queue.atom", {}, {{"Authorization", "Basic %%%"}}).status == 401);
}

TEST_CASE("files for browsers say what they are, are compressed for who takes it, and are not sent twice") {
  House house;
  const Answer plain = house.get("/embed.js");
  CHECK(plain.status == 200);
  CHECK(plain.type == "text/javascript; charset=utf-8");
  CHECK(plain.body == http::web_file("/embed.js"));
  CHECK(header(plain, "X-Content-Type-Options") == "nosniff");
  CHECK(header(plain, "Vary") == "Accept-Encoding");
  CHECK(header(plain, "Access-Control-Allow-Origin") == "*");
  CHECK(header(plain, "Content-Encoding") == "");
  const Answer packed = house.get("/embed.js", {}, {{"Accept-Encoding", "deflate, gzip;q=0.8"}});
  CHECK(header(packed, "Content-Encoding") == "gzip");
  CHECK(header(packed, "ETag") != header(plain, "ETag"));
  CHECK(packed.body.starts_with("\x1f\x8b"));
  for (const char* refused : {"gzip;q=0", "gzip;q=0.0", "br", "", "xgzip"})
    CHECK(header(house.get("/embed.js", {}, {{"Accept-Encoding", refused}}), "Content-Encoding") == "");
  const Answer same =
      house.get("/embed.js", {},
                {{"Accept-Encoding", "gzip"}, {"If-None-Match", "W/\"x\", " + header(packed, "ETag")}});
  CHECK(same.status == 304);
  CHECK(same.body.empty());
  CHECK(house.get("/embed.js", {}, {{"If-None-Match", header(packed, "ETag")}}).status == 200);
  CHECK(house.get("/embed/..%2fembed.js").status == 404);
  CHECK(house.get("/embed/xx.json").status == 404);
  CHECK(house.get("/embed.js?v=2").status == 400);
}

TEST_CASE("the widget with a language fits 12 kB") {
  House house;
  const House::Headers gzip = {{"Accept-Encoding", "gzip"}};
  const std::size_t widget = house.get("/embed.js", {}, gzip).body.size();
  std::size_t largest = 0;
  for (const auto& [name, text] : kWebFiles)
    if (name.starts_with("embed/"))
      largest = std::max(largest, house.get("/" + std::string(name), {}, gzip).body.size());
  MESSAGE("embed.js ", widget, " bytes gzipped, the largest language ", largest);
  CHECK(largest > 500);
  CHECK(widget + largest <= 12'000);
}

TEST_CASE("every language has every text, and the places in it") {
  std::set<std::string> seen;
  const auto english = http::read_texts(http::web_file("/embed/en.json").value());
  REQUIRE(english.size() > 40);
  static const std::regex kPlace("\\{[a-z]+\\}");
  for (const char* language : {"en", "de", "fr", "es", "pt", "id", "ar", "ja"}) {
    CAPTURE(language);
    const auto file = http::web_file("/embed/" + std::string(language) + ".json");
    REQUIRE(file);
    const auto texts = http::read_texts(*file);
    for (const auto& [name, text] : english) {
      CAPTURE(name);
      REQUIRE(texts.contains(name));
      const std::string& there = texts.at(name);
      CHECK_FALSE(there.empty());
      // One comment may be said without its number.
      if (name == "count_one") continue;
      std::smatch place;
      if (std::regex_search(text, place, kPlace)) CHECK(holds(there, place.str()));
    }
    for (const auto& [name, text] : texts) {
      const bool plural = name.starts_with("count_");
      CHECK_MESSAGE((plural || english.contains(name)), name);
    }
    CHECK(texts.at("dir") == (std::string(language) == "ar" ? "rtl" : "ltr"));
    seen.insert(texts.at("refused"));
  }
  CHECK(seen.size() == 8);
}

TEST_CASE("the widget says only what the languages have") {
  const std::string script(http::web_file("/embed.js").value());
  const auto english = http::read_texts(http::web_file("/embed/en.json").value());
  static const std::regex kSaid("say\\(\"([a-z_0-9]+)\"");
  std::size_t said = 0;
  for (std::sregex_iterator one(script.begin(), script.end(), kSaid), end; one != end; ++one, ++said)
    CHECK_MESSAGE(english.contains((*one)[1].str()), (*one)[1].str());
  CHECK(said > 25);
  // Nothing that a strict policy forbids, and no way from text to markup.
  for (const char* bad : {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
                          "new Function", ".style.", "DOMParser", "setAttribute(\"style\""}) {
    CAPTURE(bad);
    CHECK_FALSE(holds(script, bad));
  }
}

TEST_CASE("the demo is a page under a strict policy, and works without script") {
  House house;
  house.post("/v1/sites",
             json("{'id':'demo','url':'http://127.0.0.1:8080','policy':{'moderation':'publish'}}"),
             house.admin);
  const Answer answer = house.get("/demo");
  CHECK(answer.status == 200);
  const std::string policy = header(answer, "Content-Security-Policy");
  CHECK(holds(policy, "default-src 'none'; script-src 'self'; style-src 'self'"));
  CHECK_FALSE(holds(policy, "unsafe"));
  CHECK_FALSE(std::regex_search(answer.body, std::regex("<script>|<style| style=| on[a-z]+=")));
  CHECK_FALSE(holds(answer.body, "{{"));
  CHECK(holds(answer.body, "data-site=\"demo\""));
  CHECK(holds(answer.body, "Leave a Reply"));
  CHECK(holds(answer.body, "value=\"http://127.0.0.1:8080/demo?site=demo\""));
  CHECK(holds(house.get("/demo?chaffinch=pending").body, "Your comment waits for a moderator."));
  CHECK(holds(house.get("/demo?site=blog").body, "data-site=\"blog\""));
  CHECK(house.get("/demo?site=none").status == 404);
  CHECK(house.get("/demo?chaffinch=x").status == 400);
  CHECK(house.get("/demo/page.css").type == "text/css; charset=utf-8");
}
