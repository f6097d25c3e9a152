// The arithmetic of the measuring programs, on figures that can be checked by hand.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <stdlib.h>

#include "cli/home.h"
#include "quality/figures.h"
#include "quality/fit.h"
#include "quality/online.h"
#include "quality/samples.h"

using namespace chaffinch;
using namespace chaffinch::quality;

namespace {

// A folder of its own for one test, gone afterwards.
struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "chaffinch-quality-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string put(const std::string& name, const std::string& text) const {
    std::ofstream(path / name, std::ios::binary) << text;
    return (path / name).string();
  }
};

Row row(Label label, std::size_t source, std::vector<std::size_t> rules) {
  Row made;
  made.label = label;
  made.source = source;
  for (const std::size_t rule : rules) made.hits.push_back({rule, 1});
  return made;
}

const Use kAll = [](const Row&) { return true; };

Use without(std::size_t source) {
  return [source](const Row& row) { return row.source != source; };
}

std::vector<Row> repeated(const Row& one, int times) {
  return std::vector<Row>(static_cast<std::size_t>(times), one);
}

std::vector<Row> all_of(std::initializer_list<std::vector<Row>> parts) {
  std::vector<Row> rows;
  for (const auto& part : parts) rows.insert(rows.end(), part.begin(), part.end());
  return rows;
}

}  // namespace

TEST_SUITE_BEGIN("quality figures");

TEST_CASE("a share counts the scores that reach the threshold") {
  CHECK(share({}, 3) == 0);
  CHECK(share({3, 2.999, 6, 0}, 3) == 50);
  CHECK(share({-1, -2}, 3) == 0);
}

TEST_CASE("the area under the curve is the chance that spam scores higher, ties counted half") {
  CHECK(area({5, 6}, {1, 2}) == 1);
  CHECK(area({1, 2}, {5, 6}) == 0);
  CHECK(area({3}, {3}) == 0.5);
  CHECK(area({1, 4}, {2, 2, 4, 4}) == doctest::Approx((0 + 3.0) / 8));
  CHECK(area({}, {1}) == -1);
  CHECK(area({1}, {}) == -1);
}

TEST_CASE("a table has a row for each source, and leaves out what a source does not have") {
  std::map<std::string, Scores> by_source;
  by_source["one"].add(Label::spam, 7);
  by_source["one"].add(Label::spam, 2);
  by_source["two"].add(Label::ham, 0);
  by_source["two"].add(Label::abuse, 4);
  const std::string text = table(by_source, Policy{});
  CHECK(std::count(text.begin(), text.end(), '\n') == 4);
  CHECK(text.find("| one             |       2 |    50.0 |    50.0 |     0.0 |         |") !=
        std::string::npos);
  CHECK(text.find("|       1 |     0.0 |     0.0 |     0.0 |       1 |   100.0 |") != std::string::npos);
}

TEST_CASE(
    "a corpus is read by source; left-out rows are counted, bad lines told, unlabelled ones passed over") {
  const Folder folder;
  folder.put("blog.jsonl",
             "{\"id\":\"a\",\"text\":\"hi\",\"label\":\"ham\"}\n"
             "{\"id\":\"b\",\"text\":\"buy\",\"label\":\"spam\"}\n"
             "\n"
             "{\"id\":\"c\",\"text\":\"no label\"}\n"
             "{\"id\":\"d\",\"text\":\n"
             "{\"id\":\"e\",\"text\":\"you fool\",\"label\":\"abuse\"}\n");
  folder.put("remarks.txt", "no rows\n");
  const std::string list = folder.put("left_out.txt", "# remark\n\nb\tit is ham in truth\n");
  const auto left_out = read_left_out(list);
  REQUIRE(left_out);
  const auto corpus = read_corpus(folder.path.string(), *left_out);
  REQUIRE(corpus);
  REQUIRE(corpus->samples.size() == 2);
  CHECK(corpus->samples[0].id == "a");
  CHECK(corpus->samples[0].source == "blog");
  CHECK((corpus->samples[1].label == Label::abuse));
  CHECK(corpus->left_out.at("blog") == 1);
  REQUIRE(corpus->complaints.size() == 1);
  CHECK(corpus->complaints[0].starts_with("blog:5: "));
  CHECK(corpus->sources() == std::vector<std::string>{"blog"});

  CHECK_FALSE(read_left_out(folder.put("bad.txt", "b\n")));
  CHECK_FALSE(read_left_out(folder.put("bad.txt", "b\t\n")));
  CHECK_FALSE(read_corpus((folder.path / "none").string(), {}));
}

TEST_CASE("the list of left-out rows gives a reason for each") {
  const auto left_out = read_left_out(std::string(CHAFFINCH_SOURCE) + "/tests/quality/left_out.txt");
  REQUIRE(left_out);
  CHECK(left_out->size() > 10);
  for (const auto& [id, reason] : *left_out) {
    CAPTURE(id);
    CHECK(id.find(':') != std::string::npos);
    CHECK(reason.size() > 10);
  }
}

TEST_SUITE_BEGIN("quality fit");

TEST_CASE("a rule that hits spam alone rises, one that hits ham too falls, one that cannot be judged stays") {
  const std::vector<double> written = {2, 2, 2, 2};
  const auto rows = all_of({repeated(row(Label::spam, 0, {0}), 50), repeated(row(Label::ham, 0, {1}), 50),
                            repeated(row(Label::spam, 0, {1}), 30), repeated(row(Label::spam, 0, {2}), 5),
                            repeated(row(Label::ham, 0, {3}), 50)});
  Fit how;
  how.pull = 0.005;
  const auto scores = fitted(rows, written, how, kAll);
  CHECK(scores[0] > 2.1);
  CHECK(scores[1] < 1.9);
  CHECK(scores[2] == 2);
  CHECK(scores[3] == 2);
}

TEST_CASE("a score keeps its sign and its band, and zero stays zero") {
  const std::vector<double> written = {1, -1, 0, 3.5, 6};
  const auto rows =
      all_of({repeated(row(Label::ham, 0, {0, 2, 4}), 500), repeated(row(Label::spam, 0, {0, 2, 4}), 20),
              repeated(row(Label::spam, 1, {1}), 500), repeated(row(Label::spam, 2, {3}), 500)});
  Fit how;
  how.pull = 0;
  how.caution = 1000;
  const auto scores = fitted(rows, written, how, kAll);
  CHECK(scores[0] == doctest::Approx(how.least));
  CHECK(scores[1] == doctest::Approx(-how.least));
  CHECK(scores[2] == 0);
  CHECK(scores[3] == doctest::Approx(how.highest));
  CHECK(scores[4] == doctest::Approx(6 * how.least));
}

TEST_CASE("the largest flood does not decide for all") {
  // Source 0 has spam that rule 0 hits, few or a thousand; source 1 has thirty ham that it hits, and no more.
  const std::vector<double> written = {3};
  const auto ham = repeated(row(Label::ham, 1, {0}), 30);
  const auto few = all_of({repeated(row(Label::spam, 0, {0}), 30), ham});
  const auto flood = all_of({repeated(row(Label::spam, 0, {0}), 1000), ham});
  CHECK(fitted(few, written, Fit{}, kAll)[0] < 3);
  CHECK(fitted(flood, written, Fit{}, kAll)[0] == doctest::Approx(fitted(few, written, Fit{}, kAll)[0]));
}

TEST_CASE("a source that is held out is not looked at") {
  const std::vector<double> written = {2, 2};
  const auto rows = all_of({repeated(row(Label::spam, 0, {0}), 30), repeated(row(Label::spam, 1, {1}), 30)});
  CHECK(fitted(rows, written, Fit{}, without(0))[0] == 2);
  CHECK(fitted(rows, written, Fit{}, without(0))[1] > 2);
  CHECK(fitted(rows, written, Fit{}, without(1))[0] > 2);
  CHECK(fitted(rows, written, Fit{}, without(1))[1] == 2);
}

TEST_CASE("the pull towards the written scores holds the fit back") {
  const std::vector<double> written = {2};
  const auto rows = repeated(row(Label::spam, 0, {0}), 50);
  Fit loose;
  loose.pull = 0.005;
  Fit tight;
  tight.pull = 5;
  CHECK(fitted(rows, written, loose, kAll)[0] > fitted(rows, written, tight, kAll)[0]);
  CHECK(loss_of(rows, fitted(rows, written, loose, kAll), loose, kAll) < loss_of(rows, written, loose, kAll));
  CHECK(loss_of(rows, written, loose, without(0)) == 0);
}

TEST_CASE("abuse is neither ham nor spam for the fit") {
  CHECK(fitted(repeated(row(Label::abuse, 0, {0}), 50), {2}, Fit{}, kAll)[0] == 2);
  CHECK(loss_of(repeated(row(Label::abuse, 0, {0}), 50), {2}, Fit{}, kAll) == 0);
}

TEST_CASE("the factor of a finding counts") {
  Row twice;
  twice.hits = {{0, 2}, {1, 0.5}};
  CHECK(score_of(twice, {1.5, 1}) == 3.5);
  CHECK(rounded(1.23) == doctest::Approx(1.25));
  CHECK(rounded(-0.52) == doctest::Approx(-0.5));
}

TEST_SUITE_BEGIN("quality floor");

// Not a measure of how good the judge is (the rows were written for it): a floor that a broken pack falls
// through.
TEST_CASE("the project's own corpus stays judged as it is") {
  const auto corpus = read_corpus(std::string(CHAFFINCH_SOURCE) + "/tests/data", {});
  REQUIRE(corpus);
  CHECK(corpus->complaints.empty());
  const auto rules = cli::rules_or_complain(std::string(CHAFFINCH_SOURCE) + "/rules/packs");
  REQUIRE(rules != nullptr);
  Scores scores;
  std::string flagged_ham;
  for (const Judged& one : judge_all(corpus->samples, *rules)) {
    if (one.sample->source != "quality") continue;
    CHECK_FALSE(one.verdict.unchecked);
    scores.add(one.sample->label, one.verdict.score);
    if (one.sample->label == Label::ham && one.verdict.score >= Policy{}.hold)
      flagged_ham += one.sample->id + " ";
  }
  REQUIRE(scores.spam.size() >= 100);
  REQUIRE(scores.ham.size() >= 100);
  CAPTURE(flagged_ham);
  CHECK(share(scores.spam, Policy{}.hold) >= 90);
  CHECK(share(scores.spam, Policy{}.spam) >= 42);
  CHECK(share(scores.ham, Policy{}.hold) <= 1);
  CHECK(share(scores.ham, Policy{}.spam) == 0);
  CHECK(area(scores.spam, scores.ham) >= 0.98);
}

TEST_CASE("figures of what was said in order are those that one finds by hand") {
  const auto said = [](bool spam, double value) {
    return Said{spam, value, value, value > 0.5, value > 0.8, value > 0.3};
  };
  // Of four pairs one is the wrong way round.
  const Figures figures = figures_of({said(true, 0.9), said(false, 0.6), said(true, 0.4), said(false, 0.1)});
  CHECK(figures.spam == 2);
  CHECK(figures.ham == 2);
  CHECK(figures.by_probability.value == doctest::Approx(25));
  CHECK(figures.by_score.value == doctest::Approx(25));
  CHECK(figures.by_score.low <= 25);
  CHECK(figures.by_score.high >= 25);
  CHECK(figures.ham_flagged.value == doctest::Approx(50));
  CHECK(figures.spam_passed.value == doctest::Approx(50));
  CHECK(figures.lam.value == doctest::Approx(50));
  CHECK(figures.spam_kept.value == doctest::Approx(50));
  CHECK(figures.ham_rejected.value == 0);
  CHECK(figures.ham_held.value == doctest::Approx(50));
  CHECK(figures.spam_unheld.value == 0);
  CHECK(figures.caught_without_ham.value == doctest::Approx(50));
  // Of four rows each figure may be anything by chance, and its interval says so.
  CHECK(figures.ham_flagged.low == 0);
  CHECK(figures.ham_flagged.high == doctest::Approx(100));
  CHECK(figures.lam.low < 50);
  CHECK(figures.lam.high > 50);
  CHECK(figures.caught_without_ham.low <= 50);
  CHECK(figures.caught_without_ham.high == doctest::Approx(100));
  REQUIRE(figures.curve.size() == 1);
  CHECK(figures.curve[0].first == 4);
  // Ties count half.
  CHECK(figures_of({said(true, 0.5), said(false, 0.5)}).by_score.value == doctest::Approx(50));
  CHECK(figures_of({said(true, 0.5)}).ham == 0);
}

TEST_CASE("lam is the middle of two rates on the scale of their odds") {
  CHECK(lam(50, 100, 50, 100) == doctest::Approx(50));
  CHECK(lam(1, 100'000, 1, 100'000) == doctest::Approx(1).epsilon(0.01));
  CHECK(lam(1, 1'000'000, 8.72, 1'000'000) == doctest::Approx(3.01).epsilon(0.01));
  CHECK(lam(0, 100, 0, 100) > 0);  // half an error: none seen is not none
}

TEST_CASE("rows are replayed in order of time, mixed by hash, and always alike") {
  Folder folder;
  std::string rows;
  for (int i = 0; i < 60; ++i) {
    const std::string number = std::to_string(i);
    rows += R"({"id": "r)" + number + R"(", "label": ")" + (i % 2 == 0 ? "ham" : "spam") + R"(", "text": ")" +
            (i % 2 == 0 ? "the garden was quiet this morning, we watched the birds number "
                        : "cheap casino bonus, register now and win, offer ") +
            number + R"(", "author": "A", "email": "a)" + number + R"(@mail.example", "date": "20)" +
            (i < 30 ? "24" : "12") + R"(-01-01T00:00:00Z"})" + "\n";
  }
  folder.put("site.jsonl", rows);
  folder.put("other.jsonl", R"({"id": "x", "label": "ham", "text": "only ham here"})");
  const auto corpus = read_corpus(folder.path.string(), {});
  REQUIRE(corpus);
  const auto streams = streams_of(*corpus);
  REQUIRE(streams.size() == 1);  // the other one has one kind only
  REQUIRE(streams[0].rows.size() == 60);
  CHECK(streams[0].rows.front()->id == "r30");
  CHECK(streams[0].rows.back()->id == "r29");

  const auto half = mixed(*corpus, "mix", "site/2,other", true);
  REQUIRE(half);
  CHECK(half->rows.size() == 31);
  for (const char* wrong : {"nobody", "site/0", "site/x", "site/", ""}) {
    CAPTURE(wrong);
    CHECK_FALSE(mixed(*corpus, "mix", wrong, false));
  }

  std::vector<Error> errors;
  const auto rules = RuleSet::build({}, errors);
  REQUIRE(rules);
  const FeatureKey key("a key that only tests have");
  const auto first = replayed(streams[0], *rules, key, nullptr);
  const auto again = replayed(streams[0], *rules, key, nullptr);
  REQUIRE(first.size() == 60);
  CHECK(first[0].probability == 0.5);  // silent
  for (std::size_t i = 0; i < first.size(); ++i) {
    CHECK(first[i].probability == again[i].probability);
    CHECK(first[i].score == again[i].score);
    if (i < 40) continue;
    CHECK((first[i].probability > 0.5) == first[i].spam);
  }
  const auto figures = figures_of(first);
  const std::string svg = curves_svg({{"a <b>", figures}});
  CHECK(svg.find("<polyline") != std::string::npos);
  CHECK(svg.find("a &lt;b>") != std::string::npos);
  CHECK(online_table({{"a", figures}}).find("| a | 30 | 30 |") != std::string::npos);
  for (const Interval& one : {figures.by_score, figures.ham_flagged, figures.spam_passed, figures.lam,
                              figures.lam_rejected, figures.lam_held, figures.caught_without_ham}) {
    CHECK(one.low <= one.value);
    CHECK(one.value <= one.high);
  }
}
