// The signed form token, and the memory of those that were used.
#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

#include "form_token.h"

using namespace chaffinch;

namespace {
constexpr Time kNow = 1'795'449'600 * kSecond;
}

TEST_SUITE_BEGIN("form token");

TEST_CASE("a token tells when its form was shown, for its site and article alone") {
  const std::string token = write_form_token("secret", "blog", "/bread", "n0nce", kNow);
  const FormShown shown = read_form_token("secret", "blog", "/bread", token, kNow + 40 * kSecond);
  CHECK(shown.state == FormToken::good);
  CHECK(shown.at == kNow);
  CHECK(shown.nonce == "n0nce");
  const auto foreign = [&](std::string_view secret, std::string_view site, std::string_view article,
                           const std::string& text) {
    return read_form_token(secret, site, article, text, kNow + kMinute).state == FormToken::foreign;
  };
  CHECK(foreign("other", "blog", "/bread", token));
  CHECK(foreign("secret", "other", "/bread", token));
  CHECK(foreign("secret", "blog", "/soup", token));
  // The border between site and article is signed too.
  CHECK(foreign("secret", "blog/", "bread", token));
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CAPTURE(changed);
    CHECK(foreign("secret", "blog", "/bread", changed));
    CHECK(foreign("secret", "blog", "/bread", token.substr(0, i)));
  }
}

TEST_CASE("a token is good for a day, then expired, then nobody's") {
  const std::string token = write_form_token("secret", "blog", "/bread", "n", kNow);
  const auto at = [&](Time now) { return read_form_token("secret", "blog", "/bread", token, now).state; };
  CHECK(at(kNow + kFormToken - 1) == FormToken::good);
  CHECK(at(kNow + kFormToken) == FormToken::expired);
  CHECK(at(kNow + kFormKept - 1) == FormToken::expired);
  CHECK(at(kNow + kFormKept) == FormToken::foreign);
  // Clocks of two processes differ a little; more is not believed.
  CHECK(at(kNow - kMinute) == FormToken::good);
  CHECK(at(kNow - kMinute - kSecond) == FormToken::foreign);
}

TEST_CASE("a form is used once, unless it is handed back, and memory is bounded") {
  UsedForms used(3);
  CHECK(used.use("a"));
  CHECK_FALSE(used.use("a"));
  used.give_back("a");
  CHECK(used.use("a"));
  CHECK(used.use("b"));
  CHECK(used.use("c"));
  CHECK_FALSE(used.use("a"));
  CHECK(used.use("d"));
  CHECK(used.size() == 3);
  CHECK(used.use("a"));  // the oldest was forgotten
  CHECK_FALSE(used.use("d"));
  used.give_back("never used");
  CHECK(used.size() == 3);
}

TEST_CASE("of many that send one form at once, one is the first") {
  UsedForms used;
  std::vector<int> first(8, 0);
  {
    std::vector<std::jthread> threads;
    for (int& mine : first)
      threads.emplace_back([&used, &mine] {
        for (int i = 0; i < 500; ++i) mine += used.use(std::to_string(i)) ? 1 : 0;
      });
  }
  int all = 0;
  for (const int mine : first) all += mine;
  CHECK(all == 500);
}
