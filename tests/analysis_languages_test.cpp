// The shipped packs over comments in many languages (tests/data/*_languages.jsonl, rows of "language",
// "text", "author", "url"): honest ones pass, spam is flagged.
#include <doctest/doctest.h>

#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "analysis/gather.h"
#include "analysis/ruleset.h"
#include "shipped.h"

using namespace chaffinch;
using chaffinch::test::shipped_packs;
using chaffinch::test::text_of;

namespace {

constexpr std::size_t kFewestHam = 15;   // of each language
constexpr std::size_t kFewestSpam = 10;  // of each language
constexpr double kShareFlagged = 0.8;    // of the spam of each language

std::shared_ptr<const RuleSet> shipped() {
  std::vector<Error> errors;
  auto set = RuleSet::build(shipped_packs(), errors);
  for (const Error& error : errors) MESSAGE(error.where << ": " << error.what);
  REQUIRE((set != nullptr));
  return set;
}

struct Row {
  std::string language;
  Submission comment;
};

std::vector<Row> rows_of(const char* name) {
  std::istringstream lines(text_of(std::filesystem::path(CHAFFINCH_SOURCE) / "tests" / "data" / name));
  std::vector<Row> rows;
  for (std::string line; std::getline(lines, line);) {
    const nlohmann::json read = nlohmann::json::parse(line);
    Row row;
    row.language = read.at("language");
    row.comment.site = "demo";
    row.comment.article.id = "post";
    row.comment.content = read.at("text");
    row.comment.author.name = read.at("author");
    row.comment.author.url = read.value("url", "");
    row.comment.client.user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string told(const Verdict& verdict) {
  std::string text = std::to_string(verdict.score);
  for (const Finding& finding : verdict.findings) text += " " + finding.rule;
  return text;
}

// With every language that a pack lang_*.toml is written for.
std::map<std::string, std::size_t> none_of_each_language() {
  std::map<std::string, std::size_t> counts;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(CHAFFINCH_SOURCE) / "rules" / "packs")) {
    const std::string stem = entry.path().stem().string();
    if (stem.starts_with("lang_")) counts[stem.substr(5)] = 0;
  }
  return counts;
}

Policy publish_unless_flagged() {
  Policy policy;
  policy.moderation = Moderation::publish;
  return policy;
}

}  // namespace

TEST_SUITE_BEGIN("languages");

TEST_CASE("honest comments are published whatever their language") {
  const auto set = shipped();
  auto counts = none_of_each_language();
  CHECK(counts.size() >= 6);
  for (Row& row : rows_of("ham_languages.jsonl")) {
    CAPTURE(row.language);
    CAPTURE(row.comment.content);
    ++counts[row.language];
    const Policy policy = publish_unless_flagged();
    const Verdict verdict = set->judge(gather(std::move(row.comment)), policy);
    CAPTURE(told(verdict));
    CHECK(verdict.score < policy.hold);
    CHECK(word(verdict.action) == "approve");
  }
  for (const auto& [language, count] : counts) {
    CAPTURE(language);
    CHECK(count >= kFewestHam);
  }
}

TEST_CASE("spam is flagged whatever its language, and by the patterns of that language") {
  const auto set = shipped();
  auto counts = none_of_each_language();
  auto flagged = counts;
  auto own = counts;
  std::map<std::string, std::string> missed;
  for (Row& row : rows_of("spam_languages.jsonl")) {
    const Policy policy = publish_unless_flagged();
    const std::string start = row.comment.content.substr(0, 60);
    const Verdict verdict = set->judge(gather(std::move(row.comment)), policy);
    ++counts[row.language];
    if (verdict.score >= policy.hold) {
      ++flagged[row.language];
      CHECK(verdict.action >= Action::hold);
    } else {
      missed[row.language] += start + " ... " + told(verdict) + "\n";
    }
    for (const Finding& finding : verdict.findings) {
      if (finding.rule.starts_with(row.language + "_")) {
        ++own[row.language];
        break;
      }
    }
  }
  for (const auto& [language, count] : counts) {
    CAPTURE(language);
    CAPTURE(missed[language]);
    CHECK(count >= kFewestSpam);
    CHECK(static_cast<double>(flagged[language]) >= kShareFlagged * static_cast<double>(count));
    CHECK(static_cast<double>(own[language]) >= kShareFlagged * static_cast<double>(count));
  }
}

TEST_SUITE_END();
