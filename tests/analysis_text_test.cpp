// Views of a text: what people see, what patterns read, and the way back to the bytes as submitted.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "analysis/text.h"
#include "core/limits.h"

using namespace chaffinch;

TEST_SUITE_BEGIN("text");

namespace {

std::string visible(std::string_view text) {
  return visible_text(text).value;
}

std::string folded(std::string_view text) {
  return folded_text(visible_text(text), text).value;
}

std::string repeated(std::string_view piece, std::size_t size = limits::kContent) {
  std::string text;
  while (text.size() + piece.size() <= size) text += piece;
  return text;
}

// Deterministic chance: a test that fails must fail again.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}
  std::size_t below(std::size_t end) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::size_t>(state_ >> 33) % end;
  }

 private:
  std::uint64_t state_;
};

bool border(std::string_view text, std::size_t at) {
  return at >= text.size() || (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
}

bool blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

// Equal but for the case of letters, and blanks of any kind.
bool same_letters(std::string_view original, std::string_view view) {
  if (original == view) return true;
  if (original.size() != view.size()) return false;
  std::string blanked(original);
  for (char& c : blanked) c = blank(c) ? ' ' : c;
  return ascii_lower(blanked) == view || folded_text(blanked).value == view;
}

// The promises of Text, for a view of `original`.
void check_map(const Text& view, std::string_view original) {
  CAPTURE(original.substr(0, 200));
  CAPTURE(view.value.substr(0, 200));
  REQUIRE(valid_utf8(view.value));
  if (view.runs.empty()) {
    REQUIRE((view.value.empty() || same_letters(original, view.value)));
    return;
  }
  REQUIRE(view.runs.front().at == 0);
  for (std::size_t i = 0; i < view.runs.size(); ++i) {
    const Text::Run& run = view.runs[i];
    const std::size_t end = i + 1 < view.runs.size() ? view.runs[i + 1].at : view.value.size();
    REQUIRE(run.at < end);
    REQUIRE(run.origin + run.length <= original.size());
    REQUIRE(border(original, run.origin));
    REQUIRE(border(original, run.origin + run.length));
    REQUIRE(border(view.value, run.at));
    if (run.verbatim) {
      REQUIRE(run.length == end - run.at);
      const std::string_view seen = std::string_view(view.value).substr(run.at, end - run.at);
      const bool same = same_letters(original.substr(run.origin, run.length), seen);
      CAPTURE(seen);
      REQUIRE(same);
    } else {
      REQUIRE(run.length > 0);
    }
    if (i > 0) REQUIRE(view.runs[i - 1].origin <= run.origin);
  }
  std::uint32_t first_before = 0;
  std::uint32_t second_before = 0;
  const std::size_t step = 1 + view.value.size() / 300;
  for (std::size_t at = 0; at < view.value.size(); at += step) {
    const auto [first, second] = view.original(at, at + 1);
    REQUIRE(first < second);
    REQUIRE(second <= original.size());
    REQUIRE(border(original, first));
    REQUIRE(border(original, second));
    REQUIRE(first >= first_before);
    REQUIRE(second >= second_before);
    first_before = first;
    second_before = second;
    const auto [wide_first, wide_second] = view.original(at / 2, std::min(at + 7, view.value.size()));
    REQUIRE(wide_first <= first);
    REQUIRE(wide_second >= second);
    const auto [empty_first, empty_second] = view.original(at, at);
    REQUIRE(empty_first == empty_second);
    REQUIRE(empty_second <= original.size());
  }
}

void check_views(const std::string& original) {
  const Text seen = visible_text(original);
  check_map(seen, original);
  check_map(folded_text(seen, original), original);
  check_map(folded_text(original), original);
}

}  // namespace

TEST_CASE("well-formed UTF-8 is told from everything else") {
  for (const std::string_view good :
       {std::string_view(""), std::string_view("plain"), std::string_view("a\0b", 3),
        std::string_view("\u00e9"), std::string_view("\u20ac \U0001F600"), std::string_view("\U0010FFFF"),
        std::string_view("\uD7FF\uE000"), std::string_view("12345678901234567890\u00e9")}) {
    CAPTURE(good);
    CHECK(valid_utf8(good));
  }
  for (const std::string_view bad :
       {"\x80", "\xC3", "\xC0\xAF", "\xC1\xBF", "\xE0\x9F\xBF", "\xE2\x82", "\xED\xA0\x80", "\xED\xBF\xBF",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "abcdefgh\xFE", "\xC3(",
        "\xE2\x82(", "\xF0\x9F\x98("}) {
    CAPTURE(bad);
    CHECK_FALSE(valid_utf8(bad));
  }
}

TEST_CASE("people see a text without its tags, comments, scripts and references") {
  struct Row {
    std::string text;
    std::string seen;
  };
  static const Row kRows[] = {
      {"plain text, 1 < 2 && 3 > 2", "plain text, 1 < 2 && 3 > 2"},
      {"<b>bold</b> and <i class=\"x>y\">so on</i>", "bold and so on"},
      {"vi<b></b>ag<!-- hidden -->ra", "viagra"},
      {"one<br>two<p>three</p>four<td>five", "one\ntwo\nthree\nfour\nfive"},
      {"<p>first</p>\n<p>second</p>", "first\n\nsecond\n"},
      {"a<script>var x = '<b>';</script>b<STYLE>p{}</style >c", "abc"},
      {"a<script>never closed", "anever closed"},
      {"a<!-- never closed", "a<!-- never closed"},
      {"&lt;b&gt; &amp;amp; &quot;&nbsp;&eacute;&#233;&#xE9;&#xe9",
       "<b> &amp; \"\u00a0\u00e9\u00e9\u00e9\u00e9"},
      {"&unknown; &; & &#; &#x; &lt &amp", "&unknown; &; & &#; &#x; < &"},
      {"?a=1&lt=2&copy=3", "?a=1&lt=2&copy=3"},
      {"&#0;&#xD800;&#x110000;&#99999999999;", "\uFFFD\uFFFD\uFFFD\uFFFD"},
      {"&#150;&#128;&#118&#105", "\u2013\u20acvi"},
      {"i <3 you </3 a<b c<d", "i <3 you </3 a<b c<d"},
      {"for (i=0;i<n;i++) cout<<i;", "for (i=0;i<n;i++) cout<<i;"},
      {"<http://auto.example> <jane@example.com>", "<http://auto.example> <jane@example.com>"},
      {"<a href='x>y'>z</a", "z</a"},
      {"<a title=don't>quote</a>", "quote"},
      {"<!DOCTYPE html><?php echo ?>x<o:p>y</o:p>", "xy"},
      {"[b]bold[/b] [url=http://a.example]here[/url] [url]http://b.example[/url]",
       "bold here http://b.example"},
      {"[quote=\"Jane\"]said[/quote]then [list][*]one[*]two[/list]", "said\nthen one\ntwo\n"},
      {"a[i] = b[0][url], [x for x in y] [B]", "a[i] = b[0][url], [x for x in y] [B]"},
      {"[size=5][COLOR=red]big[/COLOR][/size]", "big"},
      {"[url=never closed", "[url=never closed"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    CHECK(visible(row.text) == row.seen);
    check_views(row.text);
  }
}

TEST_CASE("what is found in the visible text is shown where it stands in the original") {
  struct Row {
    std::string text;
    std::string found;
    std::string original;
  };
  static const Row kRows[] = {
      {"buy <b>vi</b><i>agra</i> now", "viagra", "vi</b><i>agra"},
      {"buy &#118;&#105;agra now", "viagra", "&#118;&#105;agra"},
      {"buy <b>viagra</b> now", "viagra", "viagra"},
      {"a&amp;b", "&", "&amp;"},
      {"\u00e9t\u00e9 &eacute;t&eacute; x", "\u00e9t\u00e9", "\u00e9t\u00e9"},
      {"one<br>two", "e\nt", "e<br>t"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    const Text text = visible_text(row.text);
    const std::size_t at = text.value.find(row.found);
    REQUIRE(at != std::string::npos);
    const auto [first, second] = text.original(at, at + row.found.size());
    CHECK(row.text.substr(first, second - first) == row.original);
  }
}

TEST_CASE("an identical view keeps no map") {
  CHECK(visible_text("nothing to do here").runs.empty());
  CHECK(visible_text("a < b & c [1]").runs.empty());
  CHECK(folded_text("Nothing TO do here\nor there").runs.empty());
  CHECK(folded_text("\u0418\u0432\u0430\u043d \u0418\u0432\u0430\u043d\u043e\u0432").runs.empty());
  CHECK_FALSE(folded_text("two  blanks").runs.empty());
  CHECK_FALSE(folded_text("trailing ").runs.empty());
}

TEST_CASE("folding makes one of what people read as one") {
  struct Row {
    std::string text;
    std::string folded;
  };
  static const Row kRows[] = {
      {"", ""},
      {" \t\n ", ""},
      {"  Two\r\n\r\nLines\t here ", "two lines here"},
      {"Stra\u00dfe STRASSE \ufb01ne \u0130stanbul", "strasse strasse fine istanbul"},
      {"\uff36\uff49\uff41\uff47\uff52\uff41 \U0001D42F\U0001D422\U0001D41A\U0001D420\U0001D42B\U0001D41A",
       "viagra viagra"},
      {"v\u00efagr\u00e1 vi\u0301agra z\u0337a\u0337l\u0337g\u0337o", "viagra viagra zalgo"},
      {"v\u200bi\u200ca\u2060g\u00adr\ufeffa \u202eabc\u202c", "viagra abc"},
      {"\u1d04\u1d00\ua731\u026a\u0274\u1d0f \U0001F172\U0001F170\U0001F182\U0001F178\U0001F17D\U0001F17E "
       "\u24b8\u24d0\u24e2\u24d8\u24dd\u24de",
       "casino casino casino"},
      {"don\u2019t \u201cquote\u201d a\u2014b wait\u2026 a\u00a0\u00a0b", "don't \"quote\" a-b wait... a b"},
      {"bell\x07s and \x7f", "bells and"},
      // Look-alikes, where a word mixes alphabets.
      {"v\u0456\u0430gr\u0430", "viagra"},
      {"\u0412UY \u03a1ILLS", "buy pills"},
      {"buy \u0440\u0430\u0443 now please", "buy pay now please"},
      // Other languages stay as they are.
      {"\u041f\u0440\u0438\u0432\u0435\u0442, \u0432\u043e\u0442 \u0442\u0430\u043a \u0401\u0436",
       "\u043f\u0440\u0438\u0432\u0435\u0442, \u0432\u043e\u0442 \u0442\u0430\u043a \u0451\u0436"},
      {"\u0432\u043e\u0442 \u0442\u0430\u043a", "\u0432\u043e\u0442 \u0442\u0430\u043a"},
      {"\u041c\u044b \u0438\u0441\u043f\u043e\u043b\u044c\u0437\u0443\u0435\u043c API",
       "\u043c\u044b \u0438\u0441\u043f\u043e\u043b\u044c\u0437\u0443\u0435\u043c api"},
      {"\u039a\u03b1\u03bb\u03b7\u03bc\u03ad\u03c1\u03b1 \u039f\u039a \u03cc\u03c7\u03b9",
       "\u03ba\u03b1\u03bb\u03b7\u03bc\u03ad\u03c1\u03b1 \u03bf\u03ba \u03cc\u03c7\u03b9"},
      {"5 \u03bcs 10 k\u03a9", "5 \u03bcs 10 k\u03c9"},
      {"\u0438\u0306 \u0439", "\u0439 \u0439"},
      // A Latin letter slipped into a Russian word.
      {"\u0440a\u0431\u043e\u0442a \u0434\u043e\u043c\u0430",
       "\u0440\u0430\u0431\u043e\u0442\u0430 \u0434\u043e\u043c\u0430"},
      {"\u0915\u093e \u0627\u064e\u0644 \uff8a\uff9e \u304b\u3099 \u1100\u1161",
       "\u0915\u093e \u0627\u064e\u0644 \u30d0 \u304c \uac00"},
      // Spaced out and dotted.
      {"buy v i a g r a now", "buy viagra now"},
      {"v.i.a.g.r.a, c-a-s-i-n-o! s_l_o_t", "viagra, casino! slot"},
      {"\u043a \u0430 \u0437 \u0438 \u043d \u043e", "\u043a\u0430\u0437\u0438\u043d\u043e"},
      {"d-o-r-a77 gacor", "dora77 gacor"},
      {"U.S.A. and i e a, 1 2 3 4 5", "u.s.a. and i e a, 1 2 3 4 5"},
      {"x x x x x a/b/c/d", "x x x x x a/b/c/d"},
      // Leetspeak.
      {"v1agra c1alis p0rn c@sino ca$h m0ney cas1no f0r s3x",
       "viagra cialis porn casino cash money casino for sex"},
      {"v 1 a g r a", "viagra"},
      {"V!agra sa1e he11o ca11", "viagra sale hello ca11"},
      {"mp3 4k b2b mp3player utf8 html5css log4net md5sum 1st 2nd 3d k8s i18n",
       "mp3 4k b2b mp3player utf8 html5css log4net md5sum 1st 2nd 3d k8s i18n"},
      {"deadb33f a1b2c3d4 v1.0.3 3.5 x86_64 0x1f c0ffee00",
       "deadb33f a1b2c3d4 v1.0.3 3.5 x86_64 0x1f c0ffee00"},
      {"vs2010 sql2005 ambil4d webhost4life h264 100k 50gb",
       "vs2010 sql2005 ambil4d webhost4life h264 100k 50gb"},
      {"jane@m0re.example nice!thanks is|are $name @user",
       "jane@m0re.example nice!thanks is|are $name @user"},
      {"/watch?v=a1lo3ve", "/watch?v=a1lo3ve"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    CHECK(folded_text(row.text).value == row.folded);
    check_views(row.text);
  }
}

TEST_CASE("what is found in the folded text is shown where it stands in the original") {
  struct Row {
    std::string text;
    std::string found;
    std::string original;
  };
  static const Row kRows[] = {
      {"buy V1agra now", "viagra", "V1agra"},
      {"buy  v i a g r a  now", "viagra", "v i a g r a"},
      {"buy <b>V</b>&#73;agra now", "viagra", "V</b>&#73;agra"},
      {"x v\u0456\u0430gr\u0430 y", "viagra", "v\u0456\u0430gr\u0430"},
      {"x v\u200bi\u200bagra y", "viagra", "v\u200bi\u200bagra"},
      {"x z\u0337a\u0337p\u0337 y", "zap", "z\u0337a\u0337p"},
      {"don\u2019t go", "n't", "n\u2019t"},
      {"<p>v &#105; a g r a</p>", "viagra", "v &#105; a g r a"},
      {"it\u2019s c a s i n o", "s casino", "s c a s i n o"},
      {"'c a s i n o'", "'casino'", "'c a s i n o'"},
      {"c'a's'i'n'o", "casino", "c'a's'i'n'o"},
      {"\u30d0 c a s i n o \u52a0 x", "casino", "c a s i n o"},
      {"c a \u52a0 \u5fae \u4fe1 \u53f7 b", "\u52a0\u5fae\u4fe1\u53f7", "\u52a0 \u5fae \u4fe1 \u53f7"},
      {"Stra\u00dfe", "ass", "a\u00df"},
      {"one\n\n\ntwo", "one two", "one\n\n\ntwo"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    const Text text = folded_text(visible_text(row.text), row.text);
    const std::size_t at = text.value.find(row.found);
    REQUIRE(at != std::string::npos);
    const auto [first, second] = text.original(at, at + row.found.size());
    CHECK(row.text.substr(first, second - first) == row.original);
  }
}

TEST_CASE("every map leads back into its original, on character borders, in order, whatever the text") {
  static const char* kPieces[] = {"word",       " ",          "  ",      "\n",     "v1agra ", "v i a g r a ",
                                  "a.b.c.d",    "<b>",        "</b>",    "<p>",    "<br/>",   "<a href=",
                                  "\"",         "'",          ">",       "<",      "&amp;",   "&#105;",
                                  "&#x430;",    "&",          "[b]",     "[/b]",   "[url=",   "]",
                                  "[",          "\u00e9",     "e\u0301", "\u0301", "\u200b",  "\u200d",
                                  "\ufe0f",     "\U0001F600", "\u0430",  "\u0431", "V",       "\u0418\u0306",
                                  "\u0915",     "\u093f",     "\u304b",  "\u3099", "\uff8a",  "\uff9e",
                                  "\u1100",     "\u1161",     "\u11a8",  "\u4e2d", "\u3000",  "\u00a0",
                                  "\u2019",     "\ufdfa",     "\u00bd",  "\u00df", "\u0130",  "\U0002F800",
                                  "\U000E0041", "\u0005",     "\x7f",    "<!--",   "-->",     "<script>",
                                  "</script>",  "@",          "$",       "0",      "1",       "4",
                                  "!",          "-",          ".",       "\u03bf", "\u03c3",  "\u1f00"};
  Chance chance(20261123);
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    const std::size_t pieces = 1 + chance.below(40);
    for (std::size_t i = 0; i < pieces; ++i) text += kPieces[chance.below(std::size(kPieces))];
    check_views(text);
  }
}

TEST_CASE("a single visible character is the named byte, its reference, or the break that a tag makes") {
  const std::string text =
      "A <b>bold</b>&eacute;<p>word &#x430; [i]x[/i] <!-- c -->\u00e9\U0001F600 &lt;tag&gt;<td>cell</td>";
  const Text seen = visible_text(text);
  for (std::size_t at = 0; at < seen.value.size();) {
    std::size_t end = at + 1;
    while (!border(seen.value, end)) ++end;
    const auto [first, second] = seen.original(at, end);
    const std::string named = text.substr(first, second - first);
    const std::string character = seen.value.substr(at, end - at);
    CAPTURE(named);
    CHECK((named == character || visible(named) == character || (character == "\n" && named.front() == '<')));
    at = end;
  }
}

TEST_CASE("hostile texts of full size are read in a few passes and keep their maps") {
  for (const char* piece : {"<",
                            "&",
                            "[",
                            "<a",
                            "<a ",
                            "<a \"",
                            "<a '\"",
                            "<a b=\"<",
                            "<a \">\"",
                            "<!--",
                            "<!",
                            "</",
                            "<script>",
                            "<style></",
                            "&#",
                            "&#x",
                            "&amp",
                            "&lt;",
                            "[url",
                            "[url=",
                            "[b]",
                            "[/b]",
                            "[url=\"",
                            "[*]",
                            "<b><p>",
                            "1 ",
                            "a ",
                            "a.",
                            "a-b-",
                            "\u0430 ",
                            "\u0301",
                            "\u0915\u0301",
                            "\u064b\u0651",
                            "\u3099",
                            "\u304b\u3099",
                            "\ufdfa",
                            "a\u200b",
                            "\u0430a",
                            "a\u0430 ",
                            "v1",
                            "1a",
                            "a1a1a1 ",
                            "@a",
                            "a\u0301",
                            "\U0002F800",
                            "  ",
                            "\u00a0",
                            "\u1100\u1161\u11a8",
                            "\u0f71\u0f72\u0f74"}) {
    CAPTURE(piece);
    check_views(repeated(piece));
    check_views("x" + repeated(piece, 5000) + ">");
  }
  // Alternating classes make a normaliser sort.
  std::string marks = "\u0628";
  while (marks.size() + 4 < limits::kContent) marks += "\u0651\u0316";
  check_views(marks);
}

TEST_CASE("counts describe the text that people see") {
  const auto shape = [](std::string_view text) { return shape_of(visible_text(text), text); };
  const Shape plain = shape("Hello, World! It's 42.\nBye");
  CHECK(plain.characters == 26);
  CHECK(plain.letters == 16);
  CHECK(plain.upper == 4);
  CHECK(plain.digits == 2);
  CHECK(plain.spaces == 4);
  CHECK(plain.words == 5);
  CHECK(plain.lines == 2);
  CHECK(plain.longest_word == 5);
  CHECK(plain.hidden == 0);
  CHECK(plain.emoji == 0);
  REQUIRE(plain.scripts.size() == 1);
  CHECK(plain.scripts[0] == std::pair<std::string, std::uint32_t>{"Latn", 16});

  CHECK(shape("").lines == 0);
  CHECK(shape("a\r\nb\rc\nd").lines == 4);
  CHECK(shape("soooooo good!!!").longest_run == 6);
  CHECK(shape("a        b").longest_run == 1);
  CHECK(shape("Donaudampfschifffahrtsgesellschaft").longest_word == 34);

  const Shape mixed =
      shape("\u041f\u0440\u0438\u0432\u0435\u0442 world v\u0456agra \u03b1\u03b2\u03b3 5 \u03bcs");
  CHECK(mixed.mixed_words == 1);
  REQUIRE(mixed.scripts.size() == 3);
  CHECK(mixed.scripts[0].first == "Latn");
  CHECK(mixed.scripts[1] == std::pair<std::string, std::uint32_t>{"Cyrl", 7});
  CHECK(mixed.scripts[2] == std::pair<std::string, std::uint32_t>{"Grek", 4});
  CHECK(shape("\u4e2d\u6587\u8bc4\u8bba").words == 4);
  CHECK(shape("\u4e2d\u6587\u8bc4\u8bba").longest_word == 0);
  CHECK(shape("\u4e2d\u6587").scripts[0].first == "Hani");
}

TEST_CASE("emoji, hidden characters and stray marks are counted, needed joiners are not") {
  struct Row {
    std::string text;
    std::uint32_t emoji;
    std::uint32_t hidden;
    std::uint32_t combining;
  };
  static const Row kRows[] = {
      {"\U0001F600\U0001F600 ok", 2, 0, 0},
      {"\u2764\ufe0f \u00a9 \u2122 \u2192", 1, 0, 0},
      {"\U0001F468\u200d\U0001F469\u200d\U0001F467", 1, 0, 0},  // a family
      {"\U0001F1E9\U0001F1EA\U0001F1EB\U0001F1F7", 2, 0, 0},    // two flags
      {"\U0001F44D\U0001F3FD", 1, 0, 0},                        // with a skin tone
      {"1\ufe0f\u20e3", 0, 0, 0},                               // a keycap
      {"v\u200bi\u00ada\u2060gra\u202e", 0, 4, 0},
      {"\ufefftext", 0, 0, 0},
      {"te\ufeffxt", 0, 1, 0},
      {"\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", 0, 0, 0},  // Persian needs its non-joiner
      {"\u0915\u094d\u200d\u0937", 0, 0, 0},                          // Hindi its joiner
      {"z\u0337a\u0337", 0, 0, 2},
      {"\u0915\u093e", 0, 0, 0},
      {"\U000E0041\U000E0042", 0, 2, 0},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    const Shape shape = shape_of(visible_text(row.text), row.text);
    CHECK(shape.emoji == row.emoji);
    CHECK(shape.hidden == row.hidden);
    CHECK(shape.combining == row.combining);
  }
}

TEST_CASE("copies are known by their letters and digits alone") {
  CHECK(copy_hash("") == 0);
  CHECK(copy_hash("a b c d e f g !") == 0);
  CHECK(copy_hash("1234567") == 0);
  CHECK(copy_hash("12345678") != 0);
  const std::uint64_t one = copy_hash("great post, thanks a lot!");
  CHECK(one != 0);
  CHECK(copy_hash("great post thanks a lot") == one);
  CHECK(copy_hash("great -- post... thanks\u2764 a lot \u2026") == one);
  CHECK(copy_hash("great post, thanks a log!") != one);
  CHECK(copy_hash("\u043f\u0440\u0438\u0432\u0435\u0442 \u043c\u0438\u0440") != 0);
  CHECK(copy_hash(folded("Great <b>P0st</b>, thanks a l o t!")) != 0);
  // FNV-1a 64 of "abcdefgh".
  CHECK(copy_hash("a-b c.d (e) f, g; h") == 0x25DA8C1836A8D66DU);
}

TEST_CASE("only ASCII letters change their case in protocol words") {
  CHECK(ascii_lower("ExAmPlE.COM/\u00c4") == "example.com/\u00c4");
  CHECK(ascii_lower("").empty());
}
