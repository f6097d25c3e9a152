// The Akismet protocol: what its owner says of a comment, asking again, what is to be held, and the numbers.
#include <doctest/doctest.h>

#include <string>
#include <tuple>
#include <vector>

#include "akismet_client.h"

using namespace chaffinch;
using namespace chaffinch::http;
using namespace chaffinch::test;
using chaffinch::test::header_of;

namespace {

const std::string kThanks = "Thanks for making the web a better place.";

std::size_t decisions(House& house) {
  return members(house.get("/v1/decisions", house.admin).body, "at").size();
}

// The newest first.
std::vector<std::string> ids_of_decisions(House& house) {
  std::vector<std::string> ids;
  const auto page = house.store().decisions({});
  for (const Decision& one : page->items) ids.push_back(one.id.text());
  return ids;
}

std::size_t lessons(House& house) {
  std::size_t standing = 0;
  const auto events = house.store().learn_events(0, 100);
  for (const LearnEvent& one : *events)
    if (!one.taken_back) ++standing;
  return standing;
}

Facts facts_of(House& house, const Answer& answer) {
  return house.store().detail({}, Id::parse(header_of(answer, "X-akismet-guid")).value(), house.now)->facts;
}

const std::string kText =
    "The drainage advice worked for my balcony boxes and the seedlings came up after nine days of rain";
// Somebody whom nobody knows.
Form by_another() {
  static int number = 0;
  const std::string name = "reader" + std::to_string(++number);
  return {{"comment_author", name},
          {"comment_author_email", name + "@mail" + std::to_string(number) + ".example"},
          {"user_ip", "10." + std::to_string(number) + ".7.1"}};
}

const std::string kLike =
    "The drainage advice worked for my balcony boxes, and the seedlings came up after nine days of snow";

}  // namespace

TEST_SUITE_BEGIN("akismet: reports");

TEST_CASE("what WordPress escapes on a first check is as the visitor wrote it, and its report finds it") {
  House house;
  const AkismetBlog blog(house);
  const House::Headers plugin = {{"User-Agent", "WordPress/6.1.9 | Akismet/5.0.2"}};
  const std::string written =
      R"(It's in C:\cellar, <a href="http://cheap-jerseys.example/a">"cheap" jerseys</a>)";
  std::string escaped;
  for (const char c : written) {
    if (c == '\'' || c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  const Form sent = blog.comment(escaped, {{"comment_author", "Mairi O\\'Hara"}});
  const Form later = blog.comment(written, {{"comment_author", "Mairi O'Hara"}});
  const Answer answer = blog.send("/1.1/comment-check", sent, plugin);
  const Comment kept =
      house.store().detail({}, Id::parse(header_of(answer, "X-akismet-guid")).value(), house.now)->comment;
  CHECK(kept.content == written);
  CHECK(kept.author.name == "Mairi O'Hara");
  CHECK(
      members(house.get("/v1/queue?status=checked&domain=cheap-jerseys.example", house.admin).body, "status")
          .size() == 1);
  CHECK(blog.send("/1.1/submit-spam", later, plugin).body == kThanks);
  CHECK(blog.count() == 1);
  CHECK(member(blog.kept(answer), "decided") == "true");

  // As it is sent where that cannot be, or nobody says that it is WordPress, or it is a later check.
  const std::string odd = "A quote \" of its own beside \\\" another";
  const std::string path = "\\server and \\' one";
  for (const auto& [text, headers, more] : std::vector<std::tuple<std::string, House::Headers, Form>>{
           {odd, plugin, {}},
           {path, plugin, {}},
           {"only \\' this", {}, {}},
           {"only \\' this", {{"User-Agent", "akismet-api/6.0.0"}}, {}},
           {"again \\' this", plugin, {{"recheck_reason", "retry"}}}}) {
    const Answer other = blog.send("/1.1/comment-check", with(blog.comment(text), more), headers);
    const Id id = Id::parse(header_of(other, "X-akismet-guid")).value();
    CHECK(house.store().detail({}, id, house.now)->comment.content == text);
  }
}

TEST_CASE("a report becomes one decision by the owner, teaches once, and can be undone") {
  House house;
  const AkismetBlog blog(house);
  const Answer answer = blog.send("/1.1/comment-check", blog.comment(kText));
  REQUIRE(answer.body == "false");
  const std::string id = header_of(answer, "X-akismet-guid");
  const Form report = with(blog.comment(kText), {{"reporter", "ana"},
                                                 {"site_domain", "blog.example"},
                                                 {"submit_referer", "x"},
                                                 {"submit_uri", "y"},
                                                 {"user_id", "1"}});
  for (int i = 0; i < 3; ++i) CHECK(blog.send("/1.1/submit-spam", report).body == kThanks);
  CHECK(decisions(house) == 1);
  CHECK(lessons(house) == 1);
  CHECK(blog.count() == 1);
  const std::string log = house.get("/v1/decisions", house.admin).body;
  CHECK(member(log, "decision") == "spam");
  CHECK(member(log, "by") == "akismet-blog");
  CHECK(member(log, "note") == "reported by ana");
  const std::string detail = blog.kept(answer);
  CHECK(member(detail, "status") == "checked");
  CHECK(member(detail, "decided") == "true");
  CHECK(member(house.get("/v1/stats?site=blog", house.admin).body, "checked") == "1");
  CHECK(member(house.get("/v1/stats?site=blog", house.admin).body, "spam") == "0");

  // Its like is known for spam now: in copies, near copies, and the records of who wrote it.
  const Answer copy = blog.send("/1.1/comment-check", blog.comment(kText));
  CHECK(facts_of(house, copy).copies_spam == 1);
  CHECK(facts_of(house, copy).author.spam == 1);
  const Form like = blog.comment(kLike, by_another());
  CHECK(facts_of(house, blog.send("/1.1/comment-check", like)).near_spam_told == 1);

  // The owner thinks again, and means all that are equal: one decision more, and the lesson is another one.
  CHECK(blog.send("/1.1/submit-ham", report).body == kThanks);
  CHECK(blog.send("/1.1/submit-ham", report).body == kThanks);
  CHECK(decisions(house) == 2);
  CHECK(lessons(house) == 2);
  CHECK(blog.check(blog.comment(kText, {{"recheck_reason", "retry"}})) == "false");
  const Answer after = blog.send("/1.1/comment-check", blog.comment(kText));
  CHECK(facts_of(house, after).copies_spam == 0);
  CHECK(facts_of(house, after).author.spam == 0);

  // A moderator takes that back, and then the report.
  for (const std::size_t left : {std::size_t{1}, std::size_t{0}}) {
    const std::string decision = ids_of_decisions(house).at(left == 1 ? 0 : 2);
    CHECK(house.post("/v1/decisions/" + decision + "/undo", {}, house.moderator).status == 200);
    const Answer now = blog.send("/1.1/comment-check", like);
    CHECK(facts_of(house, now).near_spam_told == left);
    CHECK(lessons(house) == left);
  }
  CHECK(member(blog.kept(answer), "status") == "checked");
  // The desk cannot move what the client keeps, and says so.
  const Answer moved =
      house.post("/v1/decisions", json("{'ids':['" + id + "'],'decision':'approve'}"), house.moderator);
  CHECK(moved.status == 409);
  CHECK(member(moved.body, "why") == "checked");
}

TEST_CASE("a report finds its comment by guid, else by content and author") {
  struct Row {
    std::string what;
    Form more;
    bool found;
    bool with_guid = false;
  };
  for (const Row& row : std::vector<Row>{
           {"the same", {}, true},
           {"other line ends and blanks", {{"comment_content", "  " + kText + "\r\n"}}, true},
           {"no author told",
            {{"comment_author", ""}, {"comment_author_email", ""}, {"user_agent", ""}},
            true},
           {"email in capitals", {{"comment_author_email", "ANA@mail.example"}}, true},
           {"another author", {{"comment_author", "Bo"}}, false},
           {"another text", {{"comment_content", "something else entirely, and long enough"}}, false},
           {"another text, with guid", {{"comment_content", "something else entirely"}}, true, true},
           {"a guid that is none", {{"guid", "0"}}, true},
           {"a guid of nobody", {{"guid", "01890000-0000-7000-8000-000000000000"}}, true},
       }) {
    CAPTURE(row.what);
    House house;
    const AkismetBlog blog(house);
    const Answer answer = blog.send("/1.1/comment-check", blog.comment(kText));
    Form report = with(blog.comment(kText), row.more);
    if (row.with_guid) report = with(report, {{"guid", header_of(answer, "X-akismet-guid")}});
    CHECK(blog.send("/1.1/submit-spam", report).body == kThanks);
    CHECK(blog.count() == (row.found ? 1 : 2));
    CHECK(decisions(house) == 1);
    CHECK(lessons(house) == 1);
    CHECK(member(blog.kept(answer), "decided") == (row.found ? "true" : "false"));
  }
}

TEST_CASE("a report about an unseen comment is kept and learned, once") {
  House house;
  const AkismetBlog blog(house);
  for (int i = 0; i < 2; ++i) {
    CHECK(blog.send("/1.1/submit-spam", blog.comment(kText)).body == kThanks);
    CHECK(blog.count() == 1);
    CHECK(decisions(house) == 1);
    CHECK(lessons(house) == 1);
  }
  const Answer near = blog.send("/1.1/comment-check", blog.comment(kLike));
  CHECK(facts_of(house, near).near_spam_told == 1);
  // Reports come in heaps, years later: they are no burst.
  CHECK(facts_of(house, near).recent_address_10m == 0);
}

TEST_CASE("another site's comment is not found, and its key reports nothing here") {
  House house;
  const AkismetBlog blog(house), other(house, "other");
  const Answer answer = blog.send("/1.1/comment-check", blog.comment(kText));
  CHECK(other
            .send("/1.1/submit-spam",
                  with(other.comment(kText), {{"guid", header_of(answer, "X-akismet-guid")}}))
            .body == kThanks);
  CHECK(member(blog.kept(answer), "decided") == "false");
  CHECK(facts_of(house, blog.send("/1.1/comment-check", blog.comment(kLike))).near_spam_told == 0);
  CHECK(facts_of(house, other.send("/1.1/comment-check", other.comment(kLike))).near_spam_told == 1);
}

TEST_CASE("the very same question within two minutes, three times at most, is one whose answer was lost") {
  House house;
  const AkismetBlog blog(house);
  const Answer first = blog.send("/1.1/comment-check", blog.comment(kText));
  const std::string id = header_of(first, "X-akismet-guid");
  for (int more = 0; more < 2; ++more) {
    house.now += 40 * kSecond;
    const Answer again = blog.send("/1.1/comment-check", blog.comment(kText));
    CHECK(again.body == first.body);
    CHECK(header_of(again, "X-akismet-guid") == id);
    const Facts facts = facts_of(house, again);
    CHECK(facts.copies == 0);
    CHECK(facts.recent_address_10m == 0);
    CHECK(blog.count() == 1);
  }
  // From the fourth on they are copies.
  const Answer fourth = blog.send("/1.1/comment-check", blog.comment(kText));
  CHECK(header_of(fourth, "X-akismet-guid") != id);
  CHECK(facts_of(house, fourth).copies == 1);
  CHECK(blog.count() == 2);

  // So is what somebody else writes, or on another page, or later.
  const std::string other = kText + " and then some";
  const Answer asked = blog.send("/1.1/comment-check", blog.comment(other));
  std::uint32_t copies = 0;
  for (const Form& more : std::vector<Form>{{{"user_ip", "192.0.2.11"}},
                                            {{"comment_author", "Bo"}},
                                            {{"permalink", "https://blog.example/peas"}},
                                            {{"user_agent", "Mozilla/6.0"}},
                                            {{"comment_type", "contact-form"}}}) {
    const Answer copy = blog.send("/1.1/comment-check", blog.comment(other, more));
    CHECK(header_of(copy, "X-akismet-guid") != header_of(asked, "X-akismet-guid"));
    CHECK(facts_of(house, copy).copies == ++copies);
  }
  house.now += 2 * kMinute;
  CHECK(facts_of(house, blog.send("/1.1/comment-check", blog.comment(other))).copies == ++copies);

  // What its owner has said stands: the like of it is another comment, and judged as one.
  const Answer told = blog.send("/1.1/comment-check", blog.comment("words that were reported"));
  CHECK(blog.send("/1.1/submit-spam", blog.comment("words that were reported")).body == kThanks);
  const Answer like = blog.send("/1.1/comment-check", blog.comment("words that were reported"));
  CHECK(header_of(like, "X-akismet-guid") != header_of(told, "X-akismet-guid"));
  CHECK(facts_of(house, like).copies_spam == 1);
}

TEST_CASE("who asks again gets a new judgement, and is no other comment of a burst") {
  House house;
  const AkismetBlog blog(house);
  const Answer first = blog.send("/1.1/comment-check", blog.comment(kText));
  const std::string id = header_of(first, "X-akismet-guid");
  for (const char* reason : {"recheck_queue", "retry", "edit"}) {
    const Answer again = blog.send("/1.1/comment-check", blog.comment(kText, {{"recheck_reason", reason}}));
    CHECK(again.body == "false");
    CHECK(header_of(again, "X-akismet-guid") == id);
    const Facts facts = facts_of(house, again);
    CHECK(facts.copies == 0);
    CHECK(facts.near_copies == 0);
    CHECK(facts.recent_address_10m == 0);
  }
  CHECK(blog.count() == 1);
  // Edited words are those of the same comment, and are judged.
  const Answer edited =
      blog.send("/1.1/comment-check", blog.comment(kLike + " spammy", {{"recheck_reason", "edit"}}));
  CHECK(edited.body == "true");
  CHECK(header_of(edited, "X-akismet-guid") == id);
  CHECK(facts_of(house, edited).near_copies == 0);
  CHECK(member(blog.kept(edited), "content") == kLike + " spammy");
  CHECK(blog.count() == 1);
  // Without a reason it is another comment.
  const Answer second = blog.send("/1.1/comment-check", blog.comment(kLike + " spammy"));
  CHECK(header_of(second, "X-akismet-guid") != id);
  CHECK(facts_of(house, second).copies == 1);
  CHECK(facts_of(house, second).copies_spam == 1);
  CHECK(facts_of(house, second).recent_address_10m == 1);
  // One that was never asked about is kept, and is no burst either.
  const Answer late =
      blog.send("/1.1/comment-check", blog.comment("words of last year", {{"recheck_reason", "recheck_queue"},
                                                                          {"comment_author", "Bo"},
                                                                          {"user_ip", "203.0.113.9"}}));
  CHECK(blog.count() == 3);
  CHECK(facts_of(house, late).recent_address_10m == 0);
  CHECK(facts_of(house,
                 blog.send("/1.1/comment-check", blog.comment("and today", {{"user_ip", "203.0.113.9"}})))
            .recent_address_10m == 0);
  // A person outranks the machine.
  CHECK(blog.send("/1.1/submit-ham", blog.comment(kLike + " spammy", {{"guid", id}})).body == kThanks);
  CHECK(blog.check(blog.comment(kLike + " spammy", {{"recheck_reason", "retry"}, {"guid", id}})) == "false");
  CHECK(blog.send("/1.1/submit-spam", blog.comment(kLike + " spammy", {{"guid", id}})).body == kThanks);
  CHECK(blog.check(blog.comment(kText, {{"recheck_reason", "retry"}, {"guid", id}})) == "true");
}

TEST_CASE("what is to be held is answered as the site wants it; first comments are the client's business") {
  struct Row {
    std::string hold, body, kept_as;
    int status;
  };
  for (const Row& row : std::vector<Row>{{"'false'", "false", "false", 200},
                                         {"'true'", "true", "true", 200},
                                         {"'error'", "", "error", 503},
                                         {"true", "true", "true", 200},
                                         {"false", "false", "false", 200}}) {
    CAPTURE(row.hold);
    House house({.moderation = Moderation::hold_all});
    const AkismetBlog blog(house);
    const Answer set =
        house.ask("PATCH", "/v1/sites/blog", json("{'akismet_hold':" + row.hold + "}"), house.admin);
    REQUIRE(set.status == 200);
    CHECK(member(set.body, "akismet_hold") == row.kept_as);
    const Answer answer = blog.send("/1.1/comment-check", blog.comment("a doubtful remark"));
    CHECK(answer.status == row.status);
    CHECK(answer.body == row.body);
    CHECK(header_of(answer, "X-akismet-error").empty() == (row.status == 200));
    CHECK(header_of(answer, "X-akismet-debug-help").empty() == (row.status == 200));
    CHECK(member(blog.kept(answer), "action") == "hold");
    CHECK(blog.check(blog.comment("plain words on beans", by_another())) == "false");
    CHECK(blog.check(blog.comment("spammy words on beans", by_another())) == "true");
    CHECK(house.ask("PATCH", "/v1/sites/blog", json("{'akismet_hold':'maybe'}"), house.admin).status == 400);
  }
}

TEST_CASE("who is blocked is answered true") {
  House house;
  const AkismetBlog blog(house);
  const Answer block = house.post("/v1/blocks", json("{'kind':'ip','value':'192.0.2.10'}"), house.moderator);
  REQUIRE(block.status == 201);
  CHECK(blog.check(blog.comment("a plain remark")) == "true");
  CHECK(blog.check(blog.comment("words on beans", by_another())) == "false");
}

TEST_CASE("the numbers of key-sites, usage-limit and get-stats") {
  House house;  // on 2026-11-23
  const AkismetBlog blog(house);
  CHECK(blog.send("/1.2/usage-limit", {{"api_key", blog.key}}).body ==
        R"({"limit":"none","usage":0,"percentage":"0.00","throttled":false})");
  house.now -= 30 * kDay;  // October
  blog.check(blog.comment("spammy words of autumn", by_another()));
  house.now += 30 * kDay;
  const Form missed = blog.comment("the gate was painted green", by_another());
  const Form fine = blog.comment("I sow my beans in April", by_another());
  const Form wrong = blog.comment("is the word spammy one that people use?", by_another());
  blog.check(missed);
  blog.check(fine);
  blog.check(wrong);
  blog.check(
      with(blog.comment("an apple a day", by_another()), {{"blog", "https://www.second.example/news/"}}));
  blog.send("/1.1/submit-spam", missed);
  blog.send("/1.1/submit-spam", missed);  // again
  blog.send("/1.1/submit-ham", wrong);
  blog.send("/1.1/submit-ham", fine);  // as we had said
  const auto ask = [&](const std::string& call, const Form& form) {
    return blog.send(call, with({{"api_key", blog.key}}, form));
  };
  CHECK(ask("/1.2/usage-limit", {}).body ==
        R"({"limit":"none","usage":8,"percentage":"0.00","throttled":false})");

  const std::string first =
      R"({"site":"blog.example","api_calls":"7","spam":"1","ham":"2","missed_spam":"1","false_positives":"1","is_revoked":false})";
  const std::string second =
      R"({"site":"www.second.example/news","api_calls":"1","spam":"0","ham":"1","missed_spam":"0","false_positives":"0","is_revoked":false})";
  struct Row {
    std::string what;
    Form form;
    std::string body;
  };
  for (
      const Row& row : std::vector<Row>{
          {"this month",
           {},
           R"({"2026-11":[)" + first + "," + second + R"(],"limit":500,"offset":0,"total":2})"},
          {"named",
           {{"month", "2026-11"}, {"format", "json"}, {"order", "spam"}},
           R"({"2026-11":[)" + first + "," + second + R"(],"limit":500,"offset":0,"total":2})"},
          {"filtered",
           {{"filter", "SECOND"}},
           R"({"2026-11":[)" + second + R"(],"limit":500,"offset":0,"total":1})"},
          {"one", {{"limit", "1"}}, R"({"2026-11":[)" + first + R"(],"limit":1,"offset":0,"total":2})"},
          {"the next",
           {{"limit", "1"}, {"offset", "1"}},
           R"({"2026-11":[)" + second + R"(],"limit":1,"offset":1,"total":2})"},
          {"the month before",
           {{"month", "2026-10"}},
           R"({"2026-10":[{"site":"blog.example","api_calls":"1","spam":"1","ham":"0","missed_spam":"0","false_positives":"0","is_revoked":false}],"limit":500,"offset":0,"total":1})"},
          {"no month", {{"month", "2026-13"}}, "invalid"},
          {"no number", {{"limit", "many"}}, "invalid"},
          {"no offset", {{"offset", "-1"}}, "invalid"},
          {"no order", {{"order", "name"}}, "invalid"},
          {"no format", {{"format", "xml"}}, "invalid"}}) {
    CAPTURE(row.what);
    const Answer answer = ask("/1.2/key-sites", row.form);
    CHECK(answer.status == 200);
    CHECK(answer.body == row.body);
    std::string query;
    for (const auto& [name, value] : row.form) query += "&" + name + "=" + encoded(value);
    CHECK(house.get("/1.2/key-sites?api_key=" + blog.key + query).body == row.body);
  }
  const Answer csv = ask("/1.2/key-sites", {{"format", "csv"}});
  CHECK(csv.type == "text/csv; charset=utf-8");
  CHECK(csv.body ==
        "Active sites for blog during 2026-11 (limit: 500; offset: 0; total: 2)\n"
        "Site,Total API Calls,Spam,Ham,Missed Spam,False Positives,Is Revoked\n"
        "blog.example,7,1,2,1,1,false\nwww.second.example/news,1,0,1,0,0,false\n");

  const Form of_blog = {{"blog", "http://blog.example/"}};
  const std::string october =
      R"("2026-10":{"da":"2026-10-01","spam":1,"ham":0,"missed_spam":0,"false_positives":0})";
  const std::string november =
      R"("2026-11":{"da":"2026-11-01","spam":1,"ham":2,"missed_spam":1,"false_positives":1})";
  const std::string whole =
      R"({"spam":2,"ham":2,"missed_spam":1,"false_positives":1,"accuracy":50.0,"time_saved":40,"breakdown":{)" +
      october + "," + november + "}}";
  for (const char* from : {"60-days", "6-months", "all", ""})
    CHECK(ask("/1.1/get-stats", with(of_blog, {{"from", from}})).body == whole);
  CHECK(ask("/1.1/get-stats", with(of_blog, {{"from", "ever"}})).body == "invalid");
  CHECK(member(ask("/1.1/get-stats", {{"blog", "https://nobody.example"}}).body, "accuracy") == "100.0");
  CHECK(
      ask("/1.1/get-subscription", of_blog).body ==
      R"({"status":"active","account_name":"blog","account_type":"Chaffinch","next_billing_date":false,"limit_reached":false})");
  CHECK(ask("/1.1/get-subscription", of_blog).type == "application/json");

  // A blog for which the key is good no longer is marked; an undone report is none.
  REQUIRE(house.ask("PATCH", "/v1/sites/blog", json("{'akismet_own_blog':true}"), house.admin).status == 200);
  CHECK(member(ask("/1.2/key-sites", {{"filter", "second"}}).body, "is_revoked") == "true");
  for (const std::string& id : ids_of_decisions(house))
    CHECK(house.post("/v1/decisions/" + id + "/undo", {}, house.moderator).status == 200);
  CHECK(member(ask("/1.1/get-stats", of_blog).body, "missed_spam") == "0");
  CHECK(member(ask("/1.1/get-stats", of_blog).body, "false_positives") == "0");
}

TEST_CASE("a thousand blogs of a key are counted one by one, the rest together") {
  House house;
  const AkismetBlog blog(house);
  for (int i = 0; i < 1'003; ++i)
    blog.check(
        blog.comment("a plain remark", {{"blog", "https://b" + std::to_string(i) + ".example"},
                                        {"permalink", "https://b" + std::to_string(i) + ".example/a"}}));
  const std::string page =
      blog.send("/1.2/key-sites", {{"api_key", blog.key}, {"limit", "2"}, {"order", "total"}}).body;
  CHECK(member(page, "total") == "1001");
  CHECK(page.find(R"({"site":"","api_calls":"3")") != std::string::npos);
}

TEST_CASE("what is checked goes after its time, and what was said of it stays learned") {
  House house;
  const AkismetBlog blog(house);
  const Answer answer = blog.send("/1.1/comment-check", blog.comment(kText));
  blog.send("/1.1/submit-spam", blog.comment(kText));
  house.now += 14 * kDay;
  while (house.store().sweep(house.now)->more) {
  }
  CHECK(blog.count() == 1);
  house.now += 2 * kDay;
  while (house.store().sweep(house.now)->more) {
  }
  CHECK(blog.count() == 0);
  CHECK(lessons(house) == 1);
  const Facts facts = facts_of(house, blog.send("/1.1/comment-check", blog.comment(kText)));
  CHECK(facts.copies_spam == 1);
  CHECK(facts.author.spam == 1);
  CHECK(facts_of(house, blog.send("/1.1/comment-check", blog.comment(kLike))).near_spam_told == 1);
}
