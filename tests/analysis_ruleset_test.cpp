#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "analysis/gather.h"
#include "analysis/judge.h"
#include "analysis/ruleset.h"
#include "core/limits.h"
#include "rules/rule.h"

using namespace chaffinch;

namespace {

std::string told(const std::vector<Error>& errors) {
  std::string text;
  for (const Error& error : errors) text += error.where + ": " + error.what + " | " + error.advice + "\n";
  return text;
}

// The heuristics keep running; only what they are worth is taken away, so that a test's own rules make the
// score.
std::string silence() {
  std::string text = "pack = \"silence\"\n[score]\n";
  for (const Rule* rule : rules::catalogue()) text += std::string(rule->name) + " = 0\n";
  return text;
}

std::shared_ptr<const RuleSet> rules_of(const std::string& text,
                                        std::vector<std::pair<std::string, std::string>> lists = {}) {
  const PackSource packs[] = {{"silence.toml", silence(), {}}, {"test.toml", text, std::move(lists)}};
  std::vector<Error> errors;
  auto rules = RuleSet::build(packs, errors);
  REQUIRE_MESSAGE(rules != nullptr, told(errors));
  return rules;
}

// A pattern that looks for its own name.
std::string pattern(const std::string& name, const std::string& worth, const std::string& more = "") {
  return "[[pattern]]\nname = \"" + name + "\"\nabout = \"Says " + name + ".\"\n" + worth +
         "\ntype = \"word\"\nmatch = \"" + name + "\"\nspam = [\"a " + name + " b\"]\nham = [\"nothing\"]\n" +
         more + "\n";
}

Submission submission(std::string content) {
  Submission made;
  made.article.id = "post";
  made.article.title = "A post";
  made.author.name = "Ann";
  made.content = std::move(content);
  made.client = {"192.0.2.7", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
                 "https://blog.example/post"};
  return made;
}

// Of an author whose comments have been approved before.
Evidence known(std::string content) {
  Evidence seen = gather(submission(std::move(content)));
  seen.facts.author.approved = 3;
  seen.facts.article_known = true;
  return seen;
}

const Finding* finding(const Verdict& verdict, std::string_view rule) {
  const auto found = std::find_if(verdict.findings.begin(), verdict.findings.end(),
                                  [rule](const Finding& one) { return one.rule == rule; });
  return found == verdict.findings.end() ? nullptr : &*found;
}

std::string value(const Evidence& seen, const Spot& spot) {
  return std::string(seen.raw(spot.field).substr(spot.start, spot.end - spot.start));
}

// What a pattern sees: every spot's value, with the field's name before it.
std::vector<std::string> sees(const RuleSet& rules, const Evidence& seen, std::string_view rule) {
  const Verdict verdict = rules.judge(seen, Policy{});
  const Finding* found = finding(verdict, rule);
  std::vector<std::string> values;
  if (found == nullptr) return values;
  for (const Spot& spot : found->evidence)
    values.push_back(std::string(word(spot.field)) + "=" + value(seen, spot));
  return values;
}

using Values = std::vector<std::string>;

}  // namespace

TEST_SUITE_BEGIN("analysis");

TEST_CASE("scores add up, and the thresholds make them an action") {
  const auto rules = rules_of("pack = \"t\"\n" + pattern("one", "score = 1") + pattern("two", "score = 2") +
                              pattern("three", "score = 3.0") + pattern("six", "score = 6") +
                              pattern("minus", "score = -2.5") + pattern("tenth", "score = 0.1"));
  struct Row {
    const char* text;
    double score;
    Action action;
  };
  static constexpr Row kRows[] = {
      {"nothing", 0, Action::approve},
      {"one", 1, Action::approve},
      {"one two", 3, Action::hold},
      {"three", 3, Action::hold},
      {"three two", 5, Action::hold},
      {"three two one", 6, Action::spam},
      {"six six six", 6, Action::spam},
      {"six three two", 11, Action::spam},
      {"six three two one", 12, Action::discard},
      {"six minus", 3.5, Action::hold},
      {"six three two one minus", 9.5, Action::spam},
      {"minus", -2.5, Action::approve},
      {"tenth two", 2.1, Action::approve},
      {"tenth two one", 3.1, Action::hold},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    const Verdict verdict = rules->judge(known(row.text), Policy{});
    CHECK(verdict.score == row.score);
    CHECK(verdict.action == row.action);
    CHECK_FALSE(verdict.unchecked);
    CHECK(verdict.rules_version == rules->version());
    CHECK_FALSE(verdict.probability.has_value());
  }
  Policy strict;
  strict.hold = 1;
  strict.spam = 2;
  strict.discard = 3;
  CHECK(rules->judge(known("one"), strict).action == Action::hold);
  CHECK(rules->judge(known("two"), strict).action == Action::spam);
  CHECK(rules->judge(known("three"), strict).action == Action::discard);
}

TEST_CASE("a score is a sum of thousandths, the same in every order") {
  std::string text = "pack = \"t\"\n";
  std::string content;
  for (int i = 0; i < 10; ++i) {
    text += pattern("w" + std::string(1, static_cast<char>('a' + i)), "score = 0.1");
    content += "w" + std::string(1, static_cast<char>('a' + i)) + " ";
  }
  text += pattern("third", "score = 0.33333");
  const auto rules = rules_of(text);
  CHECK(rules->judge(known(content), Policy{}).score == 1.0);
  const Verdict verdict = rules->judge(known("third"), Policy{});
  CHECK(verdict.score == 0.333);
  CHECK(finding(verdict, "third")->score == 0.333);
}

TEST_CASE("a finding tells what was seen, where in the original, and its sentence") {
  const auto rules = rules_of("pack = \"t\"\n" + pattern("casino", "score = 1.5"));
  const Evidence seen = known("The CASINO, the casino");
  const Verdict verdict = rules->judge(seen, Policy{});
  const Finding* found = finding(verdict, "casino");
  REQUIRE(found != nullptr);
  CHECK(found->score == 1.5);
  CHECK(found->about == "Says casino.");
  CHECK_FALSE(found->shadow);
  CHECK_FALSE(found->action.has_value());
  REQUIRE(found->evidence.size() == 1);
  CHECK(found->evidence[0] == Spot{Field::content, View::folded, 4, 10});
}

TEST_CASE("findings stand highest score first, at most as many as are kept, and those of weight stay") {
  std::string text = "pack = \"t\"\n";
  std::string content;
  for (int i = 0; i < 100; ++i) {
    const std::string name = "w" + std::to_string(i);
    text += pattern(name, "score = " + std::to_string(0.1 + i * 0.001));
    content += name + " ";
  }
  text += pattern("minus", "score = -9") + pattern("forced", "action = \"spam\"") +
          pattern("hidden", "score = 20\nstate = \"shadow\"");
  const auto rules = rules_of(text);
  Evidence seen = known(content + "minus forced hidden");
  seen.facts.article_closed = true;
  const Verdict verdict = rules->judge(seen, Policy{});
  CHECK(verdict.findings.size() == limits::kFindings);
  CHECK(std::is_sorted(verdict.findings.begin(), verdict.findings.end(),
                       [](const Finding& left, const Finding& right) { return left.score > right.score; }));
  CHECK(finding(verdict, "minus") != nullptr);
  CHECK(finding(verdict, "forced") != nullptr);
  CHECK(finding(verdict, "article_closed") != nullptr);
  CHECK(finding(verdict, "w99") != nullptr);
  CHECK(finding(verdict, "hidden") == nullptr);
  CHECK(finding(verdict, "w0") == nullptr);
  // Those that are not kept count all the same: 100 * 0.1 + 0.001 * (0 + ... + 99) - 9.
  CHECK(verdict.score == 5.95);
}

TEST_CASE("patterns look where they are told to") {
  const auto rules = rules_of(R"(pack = "t"
[[pattern]]
name = "in_name"
about = "n"
score = 1
match = '\bseo\b'
fields = ["author.name"]
spam = [{name = "SEO Expert"}]
ham = ["seo in the text", {name = "Seoul"}]
[[pattern]]
name = "in_both"
about = "n"
score = 1
type = "substring"
match = "loan"
fields = ["content", "author.name", "author.email", "author.url", "client.user_agent", "client.referrer",
          "article.title", "article.url", "type"]
spam = ["Loans", {name = "LOAN"}, {email = "Loan@a.example"}, {url = "https://Loan.example"}, {agent = "LoanBot"},
        {referrer = "https://a.example/Loan"}, {title = "Loans"}, {article_url = "https://a.example/Loan"}, {type = "loan"}]
ham = ["nothing"]
[[pattern]]
name = "in_links"
about = "n"
score = 1
match = 'promo=\d+'
fields = ["link"]
spam = ["http://a.example/?Promo=12 ok", {url = "http://a.example/?promo=3"}]
ham = ["promo=12"]
[[pattern]]
name = "raw_only"
about = "n"
score = 1
match = 'BUY'
view = "raw"
spam = ["buy"]
ham = ["sell"]
)");
  Evidence seen = known("Loans at http://a.example/?promo=12 and http://b.example/?promo=7 BUY");
  seen.comment.author.name = "Seo Loan";
  seen = gather(seen.comment);
  CHECK(sees(*rules, seen, "in_name") == Values{"author.name=Seo"});
  CHECK(sees(*rules, seen, "in_both") == Values{"content=Loan", "author.name=Loan"});
  CHECK(sees(*rules, seen, "in_links") ==
        Values{"content=http://a.example/?promo=12", "content=http://b.example/?promo=7"});
  CHECK(sees(*rules, seen, "raw_only") == Values{"content=BUY"});
}

TEST_CASE("domains are found in links and addresses, with all that stands under them") {
  const auto rules = rules_of(R"(pack = "t"
[[pattern]]
name = "bad_host"
about = "h"
score = 1
type = "domain"
match = ["Spam.Example"]
list = "hosts.txt"
spam = ["see http://spam.example/x", "see http://www.spam.example", {url = "https://spam.example"},
        "see http://a.b.listed.example"]
ham = ["see http://notspam.example", "spam.example.org is http://spam.example.org", {email = "a@spam.example"}]
[[pattern]]
name = "home_host"
about = "h"
score = 1
type = "domain"
match = "home.example"
fields = ["author.url"]
spam = [{url = "http://home.example"}]
ham = ["http://home.example"]
[[pattern]]
name = "text_host"
about = "h"
score = 1
type = "domain"
match = "text.example"
fields = ["content"]
spam = ["http://text.example"]
ham = [{content = "x", url = "http://text.example"}]
[[pattern]]
name = "mail_host"
about = "h"
score = 1
type = "domain"
match = "mail.example"
fields = ["author.email"]
spam = [{email = "a@Mail.example"}, {email = "a@b.mail.example"}]
ham = ["http://mail.example", {email = "a@xmail.example"}]
)",
                              {{"hosts.txt", "# many\nlisted.example\n"}});
  const Evidence seen =
      known("see http://www.spam.example/x and http://listed.example and http://fine.example");
  CHECK(sees(*rules, seen, "bad_host") ==
        Values{"content=http://www.spam.example/x", "content=http://listed.example"});
}

TEST_CASE("email addresses and networks are found") {
  const auto rules = rules_of(R"(pack = "t"
[[pattern]]
name = "bad_email"
about = "e"
score = 1
type = "email"
match = ["Ann@Spam.example", "@all.example"]
spam = [{email = "ann@spam.example"}, {email = "ANN@SPAM.EXAMPLE"}, {email = "any.one@all.example"}]
ham = [{email = "bob@spam.example"}, {email = "a@not.all.example"}, {email = "joann@spam.example"}, {email = "all.example"}]
[[pattern]]
name = "bad_network"
about = "c"
score = 1
type = "cidr"
match = ["192.0.2.0/25", "198.51.100.7", "2001:db8::/33", "203.0.113.0/24", "203.0.112.0/20"]
spam = [{ip = "192.0.2.0"}, {ip = "192.0.2.127"}, {ip = "198.51.100.7"}, {ip = "2001:db8:7fff::1"}, {ip = "203.0.113.9"},
        {ip = "203.0.127.255"}, {ip = "::ffff:192.0.2.5"}]
ham = [{ip = "192.0.2.128"}, {ip = "198.51.100.6"}, {ip = "2001:db8:8000::1"}, {ip = "203.0.128.0"}, "no address"]
)");
  const Evidence seen = known("hello");
  CHECK(sees(*rules, seen, "bad_network") == Values{"client.ip=192.0.2.7"});
}

TEST_CASE("one entry may belong to several patterns, and a pattern's spots are told once") {
  const auto rules = rules_of(R"(pack = "t"
[[pattern]]
name = "first"
about = "h"
score = 1
type = "domain"
match = ["a.example", "b.a.example"]
spam = ["http://a.example"]
ham = ["x"]
[[pattern]]
name = "second"
about = "h"
score = 1
type = "domain"
match = "a.example"
spam = ["http://a.example"]
ham = ["x"]
)");
  const Evidence seen = known("http://b.a.example");
  CHECK(sees(*rules, seen, "first") == Values{"content=http://b.a.example"});
  CHECK(sees(*rules, seen, "second") == Values{"content=http://b.a.example"});
  std::string many;
  for (int i = 0; i < 20; ++i) many += "http://h" + std::to_string(i) + ".a.example ";
  CHECK(sees(*rules, known(many), "second").size() == 8);
}

TEST_CASE("literals in the folded view are folded as the text is") {
  const auto rules = rules_of(R"(pack = "t"
[[pattern]]
name = "capital"
about = "c"
score = 1
type = "word"
match = "Cheap ROLEX"
spam = ["a cheap Rolex here"]
ham = ["a cheap watch"]
)");
  CHECK(sees(*rules, known("CHEAP rolex"), "capital") == Values{"content=CHEAP rolex"});
}

TEST_CASE("a shadow rule is told and adds nothing, a rule that is off does not run") {
  const auto rules =
      rules_of("pack = \"t\"\n" + pattern("dark", "score = 9\naction = \"spam\"\nstate = \"shadow\"") +
               pattern("asleep", "score = 9\nstate = \"off\"") + pattern("lit", "score = 1"));
  const Verdict verdict = rules->judge(known("dark asleep lit"), Policy{});
  CHECK(verdict.score == 1);
  CHECK(verdict.action == Action::approve);
  REQUIRE(finding(verdict, "dark") != nullptr);
  CHECK(finding(verdict, "dark")->shadow);
  CHECK(finding(verdict, "dark")->score == 9);
  CHECK(finding(verdict, "asleep") == nullptr);
}

TEST_CASE("composites see what hit: live ones the live rules, shadow ones all, none those that are off") {
  const auto composite = [](const std::string& name, const std::string& when, const std::string& more = "") {
    return "[[composite]]\nname = \"" + name + "\"\nabout = \"" + name + "\"\nscore = 1\nwhen = \"" + when +
           "\"\n" + more + "\n";
  };
  const auto rules = rules_of("pack = \"t\"\n" + pattern("lit", "score = 0") +
                              pattern("dark", "score = 0\nstate = \"shadow\"") +
                              pattern("asleep", "score = 0\nstate = \"off\"") + composite("c_lit", "lit") +
                              composite("c_dark", "dark") + composite("c_asleep", "asleep") +
                              composite("c_not_dark", "lit and not dark") +
                              composite("s_dark", "dark and lit", "state = \"shadow\"") +
                              composite("c_s_dark", "s_dark") + composite("off", "lit", "state = \"off\"") +
                              composite("c_off", "off") + composite("chain", "c_lit and not c_dark"));
  const Verdict verdict = rules->judge(known("lit dark asleep"), Policy{});
  std::set<std::string> hits;
  for (const Finding& one : verdict.findings) hits.insert(one.rule);
  for (const char* name : {"c_lit", "c_not_dark", "s_dark", "chain"}) {
    CAPTURE(name);
    CHECK(hits.contains(name));
  }
  for (const char* name : {"c_dark", "c_asleep", "c_s_dark", "off", "c_off"}) {
    CAPTURE(name);
    CHECK_FALSE(hits.contains(name));
  }
  CHECK(finding(verdict, "s_dark")->shadow);
  CHECK(verdict.score == 3);
}

TEST_CASE("a composite may lean on a heuristic") {
  const std::string_view heuristic = rules::catalogue().front()->name;
  const auto rules =
      rules_of("pack = \"t\"\n[[composite]]\nname = \"without\"\nabout = \"w\"\nscore = 2\nwhen = \"not " +
               std::string(heuristic) + "\"\n");
  const Verdict verdict = rules->judge(known("hello"), Policy{});
  CHECK((finding(verdict, "without") != nullptr) != (finding(verdict, heuristic) != nullptr));
}

TEST_CASE("a forced action is the least that happens, whatever the score") {
  const auto rules =
      rules_of("pack = \"t\"\n" + pattern("holds", "action = \"hold\"") +
               pattern("spams", "action = \"spam\"") + pattern("discards", "action = \"discard\"") +
               pattern("worth", "score = 7") + pattern("minus", "score = -5"));
  CHECK(rules->judge(known("holds"), Policy{}).action == Action::hold);
  CHECK(rules->judge(known("spams holds"), Policy{}).action == Action::spam);
  CHECK(rules->judge(known("discards spams"), Policy{}).action == Action::discard);
  CHECK(rules->judge(known("holds worth"), Policy{}).action == Action::spam);
  CHECK(rules->judge(known("spams minus"), Policy{}).action == Action::spam);
  const Verdict verdict = rules->judge(known("spams"), Policy{});
  CHECK(verdict.score == 0);
  CHECK(finding(verdict, "spams")->action == Action::spam);
}

TEST_CASE("an allow rule outranks blocks, not a closed article, a policy or a failed check") {
  const auto rules = rules_of("pack = \"t\"\n" + pattern("friend", "action = \"approve\"") +
                              pattern("worth", "score = 13") + pattern("spams", "action = \"spam\""));
  CHECK(rules->judge(known("worth"), Policy{}).action == Action::discard);
  const Verdict verdict = rules->judge(known("friend worth spams"), Policy{});
  CHECK(verdict.action == Action::approve);
  CHECK(verdict.score == 13);

  Evidence first = known("friend worth");
  first.facts.author.approved = 0;
  CHECK(rules->judge(first, Policy{}).action == Action::approve);

  // Blocks of every kind: of one person and of many.
  for (const char* kind : {"author", "email", "ip", "cidr", "domain"}) {
    CAPTURE(kind);
    Evidence blocked = known("friend");
    blocked.facts.blocks.push_back({{}, kind, Field::ip});
    const Verdict allowed = rules->judge(blocked, Policy{});
    CHECK(allowed.action == Action::approve);
    const Finding* block = finding(allowed, "block");  // it is told all the same
    REQUIRE(block != nullptr);
    CHECK(block->about.find("an allow rule outranks that") != std::string::npos);
    blocked = known("hello");
    blocked.facts.blocks.push_back({{}, kind, Field::ip});
    CHECK(rules->judge(blocked, Policy{}).action == Action::spam);
  }
  Evidence shadowed = known("friend");
  shadowed.facts.blocks.push_back({{}, "ip", Field::ip});
  const auto shadow =
      rules_of("pack = \"t\"\n" + pattern("friend", "action = \"approve\"", "state = \"shadow\""));
  CHECK(shadow->judge(shadowed, Policy{}).action == Action::spam);
  Evidence closed = known("friend");
  closed.facts.article_closed = true;
  CHECK(rules->judge(closed, Policy{}).action == Action::hold);
  Evidence incomplete = known("friend");
  incomplete.facts.incomplete = true;
  CHECK(rules->judge(incomplete, Policy{}).action == Action::hold);
  Policy hold_all;
  hold_all.moderation = Moderation::hold_all;
  CHECK(rules->judge(known("friend"), hold_all).action == Action::hold);
}

TEST_CASE("the site's policy holds what it says, and says so") {
  const auto rules = rules_of("pack = \"t\"\n" + pattern("worth", "score = 7"));
  struct Row {
    Moderation moderation;
    std::uint32_t approved;
    const char* text;
    Action action;
    const char* finding;  // nullptr: none of the policy's
  };
  static constexpr Row kRows[] = {
      {Moderation::publish, 0, "hello", Action::approve, nullptr},
      {Moderation::publish, 2, "hello", Action::approve, nullptr},
      {Moderation::hold_first, 0, "hello", Action::hold, "first_comment"},
      {Moderation::hold_first, 1, "hello", Action::approve, nullptr},
      {Moderation::hold_first, 0, "worth", Action::spam, nullptr},
      {Moderation::hold_all, 0, "hello", Action::hold, "held_by_policy"},
      {Moderation::hold_all, 9, "hello", Action::hold, "held_by_policy"},
      {Moderation::hold_all, 9, "worth", Action::spam, nullptr},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    CAPTURE(word(row.moderation));
    CAPTURE(row.approved);
    Policy policy;
    policy.moderation = row.moderation;
    Evidence seen = known(row.text);
    seen.facts.author.approved = row.approved;
    const Verdict verdict = rules->judge(seen, policy);
    CHECK(verdict.action == row.action);
    for (const char* name : {"first_comment", "held_by_policy"}) {
      const Finding* found = finding(verdict, name);
      const bool wanted = row.finding != nullptr && std::string_view(row.finding) == name;
      CHECK((found != nullptr) == wanted);
      if (found != nullptr) CHECK(found->score == 0);
    }
  }
}

TEST_CASE("trust comes from the author's approved comments alone, not from an email or an address") {
  const auto rules = rules_of("pack = \"t\"\n");
  Evidence seen = known("hello");
  seen.facts.author = {};
  seen.facts.email.approved = seen.facts.address.approved = seen.facts.network.approved = 50;
  seen.facts.domains.push_back({"a.example", seen.facts.email});
  CHECK(rules->judge(seen, Policy{}).action == Action::hold);
  seen.facts.author.approved = 1;
  CHECK(rules->judge(seen, Policy{}).action == Action::approve);
}

TEST_CASE("a block makes it spam and shows the field that it met") {
  const auto rules = rules_of("pack = \"t\"\n");
  Evidence seen = known("hello");
  seen.facts.blocks = {{{}, "ip", Field::ip}, {{}, "cidr", Field::ip}, {{}, "domain", Field::content}};
  const Verdict verdict = rules->judge(seen, Policy{});
  CHECK(verdict.action == Action::spam);
  CHECK(verdict.score == 0);
  const Finding* found = finding(verdict, "block");
  REQUIRE(found != nullptr);
  CHECK(found->about == "The address is blocked, the network is blocked, a domain is blocked.");
  CHECK(found->action == Action::spam);
  REQUIRE(found->evidence.size() == 1);
  CHECK(value(seen, found->evidence[0]) == "192.0.2.7");
  for (const char* kind : {"author", "email", "a kind to come"}) {
    seen.facts.blocks = {{{}, kind, Field::author_email}};
    CHECK(rules->judge(seen, Policy{}).action == Action::spam);
  }
}

TEST_CASE("a check that could not be made holds the comment and never publishes it") {
  const auto rules = rules_of("pack = \"t\"\n" + pattern("worth", "score = 7"));
  Evidence seen = known("hello");
  seen.facts.incomplete = true;
  Policy publish;
  publish.moderation = Moderation::publish;
  const Verdict verdict = rules->judge(seen, publish);
  CHECK(verdict.unchecked);
  CHECK(verdict.action == Action::hold);
  REQUIRE(finding(verdict, "unchecked") != nullptr);
  CHECK(finding(verdict, "unchecked")->score == 0);
  Evidence worse = known("worth");
  worse.facts.incomplete = true;
  CHECK(rules->judge(worse, publish).action == Action::spam);
}

TEST_CASE("[state] puts rules of any kind live, shadow or off, and the later pack's word counts") {
  const std::string heuristic(rules::catalogue().front()->name);
  const std::string own = "pack = \"t\"\n" + pattern("one", "score = 2") + pattern("two", "score = 3") +
                          "[[composite]]\nname = \"both\"\nabout = \"Both.\"\nscore = 1\nwhen = \"one and "
                          "two\"\nspam = [\"one two\"]\n";
  const auto with = [&](const std::string& switches) {
    const PackSource packs[] = {{"silence.toml", silence(), {}},
                                {"test.toml", own, {}},
                                {"earlier.toml", "pack = \"earlier\"\n[state]\ntwo = \"off\"\n", {}},
                                {"switches.toml", "pack = \"switches\"\n[state]\n" + switches, {}}};
    std::vector<Error> errors;
    auto rules = RuleSet::build(packs, errors);
    REQUIRE_MESSAGE(rules != nullptr, told(errors));
    return rules;
  };
  const auto as_written = with("two = \"live\"\n");
  CHECK(as_written->judge(known("one two"), Policy{}).score == 6);
  // The composite's own example would fail now; it was written for the rule as it was.
  const auto off = with("one = \"off\"\n");
  CHECK(off->judge(known("one two"), Policy{}).score == 0);
  CHECK(finding(off->judge(known("one"), Policy{}), "one") == nullptr);
  const auto shadow = with("one = \"shadow\"\ntwo = \"live\"\n");
  const Verdict verdict = shadow->judge(known("one two"), Policy{});
  CHECK(verdict.score == 3);
  CHECK(finding(verdict, "one")->shadow);
  CHECK(finding(verdict, "both") == nullptr);
  CHECK(shadow->version() != as_written->version());
  const auto switched = with(heuristic + " = \"off\"\n");
  for (const RuleInfo& info : switched->rules()) {
    if (info.name == heuristic) CHECK(info.state == "off");
  }
  const PackSource wrong[] = {
      {"a.toml", "pack = \"a\"\n[state]\nno_such_rule = \"off\"\nlink_count = \"away\"\n", {}}};
  std::vector<Error> errors;
  CHECK(RuleSet::build(wrong, errors) == nullptr);
  CHECK(told(errors).find("a.toml:3: [state] names no rule") != std::string::npos);
  CHECK(told(errors).find("a.toml:4: 'link_count' cannot be \"away\"") != std::string::npos);
}

TEST_CASE("a heuristic that is off does not speak, one in the shadow adds nothing") {
  const auto with = [](const std::string& state) {
    return rules_of("pack = \"t\"\n[score]\nlink_count = 5\n[state]\nlink_count = \"" + state + "\"\n");
  };
  const Evidence seen = known("http://a.example http://b.example http://c.example http://d.example");
  CHECK(with("live")->judge(seen, Policy{}).score == 5);
  CHECK(finding(with("off")->judge(seen, Policy{}), "link_count") == nullptr);
  const Verdict shadow = with("shadow")->judge(seen, Policy{});
  CHECK(shadow.score == 0);
  REQUIRE(finding(shadow, "link_count") != nullptr);
  CHECK(finding(shadow, "link_count")->shadow);
}

TEST_CASE("a site's overrides change scores and knobs for that site alone") {
  const auto rules = rules_of("pack = \"t\"\n" + pattern("casino", "score = 1"));
  Policy policy;
  policy.overrides = {{"casino.score", 4.5}, {"a_rule.that_has_gone", 3}};
  CHECK(rules->judge(known("casino"), policy).score == 4.5);
  CHECK(rules->judge(known("casino"), policy).action == Action::hold);
  CHECK(rules->judge(known("casino"), Policy{}).score == 1);

  // link_count's own knob: how many links it bears.
  const Evidence seen =
      known("http://a.example http://b.example http://c.example http://d.example http://e.example");
  REQUIRE(seen.shape.links == 5);
  for (const double most : {0.0, 4.0, 5.0, 100.0}) {
    CAPTURE(most);
    Policy knob;
    knob.overrides = {{"link_count.max", most}, {"link_count.score", 1.25}};
    const Verdict verdict = rules->judge(seen, knob);
    const Finding* found = finding(verdict, "link_count");
    CHECK((found != nullptr) == (most < 5));
    if (found != nullptr) CHECK(found->score >= 1.25);
    if (found != nullptr) CHECK(found->evidence.size() <= 8);
  }
}

TEST_CASE("an override that names nothing or is out of range is refused") {
  const auto rules = rules_of("pack = \"t\"\n" + pattern("casino", "score = 1") +
                              pattern("asleep", "score = 1\nstate = \"off\""));
  struct Row {
    const char* key;
    double value;
    const char* what;  // nullptr: accepted
    const char* advice;
  };
  const Row rows[] = {
      {"casino.score", 20, nullptr, ""},
      {"casino.score", -20, nullptr, ""},
      {"asleep.score", 0, nullptr, ""},
      {"link_count.max", 100, nullptr, ""},
      {"casino.score", 20.001, "within -20 and 20", ""},
      {"casino.score", std::nan(""), "finite", ""},
      {"link_count.max", std::numeric_limits<double>::infinity(), "finite", ""},
      {"casino.scor", 1, "no rule or knob is named \"casino.scor\"", "did you mean 'casino.score'?"},
      {"link_count.mx", 1, "no rule or knob", "did you mean 'link_count.max'?"},
      {"casino", 1, "no rule or knob", ""},
      {"casino.", 1, "no rule or knob", ""},
      {"block.score", 1, "no rule or knob", ""},
      {"first_comment.score", 1, "no rule or knob", ""},
      {"", 1, "no rule or knob", "rule.score or rule.knob"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.key);
    const Done done = rules->check_overrides({{row.key, row.value}});
    REQUIRE(done.has_value() == (row.what == nullptr));
    if (done) continue;
    CHECK(done.error().code == Code::invalid);
    CHECK(done.error().where == row.key);
    CHECK(done.error().what.find(row.what) != std::string::npos);
    CHECK(done.error().advice.find(row.advice) != std::string::npos);
  }
}

TEST_CASE("a later pack's scores count, and heuristics and patterns alike can be given one") {
  const PackSource packs[] = {{"a.toml", "pack = \"a\"\n" + pattern("casino", "score = 1"), {}},
                              {"b.toml", "pack = \"b\"\n[score]\ncasino = 2\nlink_count = 0.25\n", {}},
                              {"c.toml", "pack = \"c\"\n[score]\ncasino = 2.5\n", {}}};
  std::vector<Error> errors;
  const auto rules = RuleSet::build(packs, errors);
  REQUIRE_MESSAGE(rules != nullptr, told(errors));
  CHECK(finding(rules->judge(known("casino"), Policy{}), "casino")->score == 2.5);
  for (const RuleInfo& info : rules->rules()) {
    if (info.name == "link_count") CHECK(info.score == 0.25);
    if (info.name == "casino") CHECK(info.score == 2.5);
  }
}

TEST_CASE("every rule is listed by name with its sentence, kind, state and knobs") {
  const auto rules = rules_of(
      "pack = \"t\"\n" + pattern("casino", "score = 1\nstate = \"shadow\"") +
      pattern("friend", "action = \"approve\"") +
      "[[composite]]\nname = \"both\"\nabout = \"Both.\"\nscore = 2\nwhen = \"casino and friend\"\n");
  const std::vector<RuleInfo>& infos = rules->rules();
  CHECK(std::is_sorted(infos.begin(), infos.end(),
                       [](const RuleInfo& left, const RuleInfo& right) { return left.name < right.name; }));
  CHECK(infos.size() == rules::catalogue().size() + 3 + 1 + 5);
  const auto info = [&infos](std::string_view name) {
    const auto found =
        std::find_if(infos.begin(), infos.end(), [name](const RuleInfo& one) { return one.name == name; });
    REQUIRE(found != infos.end());
    return *found;
  };
  for (const RuleInfo& one : infos) {
    CAPTURE(one.name);
    CHECK_FALSE(one.about.empty());
  }
  CHECK(info("casino").kind == "pattern");
  CHECK(info("casino").pack == "t");
  CHECK(info("casino").state == "shadow");
  CHECK(info("casino").score == 1);
  CHECK(info("friend").action == Action::approve);
  CHECK(info("both").kind == "composite");
  CHECK(info("link_count").kind == "heuristic");
  CHECK(info("link_count").pack.empty());
  REQUIRE_FALSE(info("link_count").knobs.empty());
  CHECK(info("link_count").knobs[0].name == "max");
  CHECK(info("block").kind == "policy");
  CHECK(info("block").action == Action::spam);
  for (const char* name : {"article_closed", "first_comment", "held_by_policy", "unchecked"}) {
    CHECK(info(name).kind == "policy");
    CHECK(info(name).action == Action::hold);
  }
}

TEST_CASE("equal rules have equal versions, and whatever shapes a verdict changes it") {
  const auto version = [](const std::string& text, const std::string& list = "a.example\n") {
    const PackSource packs[] = {{"t.toml", text, {{"h.txt", list}}}};
    std::vector<Error> errors;
    const auto rules = RuleSet::build(packs, errors);
    REQUIRE_MESSAGE(rules != nullptr, told(errors));
    return rules->version();
  };
  const std::string base =
      "pack = \"t\"\n" + pattern("casino", "score = 1") +
      "[[pattern]]\nname = \"hosts\"\nabout = \"h\"\nscore = 1\ntype = \"domain\"\nlist = \"h.txt\"\n"
      "spam = [\"http://a.example\"]\nham = [\"x\"]\n[[composite]]\nname = \"both\"\nabout = \"b\"\n"
      "score = 1\nwhen = \"casino and hosts\"\n";
  const std::string usual = version(base);
  CHECK(usual.size() == 12);
  CHECK(usual.find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(version(base) == usual);
  CHECK(version("# a remark\n" + base) == usual);

  const auto with = [&base](const std::string& what, const std::string& by) {
    std::string text = base;
    const std::size_t at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), by);
  };
  std::set<std::string> seen = {usual};
  const std::vector<std::string> others = {
      version(with("score = 1", "score = 1.001")),
      version(with("score = 1", "score = 1\naction = \"hold\"")),
      version(with("score = 1", "score = 1\nstate = \"shadow\"")),
      version(with("score = 1", "score = 1\nview = \"raw\"")),
      version(with("score = 1", "score = 1\nfields = [\"content\", \"author.name\"]")),
      version(with("type = \"word\"", "type = \"substring\"")),
      version(with("match = \"casino\"", "match = [\"casino\", \"poker\"]")),
      version(with("Says casino.", "Says so.")),
      version(with("casino and hosts", "casino or hosts")),
      version(base + "[score]\nlink_count = 0.125\n"),
      version(base, "a.example\nb.example\n"),
      version("pack = \"t\"\n"),
  };
  for (const std::string& other : others) CHECK(seen.insert(other).second);
}

TEST_CASE("the same evidence gives the same verdict, from a set built twice and from many threads") {
  const std::string text =
      "pack = \"t\"\n" + pattern("casino", "score = 1.7") + pattern("bonus", "score = 2.9") +
      "[[composite]]\nname = \"both\"\nabout = \"b\"\nscore = 1.1\nwhen = \"casino and bonus\"\n";
  const auto one = rules_of(text);
  const auto other = rules_of(text);
  CHECK(one->version() == other->version());
  const Evidence seen =
      known("A CASINO bonus: http://a.example http://b.example http://c.example!!! call +1 202 555 0100");
  Policy policy;
  policy.overrides = {{"bonus.score", 3.1}};
  const Verdict verdict = one->judge(seen, policy);
  CHECK(verdict.score == 5.9);
  CHECK(other->judge(seen, policy) == verdict);
  std::vector<int> same(4);
  {
    std::vector<std::jthread> threads;
    for (int& count : same) {
      threads.emplace_back([&one, &seen, &policy, &verdict, &count] {
        for (int i = 0; i < 300; ++i) count += one->judge(seen, policy) == verdict ? 1 : 0;
      });
    }
  }
  for (const int count : same) CHECK(count == 300);
}

TEST_CASE("no evidence makes the judge throw or point outside of a field") {
  const auto rules = rules_of("pack = \"t\"\n" + pattern("casino", "score = 1") + R"([[pattern]]
name = "host"
about = "h"
score = 1
type = "domain"
match = "a.example"
spam = ["http://a.example"]
ham = ["x"]
[[pattern]]
name = "net"
about = "n"
score = 1
type = "cidr"
match = "192.0.2.0/24"
spam = [{ip = "192.0.2.7"}]
ham = ["x"]
)");
  std::vector<Evidence> all(1);  // nothing at all in it
  all.push_back(known(std::string(limits::kContent, 'a')));
  all.push_back(known("casino\xff\xfe http://"));
  all.back().comment.client.ip = "not an address";
  all.back().comment.author.email = "@@@";
  Evidence skewed = known("a casino");
  skewed.folded.runs = {{0, 4'000'000'000U, 7, false}};
  skewed.links.resize(300);
  for (Link& link : skewed.links) {
    link.host = std::string(2'000, '.') + "a.example";
    link.url = "casino";
    link.spot = {Field::author_url, View::raw, 5, 3};
  }
  skewed.facts.blocks.resize(100);
  all.push_back(std::move(skewed));
  for (const Evidence& seen : all) {
    const Verdict verdict = rules->judge(seen, Policy{});
    for (const Finding& one : verdict.findings) {
      CHECK(one.evidence.size() <= 8);
      for (const Spot& spot : one.evidence) {
        CHECK(spot.start <= spot.end);
        CHECK(spot.end <= seen.raw(spot.field).size());
      }
    }
  }
}

namespace {

constexpr Knob kToyKnobs[] = {{"factor", 1, "how loud"}};

std::optional<Noticed> toy(const Evidence& seen, const Knobs& knobs) {
  if (seen.comment.content == "throw") throw std::runtime_error("a bug");
  if (seen.comment.content == "wrong knob") return Noticed{.factor = knobs["volume"]};
  if (seen.comment.content != "speak" && seen.comment.content != "force") return std::nullopt;
  Noticed noticed{.about = "7 things", .factor = knobs["factor"]};
  for (std::uint32_t i = 0; i < 20; ++i)
    noticed.evidence.push_back({Field::content, View::raw, i % 12, i % 12 + 1});
  if (seen.comment.content == "force") noticed.action = Action::spam;
  return noticed;
}

constexpr Rule kToy{.name = "toy", .about = "Sees toys.", .score = 2, .knobs = kToyKnobs, .examine = toy};

// A search that ran out of memory half way.
class Exhausted final : public Matcher {
 public:
  bool find(const Evidence&, std::vector<Sighting>& sightings) const override {
    sightings.push_back({0, {Field::content, View::raw, 0, 1}});
    return false;
  }
};

// The judge with one heuristic and, if wanted, a pattern whose search fails.
std::unique_ptr<Judge> toy_judge(bool exhausted = false) {
  auto judge = std::make_unique<Judge>();
  judge->heuristics = {&kToy};
  judge->first_knob = {0};
  judge->knobs = {1};
  judge->scores = {2, 1.5, 8};  // the last is the learner's
  judge->patterns = {{"half", "Half of it.", std::nullopt, State::live}};
  judge->tunables = {{"toy.score", {true, 0}}, {"toy.factor", {false, 0}}, {"half.score", {true, 1}}};
  std::vector<Error> errors;
  std::vector<bool> bad;
  judge->matcher = exhausted ? std::make_unique<Exhausted>() : Matcher::build({}, errors, bad);
  return judge;
}

}  // namespace

TEST_CASE("a heuristic that fails holds the comment, is named, and silences no other rule") {
  for (const char* text : {"throw", "wrong knob"}) {
    CAPTURE(text);
    const Verdict verdict = toy_judge()->judge(known(text), Policy{});
    CHECK(verdict.unchecked);
    CHECK(verdict.action == Action::hold);
    REQUIRE(finding(verdict, "unchecked") != nullptr);
    CHECK(finding(verdict, "unchecked")->about == "A check could not be made: toy.");
    CHECK(finding(verdict, "toy") == nullptr);
  }
}

TEST_CASE("a search that ran out of memory holds the comment and keeps what it found") {
  const Verdict verdict = toy_judge(true)->judge(known("speak"), Policy{});
  CHECK(verdict.unchecked);
  CHECK(verdict.action == Action::hold);
  CHECK(verdict.score == 3.5);
  CHECK(finding(verdict, "half") != nullptr);
  REQUIRE(finding(verdict, "unchecked") != nullptr);
  CHECK(
      finding(verdict, "unchecked")->about ==
      "A check could not be made: all patterns (so many hit a long text that the others were not looked for, "
      "or memory ran out).");
}

TEST_CASE("a heuristic's factor, sentence, action and spots reach the finding, within their bounds") {
  const auto judge = toy_judge();
  struct Row {
    double factor;
    double score;
  };
  const Row rows[] = {{1, 2},     {0.5, 1},          {2.25, 4.5},
                      {4, 8},     {1e9, 8},          {0, 2},
                      {-3, 2},    {std::nan(""), 2}, {std::numeric_limits<double>::infinity(), 8},
                      {0.0001, 0}};
  for (const Row& row : rows) {
    CAPTURE(row.factor);
    auto tuned = toy_judge();
    tuned->knobs = {row.factor};
    const Verdict verdict = tuned->judge(known("speak"), Policy{});
    REQUIRE(finding(verdict, "toy") != nullptr);
    CHECK(finding(verdict, "toy")->score == row.score);
    CHECK(verdict.score == row.score);
  }
  const Verdict verdict = judge->judge(known("force"), Policy{});
  const Finding* found = finding(verdict, "toy");
  REQUIRE(found != nullptr);
  CHECK(found->about == "7 things");
  CHECK(found->action == Action::spam);
  CHECK(verdict.action == Action::spam);
  // "force" has five bytes: of twenty spots the five that lie in it are kept, once each.
  CHECK(found->evidence.size() == 5);
  Policy policy;
  policy.overrides = {{"toy.factor", 3}, {"toy.score", -1}};
  CHECK(judge->judge(known("speak"), policy).score == -3);
  CHECK(judge->judge(known("speak"), Policy{}).score == 2);
}

TEST_CASE("the examples of packs that ship are not tried again, those of all others are") {
  PackSource packs[] = {{"silence.toml", silence(), {}},
                        {"t.toml",
                         "pack = \"t\"\n[[pattern]]\nname = \"one\"\nabout = \"One.\"\nscore = 2\n"
                         "match = ['\\bone\\b']\nspam = [\"two\"]\nham = [\"three\"]\n",
                         {}}};
  std::vector<Error> errors;
  CHECK(RuleSet::build(packs, errors) == nullptr);
  CHECK(told(errors).find("does not hit its own spam example") != std::string::npos);
  packs[1].shipped = true;
  const auto rules = RuleSet::build(packs, errors);
  REQUIRE_MESSAGE(rules != nullptr, told(errors));
  CHECK(rules->judge(known("one"), Policy{}).score == 2);
  // What cannot be read at all is still told.
  packs[1].text += "[[pattern]]\nname = \"two\"\n";
  CHECK(RuleSet::build(packs, errors) == nullptr);
}
