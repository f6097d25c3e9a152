#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "analysis/composite.h"
#include "analysis/pack.h"
#include "analysis/ruleset.h"
#include "analysis/spelling.h"
#include "analysis/toml.h"

using namespace chaffinch;

namespace {

std::string told(const Error& error) {
  return error.where + ": " + error.what + " | " + error.advice;
}

std::string told(const std::vector<Error>& errors) {
  std::string text;
  for (const Error& error : errors) text += told(error) + "\n";
  return text;
}

std::vector<Error> errors_of(const std::vector<PackSource>& packs) {
  std::vector<Error> errors;
  const auto rules = RuleSet::build(packs, errors);
  CAPTURE(told(errors));
  CHECK((rules == nullptr) == !errors.empty());
  return errors;
}

bool holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// A pack with one good pattern, some of whose lines are replaced: "score = 2" takes the place of the line
// that begins with "score". An empty value removes it.
std::string pattern_with(std::string_view key = "", std::string_view line = "") {
  std::string text = "pack = \"p\"\n[[pattern]]\n";
  const std::vector<std::pair<std::string_view, std::string_view>> lines = {
      {"name", "name = \"pills\""},
      {"about", "about = \"Names pills.\""},
      {"score", "score = 2.0"},
      {"type", "type = \"regex\""},
      {"match", "match = ['\\bpills\\b']"},
      {"fields", "fields = [\"content\"]"},
      {"spam", "spam = [\"buy pills now\"]"},
      {"ham", "ham = [\"a fine day\"]"},
  };
  bool replaced = key.empty();
  for (const auto& [usual_key, usual] : lines) {
    const bool here = usual_key == key;
    replaced = replaced || here;
    text += std::string(here ? line : usual) + "\n";
  }
  if (!replaced) text += std::string(line) + "\n";
  return text;
}

}  // namespace

TEST_SUITE_BEGIN("analysis");

TEST_CASE("TOML is read as values that know their place") {
  const auto table = toml::parse("a = 1\nb = 'x'\n[c]\nd = [1.5,\n  true]\n", "t.toml");
  REQUIRE(table.has_value());
  CHECK(*table->at("a").integer() == 1);
  CHECK(table->at("a").number() == 1.0);
  CHECK(*table->at("b").text() == "x");
  CHECK(table->at("b").line == 2);
  CHECK(table->at("b").column == 5);
  const toml::Table& nested = *table->at("c").table();
  const toml::Array& array = *nested.at("d").array();
  CHECK(array[0].number() == 1.5);
  CHECK(*array[1].boolean());
  CHECK(array[1].line == 5);
  CHECK(array[1].kind() == "a truth value (true or false)");
  CHECK_FALSE(table->at("b").number().has_value());
}

TEST_CASE("TOML that cannot be read is refused with its place and the line") {
  struct Row {
    std::string text;
    const char* where;
    const char* what;
    const char* shown;
  };
  const Row rows[] = {
      {"a = 1\na = 2\n", "t.toml:2", "cannot redefine", "  2 | a = 2\n"},
      {"a = \"x\n", "t.toml:1", "string", "  1 | a = \"x\n"},
      {"\ta = tru", "t.toml:1", "boolean", "  1 | \ta = tru\n    | \t"},
      {"a = 2024-01-01", "t.toml:1", "dates and times", "  1 | a = 2024-01-01\n    |     ^"},
      {"a = 1\nb = '\xff'\n", "t.toml:2", "UTF-8", ""},
      {"a = 1\n# \xc3", "t.toml:2", "UTF-8", ""},
      {std::string(9'000'000, '#'), "t.toml", "8 MiB", ""},
      {std::string(2'000, '['), "t.toml:1", "", ""},
      {"a = " + std::string(2'000, '['), "t.toml:1", "nested", ""},
  };
  for (const Row& row : rows) {
    const auto table = toml::parse(row.text, "t.toml");
    REQUIRE_FALSE(table.has_value());
    CAPTURE(told(table.error()));
    CHECK(table.error().where == row.where);
    CHECK(holds(table.error().what, row.what));
    CHECK(holds(table.error().advice, row.shown));
  }
}

TEST_CASE("an excerpt shows the line with a caret, however long, wide or tabbed it is") {
  CHECK(toml::excerpt("one\ntwo\n", 2, 2) == "  2 | two\n    |  ^");
  CHECK(toml::excerpt("one\r\n", 1, 1) == "  1 | one\n    | ^");
  CHECK(toml::excerpt("\té = x", 1, 6) == "  1 | \té = x\n    | \t    ^");
  CHECK(toml::excerpt("one", 1, 0) == "  1 | one");
  CHECK(toml::excerpt("one", 1, 6) == "  1 | one\n    |      ^");
  CHECK(toml::excerpt("one", 3, 1).empty());
  CHECK(toml::excerpt("one", 0, 1).empty());
  const std::string shown = toml::excerpt(std::string(500, 'a') + "X" + std::string(500, 'b'), 1, 501);
  CHECK(shown.size() < 250);
  CHECK(holds(shown, "aX"));
  const std::size_t newline = shown.find('\n');
  CHECK(shown.find('^') - newline - 1 == shown.find('X'));
}

TEST_CASE("a pack is read with all that it says") {
  const PackSource source{
      "full.toml",
      R"(pack = "full"
about = "Everything"

[[pattern]]
name = "one"
about = "First."
score = 3
action = "spam"
match = 'x+'
fields = ["content", "author.name", "link", "content"]
view = "visible"
state = "shadow"
spam = ["xx", {content = "x", name = "n", email = "a@b.example", url = "https://u.example", ip = "192.0.2.7", agent = "a", title = "t", referrer = "r", article_url = "https://a.example", type = "pingback"}]
ham = ["yy"]

[[pattern]]
name = "two"
about = "Second."
action = "approve"
type = "domain"
match = ["a.example", "b.example"]
list = "hosts.txt"
state = "off"
spam = ["http://a.example"]
ham = ["no"]

[[composite]]
name = "three"
about = "Third."
when = "one and not two"
score = -1.5

[score]
one = 0.5
)",
      {{"hosts.txt", "\xEF\xBB\xBF# hosts\nc.example\r\n\n  d.example # a note\n#e.example"}}};
  std::vector<Error> errors;
  const auto pack = read_pack(source, errors);
  CAPTURE(told(errors));
  REQUIRE(errors.empty());
  REQUIRE(pack.has_value());
  CHECK(pack->name == "full");
  CHECK(pack->about == "Everything");
  REQUIRE(pack->patterns.size() == 2);

  const PackPattern& one = pack->patterns[0];
  CHECK(one.score == 3);
  CHECK(one.action == Action::spam);
  CHECK(one.type == EntryType::regex);
  CHECK(one.fields == std::vector{Field::content, Field::author_name});
  CHECK(one.links);
  CHECK(one.view == View::visible);
  CHECK(one.state == State::shadow);
  CHECK(one.line == 5);
  REQUIRE(one.examples.size() == 3);
  CHECK(one.examples[0].comment.content == "xx");
  CHECK_FALSE(one.examples[0].comment.client.user_agent.empty());
  const Submission& comment = one.examples[1].comment;
  CHECK(comment.author == Author{"n", "a@b.example", "https://u.example", ""});
  CHECK(comment.client == Client{"192.0.2.7", "a", "r"});
  CHECK(comment.article.title == "t");
  CHECK(comment.article.url == "https://a.example");
  CHECK(comment.type == "pingback");
  CHECK_FALSE(one.examples[2].hit);

  const PackPattern& two = pack->patterns[1];
  CHECK(two.action == Action::approve);
  CHECK(two.links);
  CHECK(two.fields.empty());
  CHECK(two.state == State::off);
  REQUIRE(two.entries.size() == 4);
  CHECK(two.entries[2].text == "c.example");
  CHECK(pack->where(two.entries[2]) == "hosts.txt:2");
  CHECK(two.entries[3].text == "d.example");
  CHECK(pack->where(two.entries[3]) == "hosts.txt:4");

  REQUIRE(pack->composites.size() == 1);
  CHECK(pack->composites[0].when == "one and not two");
  CHECK(pack->composites[0].score == -1.5);
  REQUIRE(pack->scores.size() == 1);
  CHECK(pack->scores[0].rule == "one");
}

TEST_CASE("a good pack raises no error") {
  CHECK(told(errors_of({{"p.toml", pattern_with(), {}}})).empty());
  CHECK(told(errors_of({{"p.toml", "pack = \"empty\"\n", {}}})).empty());
  CHECK(errors_of({}).empty());
}

TEST_CASE("what is wrong with a pack is told with file, line, reason and a way out") {
  struct Row {
    std::string text;
    const char* where;
    const char* what;
    const char* advice;
  };
  const Row rows[] = {
      // the pack
      {"", "p.toml:1", "no 'pack'", ""},
      {"pack = 3", "p.toml:1", "'pack' must be a string, not an integer", "1 | pack = 3"},
      {"pack = \"My Pack\"", "p.toml:1", "a-z, 0-9 and _", ""},
      {"pack = \"p\"\npaterns = 3", "p.toml:2", "a pack knows no 'paterns'", "did you mean 'pattern'?"},
      {"pack = \"p\"\n[pattern]\nname = 'x'", "p.toml:2", "list of tables", "[[pattern]]"},
      {"pack = \"p\"\npattern = [1]", "p.toml:2", "must be a table, not an integer", "[[pattern]]"},
      {"pack = \"p\"\nscore = 3", "p.toml:2", "'score' must be a table", "[score]"},
      {"pack = \"p\"\nabout = \"\"", "p.toml:2", "'about' says nothing", ""},
      {"pack = ", "p.toml:1", "value", "1 | pack = "},
      // a pattern's form
      {pattern_with("nam", "nam = 1"), "p.toml:11", "a pattern knows no 'nam'", "did you mean 'name'?"},
      {pattern_with("zzz", "zzz = 1"), "p.toml:11", "knows no 'zzz'", "known are name, about"},
      {pattern_with("name", ""), "p.toml:2", "the pattern has no 'name'", ""},
      {pattern_with("name", "name = \"Pills\""), "p.toml:3", "cannot be named \"Pills\"",
       "begin with a letter"},
      {pattern_with("name", "name = \"a.b\""), "p.toml:3", "cannot be named", ""},
      {pattern_with("name", "name = \"not\""), "p.toml:3", "cannot be named", "and, or, not"},
      {pattern_with("name", "name = \"" + std::string(65, 'a') + "\""), "p.toml:3", "cannot be named", "64"},
      {pattern_with("about", ""), "p.toml:2", "the pattern 'pills' has no 'about'", ""},
      {pattern_with("about", "about = \"" + std::string(301, 'a') + "\""), "p.toml:4", "longer than 300", ""},
      {pattern_with("score", ""), "p.toml:2", "neither 'score' nor 'action'", "score = 2.0"},
      {pattern_with("score", "score = \"high\""), "p.toml:5", "'score' must be a number, not a string",
       "5 | score = \"high\"\n    |         ^"},
      {pattern_with("score", "score = 20.5"), "p.toml:5", "within -20 and 20", ""},
      {pattern_with("score", "score = nan"), "p.toml:5", "within -20 and 20", ""},
      {pattern_with("score", "score = -inf"), "p.toml:5", "within -20 and 20", ""},
      {pattern_with("score", "action = \"delete\""), "p.toml:5", "'action' cannot be \"delete\"",
       "hold, spam, discard, approve"},
      {pattern_with("type", "type = \"glob\""), "p.toml:6", "'type' cannot be \"glob\"",
       "regex, word, exact"},
      {pattern_with("match", ""), "p.toml:3", "nothing to look for", "match = ['...']"},
      {pattern_with("match", "match = []"), "p.toml:7", "'match' is empty", ""},
      {pattern_with("match", "match = ['a', 3]"), "p.toml:7", "'match' must be a string, not an integer", ""},
      {pattern_with("match", "match = 3"), "p.toml:7", "a string or an array of strings", ""},
      {pattern_with("match", "match = ['x', ' ']"), "p.toml:7", "an entry of 'match' is empty", ""},
      {pattern_with("match", "list = \"pils.txt\""), "p.toml:7", "no list file \"pils.txt\"",
       "did you mean 'pills.txt'?"},
      {pattern_with("match", "list = \"empty.txt\""), "p.toml:7", "has no entries", ""},
      {pattern_with("match", "list = \"broken.txt\""), "broken.txt:2", "UTF-8", ""},
      {pattern_with("fields", "fields = [\"body\"]"), "p.toml:8", "no field \"body\"", "fields are content"},
      {pattern_with("fields", "fields = [\"author.nme\"]"), "p.toml:8", "no field",
       "did you mean 'author.name'?"},
      {pattern_with("fields", "fields = []"), "p.toml:8", "'fields' is empty", ""},
      {pattern_with("view", "view = \"bold\""), "p.toml:11", "'view' cannot be", "raw, visible, folded"},
      {pattern_with("state", "state = \"on\""), "p.toml:11", "'state' cannot be", "live, shadow, off"},
      {pattern_with("spam", ""), "p.toml:3", "the pattern 'pills' has no spam example", "add spam"},
      {pattern_with("ham", ""), "p.toml:3", "the pattern 'pills' has no ham example", "add ham"},
      {pattern_with("spam", "spam = []"), "p.toml:9", "'spam' holds no example", ""},
      {pattern_with("spam", "spam = \"buy pills\""), "p.toml:9", "an array of examples",
       "put it in brackets"},
      {pattern_with("spam", "spam = [3]"), "p.toml:9", "a string or a table, not an integer", ""},
      {pattern_with("spam", "spam = [{text = \"pills\"}]"), "p.toml:9", "an example knows no 'text'",
       "content"},
      {pattern_with("spam", "spam = [{content = 3}]"), "p.toml:9", "'content' must be a string", ""},
      {pattern_with("spam", "spam = [{content = \"pills\", ip = \"1.2.3\"}]"), "p.toml:9", "no IPv4 or IPv6",
       ""},
      {pattern_with("spam", "spam = [\"pills \\u0000\"]"), "p.toml:9", "holds a NUL", ""},
      {pattern_with("spam", "spam = [{content = \"pills\", name = \"" + std::string(300, 'n') + "\"}]"),
       "p.toml:9", "longer than a comment's may be (245 bytes)", ""},
      // its entries
      {pattern_with("match", "match = ['pills', '(pills']"), "p.toml:7",
       "the pattern 'pills' cannot look for \"(pills\": not a regex that RE2 can read: missing )", ""},
      {pattern_with("match", "match = ['pills',\n\n'(?=x)']"), "p.toml:9", "invalid perl operator",
       "no look-around"},
      {pattern_with("match", "match = ['(pills)?']"), "p.toml:7", "matches the empty string",
       "+ instead of *"},
      {pattern_with("match", "match = ['((a{1,100}){1,100}){1,100}']"), "p.toml:7", "", ""},
      {pattern_with("type", "type = \"domain\""), "p.toml:7", "it is no host name", "example.com"},
      {pattern_with("type", "type = \"email\""), "p.toml:8", "type \"email\" cannot look at \"content\"",
       "author.email"},
      {pattern_with("type", "type = \"cidr\""), "p.toml:8", "type \"cidr\" cannot look at \"content\"",
       "client.ip"},
      {pattern_with("type", "type = \"domain\"\nview = \"raw\""), "p.toml:7", "'view' has no meaning",
       "remove it"},
      // its examples
      {pattern_with("spam", "spam = [\"buy pills\",\n  \"buy pillz\"]"), "p.toml:10",
       "the pattern 'pills' does not hit its own spam example \"buy pillz\"", "content reads \"buy pillz\""},
      {pattern_with("ham", "ham = [\"a day\", \"my pills help\"]"), "p.toml:10",
       "the pattern 'pills' hits its own ham example \"my pills help\"", "in content it sees \"pills\""},
      {pattern_with("match", "match = ['Pills']"), "p.toml:9", "does not hit", "the pattern has capitals"},
      {pattern_with("fields", "fields = [\"author.name\"]"), "p.toml:9", "does not hit", "empty there"},
      {pattern_with("fields", "fields = [\"link\"]"), "p.toml:9", "does not hit", "no link is seen"},
      // names
      {pattern_with() +
           "[[pattern]]\nname = \"pills\"\nabout = \"a\"\nscore = 1\nmatch = 'x'\nspam=['x']\nham=['y']\n",
       "p.toml:12", "the name 'pills' is taken: the pattern at p.toml:3 has it", "another name"},
      {pattern_with("name", "name = \"link_count\""), "p.toml:3",
       "is taken: the heuristic in rules/link_count.cpp", ""},
      {pattern_with("name", "name = \"block\""), "p.toml:3", "is taken: a rule of the house", ""},
      // scores
      {"pack = \"p\"\n[score]\nlink_cuont = 1", "p.toml:3", "no rule: 'link_cuont'",
       "did you mean 'link_count'?"},
      {"pack = \"p\"\n[score]\nlink_count = 'x'", "p.toml:3", "'link_count' must be a number", ""},
      {"pack = \"p\"\n[score]\nlink_count = 21", "p.toml:3", "within -20 and 20", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const std::vector<Error> errors =
        errors_of({{"p.toml",
                    row.text,
                    {{"pills.txt", "pills\n"}, {"empty.txt", "# none\n\n"}, {"broken.txt", "a\n\xff\n"}}}});
    CAPTURE(told(errors));
    CHECK(std::any_of(errors.begin(), errors.end(), [&row](const Error& error) {
      return error.code == Code::invalid && error.where == row.where && holds(error.what, row.what) &&
             holds(error.advice, row.advice);
    }));
    // One mistake is one complaint, not a flood that hides it.
    CHECK(errors.size() <= 3);
  }
}

TEST_CASE("all that is wrong is told at once, in every pack") {
  const std::vector<Error> errors = errors_of({
      {"a.toml",
       "pack = \"a\"\nfoo = 1\n[[pattern]]\nname = \"x\"\nabout = \"x\"\nscore = 99\nmatch = ['(']\n",
       {}},
      {"b.toml",
       "pack = \"a\"\n[[pattern]]\nname = \"x\"\nabout = \"b\"\nscore = 1\nmatch = 'b'\nspam = ['c']\nham = "
       "['d']",
       {}},
      {"c.toml", "pack = ", {}},
  });
  const std::string all = told(errors);
  CAPTURE(all);
  for (const std::string_view part :
       {"a.toml:2: a pack knows no 'foo'", "a.toml:6: 'score' must lie",
        "a.toml:7: the pattern 'x' cannot look for", "a.toml:4: the pattern 'x' has no spam",
        "a.toml:4: the pattern 'x' has no ham", "c.toml:1: ", "b.toml:3: the name 'x' is taken",
        "b.toml:1: the pack name 'a' is taken"}) {
    CAPTURE(part);
    CHECK(holds(all, part));
  }
}

TEST_CASE("a list of the wrong kind is told by its first lines and a count") {
  std::string list;
  for (int i = 0; i < 500; ++i) list += "not a host " + std::to_string(i) + "\n";
  const std::vector<Error> errors =
      errors_of({{"p.toml",
                  "pack='p'\n[[pattern]]\nname='hosts'\nabout='h'\nscore=1\ntype='domain'\n"
                  "list='h.txt'\nspam=['http://a.example']\nham=['x']",
                  {{"h.txt", list}}}});
  CHECK(errors.size() == 11);
  CHECK(errors.front().where == "h.txt:1");
  CHECK(holds(errors.back().what, "490 more entries"));
}

TEST_CASE("a condition means what its words say") {
  const std::vector<std::string_view> names = {"a", "b", "c", "d_1"};
  const Expression::Lookup lookup = [&names](std::string_view name) -> std::optional<std::uint32_t> {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return std::nullopt;
    return static_cast<std::uint32_t>(found - names.begin());
  };
  struct Row {
    const char* text;
    bool (*meaning)(bool a, bool b, bool c, bool d);
  };
  static constexpr Row kRows[] = {
      {"a", [](bool a, bool, bool, bool) { return a; }},
      {"not a", [](bool a, bool, bool, bool) { return !a; }},
      {"not not a", [](bool a, bool, bool, bool) { return a; }},
      {"a and b", [](bool a, bool b, bool, bool) { return a && b; }},
      {"a or b", [](bool a, bool b, bool, bool) { return a || b; }},
      {"a or b and c", [](bool a, bool b, bool c, bool) { return a || (b && c); }},
      {"a and b or c", [](bool a, bool b, bool c, bool) { return (a && b) || c; }},
      {"(a or b) and c", [](bool a, bool b, bool c, bool) { return (a || b) && c; }},
      {"a and (b or c) and not d_1", [](bool a, bool b, bool c, bool d) { return a && (b || c) && !d; }},
      {"not a and b", [](bool a, bool b, bool, bool) { return !a && b; }},
      {"not (a and b)", [](bool a, bool b, bool, bool) { return !(a && b); }},
      {"not(a)or(b)and\n\tc", [](bool a, bool b, bool c, bool) { return !a || (b && c); }},
      {"a and b and c and d_1", [](bool a, bool b, bool c, bool d) { return a && b && c && d; }},
      {"a or b or c or d_1", [](bool a, bool b, bool c, bool d) { return a || b || c || d; }},
      {"((((a))))", [](bool a, bool, bool, bool) { return a; }},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    const auto expression = Expression::parse(row.text, lookup);
    REQUIRE(expression.has_value());
    for (unsigned bits = 0; bits < 16; ++bits) {
      CAPTURE(bits);
      std::array<Hit, 4> hits{};
      for (unsigned i = 0; i < 4; ++i) hits[i] = (bits >> i & 1U) != 0 ? Hit::live : Hit::none;
      CHECK(expression->value(hits, Hit::live) == row.meaning(bits & 1U, bits & 2U, bits & 4U, bits & 8U));
    }
  }
}

TEST_CASE("a condition as deep as it may be is evaluated right") {
  const Expression::Lookup lookup = [](std::string_view) -> std::optional<std::uint32_t> { return 0; };
  // Two values wait on each level: true only if none of them is lost.
  std::string text;
  for (int i = 0; i < 30; ++i) text += "not a or a and (";
  text += "a" + std::string(30, ')');
  const auto expression = Expression::parse(text, lookup);
  REQUIRE(expression.has_value());
  CHECK(expression->value(std::array{Hit::live}, Hit::live));
  CHECK(expression->value(std::array{Hit::none}, Hit::live));
  CHECK(expression->rules().size() == 61);
}

TEST_CASE("a condition that cannot be read is refused where it goes wrong") {
  const Expression::Lookup lookup = [](std::string_view name) -> std::optional<std::uint32_t> {
    if (name == "a") return 0;
    return std::nullopt;
  };
  struct Row {
    std::string text;
    const char* what;
    std::size_t at;
  };
  const Row rows[] = {
      {"", "missing at the end", 0},
      {"a and", "missing at the end", 5},
      {"a a", "expected 'and' or 'or' before 'a'", 2},
      {"and a", "saw 'and'", 0},
      {"a or or a", "saw 'or'", 5},
      {"(a", "never closed", 0},
      {"a)", "closes none", 1},
      {"(a a)", "expected 'and', 'or' or ')'", 3},
      {"()", "saw ')'", 1},
      {"a & a", "expected 'and' or 'or' before '&'", 2},
      {"a and é", "saw 'é'", 6},
      {"a and A", "saw 'A'", 6},
      {"a and b_2", "no rule is named 'b_2'", 6},
      {std::string(40, '(') + "a" + std::string(40, ')'), "nested deeper", 31},
      {std::string(5'000, 'a'), "longer than", 0},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text.substr(0, 60));
    const auto expression = Expression::parse(row.text, lookup);
    REQUIRE_FALSE(expression.has_value());
    CHECK(holds(expression.error().what, row.what));
    CHECK(expression.error().at == row.at);
  }
  CHECK(Expression::parse("a and b_2", lookup).error().unknown == "b_2");
}

TEST_CASE("a composite that names what it cannot is told what it meant") {
  const std::string begin = pattern_with();
  const auto composite = [](std::string_view name, std::string_view when) {
    return "[[composite]]\nname = \"" + std::string(name) + "\"\nabout = \"c\"\nscore = 1\nwhen = \"" +
           std::string(when) + "\"\n";
  };
  struct Row {
    std::string text;
    const char* what;
    const char* advice;
  };
  const Row rows[] = {
      {composite("c", "pilss and link_count"), "no rule is named 'pilss'",
       "did you mean 'pills'?\n  pilss and link_count\n  ^"},
      {composite("c", "pills and (link_count"), "never closed", "  pills and (link_count\n            ^"},
      {composite("c", "d") + composite("d", "pills"), "no rule is named 'd'", "move 'd' up"},
      {composite("c", "c or pills"), "no rule is named 'c'", "alone"},
      {composite("c", "block"), "no rule is named 'block'", "when all rules have spoken"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const std::vector<Error> errors = errors_of({{"p.toml", begin + row.text, {}}});
    REQUIRE(errors.size() == 1);
    CAPTURE(told(errors));
    CHECK(errors[0].where == "p.toml:15");
    CHECK(holds(errors[0].what, row.what));
    CHECK(holds(errors[0].advice, row.advice));
  }
  CHECK(errors_of({{"p.toml", begin + composite("d", "pills") + composite("c", "d and not link_count"), {}}})
            .empty());
}

TEST_CASE("a composite's own examples are tried with the whole set") {
  const std::string text = pattern_with() + R"([[pattern]]
name = "cheap"
about = "Says cheap."
score = 1
type = "word"
match = "cheap"
spam = ["so cheap"]
ham = ["a fine day"]
[[composite]]
name = "cheap_pills"
about = "Says that pills are cheap."
score = 1
when = "pills and cheap"
spam = ["cheap pills", "just pills"]
ham = ["cheap", "pills are not cheap"]
)";
  const std::vector<Error> errors = errors_of({{"p.toml", text, {}}});
  CAPTURE(told(errors));
  REQUIRE(errors.size() == 2);
  CHECK(errors[0].where == "p.toml:24");
  CHECK(holds(errors[0].what, "does not hit its own spam example \"just pills\""));
  CHECK(holds(errors[0].advice, "rules that hit it:"));
  CHECK(holds(errors[0].advice, "pills"));
  CHECK(errors[1].where == "p.toml:25");
  CHECK(holds(errors[1].what, "hits its own ham example \"pills are not cheap\""));
}

TEST_CASE("the nearest known word is offered, and none when none is near") {
  const std::vector<std::string_view> known = {"link_count.max", "link_count.score", "shouting.score"};
  CHECK(nearest("link_cuont.max", known) == "link_count.max");
  CHECK(nearest("linkcount.max", known) == "link_count.max");
  CHECK(nearest("shoutin.score", known) == "shouting.score");
  CHECK(nearest("casino", known).empty());
  CHECK(nearest("", known).empty());
  CHECK(nearest(std::string(10'000, 'a'), known).empty());
  CHECK(in_quotes("a\nb") == "\"a b\"");
  CHECK(in_quotes(std::string(59, 'a') + "éé") == "\"" + std::string(59, 'a') + "é...\"");
}

TEST_CASE("the schema and the reader know the same keys and words") {
  std::ifstream file(CHAFFINCH_SOURCE "/schema/pack.schema.json");
  const nlohmann::json schema = nlohmann::json::parse(file);
  const nlohmann::json& defs = schema.at("$defs");
  const auto keys = [](const nlohmann::json& object) {
    std::vector<std::string> list;
    for (const auto& [key, value] : object.at("properties").items()) list.push_back(key);
    return list;
  };
  const auto unknown = [](const std::string& text) {
    std::vector<Error> errors;
    read_pack({"p.toml", text, {}}, errors);
    return holds(told(errors), "knows no");
  };
  const nlohmann::json& example = defs.at("example").at("oneOf").at(1);
  for (const std::string& key : keys(schema))
    CHECK_FALSE(unknown("pack = 'p'\n" + (key == "pack" ? "" : key + " = 1")));
  for (const std::string& key : keys(defs.at("pattern")))
    CHECK_FALSE(unknown("[[pattern]]\n" + key + " = 1"));
  for (const std::string& key : keys(defs.at("composite")))
    CHECK_FALSE(unknown("[[composite]]\n" + key + " = 1"));
  for (const std::string& key : keys(example))
    CHECK_FALSE(unknown("[[pattern]]\nspam = [{" + key + " = 'x'}]"));
  // The reader names the keys that it knows, so those that the schema lacks would show here.
  const auto named = [](const std::string& text) {
    std::vector<Error> errors;
    read_pack({"p.toml", text, {}}, errors);
    for (const Error& error : errors) {
      const std::size_t at = error.advice.find("known are ");
      if (at != std::string::npos) return error.advice.substr(at + 10, error.advice.find('\n', at) - at - 10);
    }
    return std::string();
  };
  const auto same_words = [](std::string text, std::vector<std::string> words) {
    std::sort(words.begin(), words.end());
    std::vector<std::string> read;
    while (!text.empty()) {
      const std::size_t comma = text.find(", ");
      read.push_back(text.substr(0, comma));
      text = comma == std::string::npos ? "" : text.substr(comma + 2);
    }
    std::sort(read.begin(), read.end());
    return read == words;
  };
  CHECK(same_words(named("qqqqqq = 1"), keys(schema)));
  CHECK(same_words(named("[[pattern]]\nqqqqqq = 1"), keys(defs.at("pattern"))));
  CHECK(same_words(named("[[composite]]\nqqqqqq = 1"), keys(defs.at("composite"))));
  CHECK(same_words(named("[[pattern]]\nspam = [{qqqqqq = 1}]"), keys(example)));

  const auto refused = [](std::string_view key, const nlohmann::json& value) {
    std::vector<Error> errors;
    read_pack({"p.toml", "[[pattern]]\n" + std::string(key) + " = " + value.dump(), {}}, errors);
    return holds(told(errors), "cannot be") || holds(told(errors), "no field");
  };
  CHECK(refused("type", "regexp"));
  CHECK(refused("fields", "title"));
  const nlohmann::json& pattern = defs.at("pattern").at("properties");
  for (const nlohmann::json& one : pattern.at("type").at("enum")) CHECK_FALSE(refused("type", one));
  for (const nlohmann::json& one : pattern.at("view").at("enum")) CHECK_FALSE(refused("view", one));
  for (const nlohmann::json& one : defs.at("state").at("enum")) CHECK_FALSE(refused("state", one));
  for (const nlohmann::json& one : defs.at("action").at("enum")) CHECK_FALSE(refused("action", one));
  for (const nlohmann::json& one : defs.at("field").at("enum")) CHECK_FALSE(refused("fields", one));
}
