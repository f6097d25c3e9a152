#include <doctest/doctest.h>

#include <string>

#include "analysis/gather.h"
#include "analysis/text.h"
#include "core/limits.h"

using namespace chaffinch;

TEST_SUITE_BEGIN("gather");

TEST_CASE("a submission becomes evidence with all its views, links and counts") {
  Submission submission;
  submission.site = "demo";
  submission.content =
      "<p>Buy V1agra at <a href=\"http://Pills.Example/x\">my shop</a></p>\n[b]now[/b] or see "
      "http://bit.ly/abc";
  submission.author = {
      .name = "B\u00e9st  P1LLS", .email = "Jane@Mail.Example.COM", .url = "www.Shop.example/Buy", .id = ""};
  submission.article = {.id = "a", .url = "", .title = "About  F\u0456nches"};
  const Evidence evidence = gather(submission);

  CHECK(evidence.comment == submission);
  CHECK(evidence.visible.value == "Buy V1agra at my shop\n\nnow or see http://bit.ly/abc");
  CHECK(evidence.folded.value == "buy viagra at my shop now or see http://bit.ly/abc");
  CHECK(evidence.name_folded.value == "best pills");
  CHECK(evidence.url_folded.value == "www.shop.example/buy");
  CHECK(evidence.title_folded.value == "about finches");
  CHECK(evidence.email_domain == "mail.example.com");

  REQUIRE(evidence.links.size() == 3);
  CHECK(evidence.links[0].host == "pills.example");
  CHECK(evidence.links[0].anchor == "my shop");
  CHECK(evidence.links[1].shortener);
  CHECK(evidence.links[2].kind == LinkKind::author_url);
  CHECK(evidence.links[2].host == "www.shop.example");
  CHECK(evidence.links[2].spot.field == Field::author_url);

  CHECK(evidence.shape.links == 2);  // of the content
  CHECK(evidence.shape.tags == 4);
  CHECK(evidence.shape.bbcodes == 2);
  CHECK(evidence.shape.upper == 2);
  CHECK(evidence.copy_hash == copy_hash(evidence.folded.value));
  CHECK(evidence.copy_hash != 0);
  CHECK(evidence.facts == Facts{});

  const std::size_t at = evidence.folded.value.find("viagra");
  const auto [first, second] = evidence.folded.original(at, at + 6);
  CHECK(submission.content.substr(first, second - first) == "V1agra");
}

TEST_CASE("an empty submission is evidence too") {
  const Evidence evidence = gather({});
  CHECK(evidence.visible.value.empty());
  CHECK(evidence.folded.value.empty());
  CHECK(evidence.links.empty());
  CHECK(evidence.email_domain.empty());
  CHECK(evidence.copy_hash == 0);
  CHECK(evidence.shape.characters == 0);
}

TEST_CASE("the domain of an email is what mail would go to") {
  struct Row {
    std::string email;
    std::string domain;
  };
  static const Row kRows[] = {
      {"jane@Example.com", "example.com"},
      {"jane@example.com.", "example.com"},
      {"Jane <jane@example.com>", "example.com"},
      {"\"a@b\"@example.com ", "example.com"},
      {"jane@m\u00fcnchen.de", "xn--mnchen-3ya.de"},
      {"jane@ODD DOMAIN", "odd domain"},
      {"jane@", ""},
      {"jane", ""},
      {"", ""},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.email);
    Submission submission;
    submission.author.email = row.email;
    CHECK(gather(submission).email_domain == row.domain);
  }
}

TEST_CASE("the author's URL keeps its place among more links than are kept") {
  Submission submission;
  for (int i = 0; i < 250; ++i) submission.content += "http://a" + std::to_string(i) + ".example/ ";
  submission.author.url = "http://own.example";
  const Evidence evidence = gather(submission);
  CHECK(evidence.shape.links == 250);
  REQUIRE(evidence.links.size() == limits::kLinks);
  CHECK(evidence.links.back().host == "own.example");
}

TEST_CASE("equal texts in different dress are copies") {
  const auto hash = [](std::string content) {
    Submission submission;
    submission.content = std::move(content);
    return gather(submission).copy_hash;
  };
  const auto one = hash("Great post, thanks for sharing!");
  CHECK(one != 0);
  CHECK(hash("<b>Great</b> post,\n thanks for sharing") == one);
  CHECK(hash("G r e a t  p\u00f6st, th\u0430nks f0r sharing...") == one);
  CHECK(hash("Great post, thanks for caring!") != one);
  CHECK(hash("Thanks!") == 0);
}
