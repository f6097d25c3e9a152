// The heuristics and packs as shipped: each rule's own examples, and the manners that rules/rule.h asks for.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/gather.h"
#include "analysis/ruleset.h"
#include "rules/rule.h"
#include "shipped.h"

using namespace chaffinch;
using chaffinch::test::shipped_packs;

namespace {

// An example as a comment: what it does not say is what an ordinary one has.
Evidence evidence_of(const Example& example) {
  Submission comment;
  comment.site = "demo";
  comment.article.id = "post";
  comment.article.title = example.article_title;
  comment.author.name = example.author_name;
  comment.author.email = example.author_email;
  comment.author.url = example.author_url;
  comment.content = example.content;
  comment.client.user_agent = example.user_agent;
  comment.client.referrer = example.referrer;
  comment.type = example.type;
  Evidence seen = gather(std::move(comment));
  if (example.adjust != nullptr) example.adjust(seen);
  return seen;
}

std::vector<double> usual_knobs(const Rule& rule) {
  std::vector<double> values;
  for (const Knob& knob : rule.knobs) values.push_back(knob.usual);
  return values;
}

std::optional<Noticed> asked(const Rule& rule, const Evidence& seen) {
  const std::vector<double> values = usual_knobs(rule);
  return rule.examine(seen, Knobs(rule.knobs, values));
}

std::string listed(const std::vector<Error>& errors) {
  std::string text;
  for (const Error& error : errors) text += error.where + ": " + error.what + "\n" + error.advice + "\n";
  return text;
}

bool is_sentence(std::string_view text) {
  return text.size() > 10 && text.size() <= 300 && text.front() >= 'A' && text.front() <= 'Z' &&
         text.back() == '.';
}

Submission comment_of(std::string content, std::string name = {}, std::string url = {}) {
  Submission comment;
  comment.content = std::move(content);
  comment.author.name = std::move(name);
  comment.author.url = std::move(url);
  comment.client.user_agent = Example{}.user_agent;
  return comment;
}

}  // namespace

TEST_SUITE_BEGIN("rules");

TEST_CASE("the catalogue names every heuristic once, in order, by its file") {
  const auto catalogue = rules::catalogue();
  CHECK(catalogue.size() >= 30);
  std::set<std::string> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(CHAFFINCH_SOURCE) / "rules")) {
    if (entry.path().extension() == ".cpp") files.insert(entry.path().stem().string());
  }
  std::string before;
  for (const Rule* rule : catalogue) {
    CAPTURE(std::string(rule->name));
    const std::string name(rule->name);
    CHECK(name > before);
    CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos);
    CHECK((name.front() >= 'a' && name.front() <= 'z'));
    CHECK(files.erase(name) == 1);
    before = name;
  }
  CHECK(files.empty());
}

TEST_CASE("a heuristic says what it sees in a sentence, and what each knob means") {
  for (const Rule* rule : rules::catalogue()) {
    CAPTURE(std::string(rule->name));
    CHECK(is_sentence(rule->about));
    CHECK(rule->score != 0);
    CHECK(std::abs(rule->score) <= 6);
    REQUIRE((rule->examine != nullptr));
    std::set<std::string_view> names;
    for (const Knob& knob : rule->knobs) {
      CAPTURE(std::string(knob.name));
      CHECK(names.insert(knob.name).second);
      CHECK(knob.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos);
      CHECK(knob.name != "score");
      CHECK(knob.about.size() > 10);
    }
  }
}

TEST_CASE("a heuristic hits where its examples hit and misses where they miss") {
  for (const Rule* rule : rules::catalogue()) {
    CAPTURE(std::string(rule->name));
    bool hits = false;
    bool misses = false;
    for (const Example& example : rule->examples) {
      CAPTURE(std::string(example.content));
      CAPTURE(std::string(example.author_name));
      CAPTURE(std::string(example.author_url));
      (example.hit ? hits : misses) = true;
      const std::optional<Noticed> noticed = asked(*rule, evidence_of(example));
      CHECK(noticed.has_value() == example.hit);
    }
    CHECK(hits);
    CHECK(misses);
  }
}

TEST_CASE(
    "what a heuristic points at lies in the field and on character borders, and the factor within its "
    "bounds") {
  for (const Rule* rule : rules::catalogue()) {
    CAPTURE(std::string(rule->name));
    for (const Example& example : rule->examples) {
      CAPTURE(std::string(example.content));
      const Evidence seen = evidence_of(example);
      const std::optional<Noticed> noticed = asked(*rule, seen);
      if (!noticed) continue;
      CHECK(noticed->factor > 0);
      CHECK(noticed->factor <= 4);
      if (!noticed->about.empty()) CHECK(is_sentence("It says: " + noticed->about));
      for (const Spot& spot : noticed->evidence) {
        const std::string_view field = seen.raw(spot.field);
        CHECK(spot.start <= spot.end);
        REQUIRE(spot.end <= field.size());
        const auto border = [field](std::size_t at) {
          return at == field.size() || (static_cast<unsigned char>(field[at]) & 0xC0U) != 0x80U;
        };
        CHECK(border(spot.start));
        CHECK(border(spot.end));
      }
    }
  }
}

TEST_CASE("a heuristic says the same twice and bears every text") {
  std::vector<std::string> texts = {"",
                                    " ",
                                    "\n\n",
                                    "a",
                                    "[",
                                    "<",
                                    "<a",
                                    "<a href=",
                                    "{|",
                                    "{{{{{",
                                    "+",
                                    "@",
                                    ":::::",
                                    "]]>",
                                    "[url=",
                                    "[...]",
                                    "\xF0\x9F\x94\xA5",
                                    "\xE2\x80\x8B",
                                    "\xCC\x81",
                                    "v\xE2\x80\x8B",
                                    "%",
                                    "http://",
                                    "http://[::1]/",
                                    "t.me/",
                                    "0x"};
  texts.push_back(std::string(64 * 1024, 'x'));
  texts.push_back(std::string(64 * 1024, '{'));
  texts.push_back(std::string(64 * 1024, '+'));
  texts.push_back(std::string(64 * 1024, '<'));
  texts.push_back(std::string(64 * 1024, ':'));
  std::string spaced;
  std::string tags;
  std::string numbers;
  while (spaced.size() < 64 * 1024 - 20) spaced += "a ";
  while (tags.size() < 64 * 1024 - 20) tags += "<a href=\"\">";
  while (numbers.size() < 64 * 1024 - 20) numbers += "+1 2 3 4 ";
  texts.insert(texts.end(), {spaced, tags, numbers});
  for (const std::string& text : texts) {
    CAPTURE(text.substr(0, 40));
    const std::string field = text.substr(0, 100);
    Submission comment = comment_of(text, field, field);
    comment.author.email = field + "@";
    comment.article.title = field;
    comment.form.honeypot = field;
    for (const char* type : {"comment", "trackback", "pingback"}) {
      comment.type = type;
      const Evidence seen = gather(comment);
      for (const Rule* rule : rules::catalogue()) {
        CAPTURE(std::string(rule->name));
        const auto first = asked(*rule, seen);
        const auto second = asked(*rule, seen);
        REQUIRE(first.has_value() == second.has_value());
        if (first) {
          CHECK(first->factor == second->factor);
          CHECK(first->about == second->about);
          CHECK(first->evidence == second->evidence);
        }
      }
    }
  }
}

TEST_CASE("the shipped packs compile and pass their own examples") {
  const std::vector<PackSource> packs = shipped_packs();
  std::vector<Error> errors;
  const auto set = RuleSet::build(packs, errors);
  CAPTURE(listed(errors));
  REQUIRE(set != nullptr);
  CHECK(errors.empty());
  std::size_t patterns = 0;
  std::size_t heuristics = 0;
  std::size_t composites = 0;
  for (const RuleInfo& rule : set->rules()) {
    CAPTURE(rule.name);
    if (rule.kind == "pattern") ++patterns;
    if (rule.kind == "heuristic") ++heuristics;
    if (rule.kind == "composite") ++composites;
    CHECK(is_sentence(rule.about));
    if (rule.kind == "pattern" || rule.kind == "composite") {
      CHECK(std::abs(rule.score) <= 4);
      CHECK(rule.score != 0);
    }
  }
  CHECK(patterns >= 80);
  CHECK(heuristics >= 15);
  CHECK(composites >= 6);
}

TEST_CASE("spam of every kind is flagged, remarks of people are not") {
  std::vector<Error> errors;
  const auto set = RuleSet::build(shipped_packs(), errors);
  REQUIRE(set != nullptr);
  Policy policy;
  policy.moderation = Moderation::publish;
  struct Row {
    const char* content;
    const char* name;
    const char* url;
    Action least;  // spam or hold: at least this; approve: nothing more
  };
  static constexpr Row kRows[] = {
      {"Buy generic viagra online without prescription http://best-pharmacy-rx.example/", "pills", "",
       Action::spam},
      {"Great article, thanks for sharing!", "cheap nfl jerseys",
       "http://club.example/cheap-nfl-jerseys-4.php", Action::spam},
      {"I am really impressed with your writing skills and also with the layout on your blog.",
       "payday loans uk", "http://payday-loans.example", Action::spam},
      {"[url=http://ray-ban-outlet.example][b]ray ban sunglasses[/b][/url] [url=http://a.example]x[/url]",
       "rb", "", Action::spam},
      {"Invest in bitcoin with Mrs Clara and get weekly profit, WhatsApp +1 555 010 4477", "Clara", "",
       Action::spam},
      {"A powerful spell caster brought my husband back, contact him on spellhome@gmail.com", "Lisa", "",
       Action::spam},
      {"Hello Web Admin, I noticed that your on-page SEO is missing a few factors", "seo",
       "http://seo.example", Action::spam},
      {"write my essay for me http://best-essays.example", "dissertation help", "", Action::spam},
      {"𝗡𝗔𝗚𝗔𝟳𝟳 gampang maxwin, yuk gabung main sekarang", "x", "", Action::spam},
      {"Watch free porn here http://free-xxx.example/a", "xxx", "", Action::spam},
      {"please check out my channel and subscribe", "newbie", "", Action::hold},
      {"Buy 1000 Instagram followers now http://followers.example", "growth", "", Action::hold},
      {"Get an instant loan today with 3% interest rate, contact us", "Mr Lender", "", Action::hold},
      {"Thanks! The second step did not work for me at first: the service needs port 8080 open. See "
       "https://example.org/docs/ports for why.",
       "Anna Meyer", "https://anna.example", Action::approve},
      {"Great post!", "Tom", "", Action::approve},
      {"Great post, thanks for sharing.", "Tom Finch", "https://tomfinch.example", Action::approve},
      {"@Anna: I think the loop is wrong:\n\nfor (int i = 0; i <= n; i++) { sum += a[i]; }", "Ravi", "",
       Action::approve},
      {"I could not disagree more. My grandmother lived to 95 on butter and coffee, and she never saw a "
       "doctor.",
       "Maria del Carmen Ortega", "", Action::approve},
      {"Is there a pharmacy near the hotel? My doctor put me on prednisone.", "June", "", Action::approve},
      {"The casino scene is the best part of the film, isn't it?", "Pete", "", Action::approve},
      {"Спасибо, очень помогло!", "Олег", "", Action::approve},
      {"素晴らしい記事をありがとうございます。とても参考になりました。", "田中", "", Action::approve},
      {"Blokir saja spam judi itu, min. Mengganggu!", "Budi", "", Action::approve},
  };
  for (const Row& row : kRows) {
    CAPTURE(std::string(row.content));
    const Verdict verdict = set->judge(gather(comment_of(row.content, row.name, row.url)), policy);
    CAPTURE(verdict.score);
    std::string fired;
    for (const Finding& finding : verdict.findings)
      fired += finding.rule + " " + std::to_string(finding.score) + ", ";
    CAPTURE(fired);
    CHECK_FALSE(verdict.unchecked);
    if (row.least == Action::approve) {
      CHECK(word(verdict.action) == "approve");
    } else {
      CHECK(verdict.action >= row.least);
    }
  }
}
