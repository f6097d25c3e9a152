// The Akismet protocol: every call with its exact answers, the key wherever it stands, and what is wrong.
#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

#include "akismet_client.h"
#include "core/limits.h"

using namespace chaffinch;
using namespace chaffinch::http;
using namespace chaffinch::test;
using chaffinch::test::header_of;

namespace {

const std::string kThanks = "Thanks for making the web a better place.";
const std::vector<std::string> kOfBlogs = {"/1.1/verify-key",      "/1.1/comment-check", "/1.1/submit-spam",
                                           "/1.1/submit-ham",      "/1.1/get-stats",     "/1.1/deactivate",
                                           "/1.1/get-subscription"};

std::vector<std::string> all_calls() {
  std::vector<std::string> all = kOfBlogs;
  all.insert(all.end(), {"/1.2/key-sites", "/1.2/usage-limit"});
  return all;
}

bool explains(const Answer& answer) {
  return !header_of(answer, "X-akismet-debug-help").empty();
}

}  // namespace

TEST_SUITE_BEGIN("akismet: calls");

TEST_CASE("each call answers its exact bytes, as plain text, with status 200 and no help") {
  House house;
  const AkismetBlog blog(house);
  struct Row {
    std::string call;
    Form form;
    std::string body;
  };
  for (const Row& row : std::vector<Row>{
           {"/1.1/verify-key", {{"key", blog.key}, {"blog", "https://blog.example"}}, "valid"},
           {"/1.1/verify-key", {{"api_key", blog.key}, {"blog", "https://blog.example"}}, "valid"},
           {"/1.1/verify-key", {{"key", "000000000000"}, {"blog", "https://blog.example"}}, "invalid"},
           {"/1.1/comment-check", blog.comment("a plain remark"), "false"},
           {"/1.1/comment-check", blog.comment("a spammy remark"), "true"},
           {"/1.1/submit-spam", blog.comment("a plain remark"), kThanks},
           {"/1.1/submit-ham", blog.comment("a plain remark"), kThanks},
           {"/1.1/deactivate", {{"key", blog.key}, {"blog", "https://blog.example"}}, "deactivated"},
       }) {
    CAPTURE(row.call);
    const Answer answer = blog.send(row.call, row.form);
    CHECK(answer.status == 200);
    CHECK(answer.body == row.body);
    CHECK(answer.type == "text/plain; charset=utf-8");
    CHECK(explains(answer) == (row.body == "invalid"));
    for (const char* name : {"X-akismet-alert-code", "X-akismet-alert-msg", "X-akismet-error"})
      CHECK(header_of(answer, name).empty());
  }
  const Answer test = house.get("/1.1/test");
  CHECK(test.status == 200);
  CHECK(test.body == "connected");
  CHECK(test.type == "text/plain; charset=utf-8");
  // Still good after it was deactivated: other blogs use it.
  CHECK(blog.send("/1.1/verify-key", {{"key", blog.key}, {"blog", "https://blog.example"}}).body == "valid");
}

TEST_CASE("the key is taken from key, api_key or the host, in any case") {
  House house;
  const AkismetBlog blog(house);
  std::string upper;
  for (const char c : blog.key) upper += c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  const Form bare = without(blog.comment("a plain remark"), "api_key");
  struct Row {
    std::string what;
    Form more;
    std::string host;
    std::string body;
  };
  for (const Row& row : std::vector<Row>{
           {"api_key", {{"api_key", blog.key}}, "", "false"},
           {"api_key in capitals", {{"api_key", upper}}, "rest.akismet.com", "false"},
           {"api_key with blanks", {{"api_key", " " + blog.key + "\n"}}, "", "false"},
           {"key", {{"key", blog.key}}, "127.0.0.1:8080", "false"},
           {"key before api_key", {{"key", blog.key}, {"api_key", "000000000000"}}, "", "false"},
           {"a wrong key before api_key", {{"key", "000000000000"}, {"api_key", blog.key}}, "", "invalid"},
           {"an empty key beside api_key", {{"key", ""}, {"api_key", blog.key}}, "", "false"},
           {"host", {}, blog.key + ".rest.akismet.com", "false"},
           {"host in capitals", {}, upper + ".REST.akismet.com", "false"},
           {"host with port", {}, blog.key + ".comments.example:8443", "false"},
           {"host of another domain", {}, blog.key + ".localhost", "false"},
           {"wrong key in the host", {}, "0123456789ab.rest.akismet.com", "invalid"},
           {"host that is no key", {}, "my-key.rest.akismet.com", "invalid"},
           {"host alone", {}, blog.key, "invalid"},
           {"address", {}, "127.0.0.1:8080", "invalid"},
           {"none", {}, "rest.akismet.com", "invalid"},
           {"no host", {}, "", "invalid"},
           {"too short", {{"api_key", blog.key.substr(1)}}, "", "invalid"},
           {"too long", {{"api_key", blog.key + "0"}}, "", "invalid"},
           {"not hex", {{"api_key", "ghijklmnopqr"}}, "", "invalid"},
           {"a token", {{"api_key", house.frontend}}, "", "invalid"},
       }) {
    CAPTURE(row.what);
    const auto headers = row.host.empty() ? House::Headers{} : House::Headers{{"Host", row.host}};
    const Answer answer = blog.send("/1.1/comment-check", with(bare, row.more), headers);
    CHECK(answer.status == 200);
    CHECK(answer.body == row.body);
    CHECK(explains(answer) == (row.body == "invalid"));
  }
}

TEST_CASE("whatever is missing or wrong is invalid, says why, and is never a verdict") {
  House house;
  const AkismetBlog blog(house);
  const Form whole = blog.comment("a spammy remark");
  std::size_t rows = 0;
  for (const std::string& call : all_calls()) {
    const bool comment = call == "/1.1/comment-check" || call.starts_with("/1.1/submit");
    const bool of_blog = std::find(kOfBlogs.begin(), kOfBlogs.end(), call) != kOfBlogs.end();
    struct Row {
      std::string what;
      Form form;
      bool fails;
      std::string help;
    };
    for (const Row& row : std::vector<Row>{
             {"no key", without(whole, "api_key"), true, "key"},
             {"wrong key", with(whole, {{"api_key", "0123456789ab"}}), true, "unknown"},
             {"no blog", without(whole, "blog"), of_blog, "blog"},
             {"empty blog", with(whole, {{"blog", ""}}), of_blog, "blog"},
             {"no user_ip", without(whole, "user_ip"), comment, "user_ip"},
             {"empty user_ip", with(whole, {{"user_ip", ""}}), comment, "user_ip"},
             {"too long a content",
              with(whole, {{"comment_content", std::string(limits::kContent + 1, 'a')}}), comment,
              "comment_content"},
         }) {
      CAPTURE(call);
      CAPTURE(row.what);
      const Answer answer = blog.send(call, row.form);
      CHECK(answer.status == 200);
      CHECK((answer.body == "invalid") == row.fails);
      CHECK(header_of(answer, "X-akismet-debug-help").find(row.fails ? row.help : "") != std::string::npos);
      CHECK(explains(answer) == row.fails);
      ++rows;
    }
    // A body that is no form at all, and none.
    for (const std::string body : {"{\"blog\":\"x\"}", "&&&=&=x&%&%zz=%", ""}) {
      const Answer answer = blog.raw(call, body);
      CHECK(answer.status == 200);
      CHECK(answer.body == "invalid");
      CHECK(explains(answer));
    }
  }
  CHECK(rows == 63);
  CHECK(blog.count() == 0);  // nothing of it was kept
}

TEST_CASE("a revoked key is invalid at once, and another one takes its place") {
  House house;
  const Answer made =
      house.post("/v1/sites", json("{'id':'fresh','url':'https://fresh.example'}"), house.admin);
  REQUIRE(made.status == 201);
  const std::string key = member(made.body, "akismet_key");
  CHECK(is_akismet_key(key));
  const AkismetBlog blog(house);
  const auto verify = [&](const std::string& one) {
    return blog.send("/1.1/verify-key", {{"key", one}, {"blog", "https://fresh.example"}}).body;
  };
  CHECK(verify(key) == "valid");
  const Answer next = house.post("/v1/tokens", json("{'role':'akismet','site':'fresh'}"), house.admin);
  REQUIRE(next.status == 201);
  CHECK(is_akismet_key(member(next.body, "token")));
  CHECK(verify(member(next.body, "token")) == "valid");
  REQUIRE(house.ask("DELETE", "/v1/tokens/" + member(made.body, "akismet_key_id"), {}, house.admin).status ==
          204);
  CHECK(verify(key) == "invalid");
  CHECK(verify(member(next.body, "token")) == "valid");
  // Only a hash is kept, and neither answer shows a key again.
  for (const char* path : {"/v1/tokens", "/v1/sites", "/v1/sites/fresh"})
    CHECK(house.get(path, house.admin).body.find(key) == std::string::npos);
  // A key is no token, and belongs to one site.
  CHECK(house.get("/v1/queue", member(next.body, "token")).status == 401);
  CHECK(house.post("/v1/tokens", json("{'role':'akismet'}"), house.admin).status == 400);
  CHECK(house.post("/v1/tokens", json("{'role':'akismet','site':'nowhere'}"), house.admin).status == 404);
}

TEST_CASE("a key may be limited to the site's own blogs") {
  House house;
  const AkismetBlog blog(house);
  const auto verify = [&](const std::string& url) {
    return blog.send("/1.1/verify-key", {{"key", blog.key}, {"blog", url}}).body;
  };
  CHECK(verify("https://elsewhere.example") == "valid");
  REQUIRE(house
              .ask("PATCH", "/v1/sites/blog",
                   json("{'akismet_own_blog':true,'origins':['https://www.blog.example']}"), house.admin)
              .status == 200);
  struct Row {
    std::string url, body;
  };
  for (const Row& row : std::vector<Row>{{"https://blog.example", "valid"},
                                         {"http://blog.example", "valid"},
                                         {"blog.example", "valid"},
                                         {"HTTPS://Blog.Example/", "valid"},
                                         {"https://blog.example:443/news?x=1", "valid"},
                                         {"https://www.blog.example/", "valid"},
                                         {"https://blog.example.evil.example", "invalid"},
                                         {"https://notblog.example", "invalid"},
                                         {"https://evil.example/blog.example", "invalid"},
                                         {"https://elsewhere.example", "invalid"}}) {
    CAPTURE(row.url);
    CHECK(verify(row.url) == row.body);
  }
  const Form elsewhere = with(blog.comment("a plain remark"), {{"blog", "https://elsewhere.example"}});
  const Answer answer = blog.send("/1.1/comment-check", elsewhere);
  CHECK(answer.body == "invalid");
  CHECK(explains(answer));
  CHECK(blog.count() == 0);
}

TEST_CASE("guessing keys is slowed and counted; a key that is known goes on") {
  House house;
  const AkismetBlog blog(house), fresh(house, "other");
  const auto verify = [&](const std::string& key) {
    return blog.send("/1.1/verify-key", {{"key", key}, {"blog", "https://blog.example"}});
  };
  CHECK(verify(blog.key).body == "valid");
  int guessed = 0;
  Answer answer;
  for (; guessed < 100; ++guessed) {
    answer = verify("00000000" + std::to_string(1000 + guessed));
    if (answer.status != 200) break;
    CHECK(answer.body == "invalid");
  }
  CHECK(guessed == Gate::kKeyFailures);
  CHECK(answer.status == 429);
  CHECK(answer.body.empty());
  CHECK(header_of(answer, "Retry-After") == "10");
  CHECK(!header_of(answer, "X-akismet-error").empty());
  CHECK(verify(blog.key).body == "valid");   // known
  CHECK(verify(fresh.key).status == 429);    // its first use has to wait
  CHECK(verify("not-a-key").status == 200);  // no guess at all
  house.peer = "203.0.113.5";
  CHECK(verify(fresh.key).body == "valid");  // elsewhere nobody guessed
  house.peer = "198.51.100.7";
  house.now += 11 * kSecond;
  CHECK(verify(fresh.key).body == "valid");
  const std::string metrics = house.get("/metrics", house.admin).body;
  CHECK(metrics.find("chaffinch_refused_total{why=\"keys\"} 33") != std::string::npos);
  // Tokens are counted apart.
  CHECK(house.get("/v1/queue", house.moderator).status == 200);
}

TEST_CASE("other methods are refused, and nobody needs a token") {
  House house;
  for (const std::string& call : all_calls()) {
    CAPTURE(call);
    if (call.starts_with("/1.1")) CHECK(house.get(call).status == 405);
    CHECK(house.ask("PUT", call).status == 405);
    CHECK(house.post(call, "x=1", "not-a-token").status == 200);
  }
  CHECK(house.get("/1.1/nothing").status == 404);
}

TEST_CASE("a check that cannot be made is 503 without a body, never a verdict") {
  for (const std::string damage : {"ALTER TABLE article RENAME TO gone", "ALTER TABLE blog RENAME TO gone"}) {
    CAPTURE(damage);
    House house;
    const AkismetBlog blog(house);
    CHECK(blog.check(blog.comment("a plain remark")) == "false");
    sql_behind(house, damage.c_str());
    for (const std::string call : {"/1.1/comment-check", "/1.1/submit-spam"}) {
      CAPTURE(call);
      const Answer answer = blog.send(
          call, blog.comment("another remark", {{"comment_author", "Bo"}, {"blog", "https://new.example"}}));
      CHECK(answer.status == 503);
      CHECK(answer.body.empty());
      CHECK(!header_of(answer, "X-akismet-error").empty());
      CHECK(explains(answer));
    }
  }
}

TEST_CASE("a check that was made in part is no verdict either, unless it is spam already") {
  House house;
  const AkismetBlog blog(house);
  sql_behind(house, "ALTER TABLE learn_event RENAME TO gone");  // the learner cannot be asked
  const Answer answer = blog.send("/1.1/comment-check", blog.comment("a plain remark"));
  CHECK(answer.status == 503);
  CHECK(answer.body.empty());
  CHECK(header_of(answer, "X-akismet-error") == "the check could not be made");
  CHECK(member(blog.kept(answer), "unchecked") == "true");
  CHECK(blog.check(blog.comment("spammy words on beans", {{"comment_author", "Bo"},
                                                          {"comment_author_email", "bo@post.example"},
                                                          {"user_ip", "203.0.113.9"}})) == "true");
  CHECK(house.get("/metrics", house.admin).body.find("chaffinch_unchecked_total{reason=\"rules\"} 2") !=
        std::string::npos);
  // Once it can be made the client asks again, about the same comment.
  sql_behind(house, "ALTER TABLE gone RENAME TO learn_event");
  const Answer again =
      blog.send("/1.1/comment-check", blog.comment("a plain remark", {{"recheck_reason", "retry"}}));
  CHECK(again.body == "false");
  CHECK(header_of(again, "X-akismet-guid") == header_of(answer, "X-akismet-guid"));
  CHECK(blog.count() == 2);
}
