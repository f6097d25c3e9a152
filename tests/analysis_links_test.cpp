// Links, however they are written; hosts and origins, however they are forged.
#include <doctest/doctest.h>

#include <span>
#include <string>
#include <vector>

#include "analysis/links.h"
#include "core/limits.h"

using namespace chaffinch;

TEST_SUITE_BEGIN("links");

namespace {

std::string_view name_of(LinkKind kind) {
  static constexpr std::string_view kNames[] = {"anchor",     "bbcode",    "markdown",  "bare",
                                                "schemeless", "disguised", "author_url"};
  return kNames[static_cast<std::size_t>(kind)];
}

// "kind host path" of each link, one a line.
std::string summary(std::string_view content) {
  std::string text;
  for (const Link& link : find_links(content).links) {
    if (!text.empty()) text += '\n';
    text += std::string(name_of(link.kind)) + " " + link.host + " " + link.path;
    while (text.ends_with(' ')) text.pop_back();
  }
  return text;
}

struct Row {
  std::string content;
  std::string links;
};

void check_rows(std::span<const Row> rows) {
  for (const Row& row : rows) {
    CAPTURE(row.content);
    CHECK(summary(row.content) == row.links);
  }
}

std::string repeated(std::string_view piece) {
  std::string text;
  while (text.size() + piece.size() <= limits::kContent) text += piece;
  return text;
}

}  // namespace

TEST_CASE("anchors are links with their targets decoded") {
  static const Row kRows[] = {
      {"<a href=\"http://a.example/x?y=1&amp;z=2#top\">here</a>", "anchor a.example /x?y=1&z=2"},
      {"<A HREF='HTTPS://A.Example'>x</A>", "anchor a.example"},
      {"<a rel=nofollow href=http://a.example/p>x</a>", "anchor a.example /p"},
      {"<a href=\"h&#116;tp&colon;//a.example\">x</a>", "anchor a.example"},
      {"<a href=\"ht\ntp://a.exa\tmple/\">x</a>", "anchor a.example /"},
      {"<a href=\" //a.example/p \">x</a>", "anchor a.example /p"},
      {"<a href=\"http:\\\\a.example\\p\">x</a>", "anchor a.example /p"},
      {"<a href='www.a.example/p'>x</a>", "anchor www.a.example /p"},
      {"<a href='/local'>x</a> <a href='#top'>y</a> <a href='mailto:jane@a.example'>z</a> <a "
       "href='page.html'>w</a>",
       ""},
      {"<a href='javascript:alert(1)'>x</a><a>y</a><a href>z</a><a href=''>q</a>", ""},
      {"<img src=\"http://i.example/1.png\"><iframe src='https://f.example/'></iframe>",
       "anchor i.example /1.png\nanchor f.example /"},
      {"<a href=\"http://a.example\">http://shown.example/ and b.com</a> http://c.example",
       "anchor a.example\nbare c.example"},
      {"<a href=\"http://a.example\">never closed http://c.example", "anchor a.example\nbare c.example"},
      {"<a href='http://a.example'>one<a href='http://b.example'>two</a>",
       "anchor a.example\nanchor b.example"},
      {"&lt;a href=&quot;http://a.example/x&quot;&gt;y&lt;/a&gt;", "bare a.example /x"},
  };
  check_rows(kRows);
}

TEST_CASE("BBCode and Markdown links are found") {
  static const Row kRows[] = {
      {"[url=http://a.example/x]here[/url]", "bbcode a.example /x"},
      {"[URL=\"https://a.example\"]here[/URL]", "bbcode a.example"},
      {"[url href=http://a.example]here[/url]", "bbcode a.example"},
      {"[url]http://a.example/x[/url] [link]b.example[/link]", "bbcode a.example /x\nbbcode b.example"},
      {"[url=a.example]no scheme[/url]", "bbcode a.example"},
      {"[img]http://a.example/x.gif[/img]", "bbcode a.example /x.gif"},
      {"[url=http://a.example]http://b.example[/url] http://c.example", "bbcode a.example\nbare c.example"},
      {"[url=http://a.example]never closed", "bbcode a.example"},
      {"[b]bold[/b] a[url] [url=] [url= ]x[/url]", ""},
      {"[text](http://a.example/x) and ![picture](<https://b.example/y>)",
       "markdown a.example /x\nmarkdown b.example /y"},
      {"[http://shown.example](http://a.example)", "markdown a.example"},
      {"[wiki](http://a.example/x_(y))", "markdown a.example /x_(y)"},
      {"[![alt](http://i.example/p.png)](http://a.example/)", "markdown a.example /"},
      {"f[i](x) [a](b) [c](#d) [e](/f) []()", ""},
  };
  check_rows(kRows);
}

TEST_CASE("URLs in running text end where people end them") {
  static const Row kRows[] = {
      {"see http://a.example.", "bare a.example"},
      {"see http://a.example/x, or HTTPS://B.example/Y!", "bare a.example /x\nbare b.example /Y"},
      {"(http://a.example/x_(y)) (http://a.example/z)", "bare a.example /x_(y)\nbare a.example /z"},
      {"\"http://a.example/x\" 'http://b.example/y' \u201chttp://c.example/z\u201d",
       "bare a.example /x\nbare b.example /y\nbare c.example /z"},
      {"http://a.example/x?y=1&amp;z=2&quot; http://b.example/?q=a#f",
       "bare a.example /x?y=1&z=2\nbare b.example /?q=a"},
      {"http://a.example?x=1", "bare a.example /?x=1"},
      {"**http://a.example/x** http://b.example/...", "bare a.example /x\nbare b.example /"},
      {"http://jane:secret@a.example:8080/x", "bare a.example /x"},
      {"http://a.example/\u043f\u0443\u0442\u044c\u3002\u305d", "bare a.example /\u043f\u0443\u0442\u044c"},
      {"{http://a.example|http://b.example}", "bare a.example\nbare b.example"},
      {"seehttp://a.example ftp://f.example/pub", "bare a.example\nbare f.example /pub"},
      {"http://192.0.2.1/x http://[2001:DB8::1]:80/y http://2130706433/ http://0x7f.1/",
       "bare 192.0.2.1 /x\nbare 2001:db8::1 /y\nbare 127.0.0.1 /\nbare 127.0.0.1 /"},
      {"http://%65vil.example/x http://m\u00fcnchen.example/y",
       "bare evil.example /x\nbare xn--mnchen-3ya.example /y"},
      {"www.a.com www.a.co.uk/x www.a.de?q=1 www. www.nothing",
       "bare www.a.com\nbare www.a.co.uk /x\nbare www.a.de /?q=1"},
      {"http://localhost:8080/x", "bare localhost /x"},
      {"http:// https://... http://? ://a.com file://a.example svn://b.example http://256.1.1.1/ "
       "http://a..b/",
       ""},
      {"http://web.archive.example/web/http://a.example/", "bare web.archive.example /web/http://a.example/"},
  };
  check_rows(kRows);
}

TEST_CASE("names without a scheme are links when people mean them so") {
  static const Row kRows[] = {
      {"buy at example.com/pills today", "schemeless example.com /pills"},
      {"Visit Example.com, example.org; shop.example.co.uk!",
       "schemeless example.com\nschemeless example.org\nschemeless shop.example.co.uk"},
      {"EXAMPLE.COM or slot88.xyz or slot.co.id or t.me/joinchat and bit.ly/3xyz or 777.com",
       "schemeless example.com\nschemeless slot88.xyz\nschemeless slot.co.id\nschemeless t.me /joinchat\n"
       "schemeless bit.ly /3xyz\nschemeless 777.com"},
      {"cheapmeds.net sub.domain.net", "schemeless cheapmeds.net\nschemeless sub.domain.net"},
      {"\u770bexample.com\u5427", "schemeless example.com"},
      {"\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444/\u043a m\u00fcnchen.de",
       "schemeless xn--e1afmkfd.xn--p1ai /\u043a\nschemeless xn--mnchen-3ya.de"},
      {"www.m\u00fcnchen.de/x a.b.m\u00fcnchen.de ...m\u00fcnchen.de",
       "schemeless www.xn--mnchen-3ya.de /x\nschemeless a.b.xn--mnchen-3ya.de\nschemeless xn--mnchen-3ya.de"},
      {"example.com:8080/x (example.com) example.com. site:example.org",
       "schemeless example.com /x\nschemeless example.com\nschemeless example.com\nschemeless example.org"},
      {"e.g. i.e. etc. a.m. U.S. v1.0 3.14 1.2.3.4 ...", ""},
      {"file.txt index.html readme.md main.py lib.rs script.sh a.zip node.js test.cc( x.so", ""},
      {"System.IO ASP.NET VB.Net asp.net Logger.Info(x) hello.World end.The next it.Is", ""},
      {"user.name this.id window.open document.all date.now foo.bar.is x.to y.in", ""},
      {"obj.info() list.com(1) $this.com #tag.com path/a.com @user.com a@example.com jane.doe@example.co.uk",
       ""},
      {"That was it.So we left.In the end it worked.me too", ""},
      {"\u0441\u043b\u043e\u0432\u043e.\u0421\u043b\u043e\u0432\u043e "
       "\u0434\u043e\u043c.\u0434\u0435\u0442\u0438",
       ""},
  };
  check_rows(kRows);
}

TEST_CASE("disguises are seen through") {
  static const Row kRows[] = {
      {"hxxp://a.example/x hxxps://b.example h**p://c.example",
       "disguised a.example /x\ndisguised b.example\ndisguised c.example"},
      {"example[.]com example(dot)org/x example{.}com [ . ]",
       "disguised example.com\ndisguised example.org /x\ndisguised example.com"},
      {"http://example[.]com/x hxxp://www[.]example[.]co[.]uk",
       "disguised example.com /x\ndisguised www.example.co.uk"},
      {"visit example dot com or pills Dot org / best-pills dot co dot uk",
       "disguised example.com\ndisguised pills.org\ndisguised best-pills.co.uk"},
      {"example . com/x slot88 [.] com casino (dot) online",
       "disguised example.com /x\ndisguised slot88.com\ndisguised casino.online"},
      {"example\u3002com example\uff0eorg", "disguised example.com\ndisguised example.org"},
      {"see m\u00fcnchen dot com, \u043f\u0440\u0438\u043c\u0435\u0440[.]com or caf\u00e9 . com/x",
       "disguised xn--mnchen-3ya.com\ndisguised xn--e1afmkfd.com\ndisguised xn--caf-dma.com /x"},
      {"\u770bexample[.]com \u8fd9\u3002com \u0441\u043b\u043e\u0432\u043e . \u0421\u043b\u043e\u0432\u043e",
       "disguised example.com"},
      {"http:// example.com http:\\\\example.org", "disguised example.com\ndisguised example.org"},
      {"the dot com boom, a dot in the middle, connect the dots . Common sense", ""},
      {"in dot net we write foo(.)bar and a[.] and x . y . z", ""},
      {"array[.5] f(dot) .com .net the .org domain", ""},
  };
  check_rows(kRows);
}

TEST_CASE("a link knows its domain, its anchor, its place, and whether it is shortened") {
  const std::string content =
      "x <a title=\"t\" href=\"http://sub.a.co.uk/?a=1&amp;b=2\">Click <b>here</b> &amp; now</a> "
      "[url=http://bit.ly/x]win[/url] "
      "[md](http://foo.blogspot.com/) bare https://www.b.com/p. bye";
  const auto links = find_links(content).links;
  REQUIRE(links.size() == 4);
  struct Expected {
    std::string url;
    std::string domain;
    std::string anchor;
    std::string place;
    bool shortener;
  };
  const Expected expected[] = {
      {"http://sub.a.co.uk/?a=1&b=2", "a.co.uk", "Click here & now", "http://sub.a.co.uk/?a=1&amp;b=2",
       false},
      {"http://bit.ly/x", "bit.ly", "win", "http://bit.ly/x", true},
      {"http://foo.blogspot.com/", "foo.blogspot.com", "md", "http://foo.blogspot.com/", false},
      {"https://www.b.com/p", "b.com", "", "https://www.b.com/p", false},
  };
  for (std::size_t i = 0; i < links.size(); ++i) {
    CAPTURE(i);
    CHECK(links[i].url == expected[i].url);
    CHECK(links[i].domain == expected[i].domain);
    CHECK(links[i].anchor == expected[i].anchor);
    CHECK(links[i].shortener == expected[i].shortener);
    CHECK(links[i].spot.field == Field::content);
    CHECK(links[i].spot.view == View::raw);
    CHECK(content.substr(links[i].spot.start, links[i].spot.end - links[i].spot.start) == expected[i].place);
  }
}

TEST_CASE("every link is counted, the first ones are kept") {
  std::string content;
  for (int i = 0; i < 300; ++i)
    content += "<a href='http://a" + std::to_string(i) + ".example'>http://x.example</a> ";
  FoundLinks found = find_links(content);
  CHECK(found.count == 300);
  CHECK(found.links.size() == limits::kLinks);
  CHECK(found.links.back().host == "a199.example");
  CHECK(found.links.back().anchor == "http://x.example");
  CHECK(found.tags == 600);
  CHECK(found.bbcodes == 0);
  content.clear();
  for (int i = 0; i < 300; ++i)
    content += "[url=http://a.example]x http://b.example[/url] [c](http://c.example) ";
  found = find_links(content);
  CHECK(found.count == 600);
  CHECK(found.links.size() == limits::kLinks);
  CHECK(found.bbcodes == 600);
  CHECK(found.tags == 0);
}

TEST_CASE("hostile texts of full size are gone through once, and every spot lies in the text") {
  for (const char* piece : {"<",
                            "<a ",
                            "<a href=",
                            "<a href='http://a.example'>",
                            "<a href=\"",
                            "</a>",
                            "[url",
                            "[url=http://a.example]",
                            "[url]",
                            "[",
                            "](",
                            "[a](",
                            "[[a](http://a.example)",
                            "http://",
                            "http://.",
                            "http://a",
                            "http://999.999.999.999/",
                            "http://-/",
                            "://",
                            "a.",
                            "a.b.",
                            ".",
                            "..a",
                            "www.",
                            "a@b.",
                            "\u00e9.",
                            "\u00e9.com",
                            "a[.]",
                            "a[.]b[.]com/",
                            "a dot ",
                            "com dot com dot ",
                            " . com",
                            "(dot)",
                            "hxxp://",
                            "&amp;",
                            "http://a.example/&amp;",
                            "http://a(",
                            "a.com(",
                            "http://a.example/))))",
                            "\u3002",
                            "a\u3002",
                            "com\u3002",
                            "http://[",
                            "http://[::1]",
                            "http:// a.com",
                            "d D ",
                            "a.com/",
                            "a-",
                            "1.2.3.4 ",
                            "example.com "}) {
    CAPTURE(piece);
    for (const std::string& text :
         {repeated(piece), "x" + std::string(30'000, 'a') + repeated(piece).substr(0, 30'000)}) {
      const FoundLinks found = find_links(text);
      CHECK(found.links.size() <= limits::kLinks);
      CHECK(found.count >= found.links.size());
      for (const Link& link : found.links) {
        REQUIRE(link.spot.start < link.spot.end);
        REQUIRE(link.spot.end <= text.size());
        REQUIRE_FALSE(link.host.empty());
        REQUIRE_FALSE(link.domain.empty());
        REQUIRE((link.path.empty() || link.path[0] == '/'));
      }
    }
  }
}

TEST_CASE("an author's URL is read with or without its scheme") {
  struct UrlRow {
    std::string url;
    std::string host;
    std::string path;
  };
  static const UrlRow kRows[] = {
      {"http://www.example.com/x?y#z", "www.example.com", "/x?y"},
      {"  https://Example.com \n", "example.com", ""},
      {"example.com", "example.com", ""},
      {"example.com:8080/x", "example.com", "/x"},
      {"//example.com/", "example.com", "/"},
      {"http:/example.com", "example.com", ""},
      {"http:example.com", "example.com", ""},
      {"HTTP:\\\\example.com\\x", "example.com", "/x"},
      {"http://localhost/", "localhost", "/"},
      {"http://m\u00fcnchen.de", "xn--mnchen-3ya.de", ""},
      {"", "", ""},
      {"http://", "", ""},
      {"https", "", ""},
      {"none", "", ""},
      {"n/a", "", ""},
      {"jane@example.com", "", ""},
      {"mailto:jane@example.com", "", ""},
      {"javascript:alert(document.cookie)", "", ""},
      {"javascript://example.com/%0aalert(1)", "", ""},
      {"data:text/html,x", "", ""},
      {"/relative/path.html", "", ""},
      {"http://a b.com", "", ""},
  };
  for (const UrlRow& row : kRows) {
    CAPTURE(row.url);
    const Link link = link_of_url(row.url, Field::author_url);
    CHECK(link.host == row.host);
    CHECK(link.path == row.path);
    CHECK(link.kind == LinkKind::author_url);
    if (!row.host.empty()) CHECK(link.spot.field == Field::author_url);
  }
  const Link trimmed = link_of_url("  example.com ", Field::author_url);
  CHECK(trimmed.spot.start == 2);
  CHECK(trimmed.spot.end == 13);
  CHECK(trimmed.url == "example.com");
}

TEST_CASE("hosts have one form, and what cannot be a host has none") {
  struct HostRow {
    std::string host;
    std::string normal;
  };
  static const HostRow kRows[] = {
      {"Example.COM", "example.com"},
      {"example.com.", "example.com"},
      {"m\u00fcnchen.de", "xn--mnchen-3ya.de"},
      {"M\u00dcNCHEN.de", "xn--mnchen-3ya.de"},
      {"fa\u00df.de", "xn--fa-hia.de"},
      {"\uff45xample\u3002com", "example.com"},
      {"xn--mnchen-3ya.de", "xn--mnchen-3ya.de"},
      {"192.0.2.1", "192.0.2.1"},
      {"0xC0.0.2.1", "192.0.2.1"},
      {"3221225985", "192.0.2.1"},
      {"192.0.513", "192.0.2.1"},
      {"0300.0.2.1", "192.0.2.1"},
      {"[2001:DB8::1]", "2001:db8::1"},
      {"[::ffff:192.0.2.1]", "192.0.2.1"},
      {"my_host.example", "my_host.example"},
      {"", ""},
      {".", ""},
      {"a..b", ""},
      {".a", ""},
      {"a b", ""},
      {"a/b", ""},
      {"a%2fb", ""},
      {"a%", ""},
      {"%ff.com", ""},
      {"256.1.1.1", ""},
      {"1.2.3.4.5", ""},
      {"4294967296", ""},
      {"08.1.1.1", ""},
      {"[::1", ""},
      {"[192.0.2.1]", ""},
      {"[]", ""},
      {"exa\tmple.com", ""},
      {"\u202eexample.com", ""},
  };
  for (const HostRow& row : kRows) {
    CAPTURE(row.host);
    CHECK(normal_host(row.host) == row.normal);
  }
  CHECK(normal_host(std::string("a\0b.com", 7)).empty());
  CHECK(normal_host(std::string(63, 'a') + ".com") == std::string(63, 'a') + ".com");
  CHECK(normal_host(std::string(64, 'a') + ".com").empty());
  CHECK(normal_host(std::string(100'000, 'a')).empty());
  CHECK(normal_host(repeated("\u00e9")).empty());
  std::string longest;
  while (longest.size() < 252) longest += "a.";
  CHECK(normal_host(longest + "a").size() == 253);
  CHECK(normal_host(longest + "aa").empty());
}

TEST_CASE("the registrable domain follows the public suffix list") {
  struct DomainRow {
    std::string host;
    std::string domain;
  };
  static const DomainRow kRows[] = {
      {"a.b.example.com", "example.com"},
      {"example.com", "example.com"},
      {"a.b.co.uk", "b.co.uk"},
      {"co.uk", "co.uk"},
      {"com", "com"},
      {"foo.blogspot.com", "foo.blogspot.com"},
      {"www.ck", "www.ck"},
      {"localhost", "localhost"},
      {"192.0.2.1", "192.0.2.1"},
      {"2001:db8::1", "2001:db8::1"},
      {"a.xn--e1afmkfd.xn--p1ai", "xn--e1afmkfd.xn--p1ai"},
      {"", ""},
  };
  for (const DomainRow& row : kRows) {
    CAPTURE(row.host);
    CHECK(registrable_domain(row.host) == row.domain);
  }
}

TEST_CASE("shorteners are known with and without www") {
  for (const char* host :
       {"bit.ly", "t.co", "goo.gl", "tinyurl.com", "www.tinyurl.com", "is.gd", "cutt.ly", "s.id"}) {
    CAPTURE(host);
    CHECK(is_shortener(host));
  }
  for (const char* host : {"example.com", "notbit.ly", "ly", "", "bit.ly.example.com", "www.", "youtu.be"}) {
    CAPTURE(host);
    CHECK_FALSE(is_shortener(host));
  }
}

TEST_CASE("only the same scheme, host and port is the same origin") {
  const std::string blog = "https://blog.example";
  for (const std::string url :
       {"https://blog.example", "https://blog.example/", "https://blog.example/2026/post?x=1#y",
        "HTTPS://Blog.EXAMPLE/", "https://blog.example:443/x", "https://blog.example:/x",
        "https://blog.example?x", "https://blog.example#x", "https://blog.example/https://evil.example",
        "https://blog.example/@evil.example", "https://blog.example/%5c"}) {
    CAPTURE(url);
    CHECK(same_origin(url, blog));
    CHECK(same_origin(url, "https://blog.example:443/with/a/path"));
  }
  for (const std::string url : {"",
                                "/",
                                "/post",
                                "//blog.example/",
                                "//evil.com",
                                "blog.example",
                                "http://blog.example/",
                                "https:/blog.example/",
                                "https:blog.example",
                                "https:///blog.example",
                                "https://",
                                "https://blog.example:444/",
                                "https://blog.example:0/",
                                "https://blog.example:99999/",
                                "https://blog.example:443x/",
                                "https://blog.example:+443/",
                                "https://blog.example.evil.com",
                                "https://blog.example.evil.com/",
                                "https://blog.example@evil.com",
                                "https://blog.example:443@evil.com/",
                                "https://evil.com@blog.example/",
                                "https://@blog.example/",
                                "https://evil.com/https://blog.example",
                                "https://evil.com#https://blog.example",
                                "https://evil.com?blog.example",
                                "https://evil.com\\@blog.example/",
                                "https://evil.com\\.blog.example/",
                                "https:\\\\blog.example/",
                                "https://blog.example\\evil",
                                "https://blog.example/\\evil.com",
                                "https://blog.example./",
                                "https://blog.example../",
                                "https://.blog.example/",
                                "https://sub.blog.example/",
                                "https://blog%2eexample/",
                                "https://blog.example%00.evil.com/",
                                " https://blog.example/",
                                "https://blog.example /",
                                "https://blog.example/\n",
                                "https://blog.example/\tx",
                                "https://blog.exam\rple/",
                                "java\nscript:alert(1)",
                                "javascript:alert(1)",
                                "javascript://blog.example/%0aalert(1)",
                                "data:text/html,https://blog.example",
                                "ftp://blog.example/",
                                "httpss://blog.example/",
                                "xhttps://blog.example/",
                                "https://b\u043bog.example/",
                                "https://blog.ex\u0430mple/",
                                "https://[blog.example]/",
                                "https://[::1]/",
                                "https://blog.example]/"}) {
    CAPTURE(url);
    CHECK_FALSE(same_origin(url, blog));
  }
  CHECK_FALSE(same_origin(std::string("https://blog.example\0.evil.com/", 31), blog));
  CHECK_FALSE(same_origin(std::string("https://blog.example/\x7f"), blog));
  // Nothing is under an origin that is none itself.
  CHECK_FALSE(same_origin("", ""));
  CHECK_FALSE(same_origin("blog.example", "blog.example"));
  CHECK_FALSE(same_origin("https://blog.example./", "https://blog.example./"));
  CHECK_FALSE(same_origin("https://x@blog.example/", "https://x@blog.example/"));
  // Other good origins.
  CHECK(same_origin("http://blog.example:80/", "http://blog.example"));
  CHECK_FALSE(same_origin("http://blog.example:443/", blog));
  CHECK(same_origin("http://localhost:8080/x", "http://localhost:8080"));
  CHECK(same_origin("https://m\u00fcnchen.example/", "https://xn--mnchen-3ya.example"));
  CHECK(same_origin("http://[2001:DB8::1]:8080/", "http://[2001:db8:0::1]:8080"));
  CHECK_FALSE(same_origin("http://[2001:db8::1]:8080/", "http://[2001:db8::1]"));
  CHECK(same_origin("http://127.0.0.1/", "http://127.1/"));
}

TEST_CASE("a link opened inside a Markdown link's brackets goes with them") {
  // Found by the fuzzer: the second [url= stands inside the brackets of ](http://...); its visible text was
  // written to a link that had been taken out.
  const FoundLinks found = find_links(
      "[url=http://a//b.example [url=http://a.example]here[/ur gr {x](http://224@c.example dot com");
  for (const Link& link : found.links) CHECK_FALSE(link.host.empty());
  CHECK(found.count >= found.links.size());
  const FoundLinks closed =
      find_links("[x [url=http://in.example]here](http://out.example/p) and [/url] after");
  REQUIRE(closed.links.size() == 1);
  CHECK(closed.links.front().host == "out.example");
}
