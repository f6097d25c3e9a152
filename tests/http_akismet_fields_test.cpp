// The Akismet protocol: what becomes of each field, and what is never read.
#include <doctest/doctest.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "akismet_client.h"
#include "analysis/charset.h"
#include "core/limits.h"

using namespace chaffinch;
using namespace chaffinch::http;
using namespace chaffinch::test;
using chaffinch::test::header_of;

namespace {

Comment kept(House& house, const Answer& answer) {
  const auto id = Id::parse(header_of(answer, "X-akismet-guid"));
  REQUIRE(id);
  auto comment = house.store().comment({}, *id);
  REQUIRE(comment.has_value());
  return std::move(*comment);
}

bool fired(House& house, const Answer& answer, const std::string& rule) {
  const std::string detail =
      house.get("/v1/comments/" + header_of(answer, "X-akismet-guid"), house.admin).body;
  return detail.find("\"rule\":\"" + rule + "\"") != std::string::npos;
}

}  // namespace

TEST_SUITE_BEGIN("akismet: fields");

TEST_CASE("each documented field is kept where it belongs") {
  House house;
  const AkismetBlog blog(house);
  const Form bare = {{"blog", "https://blog.example"}, {"user_ip", "192.0.2.10"}, {"api_key", blog.key}};
  using Part = std::function<std::string(const Comment&)>;
  struct Row {
    std::string name, value;
    Part part;
    std::string expected;
  };
  const Part type = [](const Comment& c) { return c.type; };
  const Part ip = [](const Comment& c) { return c.client.ip; };
  const Part agent = [](const Comment& c) { return c.client.user_agent; };
  const Part page = [](const Comment& c) { return c.article.id; };
  const Part name = [](const Comment& c) { return c.author.name; };
  const Part content = [](const Comment& c) { return c.content; };
  const Part written = [](const Comment& c) { return c.created_at ? format_time(*c.created_at) : "none"; };
  const Part trap = [](const Comment& c) { return c.form.honeypot.value_or("none"); };
  const Part shown = [](const Comment& c) {
    return c.form.elapsed_ms ? std::to_string(*c.form.elapsed_ms) : "none";
  };
  const std::string page_of_500(500, 'p');
  const std::vector<Row> rows = {
      {"user_ip", "192.0.2.77", ip, "192.0.2.77"},
      {"user_ip", "2001:DB8::7", ip, "2001:db8::7"},
      {"user_ip", "[2001:db8::7]", ip, "2001:db8::7"},
      {"user_ip", "192.0.2.77, 10.0.0.1", ip, "192.0.2.77"},
      {"user_ip", "unknown", ip, ""},
      {"user_agent", "Mozilla/5.0 (X11)", agent, "Mozilla/5.0 (X11)"},
      {"user_agent", std::string(1'500, 'u'), agent, std::string(limits::kUserAgent, 'u')},
      {"user_agent", "two\r\nlines", agent, "two  lines"},
      {"referrer", "https://blog.example/a", [](const Comment& c) { return c.client.referrer; },
       "https://blog.example/a"},
      {"permalink", "https://blog.example/?p=7#respond", page, "https://blog.example/?p=7"},
      {"permalink", page_of_500, page, page_of_500},
      {"permalink", page_of_500 + "q", page, "sha256:" + sha256_hex(page_of_500 + "q")},
      {"permalink", "", page, "https://blog.example"},
      {"permalink", "https://blog.example/b", [](const Comment& c) { return c.article.url; },
       "https://blog.example/b"},
      {"comment_type", "", type, "comment"},
      {"comment_type", "comment", type, "comment"},
      {"comment_type", "trackback", type, "trackback"},
      {"comment_type", "pingback", type, "pingback"},
      {"comment_type", "forum-post", type, "forum-post"},
      {"comment_type", "reply", type, "reply"},
      {"comment_type", "blog-post", type, "blog-post"},
      {"comment_type", "contact-form", type, "contact-form"},
      {"comment_type", "signup", type, "signup"},
      {"comment_type", "message", type, "message"},
      {"comment_type", "any text at all", type, "any text at all"},
      {"comment_author", "Ana Müller", name, "Ana Müller"},
      {"comment_author", std::string(300, 'n'), name, std::string(limits::kName, 'n')},
      {"comment_author", std::string(244, 'n') + "ü", name, std::string(244, 'n')},
      {"comment_author_email", "ana@mail.example", [](const Comment& c) { return c.author.email; },
       "ana@mail.example"},
      {"comment_author_url", "https://ana.example/", [](const Comment& c) { return c.author.url; },
       "https://ana.example/"},
      {"comment_content", "a plain\r\nremark & more = 100 % + tax", content,
       "a plain\r\nremark & more = 100 % + tax"},
      {"comment_content", "", content, ""},
      {"comment_content", std::string(limits::kContent, 'x'), content, std::string(limits::kContent, 'x')},
      {"comment_content", std::string("a\0b", 3), content, "ab"},
      {"comment_date_gmt", "2024-05-04T10:11:12Z", written, "2024-05-04T10:11:12Z"},
      {"comment_date_gmt", "2024-05-04T10:11:12.000Z", written, "2024-05-04T10:11:12Z"},
      {"comment_date_gmt", "2024-05-04T10:11:12+00:00", written, "2024-05-04T10:11:12Z"},
      {"comment_date_gmt", "2024-05-04 10:11:12", written, "2024-05-04T10:11:12Z"},
      {"comment_date_gmt", "yesterday", written, "none"},
      {"comment_date_gmt", "2999-01-01T00:00:00Z", written, "none"},
      {"comment_context[]", "beans", [](const Comment& c) { return c.article.title; }, "beans"},
      {"comment_context[0]", "garden", [](const Comment& c) { return c.article.title; }, "garden"},
      {"comment_context", "soil", [](const Comment& c) { return c.article.title; }, "soil"},
      {"POST_ak_js", std::to_string(house.now / kMillisecond - 4'321), shown, "4321"},
      {"POST_ak_js", std::to_string(house.now / kMillisecond + 50'000), shown, "none"},
      {"POST_ak_js", "1", shown, "none"},
      {"POST_ak_js", "soon", shown, "none"},
      {"POST_ak_hp_textarea", "caught", trap, "caught"},
      {"POST_ak_hp_textarea", "", trap, "none"},
      // Taken without complaint, and of no use to the judge.
      {"comment_post_modified_gmt", "2024-05-04T10:11:12Z", content, ""},
      {"comment_parent", "12", content, ""},
      {"blog_lang", "en, fr_ca", content, ""},
      {"callback", "https://attacker.example/", content, ""},
      {"akismet_comment_nonce", "failed", content, ""},
      {"comment_post_ID", "7", content, ""},
      {"user_ID", "1", content, ""},
      {"contact_form_field_Subject", "Hello", content, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CAPTURE(row.value.substr(0, 80));
    const Answer answer = blog.send("/1.1/comment-check", with(bare, {{row.name, row.value}}));
    REQUIRE(answer.status == 200);
    const Comment comment = kept(house, answer);
    CHECK(row.part(comment) == row.expected);
    CHECK(comment.status == Status::checked);
  }
  CHECK(blog.count() == rows.size());
  CHECK(house.get("/v1/queue", house.admin).body.find("received_at") == std::string::npos);
  CHECK(house.get("/v1/comments?site=blog&article=https://blog.example").body.find("\"count\":0") !=
        std::string::npos);
}

TEST_CASE("forms come as clients write them") {
  House house;
  const AkismetBlog blog(house);
  const std::string start = "blog=https%3A%2F%2Fblog.example&user_ip=192.0.2.10&api_key=" + blog.key;
  struct Row {
    std::string what, body, content, title;
  };
  for (const Row& row : std::vector<Row>{
           {"pluses and percents", "&comment_content=a+plain%20remark%2Bmore", "a plain remark+more", ""},
           {"lower-case hex", "&comment_content=%c3%bcber", "über", ""},
           {"broken escapes stand for themselves", "&comment_content=100%+%zz%4", "100% %zz%4", ""},
           {"bare names", "&user_role&comment_content=x&is_test", "x", ""},
           {"empty role", "&user_role=&comment_content=x", "x", ""},
           {"the last of a repeated field", "&comment_content=first&comment_content=second", "second", ""},
           {"contexts, repeated", "&comment_content=x&comment_context[]=a&comment_context[]=b", "x", "a, b"},
           {"contexts, encoded and numbered",
            "&comment_content=x&comment_context%5B0%5D=a&comment_context%5B1%5D=b", "x", "a, b"},
           {"a list of something else", "&comment_content=x&comment_content[]=y&comment_content[0]=z", "x",
            ""},
           {"an equals sign in a value", "&comment_content=a=b", "a=b", ""},
           {"empty pairs", "&&=&=x&comment_content=x&", "x", ""},
       }) {
    CAPTURE(row.what);
    const std::string page = "&permalink=" + encoded("https://blog.example/" + row.what);
    for (const char* type : {"application/x-www-form-urlencoded",
                             "application/x-www-form-urlencoded; charset=UTF-8", "text/plain"}) {
      const Answer answer = blog.raw("/1.1/comment-check", start + page + row.body, {{"Content-Type", type}});
      const Comment comment = kept(house, answer);
      CHECK(comment.content == row.content);
      CHECK(comment.article.title == row.title);
    }
  }
}

TEST_CASE("other character sets are read as blog_charset says") {
  House house;
  const AkismetBlog blog(house);
  struct Row {
    std::string charset, type, bytes, text;
  };
  for (const Row& row : std::vector<Row>{
           {"UTF-8", "",
            "Gr\xC3\xBC\xC3\x9F"
            "e",
            "Grüße"},
           {"utf8", "",
            "Gr\xC3\xBC\xC3\x9F"
            "e",
            "Grüße"},
           {"", "",
            "Gr\xC3\xBC\xC3\x9F"
            "e",
            "Grüße"},
           {"", "",
            "Gr\xFC\xDF"
            "e",
            "Grüße"},
           {"UTF-8", "",
            "Gr\xFC"
            "e",
            "Gr\xEF\xBF\xBD"
            "e"},
           {"ISO-8859-1", "",
            "Gr\xFC\xDF"
            "e",
            "Grüße"},
           {"iso-8859-15", "", "5 \xA4", "5 €"},
           {"windows-1251", "", "\xCF\xF0\xE8\xE2\xE5\xF2", "Привет"},
           {"KOI8-R", "", "\xF0\xD2\xC9\xD7\xC5\xD4", "Привет"},
           {"Shift_JIS", "", "\x82\xB1\x82\xF1", "こん"},
           {"EUC-JP", "", "\xA4\xB3\xA4\xF3", "こん"},
           {"ISO-2022-JP", "", "\x1B$B$3$s\x1B(B", "こん"},
           {"GB2312", "", "\xC4\xE3\xBA\xC3", "你好"},
           {"Big5", "", "\xA7\x41\xA6\x6E", "你好"},
           {"EUC-KR", "", "\xB0\xA1", "가"},
           {"", "application/x-www-form-urlencoded; charset=\"windows-1251\"", "\xCF\xF0\xE8\xE2\xE5\xF2",
            "Привет"},
           {"windows-1251", "application/x-www-form-urlencoded; charset=UTF-8", "\xCF\xF0\xE8\xE2\xE5\xF2",
            "Привет"},
           {"no-such-charset", "",
            "Gr\xC3\xBC\xC3\x9F"
            "e",
            "Grüße"},
           {"no-such-charset", "",
            "Gr\xFC\xDF"
            "e",
            "Grüße"},
           {"UTF-7", "", "+AGEA- plain", "+AGEA- plain"},
       }) {
    CAPTURE(row.charset);
    CAPTURE(row.text);
    const auto headers = row.type.empty() ? House::Headers{} : House::Headers{{"Content-Type", row.type}};
    const Answer answer = blog.send(
        "/1.1/comment-check",
        blog.comment(row.bytes, {{"comment_author", row.bytes}, {"blog_charset", row.charset}}), headers);
    const Comment comment = kept(house, answer);
    CHECK(comment.content == row.text);
    CHECK(comment.author.name == row.text);
  }
  // More than one buffer of the converter.
  std::string long_text, expected;
  for (int i = 0; i < 20'000; ++i) {
    long_text += '\xFC';
    expected += "ü";
  }
  CHECK(to_utf8(long_text, "ISO-8859-1") == expected);
}

TEST_CASE("what is not documented is neither kept nor looked at") {
  House house;
  const AkismetBlog blog(house);
  const std::string secret = "hunter2-and-more";
  Form form = blog.comment("a plain remark");
  for (const char* name :
       {"POST_pwd", "POST_comment", "HTTP_COOKIE", "HTTP_AUTHORIZATION", "REMOTE_ADDR", "REQUEST_URI",
        "DOCUMENT_URI", "SERVER_SOFTWARE", "PATH", "POST_ak_bib", "comment_author_password"})
    form.emplace_back(name, secret);
  const Answer answer = blog.send("/1.1/comment-check", form);
  CHECK(answer.body == "false");
  CHECK(blog.kept(answer).find(secret) == std::string::npos);
  // Not a byte of it is in the file, its log included.
  for (const char* part : {"", "-wal"}) {
    std::ifstream in(house.database() + part, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    CHECK(bytes.find(secret) == std::string::npos);
  }
  // A form as large as WordPress sends it.
  form.emplace_back("POST_comment", std::string(300'000, 'c'));
  CHECK(blog.send("/1.1/comment-check", form).body == "false");
}

TEST_CASE("the honeypot is the field that is named") {
  House house;
  const AkismetBlog blog(house);
  struct Row {
    Form more;
    bool caught;
  };
  for (const Row& row : std::vector<Row>{
           {{{"honeypot_field_name", "website2"}, {"website2", "http://x.example"}}, true},
           {{{"website2", "http://x.example"}, {"honeypot_field_name", "website2"}}, true},
           {{{"honeypot_field_name", "website2"}, {"POST_website2", "http://x.example"}}, true},
           {{{"honeypot_field_name", "website2"}, {"website2", ""}}, false},
           {{{"honeypot_field_name", "website2"}}, false},
           {{{"website2", "http://x.example"}}, false},
           {{{"POST_ak_hp_textarea", "x"}}, true},
       }) {
    const Answer answer = blog.send("/1.1/comment-check", blog.comment("a plain remark", row.more));
    CHECK(kept(house, answer).form.honeypot.has_value() == row.caught);
    CHECK(fired(house, answer, "honeypot") == row.caught);
  }
}

TEST_CASE("what the protocol fixes comes out so, and says why") {
  struct Row {
    std::string what;
    std::string content;
    Form more;
    std::string body;
    std::string rule;
    bool discard = false;
  };
  for (const Row& row : std::vector<Row>{
           {"plain", "a plain remark", {}, "false", ""},
           {"spam", "a spammy remark", {}, "true", ""},
           {"author",
            "a plain remark",
            {{"comment_author", "akismet-guaranteed-spam"}},
            "true",
            "akismet_test"},
           {"old author", "a plain remark", {{"comment_author", "viagra-test-123"}}, "true", "akismet_test"},
           {"email",
            "a plain remark",
            {{"comment_author_email", "akismet-guaranteed-spam@example.com"}},
            "true",
            "akismet_test"},
           {"administrator", "a spammy remark", {{"user_role", "administrator"}}, "false", "administrator"},
           {"in a list",
            "a spammy remark",
            {{"user_role", "editor, Administrator"}},
            "false",
            "administrator"},
           {"another role", "a spammy remark", {{"user_role", "editor,administrators"}}, "true", ""},
           {"no role", "a spammy remark", {{"user_role", ""}}, "true", ""},
           {"both",
            "a plain remark",
            {{"user_role", "administrator"}, {"comment_author", "viagra-test-123"}},
            "true",
            "akismet_test"},
           {"discard asked for", "a spammy remark", {{"test_discard", "1"}}, "true", "", true},
           {"discard of a test value",
            "a plain remark",
            {{"test_discard", "true"}, {"comment_author", "akismet-guaranteed-spam"}},
            "true",
            "akismet_test",
            true},
           {"discard of ham", "a plain remark", {{"test_discard", "1"}}, "false", ""},
           {"blatant", "a spammy remark, doubtful as well", {}, "true", "", true},
       }) {
    CAPTURE(row.what);
    House house;
    const AkismetBlog blog(house);
    const Answer answer = blog.send("/1.1/comment-check", blog.comment(row.content, row.more));
    CHECK(answer.body == row.body);
    CHECK(header_of(answer, "X-akismet-pro-tip") == (row.discard ? "discard" : ""));
    CHECK(header_of(answer, "X-akismet-debug-help").empty());
    CHECK(Id::parse(header_of(answer, "X-akismet-guid")).has_value());
    if (!row.rule.empty()) CHECK(fired(house, answer, row.rule));
  }
}

TEST_CASE("is_test keeps nothing, teaches nothing, and counts nowhere") {
  House house;
  const AkismetBlog blog(house);
  for (const char* yes : {"1", "true", "TRUE"}) {
    const Form form = blog.comment("a spammy remark", {{"is_test", yes}});
    const Answer answer = blog.send("/1.1/comment-check", form);
    CHECK(answer.body == "true");
    CHECK(Id::parse(header_of(answer, "X-akismet-guid")).has_value());
    CHECK(blog.send("/1.1/submit-ham", form).body == "Thanks for making the web a better place.");
    CHECK(blog.send("/1.1/submit-spam", form).status == 200);
  }
  CHECK(blog.count() == 0);
  CHECK(house.store().learn_events(0, 10)->empty());
  CHECK(blog.send("/1.2/usage-limit", {{"api_key", blog.key}}).body.find("\"usage\":0") != std::string::npos);
  CHECK(house.get("/v1/decisions", house.admin).body.find("\"items\":[]") != std::string::npos);
  for (const char* no : {"0", "false", ""}) {
    const Answer answer = blog.send("/1.1/comment-check", blog.comment("a spammy remark", {{"is_test", no}}));
    CHECK(kept(house, answer).content == "a spammy remark");
  }
}
