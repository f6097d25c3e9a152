#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "core/limits.h"
#include "http/wire.h"

using namespace chaffinch;
using namespace chaffinch::http;

namespace {

std::string x(std::size_t count) {
  return std::string(count, 'x');
}

// A good submission with one member more.
std::string with(const std::string& member) {
  return R"({"article":{"id":"a"},"content":"hello",)" + member + "}";
}

struct Bad {
  std::string what;
  std::string body;
  std::string where;
  std::string says;  // what the sentence or the advice holds
  Code code = Code::invalid;
};

}  // namespace

TEST_SUITE_BEGIN("wire");

TEST_CASE("everything that a front end may say about a comment is read") {
  const auto read = read_submission(R"({
    "site": "blog", "article": {"id": "2026/a b", "url": "https://blog.example/a", "title": "Of beans"},
    "parent": "0190A5B4-0000-7000-8000-000000000001",
    "author": {"name": "Ana Ångström", "email": "ana@mail.example", "url": "javascript:odd", "id": "u-7"},
    "content": "first\nsecond \u202e\u00e9 \ud83d\ude00", "client": {"ip": "2001:DB8:0:0::17", "user_agent": "Agent/1", "referrer": "https://r.example/"},
    "type": "pingback", "created_at": "2024-02-29T12:30:00+01:00", "form": {"elapsed_ms": 4500, "honeypot": "x"}})");
  REQUIRE_MESSAGE(read, (read ? "" : read.error().what + " at " + read.error().where));
  const Submission& got = read->submission;
  CHECK(got.site == "blog");
  CHECK(got.article == ArticleRef{"2026/a b", "https://blog.example/a", "Of beans"});
  CHECK(got.parent->text() == "0190a5b4-0000-7000-8000-000000000001");
  CHECK(got.author == Author{"Ana Ångström", "ana@mail.example", "javascript:odd", "u-7"});
  CHECK(got.content == "first\nsecond \u202e\u00e9 \U0001F600");
  CHECK(got.client == Client{"2001:db8::17", "Agent/1", "https://r.example/"});
  CHECK(got.type == "pingback");
  CHECK(format_time(*got.created_at) == "2024-02-29T11:30:00Z");
  CHECK(got.form.elapsed_ms == 4500);
  CHECK(got.form.honeypot == "x");
  CHECK(read->claims == std::vector<std::string>{"/article/url", "/article/title", "/author/id", "/client",
                                                 "/type", "/created_at"});
}

TEST_CASE("a submission comes back as it was written") {
  const auto read = read_submission(with(
      R"("site":"s","author":{"name":"N \"q\" \\ /"},"client":{"ip":"192.0.2.1"},"created_at":"2024-01-01T00:00:00Z","form":{"elapsed_ms":0})"));
  REQUIRE(read);
  const auto again = read_submission(write_submission(read->submission));
  REQUIRE(again);
  CHECK(again->submission == read->submission);
}

TEST_CASE("what is wrong with a submission is told with its place") {
  std::string deep = "1";
  for (int i = 0; i < 20; ++i) deep = "[" + deep + "]";
  const std::vector<Bad> rows = {
      {"no body", "", "", "no body"},
      {"half a value", R"({"content":"x")", "", "ends too early"},
      {"trailing text", R"({"article":{"id":"a"},"content":"x"} {})", "", "not JSON (line 1, byte 38"},
      {"single quotes", "{'content':'x'}", "", "not JSON"},
      {"a comment", R"({/* x */"content":"x"})", "", "not JSON"},
      {"a comma too many", R"({"content":"x",})", "", "not JSON"},
      {"on its line", "{\n\"content\":\n!}", "", "line 3, byte 1"},
      {"a byte order mark", "\xEF\xBB\xBF{}", "", "byte order mark"},
      {"an array", "[]", "", "an object, not an array"},
      {"null", "null", "", "an object, not null"},
      {"a number", "5", "", "an object, not a number"},
      {"too deep", with("\"type\":" + deep), "", "nested too deep"},
      {"very deep", std::string(100'000, '['), "", "nested too deep"},
      {"a field twice", R"({"content":"x","content":"y"})", "/content", "named twice"},
      {"a field twice, inside", R"({"article":{"id":"a","id":"b"}})", "/article/id", "named twice"},
      {"a number beyond all", with(R"("form":{"elapsed_ms":1e400})"), "", "too large"},
      {"a number beyond 64 bits", with(R"("form":{"elapsed_ms":99999999999999999999})"), "/form/elapsed_ms",
       "whole number"},
      {"a number beyond 63 bits", with(R"("form":{"elapsed_ms":18446744073709551615})"), "/form/elapsed_ms",
       "from 0 to"},
      {"a negative number", with(R"("form":{"elapsed_ms":-1})"), "/form/elapsed_ms", "from 0 to"},
      {"a fraction", with(R"("form":{"elapsed_ms":0.5})"), "/form/elapsed_ms", "whole number"},
      {"a text for a number", with(R"("form":{"elapsed_ms":"5"})"), "/form/elapsed_ms", "not a text"},
      {"a number for a text", R"({"article":{"id":"a"},"content":5})", "/content", "a text, not a number"},
      {"null for a text", R"({"article":{"id":"a"},"content":null})", "/content", "leave the field out"},
      {"a text for an object", with(R"("author":"Anna")"), "/author", "an object, not a text"},
      {"an array for an object", with(R"("client":[])"), "/client", "an object, not an array"},
      {"nothing in it", "{}", "/article", "required"},
      {"no content", R"({"article":{"id":"a"}})", "/content", "required"},
      {"an empty content", R"({"article":{"id":"a"},"content":""})", "/content", "empty"},
      {"no article", R"({"content":"x"})", "/article", "required"},
      {"an article without id", R"({"content":"x","article":{}})", "/article/id", "required"},
      {"a misspelt field explains the missing one", R"({"article":{"id":"a"},"contnet":"x"})", "/contnet",
       "did you mean 'content'?"},
      {"a misspelt field inside", with(R"("author":{"nmae":"x"})"), "/author/nmae", "did you mean 'name'?"},
      {"an unknown field", with(R"("colour":"red")"), "/colour", "no such field"},
      {"a field with a slash", with(R"("a/b~":1)"), "/a~1b~0", "no such field"},
      {"the answer's field", with(R"("status":"approved")"), "/status", "no such field"},
      {"NUL in the content", R"({"article":{"id":"a"},"content":"a\u0000b"})", "/content", "NUL"},
      {"NUL in the name", with(R"("author":{"name":"a\u0000b"})"), "/author/name", "NUL"},
      {"a line break in the name", with(R"("author":{"name":"a\nb"})"), "/author/name", "control character"},
      {"a C1 control in the name", with(R"("author":{"name":"a\u0085b"})"), "/author/name",
       "control character"},
      {"a line separator in the name", with(R"("author":{"name":"a\u2028b"})"), "/author/name",
       "line separator"},
      {"a bidi override in the name", with(R"("author":{"name":"a\u202eb"})"), "/author/name", "bidi"},
      {"a bidi isolate in the email", with(R"("author":{"email":"a\u2066@b.example"})"), "/author/email",
       "bidi"},
      {"a bidi control in the URL", with(R"("author":{"url":"https://a\u202a.example"})"), "/author/url",
       "bidi"},
      {"invalid UTF-8", with("\"type\":\"\xFF\""), "", "UTF-8"},
      {"overlong UTF-8", with("\"type\":\"\xC0\xAF\""), "", "UTF-8"},
      {"a lone surrogate", with(R"("type":"\ud800")"), "", "not JSON"},
      {"the second half of a surrogate pair", with(R"("author":{"name":"a\udc00b"})"), "/author",
       "lone surrogate"},
      {"the halves of a surrogate pair in the wrong order", with(R"("type":"\udc00\ud800")"), "", "not JSON"},
      {"half of a surrogate pair in a field's name", with(R"("\udfff":1)"), "", "lone surrogate"},
      {"a NUL byte behind the end", with("\"type\":\"a\"") + std::string("\0x", 2), "", "not JSON"},
      {"a raw control byte", with("\"type\":\"a\x01\""), "", "not JSON"},
      {"a parent that is no id", with(R"("parent":"root")"), "/parent", "not an id"},
      {"an address that is none", with(R"("client":{"ip":"300.1.1.1"})"), "/client/ip", "not an address"},
      {"an address with a port", with(R"("client":{"ip":"192.0.2.1:80"})"), "/client/ip", "not an address"},
      {"a day that is none", with(R"("created_at":"2023-02-29T00:00:00Z")"), "/created_at", "not a time"},
      {"a time in words", with(R"("created_at":"yesterday")"), "/created_at", "RFC 3339"},
      {"an empty type", with(R"("type":"")"), "/type", "empty"},
      {"a content too long", R"({"article":{"id":"a"},"content":")" + x(limits::kContent + 1) + "\"}",
       "/content", "65537 bytes, at most 65536", Code::too_large},
      {"a name too long", with(R"("author":{"name":")" + x(246) + "\"}"), "/author/name", "at most 245"},
      {"an email too long", with(R"("author":{"email":")" + x(101) + "\"}"), "/author/email", "at most 100"},
      {"a URL too long", with(R"("author":{"url":")" + x(2001) + "\"}"), "/author/url", "at most 2000"},
      {"a verified id too long", with(R"("author":{"id":")" + x(201) + "\"}"), "/author/id", "at most 200"},
      {"an agent too long", with(R"("client":{"user_agent":")" + x(1001) + "\"}"), "/client/user_agent",
       "at most 1000"},
      {"an article's id too long", R"({"content":"x","article":{"id":")" + x(501) + "\"}}", "/article/id",
       "at most 500"},
      {"a title too long", R"({"content":"x","article":{"id":"a","title":")" + x(501) + "\"}}",
       "/article/title", "at most 500"},
      {"a type too long", with("\"type\":\"" + x(41) + "\""), "/type", "at most 40"},
      {"an unknown field with a long name", with("\"" + x(5'000) + "\":1"), "/" + x(80) + "...",
       "no such field"},
  };
  for (const Bad& row : rows) {
    CAPTURE(row.what);
    const auto read = read_submission(row.body);
    REQUIRE_FALSE(read);
    CAPTURE(read.error().what);
    CAPTURE(read.error().advice);
    CHECK(read.error().code == row.code);
    CHECK(read.error().where == row.where);
    CHECK((read.error().what + " " + read.error().advice).find(row.says) != std::string::npos);
    CHECK(read.error().what.size() + read.error().advice.size() < 400);
  }
}

TEST_CASE("an object of very many fields is refused before they cost anything") {
  std::string body = "{";
  for (int i = 0; i < 30'000; ++i) body += "\"" + std::to_string(i) + "\":0,";
  body.back() = '}';
  const auto read = read_submission(body);
  REQUIRE_FALSE(read);
  CHECK(read.error().what == "an object has too many fields");
}

TEST_CASE("values at their limit are taken") {
  const auto read =
      read_submission(R"({"content":")" + x(limits::kContent) + R"(","article":{"id":")" + x(500) +
                      R"("},"author":{"name":")" + x(245) + R"(","email":")" + x(100) + "\"}}");
  REQUIRE(read);
  CHECK(read->submission.content.size() == limits::kContent);
  CHECK(read->submission.author.name.size() == 245);
}

TEST_CASE("a form is read as the same comment as its JSON") {
  const auto json = read_submission(
      R"({"site":"blog","article":{"id":"/a b"},"author":{"name":"Größe","email":"a@b.example","url":"https://u.example"},"content":"1 + 1 = 2 & more","form":{"elapsed_ms":7}})");
  REQUIRE(json);
  for (const char* body :
       {"site=blog&article=%2Fa+b&name=Gr%C3%B6%C3%9Fe&email=a%40b.example&url=https://"
        "u.example&content=1+%2B+1+%3D+2+%26+more&form.elapsed_ms=7&parent=",
        "site=blog&article.id=/a%20b&author.name=Gr%C3%B6%C3%9Fe&author.email=a@b.example&author.url=https://"
        "u.example&content=1+%2B+1+%3D+2+%26+more&form.elapsed_ms=7"}) {
    CAPTURE(body);
    const auto form = read_form(body);
    REQUIRE_MESSAGE(form, (form ? "" : form.error().what + " at " + form.error().where));
    CHECK(form->submission == json->submission);
    CHECK(form->claims.empty());
  }
}

TEST_CASE("what is wrong with a form is told with its place") {
  const std::vector<Bad> rows = {
      {"nothing", "", "/article", "required"},
      {"no content", "article=a", "/content", "required"},
      {"an unknown field", "article=a&content=x&colour=red", "/colour", "no such field"},
      {"a misspelt field", "article=a&contents=x", "/contents", "did you mean 'content'?"},
      {"a field twice", "article=a&content=x&content=y", "/content", "twice"},
      {"a field under both its names", "article=a&article.id=b&content=x", "/article/id", "twice"},
      {"invalid UTF-8", "article=a&content=%ff", "/content", "UTF-8"},
      {"an invalid name", "article=a&content=x&%ff=1", "/?", "no such field"},
      {"NUL", "article=a&content=a%00b", "/content", "NUL"},
      {"a name with a line break", "article=a&content=x&name=a%0d%0ab", "/author/name", "control"},
      {"a redirect with a line break", "article=a&content=x&redirect=https://b.example/%0d%0aX:y",
       "/redirect", "control"},
      {"a time that is none", "article=a&content=x&form.elapsed_ms=soon", "/form/elapsed_ms", "whole number"},
  };
  for (const Bad& row : rows) {
    CAPTURE(row.what);
    const auto read = read_form(row.body);
    REQUIRE_FALSE(read);
    CAPTURE(read.error().what);
    CAPTURE(read.error().advice);
    CHECK(read.error().where == row.where);
    CHECK((read.error().what + " " + read.error().advice).find(row.says) != std::string::npos);
  }
  const auto claims = read_form("article=a&content=x&author.id=7&client.ip=192.0.2.1");
  REQUIRE(claims);
  CHECK(claims->claims == std::vector<std::string>{"/author/id", "/client"});
}

TEST_CASE("a decision is read with ids and versions, or with a filter and the expected count") {
  const std::string id = "0190a5b4-0000-7000-8000-000000000001";
  const std::string other = "0190a5b4-0000-7000-8000-000000000002";
  const auto ids =
      read_decision(R"({"ids":[")" + id + R"(",{"id":")" + other + R"(","version":3},")" + id +
                    R"("],"decision":"spam","reason":"ads","note":"two\nlines","block":{"ip":true}})");
  REQUIRE_MESSAGE(ids, (ids ? "" : ids.error().what));
  CHECK(ids->targets == std::vector<Target>{{*Id::parse(id), {}}, {*Id::parse(other), 3}});
  CHECK(ids->kind == DecisionKind::spam);
  CHECK(ids->note == "two\nlines");
  CHECK(ids->block.ip);
  CHECK_FALSE(ids->block.author);

  const auto filter = read_decision(
      R"({"filter":{"site":"blog","ip":"192.0.2.77/24","rule":"r","min_score":1.5,"status":"any"},"expected":4,"decision":"reject"})");
  REQUIRE(filter);
  CHECK(filter->targets.empty());
  CHECK(filter->filter->network == "192.0.2.0/24");
  CHECK(filter->filter->min_score == 1.5);
  CHECK_FALSE(filter->filter->status);
  CHECK(filter->expected == 4);

  std::string many = "[";
  for (int i = 0; i < 1001; ++i) many += "\"" + id + "\",";
  many.back() = ']';
  const std::vector<Bad> rows = {
      {"neither", R"({"decision":"spam"})", "/ids", "required"},
      {"both", R"({"decision":"spam","ids":[],"filter":{},"expected":1})", "/filter", "together"},
      {"none", R"({"decision":"spam","ids":[]})", "/ids", "at least one"},
      {"too many", R"({"decision":"spam","ids":)" + many + "}", "/ids", "1000", Code::too_large},
      {"no count", R"({"decision":"spam","filter":{}})", "/expected", "required"},
      {"a count with ids", R"({"decision":"spam","ids":[")" + id + R"("],"expected":1})", "/expected",
       "filter"},
      {"no decision", R"({"ids":[")" + id + "\"]}", "/decision", "required"},
      {"undo", R"({"decision":"undo","ids":[")" + id + "\"]}", "/decision", "approve, reject or spam"},
      {"no id", R"({"decision":"spam","ids":[")" + id + R"(","2"]})", "/ids/1", "not an id"},
      {"a number", R"({"decision":"spam","ids":[7]})", "/ids/0", "an id, or an object"},
      {"a version in words", R"({"decision":"spam","ids":[{"id":")" + id + R"(","version":"1"}]})",
       "/ids/0/version", "whole number"},
      {"an unknown filter", R"({"decision":"spam","expected":1,"filter":{"colour":"red"}})", "/filter/colour",
       "no such field"},
      {"a filter's status", R"({"decision":"spam","expected":1,"filter":{"status":"open"}})",
       "/filter/status", "pending"},
      {"a filter's network", R"({"decision":"spam","expected":1,"filter":{"ip":"1.2.3.4/33"}})", "/filter/ip",
       "network"},
      {"a long reason", R"({"decision":"spam","ids":[")" + id + R"("],"reason":")" + x(101) + "\"}",
       "/reason", "at most 100"},
      {"a long note", R"({"decision":"spam","ids":[")" + id + R"("],"note":")" + x(2001) + "\"}", "/note",
       "at most 2000", Code::too_large},
  };
  for (const Bad& row : rows) {
    CAPTURE(row.what);
    const auto read = read_decision(row.body);
    REQUIRE_FALSE(read);
    CAPTURE(read.error().what);
    CHECK(read.error().code == row.code);
    CHECK(read.error().where == row.where);
    CHECK((read.error().what + " " + read.error().advice).find(row.says) != std::string::npos);
  }
}

TEST_CASE("a check takes one comment or an array, and names the bad one") {
  const auto one = read_check(R"({"content":"x"})");
  REQUIRE(one);
  CHECK_FALSE(one->batch);
  const auto none = read_check("[]");
  REQUIRE(none);
  CHECK(none->batch);
  CHECK(none->submissions.empty());
  const auto bad = read_check(R"([{"content":"x"},{"content":5}])");
  REQUIRE_FALSE(bad);
  CHECK(bad.error().where == "/1/content");
  std::string many = "[";
  for (int i = 0; i < 1001; ++i) many += R"({"content":"x"},)";
  many.back() = ']';
  CHECK(read_check(many).error().code == Code::too_large);
}

TEST_CASE("an archive's row is read in either form, its own remarks ignored") {
  const auto flat = read_row(
      R"({"id":"s:1","source":"s","text":"hello","label":"abuse","author":"A","email":"a@b.example","url":"https://u.example","ip":"192.0.2.1","agent":"Agent/1","date":"2004-02-03T22:30:00","article":"Of beans","type":"trackback","dup_of":"s:0","dup_conflict":true,"note":"doubtful"})");
  REQUIRE_MESSAGE(flat, (flat ? "" : flat.error().what));
  CHECK(flat->key == "s:1");
  CHECK(flat->label == DecisionKind::reject);
  CHECK(flat->submission.content == "hello");
  CHECK(flat->submission.author == Author{"A", "a@b.example", "https://u.example", ""});
  CHECK(flat->submission.client == Client{"192.0.2.1", "Agent/1", ""});
  CHECK(flat->submission.article.id == "Of beans");
  CHECK(flat->submission.type == "trackback");
  CHECK(format_time(*flat->submission.created_at) == "2004-02-03T22:30:00Z");

  CHECK(read_row(R"({"text":"x","label":"spam"})")->label == DecisionKind::spam);
  CHECK(read_row(R"({"text":"x","label":"ham"})")->label == DecisionKind::approve);
  CHECK_FALSE(read_row(R"({"text":"x"})")->label);
  CHECK(read_row(R"({"text":"x","source":"sms"})")->submission.article.id == "sms");
  CHECK_FALSE(read_row(R"({"text":"x"})")->submission.article.id.empty());
  CHECK(read_row(R"({"text":"x","author":"a\u202eb"})")->submission.author.name == "a\u202eb");

  const auto whole = read_row(R"({"id":"7","label":"spam","article":{"id":"a"},"content":"hello"})");
  REQUIRE(whole);
  CHECK(whole->key == "7");
  CHECK(whole->label == DecisionKind::spam);
  CHECK(whole->submission.article.id == "a");

  CHECK(read_row(R"({"text":"x","label":"meh"})").error().where == "/label");
  CHECK(read_row(R"({"text":5})").error().where == "/text");
  CHECK(read_row(R"({"content":"x","colour":1})").error().where == "/colour");
  CHECK_FALSE(read_row("").has_value());
  CHECK_FALSE(read_row("{\"text\":\"\xFF\"}").has_value());
}

TEST_CASE("evidence shows bytes of the original field, and never more than there is") {
  Submission comment;
  comment.content = "Grüße aus Köln";
  comment.author.name = "N";
  Verdict verdict;
  verdict.action = Action::hold;
  verdict.score = 0.1 + 0.2;
  verdict.findings = {{.rule = "r",
                       .score = 0.3,
                       .about = "a \"sentence\"",
                       .evidence = {{.field = Field::content, .view = View::folded, .start = 0, .end = 7},
                                    {.field = Field::author_name, .view = View::raw, .start = 5, .end = 9}},
                       .shadow = false,
                       .action = {}}};
  CHECK(
      write_verdict(comment, verdict) ==
      R"({"action":"hold","score":0.3,"probability":null,"findings":[{"rule":"r","score":0.3,"about":"a \"sentence\"","evidence":[{"field":"content","view":"folded","start":0,"end":7,"value":"Grüße"},{"field":"author.name","view":"raw","start":5,"end":9,"value":""}]}],"unchecked":false,"rules_version":"","model_version":""})");
}

TEST_CASE("a thread nests replies, and a deep chain goes on beside its parents") {
  ThreadPage page;
  const auto add = [&](std::uint8_t number, std::optional<std::uint8_t> parent) {
    Comment comment;
    comment.id.bytes[15] = number;
    comment.status = Status::approved;
    comment.content = "c" + std::to_string(number);
    comment.author.email = "secret@mail.example";
    comment.author.url = number == 1 ? "javascript:alert(1)" : "https://u.example";
    if (parent) {
      comment.parent.emplace();
      comment.parent->bytes[15] = *parent;
    }
    page.items.push_back(comment);
  };
  add(1, {});
  add(2, 1);
  add(3, 2);
  add(4, 1);
  add(5, 99);  // its parent is on another page
  const std::string text = write_thread(page);
  CHECK(text.find("secret") == std::string::npos);
  CHECK(text.find("javascript") == std::string::npos);
  // c3 within c2 within c1; c4 within c1; c5 at the top.
  std::string shape;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (text.compare(i, 10, "\"content\":") == 0) shape += text.substr(i + 11, 2);
    if (text[i] == '[' || text[i] == ']') shape += text[i];
  }
  CHECK(shape == "[c1[c2[c3[]]c4[]]c5[]]");

  page.items.clear();
  for (std::uint8_t i = 1; i <= 120; ++i) add(i, i == 1 ? std::nullopt : std::optional<std::uint8_t>(i - 1));
  const std::string deep = write_thread(page);
  std::size_t depth = 0;
  std::size_t deepest = 0;
  for (const char c : deep) {
    if (c == '[') deepest = std::max(deepest, ++depth);
    if (c == ']') --depth;
  }
  CHECK(deepest == limits::kThreadDepth + 1);
  for (int i = 1; i <= 120; ++i) CHECK(deep.find("\"c" + std::to_string(i) + "\"") != std::string::npos);
}

TEST_CASE("sites, tokens, blocks and wishes to forget are read strictly") {
  CHECK(read_new_site(R"({"url":"https://Blog.Example/"})")->id == "blog-example");
  CHECK(read_new_site(R"({"name":"My  Garden!"})")->id == "my-garden");
  CHECK(read_new_site(R"({"id":"b","url":"https://blog.example/"})")->url == "https://blog.example");
  Site before;
  before.id = before.name = "b";
  const auto change =
      read_site_change(R"({"policy":{"hold":2},"retention":{"spam_days":7},"version":4})", before);
  REQUIRE(change);
  CHECK(change->site.policy.hold == 2);
  CHECK(change->site.policy.spam == 6);
  CHECK(change->site.retention.spam_days == 7);
  CHECK(change->site.retention.client_days == 30);
  CHECK(change->version == 4);

  struct Row {
    std::string kind;
    std::string body;
    std::string where;
  };
  const std::vector<Row> rows = {
      {"site", R"({"id":"No Good"})", "/id"},
      {"site", R"({})", "/id"},
      {"site", R"({"id":"b","url":"ftp://b.example"})", "/url"},
      {"site", R"({"id":"b","url":"https://b.example/?q"})", "/url"},
      {"site", R"({"id":"b","origins":["https://b.example/path"]})", "/origins/0"},
      {"site", R"({"id":"b","origins":["*"]})", "/origins/0"},
      {"site", R"({"id":"b","policy":{"hold":0}})", "/policy/hold"},
      {"site", R"({"id":"b","policy":{"hold":7,"spam":6}})", "/policy/spam"},
      {"site", R"({"id":"b","policy":{"discard":1}})", "/policy/discard"},
      {"site", R"({"id":"b","policy":{"moderation":"sometimes"}})", "/policy/moderation"},
      {"site", R"({"id":"b","policy":{"overrides":{"link_count.max":"two"}}})",
       "/policy/overrides/link_count.max"},
      {"site", R"({"id":"b","retention":{"spam_days":-1}})", "/retention/spam_days"},
      {"site", R"({"id":"b","edit_minutes":1.5})", "/edit_minutes"},
      {"token", R"({"role":"king"})", "/role"},
      {"token", R"({"role":"everybody"})", "/role"},
      {"token", R"({})", "/role"},
      {"token", R"({"role":"metrics","site":"b"})", "/site"},
      {"token", R"({"role":"admin","expires_at":"soon"})", "/expires_at"},
      {"block", R"({"kind":"planet","value":"mars"})", "/kind"},
      {"block", R"({"kind":"ip","value":"300.1.1.1"})", "/value"},
      {"block", R"({"kind":"cidr","value":"192.0.2.0/99"})", "/value"},
      {"block", R"({"kind":"cidr","value":"0.0.0.0/0"})", "/value"},
      {"block", R"({"kind":"cidr","value":"2000::/3"})", "/value"},
      {"block", R"({"kind":"email"})", "/value"},
      {"forget", R"({})", "/email"},
      {"forget", R"({"email":"a@b.example","ip":"192.0.2.1"})", "/ip"},
      {"forget", R"({"email":""})", "/email"},
      {"article", R"({"closed":"yes"})", "/closed"},
      {"article", R"({"id":""})", "/id"},
      {"claim", R"({"count":0})", "/count"},
      {"claim", R"({"count":201})", "/count"},
      {"claim", R"({"status":"spam"})", "/status"},
      {"claim", R"({"sort":"random"})", "/sort"},
      {"change", R"({})", "/content"},
      {"change", R"({"content":""})", "/content"},
      {"change", R"({"author":{"email":"a@b.example"}})", "/author/email"},
      {"learn", R"({"content":"x"})", "/label"},
      {"learn", R"({"content":"x","label":"meh"})", "/label"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.kind);
    CAPTURE(row.body);
    std::optional<Error> error;
    const auto keep = [&](const auto& result) {
      if (!result) error = result.error();
    };
    if (row.kind == "site") keep(read_new_site(row.body));
    if (row.kind == "token") keep(read_new_token(row.body));
    if (row.kind == "block") keep(read_block(row.body));
    if (row.kind == "forget") keep(read_forget(row.body));
    if (row.kind == "article") keep(read_article(row.body));
    if (row.kind == "claim") keep(read_claim(row.body));
    if (row.kind == "change") keep(read_change(row.body));
    if (row.kind == "learn") keep(read_learn(row.body));
    REQUIRE(error);
    CAPTURE(error->what);
    CHECK(error->where == row.where);
  }
  CHECK(read_block(R"({"kind":"email","value":"A@B.Example"})")->block.value == "a@b.example");
  CHECK(read_block(R"({"kind":"cidr","value":"2001:DB8:beef::7/48"})")->block.value == "2001:db8:beef::/48");
}

TEST_CASE("a text is told so that it is read back, wherever it holds what must be escaped") {
  const auto literal_of = [](const std::string& json) {
    const std::string_view before = "\"about\":";
    const std::size_t start = json.find(before) + before.size();
    std::size_t end = start + 1;
    while (json[end] != '"') end += json[end] == '\\' ? 2 : 1;
    return json.substr(start, end + 1 - start);
  };
  const auto told_and_read = [&](const std::string& text) {
    Verdict verdict;
    verdict.findings.push_back(
        {.rule = "r", .score = 1, .about = text, .evidence = {}, .shadow = false, .action = {}});
    const std::string literal = literal_of(write_verdict(Submission{}, verdict));
    CHECK(std::none_of(literal.begin(), literal.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
    auto incoming = read_submission(R"({"article":{"id":"a"},"content":)" + literal + "}");
    REQUIRE(incoming);
    CHECK(incoming->submission.content == text);
  };
  for (std::size_t size = 1; size <= 18; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int byte = 1; byte < 0x80; ++byte) {
        std::string text = x(size);
        text[at] = static_cast<char>(byte);
        CAPTURE(text);
        told_and_read(text);
      }
      told_and_read(x(at) + "\xC3\xA9" + x(size - at) + "\"\\\xF0\x9F\x98\x80\n");
    }
  }
}
