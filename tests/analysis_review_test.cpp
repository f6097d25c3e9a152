// A second look at packs that build, and lists of others as packs.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "analysis/gather.h"
#include "analysis/honest.h"
#include "analysis/review.h"
#include "analysis/word_list.h"

using namespace chaffinch;

namespace {

std::string pattern(const std::string& name, const std::string& lines) {
  return "[[pattern]]\nname = \"" + name + "\"\nabout = \"A.\"\nscore = 1\n" + lines + "\n";
}

struct Built {
  std::vector<PackSource> packs;
  std::shared_ptr<const RuleSet> rules;
};

Built built(std::vector<PackSource> packs) {
  Built made{std::move(packs), nullptr};
  std::vector<Error> errors;
  made.rules = RuleSet::build(made.packs, errors);
  std::string told;
  for (const Error& error : errors) told += error.where + ": " + error.what + "\n";
  REQUIRE_MESSAGE(made.rules != nullptr, told);
  return made;
}

std::string told(const std::vector<Remark>& remarks) {
  std::string text;
  for (const Remark& one : remarks) text += one.kind + " " + one.where + ": " + one.what + "\n";
  return text;
}

std::string reviewed(const std::string& text, std::vector<std::pair<std::string, std::string>> lists = {}) {
  const Built made = built({{"mine.toml", "pack = \"mine\"\n" + text, std::move(lists)}});
  return told(review(made.packs, *made.rules));
}

const std::string kExamples = "spam = [\"viagra pills\"]\nham = [\"nothing\"]";

}  // namespace

TEST_SUITE_BEGIN("review");

TEST_CASE("a pack as it should be draws no remark") {
  CHECK(reviewed(pattern("one", "type = \"word\"\nmatch = [\"viagra\", \"cialis\"]\n" + kExamples) +
                 pattern("two", "type = \"word\"\nmatch = [\"pills\"]\n" + kExamples) +
                 "[[composite]]\nname = \"both\"\nabout = \"B.\"\nscore = 1\nwhen = \"one and not two\"\n") ==
        "");
}

TEST_CASE("a regex that costs every comment too much is told with the reason and the cure") {
  const auto regex = [](const std::string& match) {
    return pattern(
        "dear", "type = \"regex\"\nmatch = [" + match + "]\nspam = [\"AB12345678 viagra\"]\nham = [\"x\"]");
  };
  CHECK(reviewed(regex(R"('[a-z]{2}\d{8}')")) ==
        "costly mine.toml:7: the pattern 'dear' has a costly regex: no word or part of a word must be there "
        "for it, so "
        "all of it is searched for in every comment\n");
  CHECK(reviewed(regex(R"('\d{8}', '\w+ viagra', 'b\d+', '\d\w*$|viagra')"))
            .find("; 2 other regexes are costly as well") != std::string::npos);
  CHECK(reviewed(regex(R"('ab.{0,300}viagra')")).find("it counts up to 300, which takes a state for each") !=
        std::string::npos);
  CHECK(reviewed(regex(R"('ab\d{1,20} viagra', 'casino [{]300}')")).empty());
  const Built made = built({{"mine.toml", "pack = \"mine\"\n" + regex(R"('[a-z]{2}\d{8}')"), {}}});
  const std::vector<Remark> remarks = review(made.packs, *made.rules);
  REQUIRE(remarks.size() == 1);
  CHECK(remarks[0].advice.find(R"([a-z]{2}\d{8})") != std::string::npos);
  CHECK(remarks[0].advice.find('^') != std::string::npos);
  CHECK(remarks[0].advice.find("three letters or more") != std::string::npos);
}

TEST_CASE("the same rule twice is told with both places") {
  const std::string text =
      reviewed(pattern("one", "type = \"word\"\nmatch = [\"viagra\", \"cialis\"]\n" + kExamples) +
               pattern("two", "type = \"word\"\nmatch = [\"Cialis\", \"viagra\"]\n" + kExamples));
  CHECK(text == "duplicate mine.toml:11: the pattern 'two' looks for the same as 'one' (mine.toml:3)\n");
  // In other fields, or another view, it is another rule.
  CHECK(reviewed(pattern("one", "type = \"word\"\nmatch = \"viagra\"\n" + kExamples) +
                 pattern("two",
                         "type = \"word\"\nmatch = \"viagra\"\nfields = [\"author.name\"]\n"
                         "spam = [{content = \"x\", name = \"viagra\"}]\nham = [\"nothing\"]")) == "");
  const std::string composites =
      reviewed(pattern("one", "type = \"word\"\nmatch = \"viagra\"\n" + kExamples) +
               "[[composite]]\nname = \"a\"\nabout = \"B.\"\nscore = 1\nwhen = \"one and link_count\"\n"
               "[[composite]]\nname = \"b\"\nabout = \"B.\"\nscore = 1\nwhen = \"one  and  link_count\"\n");
  CHECK(composites == "duplicate mine.toml:19: the composite 'b' says the same as 'a' (mine.toml:14)\n");
}

TEST_CASE("an entry that is listed twice is told once for each two patterns, over packs as well") {
  const std::string within = reviewed(pattern("one", "type = \"word\"\nlist = \"words.txt\"\n" + kExamples),
                                      {{"words.txt", "viagra\npills\nViagra\npills\n"}});
  CHECK(within ==
        "duplicate words.txt:3: the pattern 'one' lists \"Viagra\" twice (words.txt:1), and 1 other entry "
        "so\n");
  const Built two = built(
      {{"a.toml",
        "pack = \"a\"\n" + pattern("one", "type = \"word\"\nmatch = [\"viagra\", \"cialis\"]\n" + kExamples),
        {}},
       {"b.toml",
        "pack = \"b\"\n" + pattern("two", "type = \"word\"\nmatch = [\"pills\", \"viagra\"]\n" + kExamples),
        {}}});
  const auto remarks = review(two.packs, *two.rules);
  REQUIRE(remarks.size() == 1);
  CHECK(told(remarks) ==
        "duplicate b.toml:7: the pattern 'two' lists \"viagra\", which 'one' lists as well (a.toml:7)\n");
  CHECK(remarks[0].advice ==
        "  7 | match = [\"pills\", \"viagra\"]\n    |                    ^\n"
        "remove it from one of them: a comment that holds it gets both scores");
  // Asked about one of them alone, the remark stands where one of the two is meant; about neither, there is
  // none.
  CHECK(review(two.packs, *two.rules, std::vector<std::string>{"a"}).size() == 1);
  CHECK(review(two.packs, *two.rules, std::vector<std::string>{"c"}).empty());
}

TEST_CASE("an entry that another one covers is told, by what its type means") {
  struct Row {
    const char* lines;
    const char* covered;  // part of the remark; empty: none
  };
  const Row rows[] = {
      {R"(type = "substring"
match = ["pill", "pills"])",
       "\"pills\" hits by \"pill\""},
      {R"(type = "word"
match = ["pills", "viagra pills"])",
       "\"viagra pills\" hits by \"pills\""},
      {R"(type = "word"
match = ["pill", "pills"])",
       ""},
      {R"(type = "exact"
match = ["viagra pills", "pills"])",
       ""},
      {R"(type = "regex"
match = ['pills', 'viagra pills'])",
       ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.lines);
    const std::string text = reviewed(pattern("one", std::string(row.lines) + "\n" + kExamples));
    if (std::string(row.covered).empty())
      CHECK(text == "");
    else
      CHECK(text.find(row.covered) != std::string::npos);
    if (!std::string(row.covered).empty()) CHECK(text.starts_with("covered mine.toml:7: "));
  }
  const std::string domains = reviewed(
      pattern("one",
              "type = \"domain\"\nmatch = [\"shop.spam.example\", \"spam.example\", \"notspam.example\"]\n"
              "spam = [\"http://spam.example\"]\nham = [\"nothing\"]"));
  CHECK(domains.find("\"shop.spam.example\" hits by \"spam.example\"") != std::string::npos);
  CHECK(domains.find("of 3 entries 1 does nothing") != std::string::npos);
  const std::string emails =
      reviewed(pattern("one",
                       "type = \"email\"\nmatch = [\"a@spam.example\", \"@spam.example\"]\n"
                       "spam = [{content = \"x\", email = \"b@spam.example\"}]\nham = [\"nothing\"]"));
  CHECK(emails.find("\"a@spam.example\" hits by \"@spam.example\"") != std::string::npos);
  const std::string networks = reviewed(pattern(
      "one",
      "type = \"cidr\"\nmatch = [\"192.0.2.7\", \"198.51.100.0/24\", \"192.0.2.0/24\", \"2001:db8::1\"]\n"
      "spam = [{content = \"x\", ip = \"192.0.2.7\"}]\nham = [\"nothing\"]"));
  CHECK(networks.find("\"192.0.2.7\" hits by \"192.0.2.0/24\"") != std::string::npos);
  CHECK(networks.find("of 4 entries 1 does nothing") != std::string::npos);
}

TEST_CASE("a composite that can never or only be true is told with the reason") {
  const std::string rules =
      pattern("one", "type = \"word\"\nmatch = \"viagra\"\n" + kExamples) +
      pattern("dark", "type = \"word\"\nmatch = \"pills\"\nstate = \"shadow\"\n" + kExamples) +
      pattern("asleep", "type = \"word\"\nmatch = \"cialis\"\nstate = \"off\"\n" + kExamples);
  struct Row {
    const char* when;
    const char* kind;
    const char* advice;
  };
  const Row rows[] = {
      {"one and not one", "never", "contradict"},
      {"link_count and (one or dark) and not (one or link_count)", "never", ""},
      {"one and dark", "never", "'dark' is in the shadow"},
      {"asleep or dark", "never", "is off"},
      {"one or not one", "always", "every comment"},
      {"not (one and not one and link_count)", "always", ""},
      {"one and link_count", "", ""},
      {"not one", "", ""},
      {"one or asleep", "", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.when);
    const Built made =
        built({{"mine.toml",
                "pack = \"mine\"\n" + rules +
                    "[[composite]]\nname = \"c\"\nabout = \"C.\"\nscore = 1\nwhen = \"" + row.when + "\"\n",
                {}}});
    const auto remarks = review(made.packs, *made.rules);
    CHECK(remarks.size() == (*row.kind == '\0' ? 0 : 1));
    if (remarks.empty()) continue;
    CHECK(remarks[0].kind == row.kind);
    CHECK(remarks[0].advice.find(row.advice) != std::string::npos);
    CHECK(remarks[0].advice.find("^") != std::string::npos);
  }
  // Through other composites.
  const std::string nested =
      reviewed(rules +
               "[[composite]]\nname = \"a\"\nabout = \"C.\"\nscore = 1\nwhen = \"one and link_count\"\n"
               "[[composite]]\nname = \"b\"\nabout = \"C.\"\nscore = 1\nwhen = \"a and not one\"\n");
  CHECK(nested.find("the composite 'b' can never be true") != std::string::npos);
}

TEST_CASE("a condition of very many parts takes no longer than its bound") {
  // No value decides it before all are known: the search gives up and says nothing.
  std::string when = "link_count";
  std::string rules;
  for (int i = 0; i < 60; ++i) {
    const std::string name = "p" + std::to_string(i);
    rules += pattern(
        name,
        "type = \"word\"\nmatch = \"viagra\"\nfields = [\"" +
            std::string(i % 2 == 0 ? "content" : "author.name") + "\"]\nstate = \"live\"\n" +
            (i % 2 == 0 ? kExamples : "spam = [{content = \"x\", name = \"viagra\"}]\nham = [\"nothing\"]"));
    when = i == 0 ? "(p0 and not p1) or (p1 and not p0)" : when;
    if (i > 1) when += " and ((" + name + " and not p0) or (not " + name + " and p0))";
  }
  const Built made =
      built({{"mine.toml",
              "pack = \"mine\"\n" + rules +
                  "[[composite]]\nname = \"c\"\nabout = \"C.\"\nscore = 1\nwhen = \"" + when + "\"\n",
              {}}});
  for (const Remark& one : review(made.packs, *made.rules)) CHECK(one.kind == "duplicate");
}

TEST_CASE(
    "a rule that hits honest sentences of any language by half is told; one that speaks for them is not") {
  const Built made = built(
      {{"mine.toml",
        "pack = \"mine\"\n" +
            pattern("all",
                    "type = \"regex\"\nmatch = '.'\nspam = [\"x\"]\nham = [{content = \"\", name = \"a\"}]") +
            pattern("russian",
                    "type = \"substring\"\nmatch = \"о\"\nview = \"raw\"\nspam = [\"это\"]\nham = "
                    "[\"nothing\"]") +
            pattern("fine", "type = \"word\"\nmatch = \"viagra\"\n" + kExamples) +
            "[[pattern]]\nname = \"friend\"\nabout = \"A.\"\nscore = -1\ntype = \"regex\"\nmatch = '.'\nspam "
            "= [\"x\"]\nham = [{content = \"\", name = \"a\"}]\n",
        {}}});
  const auto remarks = too_broad(made.packs, *made.rules);
  const std::string text = told(remarks);
  const std::string count = std::to_string(std::size(kHonest));
  CHECK(text.find("broad mine.toml:3: the pattern 'all' hits " + count + " of " + count +
                  " honest sentences\n") != std::string::npos);
  CHECK(text.find("'russian' hits 6 of 6 honest sentences in the language ru") != std::string::npos);
  CHECK(text.find("'fine'") == std::string::npos);
  CHECK(text.find("'friend'") == std::string::npos);
  CHECK(remarks.size() == 2);

  Breadth breadth(*made.rules);
  Submission comment;
  for (int i = 0; i < 10; ++i) {
    comment.content = i < 3 ? "viagra" : "12";
    breadth.look(comment);
  }
  CHECK(told(breadth.remarks(made.packs, 0.3, 1, "comments")).find("'fine' hits 3 of 10 comments") !=
        std::string::npos);
  CHECK(told(breadth.remarks(made.packs, 0.31, 1, "comments")).find("'fine'") == std::string::npos);
  CHECK(told(breadth.remarks(made.packs, 0.1, 4, "comments")).find("'fine'") == std::string::npos);
}

TEST_CASE("an error that names a line is shown with it and a caret under what is meant") {
  const std::vector<PackSource> packs = {
      {"mine.toml",
       "pack = \"mine\"\n" + pattern("one", "type = \"regex\"\nmatch = ['fine', 'bro(ken']\n" + kExamples),
       {}}};
  std::vector<Error> errors;
  CHECK(RuleSet::build(packs, errors) == nullptr);
  show_lines(packs, errors);
  REQUIRE_FALSE(errors.empty());
  CHECK(errors[0].where == "mine.toml:7");
  CHECK(errors[0].advice.find("  7 | match = ['fine', 'bro(ken']\n    |                   ^") !=
        std::string::npos);
  const std::string before = errors[0].advice;
  show_lines(packs, errors);
  CHECK(errors[0].advice == before);
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("word lists");

namespace {

ListWish wish_of(ListFormat format, bool whole_words = false) {
  ListWish wish;
  wish.format = format;
  wish.whole_words = whole_words;
  wish.name = "theirs";
  wish.about = "On their list.";
  return wish;
}

struct Imported {
  ListPack pack;
  std::shared_ptr<const RuleSet> rules;

  bool hits(const Submission& comment) const {
    Policy policy;
    policy.moderation = Moderation::publish;
    for (const Finding& one : rules->judge(gather(comment), policy).findings)
      if (one.rule.starts_with("theirs")) return true;
    return false;
  }
  bool hits(const std::string& text) const {
    Submission comment;
    comment.content = text;
    return hits(comment);
  }
};

Imported imported(const std::string& text, const ListWish& wish) {
  std::vector<Error> errors;
  auto pack = pack_of_list(text, "theirs.txt", wish, errors);
  std::string why;
  for (const Error& error : errors) why += error.where + ": " + error.what + "\n";
  REQUIRE_MESSAGE(pack.has_value(), why);
  Imported made{std::move(*pack), nullptr};
  const PackSource source{"theirs.toml", made.pack.toml, made.pack.lists};
  made.rules = RuleSet::build(std::span(&source, 1), errors);
  REQUIRE(made.rules != nullptr);
  return made;
}

}  // namespace

TEST_CASE("a WordPress list means what it means to WordPress") {
  const Imported list =
      imported("viagra\r\n  Cheap Pills \n\n#hashtag\nПОКЕР\n203.0.113.\nspam.example\nbad@mail.example\n",
               wish_of(ListFormat::wordpress));
  CHECK(list.hits("buy VIAGRAs now"));  // inside a word, in any case
  CHECK(list.hits("so cheap pills, so good"));
  CHECK_FALSE(list.hits("cheap  pills"));  // two blanks are not one
  CHECK(list.hits("a #hashtag here"));     // no remark there
  CHECK(list.hits("онлайн покер"));
  CHECK(list.hits("see notspam.example/x"));
  CHECK(list.hits("via<b>gr</b>a"));  // without its markup, too
  CHECK(list.hits("<a title=\"viagra\">x</a>"));
  CHECK_FALSE(list.hits("v1agra"));  // nothing is undone that WordPress does not undo
  for (const auto& place : {&Author::name, &Author::email, &Author::url}) {
    Submission comment;
    comment.content = "hello";
    CHECK_FALSE(list.hits(comment));
    comment.author.*place = "xviagrax";
    CHECK(list.hits(comment));
  }
  Submission comment;
  comment.content = "hello";
  comment.client.user_agent = "Viagra/1.0";
  CHECK(list.hits(comment));
  comment.client.user_agent = "Mozilla";
  comment.client.ip = "203.0.113.9";
  CHECK(list.hits(comment));
  comment.client.ip = "203.0.114.9";
  CHECK_FALSE(list.hits(comment));
  comment.client.referrer = "https://viagra.example";  // WordPress does not look there
  CHECK_FALSE(list.hits(comment));
  CHECK(list.pack.lines == 8);
  CHECK(list.pack.empty == 1);
  CHECK(list.pack.entries.size() == 7);
  CHECK(list.pack.domains == 1);
  CHECK(list.pack.emails == 1);
  CHECK(list.pack.addresses == 1);
}

TEST_CASE(
    "with whole words, entries are words, and hosts, emails and addresses are looked for where they are") {
  const Imported list =
      imported("viagra\ncheap pills\nspam.example\nbad@mail.example\n203.0.113.\n198.51.100.7\n",
               wish_of(ListFormat::wordpress, true));
  CHECK(list.hits("buy viagra now"));
  CHECK_FALSE(list.hits("buy viagras now"));
  CHECK_FALSE(list.hits("v\u0456agra"));  // lists name disguises one by one: they are not undone
  CHECK_FALSE(imported("viagra\nt\u2C9F\n", wish_of(ListFormat::wordpress, true)).hits("to town"));
  CHECK(list.hits("http://shop.spam.example/x"));
  CHECK_FALSE(list.hits("http://notspam.example/x"));
  Submission comment;
  comment.content = "hello";
  comment.author.email = "bad@mail.example";
  CHECK(list.hits(comment));
  comment.author.email = "good@mail.example";
  CHECK_FALSE(list.hits(comment));
  comment.client.ip = "203.0.113.200";
  CHECK(list.hits(comment));
  comment.client.ip = "198.51.100.7";
  CHECK(list.hits(comment));
  comment.client.ip = "198.51.100.70";
  CHECK_FALSE(list.hits(comment));
}

TEST_CASE("keywords are words, remarks are none of them, and a score counts once") {
  ListWish wish = wish_of(ListFormat::keywords);
  wish.score = 2.5;
  const Imported list = imported("# pills\nviagra\nVIAGRA\nspam.example\n", wish);
  CHECK(list.pack.remarks == 1);
  CHECK(list.pack.duplicates == 1);
  CHECK_FALSE(list.hits("pills"));
  Submission comment;
  comment.content = "viagra http://spam.example";
  Policy policy;
  double theirs = 0;
  for (const Finding& one : list.rules->judge(gather(comment), policy).findings)
    if (one.rule.starts_with("theirs")) theirs += one.score;
  CHECK(theirs == 2.5);
}

TEST_CASE("a report names what is short, covered, double or lost, and what hits honest comments") {
  ListWish wish = wish_of(ListFormat::wordpress);
  Imported list = imported("viagra\nviagras\nqz\n博彩\nviagra\n", wish);
  CHECK(list.pack.brief == 1);  // two Chinese characters are a word
  CHECK(list.pack.covered == 1);
  CHECK(list.pack.duplicates == 1);
  CHECK(list.hits("qz"));
  const auto set = EntrySet::build(list.pack.entries, wish);
  REQUIRE(set != nullptr);
  Submission comment;
  comment.content = "two viagras";
  CHECK(set->in(comment) == std::vector<std::uint32_t>{0, 1});
  comment.content = "nothing";
  comment.author.email = "qz@mail.example";
  CHECK(set->in(comment) == std::vector<std::uint32_t>{2});
  wish.drop_short = true;
  list = imported("viagra\nqz\n", wish);
  CHECK(list.pack.brief == 1);
  CHECK_FALSE(list.hits("qz"));
  const Imported words = imported("viagra\n\u200B\n", wish_of(ListFormat::keywords));
  CHECK(words.pack.nothing == 1);
}

TEST_CASE("a list that cannot be used is refused with its line") {
  struct Row {
    std::string text, where, what;
  };
  const Row rows[] = {
      {"", "theirs.txt", "no entries"},
      {"\n  \n", "theirs.txt", "no entries"},
      {"fine\nbro\xFFken\n", "theirs.txt:2", "UTF-8"},
      {"fine\n" + std::string(1'001, 'x') + "\n", "theirs.txt:2", "longer than 1,000 bytes"},
      {"a\ne\ni\no\nu\nо\nа\n的\n我\n们\n一\nの\nい\nて\n", "theirs.txt:", "hits every one"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text.substr(0, 40));
    std::vector<Error> errors;
    CHECK_FALSE(pack_of_list(row.text, "theirs.txt", wish_of(ListFormat::wordpress), errors).has_value());
    REQUIRE_FALSE(errors.empty());
    CHECK(errors[0].where.starts_with(row.where));
    CHECK(errors[0].what.find(row.what) != std::string::npos);
  }
}
