// Tags of HTML and BBCode, and character references, as a forgiving reader sees them. Private to this room;
// std only.
//
// The scanners are asked about single places from left to right. All questions about one text together cost a
// few passes over it, whatever it holds: a scan that fails stops at the next '<' (or '['), and searches for
// an end that is not there are remembered.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace chaffinch {

struct HtmlTag {
  std::string_view name;      // as written; empty for comments, declarations and instructions
  bool closing = false;       // </name>
  std::string_view inside;    // what stands between the name and '>'
  std::size_t inside_at = 0;  // where that is
  std::size_t end = 0;        // after the '>'

  bool is(std::string_view lower_name) const;
};

struct Attribute {
  std::string_view name;
  std::string_view value;    // without quotes, references not decoded
  std::size_t value_at = 0;  // in the text
};

class HtmlScanner {
 public:
  explicit HtmlScanner(std::string_view text) : text_(text) {}

  // REQUIRES text[at] == '<'. Nothing when it is only a less-than sign: no name follows, no '>' follows, or
  // another '<' comes first. Markdown's <http://...> is not a tag.
  std::optional<HtmlTag> tag_at(std::size_t at) const;

  // Where the comment ends that begins at text[at..] == "<!--"; nothing when it never ends.
  std::optional<std::size_t> comment_end(std::size_t at);

  // For <script> and <style>: where the closing tag begins; nothing when there is none.
  std::optional<std::size_t> raw_text_end(const HtmlTag& tag);

 private:
  std::string_view text_;
  bool no_comment_end_ = false;
  std::array<bool, 2> no_raw_end_{};  // script, style
};

// The next attribute of a tag from `at` (a place in tag.inside) on, and moves `at` behind it.
std::optional<Attribute> next_attribute(const HtmlTag& tag, std::size_t& at);

// A tag after which the words before and behind it do not stand on one line.
bool breaks_words(const HtmlTag& tag);

struct BbTag {
  std::string_view name;   // lower case, from the known ones
  bool closing = false;    // [/name]
  std::string_view value;  // of [name=value], without quotes
  std::size_t value_at = 0;
  std::size_t end = 0;  // after the ']'
  bool block = false;   // as breaks_words
};

// Knows the usual BBCode names only. An opening tag without a value counts only when its closing tag follows
// somewhere ("a[i]" in a piece of code is not italics).
class BbScanner {
 public:
  static constexpr std::size_t kNames = 46;

  explicit BbScanner(std::string_view text) : text_(text) {}

  // REQUIRES text[at] == '['.
  std::optional<BbTag> tag_at(std::size_t at);

 private:
  bool closes_after(std::size_t name, std::size_t at);

  std::string_view text_;
  bool looked_ = false;
  std::array<std::uint32_t, kNames> last_closing_{};  // 1 + place of the last [/name]; 0: none
};

// The character reference at text[at] == '&': the character and the number of bytes. Numeric ones need no
// semicolon; named ones do, except the commonest. Characters that do not exist become U+FFFD.
std::optional<std::pair<char32_t, std::size_t>> reference_at(std::string_view text, std::size_t at);

}  // namespace chaffinch
