// What the desk draws: numbers by day and week, as JSON and as tables, and the texts of the rules' versions.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "house.h"
#include "http/csv.h"
#include "http/wire_numbers.h"

using namespace chaffinch;
using namespace chaffinch::http;
using chaffinch::test::House;
using chaffinch::test::json;
using chaffinch::test::member;
using chaffinch::test::members;

namespace {

std::string submitted(House& house, const std::string& text, const std::string& token) {
  const Answer answer = house.post(
      "/v1/comments", json("{'article':{'id':'a'},'author':{'name':'Ana'},'content':'" + text + "'}"), token);
  REQUIRE(answer.status == 201);
  return member(answer.body, "id");
}

std::string decided(House& house, const std::string& id, const std::string& how) {
  const Answer answer =
      house.post("/v1/decisions", json("{'ids':['" + id + "'],'decision':'" + how + "'}"), house.admin);
  REQUIRE(answer.status == 200);
  return member(answer.body, "id");
}

std::string header_in(const Answer& answer, const std::string& name) {
  for (const auto& [key, value] : answer.headers)
    if (key == name) return value;
  return {};
}

std::vector<std::string> lines_of(const std::string& table) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < table.size();) {
    const std::size_t end = table.find("\r\n", at);
    REQUIRE(end != std::string::npos);
    lines.push_back(table.substr(at, end - at));
    at = end + 2;
  }
  return lines;
}

// The part of an answer that tells of the last day.
std::string last_day(const std::string& body) {
  const std::size_t end = body.find("\"queue\"");
  const std::size_t begin = body.rfind("{\"day\"", end);
  REQUIRE(begin != std::string::npos);
  return body.substr(begin, end - begin);
}

}  // namespace

TEST_SUITE_BEGIN("api: numbers");

TEST_CASE("the days say what came, what people decided, how long it took, and how old the queue is") {
  House house;
  const std::string other = house.token(Role::frontend, "other");
  const Time came = house.now;
  const std::string one = submitted(house, "doubtful", house.frontend);
  submitted(house, "a kind remark", house.frontend);
  submitted(house, "spammy", house.frontend);
  submitted(house, "doubtful here as well", other);
  house.now += 100 * kMinute;
  const std::string decision = decided(house, one, "spam");

  const Answer all = house.get("/v1/stats/days", house.admin);
  REQUIRE(all.status == 200);
  CHECK(members(all.body, "day").size() == 90);
  CHECK(members(all.body, "day").back() == format_time(house.now).substr(0, 10));
  CHECK(member(all.body, "site") == "null");
  CHECK(member(all.body, "since") == "null");
  const std::string day = last_day(all.body);
  CHECK(member(day, "submitted") == "4");
  CHECK(member(day, "held") == "2");
  CHECK(member(day, "spam_by_machine") == "1");
  CHECK(member(day, "approved_by_machine") == "1");
  CHECK(member(day, "spam") == "1");
  CHECK(member(day, "undone") == "0");
  const double median = std::stod(member(day, "median_seconds"));
  CHECK(median > 6'000 / 1.2);
  CHECK(median < 6'000 * 1.2);
  const std::string queue = all.body.substr(all.body.find("\"queue\""));
  CHECK(member(queue, "pending") == "1");
  CHECK(member(queue, "oldest") == format_time(came));
  const std::size_t ages = queue.find("\"ages\"");
  CHECK(queue.find(R"({"from_seconds":0,"to_seconds":3600,"count":0,"more":false})", ages) !=
        std::string::npos);
  CHECK(queue.find(R"({"from_seconds":3600,"to_seconds":21600,"count":1,"more":false})", ages) !=
        std::string::npos);
  CHECK(queue.find(R"({"from_seconds":604800,"to_seconds":null,"count":0,"more":false})", ages) !=
        std::string::npos);

  // A token of one site sees that site alone, whether it names it or not.
  for (const char* path : {"/v1/stats/days?days=1", "/v1/stats/days?days=1&site=blog"}) {
    const Answer own = house.get(path, house.moderator);
    REQUIRE(own.status == 200);
    CHECK(member(own.body, "site") == "blog");
    CHECK(members(own.body, "day").size() == 1);
    CHECK(member(last_day(own.body), "submitted") == "3");
  }
  CHECK(member(last_day(house.get("/v1/stats/days?site=other", house.admin).body), "submitted") == "1");

  const Answer table = house.get("/v1/stats/days.csv?days=2&site=blog", house.admin);
  REQUIRE(table.status == 200);
  CHECK(table.type.starts_with("text/csv"));
  CHECK(header_in(table, "Content-Disposition") == "attachment; filename=\"days.csv\"");
  const auto lines = lines_of(table.body);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] ==
        "day,submitted,approved_by_machine,held,spam_by_machine,discarded,checked,imported,approved,rejected,"
        "spam,"
        "undone,median_seconds");
  CHECK(lines[1].ends_with(",0,0,0,0,0,0,0,0,0,0,0,"));  // nothing waited: an empty cell
  CHECK(lines[2].starts_with(format_time(house.now).substr(0, 10) + ",3,1,1,1,0,0,0,0,0,1,0,"));

  REQUIRE(house.post("/v1/decisions/" + decision + "/undo", "", house.admin).status == 200);
  const std::string after = last_day(house.get("/v1/stats/days", house.admin).body);
  CHECK(member(after, "spam") == "0");
  CHECK(member(after, "undone") == "1");
  CHECK(member(after, "median_seconds") == "null");
}

TEST_CASE("the weeks say how the comments stand that a rule hit") {
  House house;
  const std::string one = submitted(house, "doubtful", house.frontend);
  submitted(house, "doubtful again", house.frontend);
  submitted(house, "spammy", house.frontend);
  const std::string week = iso_week_of(house.now);
  house.now += 7 * kDay;
  submitted(house, "doubtful the week after", house.frontend);
  const std::string decision = decided(house, one, "reject");

  const Answer asked = house.get("/v1/stats/rules?rule=house_doubtful", house.moderator);
  REQUIRE(asked.status == 200);
  CHECK(members(asked.body, "rule") == std::vector<std::string>{"house_doubtful"});
  CHECK(members(asked.body, "week") == std::vector<std::string>{week, iso_week_of(house.now)});
  CHECK(asked.body.find(R"("hits":2,"spam":0,"approved":0,"rejected":1,"precision":1.0)") !=
        std::string::npos);
  CHECK(asked.body.find(R"("hits":1,"spam":0,"approved":0,"rejected":0,"precision":null)") !=
        std::string::npos);
  CHECK(members(house.get("/v1/stats/rules?rule=house_doubtful&weeks=1", house.admin).body, "week").size() ==
        1);
  CHECK(house.get("/v1/stats/rules?rule=no_such_rule", house.admin).body ==
        json("{'site':null,'since':null,'rules':[],'next':null}"));
  CHECK(member(house.get("/v1/stats/rules?site=other", house.admin).body, "rules") == "[");

  // Page by page: each rule once, in order.
  const std::vector<std::string> all = members(house.get("/v1/stats/rules", house.admin).body, "rule");
  REQUIRE(all.size() > 1);
  CHECK(std::is_sorted(all.begin(), all.end()));
  std::vector<std::string> paged;
  std::string cursor;
  for (std::size_t i = 0; i <= all.size(); ++i) {
    const Answer page =
        house.get("/v1/stats/rules?limit=1" + (cursor.empty() ? "" : "&cursor=" + cursor), house.admin);
    REQUIRE(page.status == 200);
    for (const std::string& rule : members(page.body, "rule")) paged.push_back(rule);
    cursor = member(page.body, "next");
    if (cursor == "null") break;
  }
  CHECK(paged == all);

  const Answer table = house.get("/v1/stats/rules.csv?rule=house_doubtful", house.admin);
  REQUIRE(table.status == 200);
  CHECK(header_in(table, "Content-Disposition") == "attachment; filename=\"rules.csv\"");
  const auto lines = lines_of(table.body);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == "rule,week,from,hits,spam,approved,rejected");
  CHECK(lines[1] == "house_doubtful," + week + "," + members(asked.body, "from").at(0) + ",2,0,0,1");
  CHECK(lines_of(house.get("/v1/stats/rules.csv", house.admin).body).size() > 3);

  REQUIRE(house.post("/v1/decisions/" + decision + "/undo", "", house.admin).status == 200);
  CHECK(house.get("/v1/stats/rules?rule=house_doubtful", house.moderator).body.find(R"("rejected":1)") ==
        std::string::npos);
}

TEST_CASE("what cannot be asked of the numbers is told by name") {
  House house;
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"/v1/stats/days?days=0", "?days"},
      {"/v1/stats/days?days=401", "?days"},
      {"/v1/stats/days?days=1.5", "?days"},
      {"/v1/stats/days?days=many", "?days"},
      {"/v1/stats/days?day=1", "?day"},
      {"/v1/stats/days.csv?days=-1", "?days"},
      {"/v1/stats/days?days=1&days=2", "?days"},
      {"/v1/stats/rules?weeks=105", "?weeks"},
      {"/v1/stats/rules?weeks=0", "?weeks"},
      {"/v1/stats/rules?cursor=x", "?cursor"},
      {"/v1/stats/rules?limit=0", "?limit"},
      {"/v1/stats/rules.csv?limit=5", "?limit"},
      {"/v1/stats/rules.csv?weeks=none", "?weeks"},
      {"/v1/stats/days?site=" + std::string(101, 'x'), "?site"}};
  for (const auto& one : wrong) {
    const std::string& target = one.first;
    const std::string& where = one.second;
    CAPTURE(target);
    const Answer answer = house.get(target, house.admin);
    CHECK(answer.status == 400);
    CHECK(member(answer.body, "where") == where);
  }
  for (const char* path :
       {"/v1/stats/days", "/v1/stats/days.csv", "/v1/stats/rules", "/v1/stats/rules.csv"}) {
    CAPTURE(path);
    for (const auto& [site, token] :
         {std::pair<std::string, std::string>{"none", house.admin}, {"other", house.moderator}}) {
      const Answer answer = house.get(std::string(path) + "?site=" + site, token);
      CHECK(answer.status == 404);
      CHECK(member(answer.body, "where") == "?site");
    }
    CHECK(house.get(path).status == 401);
    CHECK(house.get(path, house.frontend).status == 403);
  }
}

TEST_CASE("a table's cells mean no formula and keep their lines") {
  CHECK(csv_text("") == "");
  CHECK(csv_text("plain text") == "plain text");
  CHECK(csv_text("a,b") == "\"a,b\"");
  CHECK(csv_text("say \"it\"") == "\"say \"\"it\"\"\"");
  CHECK(csv_text("two\r\nlines") == "\"two\r\nlines\"");
  CHECK(csv_text("=HYPERLINK(\"x\")") == "\"'=HYPERLINK(\"\"x\"\")\"");
  for (const char* formula : {"+1", "-1", "@SUM", "\tx"})
    CHECK(csv_text(formula) == "'" + std::string(formula));
  CHECK(csv_text("\n=1") == "\"'\n=1\"");
  CHECK(csv_text("a=1") == "a=1");
  std::string table;
  csv_line(table, {"a", csv_text("b,c"), ""});
  CHECK(table == "a,\"b,c\",\r\n");
}

TEST_CASE("weeks are named as ISO 8601 names them") {
  const auto week = [](const char* text) { return iso_week_of(parse_time(text).value()); };
  CHECK(week("2026-11-28T12:00:00Z") == "2026-W48");
  CHECK(week("2026-11-23T00:00:00Z") == "2026-W48");
  CHECK(week("2026-11-22T23:59:59Z") == "2026-W47");
  CHECK(week("2021-01-03T00:00:00Z") == "2020-W53");
  CHECK(week("2021-01-04T00:00:00Z") == "2021-W01");
  CHECK(week("2024-12-30T00:00:00Z") == "2025-W01");
  CHECK(week("2027-01-01T00:00:00Z") == "2026-W53");
  CHECK(date_of(parse_time("2026-01-05T23:59:59Z").value()) == "2026-01-05");
}

TEST_SUITE_END();
