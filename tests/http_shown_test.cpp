// Hostile text as it is shown: known elements around text, and nothing else.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "http/shown.h"

using namespace chaffinch::http;

namespace {

std::string plain(std::string_view text) {
  return html_of(shown(text, false));
}
std::string marked(std::string_view text) {
  return html_of(shown(text, true));
}
std::string linked(const std::string& url, const std::string& text) {
  return "<a href=\"" + url + "\" rel=\"nofollow ugc noopener\">" + text + "</a>";
}

std::size_t depth_of(const std::vector<Shown>& tree) {
  std::size_t depth = 0;
  for (const Shown& one : tree) depth = std::max(depth, 1 + depth_of(one.inside));
  return depth;
}

// Every "<" of the HTML begins one of our elements.
bool only_ours(std::string_view html) {
  for (std::size_t at = html.find('<'); at != std::string_view::npos; at = html.find('<', at + 1)) {
    std::string_view name = html.substr(at + 1, html.find_first_of(" >", at) - at - 1);
    if (name.starts_with('/')) name.remove_prefix(1);
    bool known = name == "a" || name == "br";
    for (int kind = 1; kind <= static_cast<int>(Shown::Kind::item); ++kind)
      known = known || name == element_of(static_cast<Shown::Kind>(kind));
    if (!known) return false;
  }
  return html.find("javascript:") == std::string_view::npos ||
         html.find("href=\"javascript") == std::string_view::npos;
}

}  // namespace

TEST_SUITE_BEGIN("shown");

TEST_CASE("plain text is shown as paragraphs, lines and links") {
  CHECK(plain("") == "");
  CHECK(plain(" \n\r\n\t\n") == "");
  CHECK(plain("one") == "<p>one</p>");
  CHECK(plain("one\ntwo\r\nthree\n\n\n four ") == "<p>one<br>\ntwo<br>\nthree</p><p>four</p>");
  CHECK(plain("see https://a.example/x.") ==
        "<p>see " + linked("https://a.example/x", "https://a.example/x") + ".</p>");
  CHECK(plain("(http://a.example/x_(y)), HTTPS://B.example!") ==
        "<p>(" + linked("http://a.example/x_(y)", "http://a.example/x_(y)") + "), " +
            linked("HTTPS://B.example", "HTTPS://B.example") + "!</p>");
  CHECK(plain("xhttp://a.example http:// https://. ftp://a.example javascript:alert(1)") ==
        "<p>xhttp://a.example http:// https://. ftp://a.example javascript:alert(1)</p>");
  CHECK(plain("**not** [this](http://a.example/)") ==
        "<p>**not** [this](" + linked("http://a.example/", "http://a.example/") + ")</p>");
}

TEST_CASE("markup in a comment is text") {
  CHECK(plain("<b>&amp;\"'</b>") == "<p>&lt;b&gt;&amp;amp;&quot;&#39;&lt;/b&gt;</p>");
  CHECK(plain("http://a.example/\"onmouseover=alert(1)") ==
        "<p>" + linked("http://a.example/", "http://a.example/") + "&quot;onmouseover=alert(1)</p>");
  CHECK(marked("<script>alert(1)</script>\n\n<b>x</b> <!-- c -->") ==
        "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p><p>&lt;b&gt;x&lt;/b&gt; &lt;!-- c --&gt;</p>");
  // Control characters and what XML forbids are not in any page or feed.
  CHECK(plain("a\x01\x1b[31mb\xEF\xBF\xBF"
              "c") == "<p>a[31mbc</p>");
}

TEST_CASE("a safe subset of Markdown") {
  CHECK(marked("# Title\n\n*a* **b** ~~c~~ `<d>`\nnext") ==
        "<p><strong>Title</strong></p><p><em>a</em> <strong>b</strong> <del>c</del> "
        "<code>&lt;d&gt;</code><br>\nnext</p>");
  CHECK(
      marked("- a\n- b\n\n1. c\n\n> d\n\n```\n<e>\n```\n\n---\n") ==
      "<ul><li><p>a</p></li><li><p>b</p></li></ul><ol><li><p>c</p></li></ol><blockquote><p>d</p></blockquote>"
      "<pre><code>&lt;e&gt;\n</code></pre>");
  CHECK(marked("[t](https://a.example/?a=1&b=2 \"title\") ![pic](http://b.example/p.png) "
               "<https://c.example/> https://d.example") ==
        "<p>" + linked("https://a.example/?a=1&amp;b=2", "t") + " " +
            linked("http://b.example/p.png", "pic") + " " +
            linked("https://c.example/", "https://c.example/") + " " +
            linked("https://d.example", "https://d.example") + "</p>");
  CHECK(marked("[a **b** https://inner.example](https://outer.example)") ==
        "<p>" + linked("https://outer.example", "a <strong>b</strong> https://inner.example") + "</p>");
}

TEST_CASE("links lead to http and https alone") {
  for (const char* url :
       {"javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "//a.example",
        "/path", "mailto:a@b.example", "https:", "http://", "http:///x", "https://?x", "\x01http://a.example",
        "http://a.example/ x", "file:///etc/passwd", "http:\\\\a.example", "http://a.example\\x"}) {
    CAPTURE(url);
    CHECK_FALSE(may_link(url));
    const std::string html = marked("[t](<" + std::string(url) + ">)");
    CHECK(html.find("href=\"" + std::string(url)) == std::string::npos);
  }
  CHECK(may_link("http://a"));
  CHECK(may_link("HTTPS://user@a.example:8/x?y#z"));
  CHECK(marked("[t](javascript&#58;alert(1)) [u](&#x6A;avascript:alert(1))") == "<p>t u</p>");
}

TEST_CASE("whatever is written, the page stays small in depth and made of known elements") {
  std::string quotes, lists, brackets, stars, mixed;
  for (int i = 0; i < 4'000; ++i) {
    quotes += "> ";
    brackets += "[";
    stars += i % 2 == 0 ? "*a " : "**a ";
    mixed += "<a href='x'>[![";
  }
  for (std::string* one : {&quotes, &brackets, &stars, &mixed}) one->resize(4'000);
  for (int i = 0; i < 55; ++i) lists += std::string(static_cast<std::size_t>(2 * i), ' ') + "- x\n";
  for (const std::string& text :
       {quotes.substr(0, 3'999) + "x", lists, brackets.substr(0, 3'900) + "x](http://a.example)", stars,
        mixed, "[a](" + std::string(3'000, '('), std::string(4'000, '`'), std::string(4'000, '_') + "a",
        std::string("\xff\xfe[x](http://a.example)"), std::string("a\0b", 3)}) {
    CAPTURE(text.substr(0, 40));
    REQUIRE(text.size() <= kMarkdown);
    const auto tree = shown(text, true);
    // Around the deepest level stand at most a heading's or a code block's two elements and a link.
    CHECK(depth_of(tree) <= kShownDepth + 4);
    CHECK(only_ours(html_of(tree)));
  }
  // A reference that is used again and again is not written out again and again.
  std::string references = "[a]: http://a.example/" + std::string(1'000, 'x') + "\n\n";
  for (int i = 0; i < 900; ++i) references += "[a]";
  REQUIRE(references.size() <= kMarkdown);
  CHECK(marked(references).size() < 4 * references.size());
  // Past the limit Markdown is shown as it was written.
  CHECK(marked(std::string(kMarkdown, 'x') + " **a**") == plain(std::string(kMarkdown, 'x') + " **a**"));
}

TEST_CASE("a comment of marks alone is shown as it was typed") {
  for (const char* text : {"***", "- - - -", "[a]: http://b", "~~~", "<>", "-"}) {
    CAPTURE(text);
    CHECK(marked(text).size() > 7);
  }
  CHECK(marked("***") == "<p>***</p>");
  CHECK(marked("   ") == "");
}

TEST_CASE("64 KiB of one address's brackets are looked at once") {
  // Counting them anew for each bracket took 13 s a text: two hundred of these would not end within a test's
  // limit.
  const std::string brackets(65'000, ')');
  for (int i = 0; i < 200; ++i)
    CHECK(plain("http://a" + brackets) == "<p>" + linked("http://a", "http://a") + brackets + "</p>");
  CHECK(plain("http://a(b)c).") == "<p>" + linked("http://a(b)c", "http://a(b)c") + ").</p>");
  CHECK(plain("http://a[1].)") == "<p>" + linked("http://a[1]", "http://a[1]") + ".)</p>");
}

TEST_CASE("the words are all there, whatever the depth") {
  std::string text;
  for (int i = 0; i < 30; ++i) text += "> ";
  CHECK(marked(text + "deep words").find("deep words") != std::string::npos);
}
