// What is learned from a comment, and that it tells nobody what the comment said.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "analysis/features.h"
#include "analysis/gather.h"
#include "core/limits.h"

using namespace chaffinch;

namespace {

const FeatureKey kKey("a key that only tests have");

Evidence seen_of(const std::string& content) {
  Submission comment;
  comment.content = content;
  return gather(comment);
}

Features features(const std::string& content) {
  return features_of(seen_of(content), {}, kKey);
}

LearnVector rising(LearnVector vector) {
  std::sort(vector.begin(), vector.end());
  return vector;
}

LearnVector in_both(const Features& one, const Features& other) {
  const LearnVector a = rising(one.vector), b = rising(other.vector);
  LearnVector both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both;
}

std::size_t shared(const Features& a, const Features& b, FeatureClass group) {
  const LearnVector both = in_both(a, b);
  return static_cast<std::size_t>(
      std::count_if(both.begin(), both.end(), [group](FeatureId id) { return class_of(id) == group; }));
}

std::size_t count(const Features& all, FeatureClass group) {
  return static_cast<std::size_t>(std::count_if(all.vector.begin(), all.vector.end(),
                                                [group](FeatureId id) { return class_of(id) == group; }));
}

// The values that the features of one class point to.
std::set<std::string> values(const Evidence& seen, FeatureClass group) {
  const Features all = features_of(seen, {}, kKey);
  std::set<std::string> found;
  for (std::size_t i = 0; i < all.vector.size(); ++i) {
    if (class_of(all.vector[i]) != group) continue;
    const Spot spot = all.spot(seen, i);
    REQUIRE(spot.start <= spot.end);
    REQUIRE(spot.end <= seen.raw(spot.field).size());
    found.emplace(seen.raw(spot.field).substr(spot.start, spot.end - spot.start));
  }
  return found;
}

}  // namespace

TEST_SUITE_BEGIN("features");

TEST_CASE("features stand once each, and are the same each time") {
  const Features first =
      features("Cheap pills, cheap pills! Buy CHEAP pills at http://pills.example/buy now");
  const LearnVector sorted = rising(first.vector);
  CHECK(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end());
  CHECK(first.first.size() == first.vector.size());
  const auto kept = decode_lesson(encode({first.vector, 0}));
  REQUIRE(kept);
  CHECK(kept->vector == sorted);
  CHECK(features("Cheap pills, cheap pills! Buy CHEAP pills at http://pills.example/buy now").vector ==
        first.vector);
}

TEST_CASE("under another key nothing is the same") {
  const Evidence seen = seen_of("Thank you for the article about sourdough, my bread has never been better.");
  const Features one = features_of(seen, {}, kKey);
  const Features other = features_of(seen, {}, FeatureKey("another key of the same length"));
  CHECK(one.vector.size() == other.vector.size());
  CHECK(in_both(one, other).empty());
  CHECK_THROWS_AS(FeatureKey("short"), std::logic_error);
}

TEST_CASE("a hidden word is read as it was meant, and as it was written") {
  const Features plain = features("best casino bonus");
  const Features hidden = features("best c\u0430s\u0456no bonus");  // Cyrillic а and і
  CHECK(shared(plain, hidden, FeatureClass::grams) == count(plain, FeatureClass::grams));
  CHECK(shared(plain, hidden, FeatureClass::words) == 3);
  CHECK(count(hidden, FeatureClass::words) == 4);
}

TEST_CASE("the same word in a name, an address and a text is three features") {
  Submission comment;
  comment.content = "casino";
  const Features text = features_of(gather(comment), {}, kKey);
  comment.content = "";
  comment.author.name = "casino";
  const Features name = features_of(gather(comment), {}, kKey);
  comment.author.name = "";
  comment.author.email = "casino@mail.example";
  const Features email = features_of(gather(comment), {}, kKey);
  for (const FeatureClass group : {FeatureClass::words, FeatureClass::name, FeatureClass::places}) {
    CHECK(shared(text, name, group) == 0);
    CHECK(shared(text, email, group) == 0);
    CHECK(shared(name, email, group) == 0);
  }
}

TEST_CASE("features point to the bytes that they were made from") {
  const Evidence seen =
      seen_of("<b>Buy</b> &quot;ch\u0435ap&quot; pills \U0001F600\U0001F600 \u4E2D\u6587");  // Cyrillic е
  const auto words = values(seen, FeatureClass::words);
  CHECK(words.contains("Buy"));
  CHECK(words.contains("ch\u0435ap"));
  CHECK(words.contains("pills"));
  CHECK(words.contains("\U0001F600\U0001F600"));
  CHECK(words.contains("\u4E2D"));
  const auto grams = values(seen, FeatureClass::grams);
  CHECK(grams.contains("ch\u0435a"));
  CHECK(grams.contains("pill"));
}

TEST_CASE("places and the client say where they stand") {
  Submission comment;
  comment.content = "see <a href=\"http://Best-Pills.example.com/buy/cheap\">my shop</a>";
  comment.author = {"Jane", "jane77@mail.example", "https://jane.example/about", ""};
  comment.client = {"192.0.2.77", "Mozilla/5.0 (Windows NT 10.0) Firefox/128.0", "https://blog.example/post"};
  const Evidence seen = gather(comment);
  const auto places = values(seen, FeatureClass::places);
  CHECK(places.contains("mail.example"));
  CHECK(places.contains("jane"));
  const auto client = values(seen, FeatureClass::client);
  CHECK(client.contains("192.0.2.77"));
  CHECK(client.contains("Firefox/128"));
  CHECK(client.contains("blog.example"));
  // A neighbour of the same network shares the networks, not the rest.
  Submission neighbour;
  neighbour.content = "x";
  neighbour.client.ip = "192.0.2.5";
  CHECK(shared(features_of(seen, {}, kKey), features_of(gather(neighbour), {}, kKey), FeatureClass::client) ==
        2);
  neighbour.client.ip = "192.0.77.5";
  CHECK(shared(features_of(seen, {}, kKey), features_of(gather(neighbour), {}, kKey), FeatureClass::client) ==
        1);
}

TEST_CASE("rules that fired are features; what policy says and the learner itself are not") {
  const Evidence seen = seen_of("hello");
  std::vector<Finding> findings(1);
  findings[0].rule = "link_count";
  CHECK(count(features_of(seen, findings, kKey), FeatureClass::rules) == 1);
  for (const char* rule :
       {"learned", "block", "article_closed", "first_comment", "held_by_policy", "unchecked"}) {
    CAPTURE(rule);
    findings[0].rule = rule;
    CHECK(count(features_of(seen, findings, kKey), FeatureClass::rules) == 0);
  }
}

TEST_CASE("their number is bounded, whatever the size") {
  std::string text;
  for (std::uint32_t i = 0; text.size() < limits::kContent - 20; ++i)
    text += "w" + std::to_string(i * 7919) + " ";
  const Features all = features(text);
  CHECK(all.vector.size() <= kMostFeatures);
  CHECK(all.first.size() == all.vector.size());
  CHECK(all.vector == rising(all.vector));
  CHECK(count(all, FeatureClass::grams) == kMostOfClass);
  CHECK(count(all, FeatureClass::words) == kMostOfClass);
  // The end of a text is read as well as its beginning.
  const Features longer = features(text + " viagra");
  CHECK(longer.vector != all.vector);
  // Nothing at all is no trouble.
  CHECK(count(features(""), FeatureClass::words) == 0);
  std::string dense;
  while (dense.size() + 40 < limits::kContent) dense += "<a href=\"http://a.example/b/c\">d</a> ";
  CHECK(features(dense).vector.size() <= kMostFeatures);
}
