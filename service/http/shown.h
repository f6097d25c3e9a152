// A comment's text as it is shown: a small tree of known elements, made from hostile text. Whoever shows it
// (the widget, the fragment, a feed) builds these elements and no others, so that nothing in a comment is
// ever markup. Pure; safe from any thread.
//
// Plain: paragraphs at blank lines, line breaks kept, http(s) addresses become links. Markdown: the safe
// subset that Shown::Kind names, by cmark-gfm (markdown.cpp); raw HTML is shown as the text that it is, an
// image as a link to it, a heading as a strong paragraph, a link that is not http(s) as its text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace chaffinch::http {

struct Shown {
  enum class Kind : std::uint8_t {
    text,       // its own text; no children
    paragraph,  // "p"
    line,       // "br"; no children
    link,       // "a"; `text` is the address, always http or https
    strong,
    emphasis,  // "em"
    struck,    // "del"
    code,
    preformatted,  // "pre"
    quote,         // "blockquote"
    bullets,       // "ul"
    numbers,       // "ol"
    item           // "li"
  };
  Kind kind = Kind::text;
  std::string text = {};
  std::vector<Shown> inside = {};

  bool operator==(const Shown&) const = default;
};

// Deeper elements join the last level. Longer texts are shown plainly: what a reader asks for must stay
// cheap.
inline constexpr std::size_t kShownDepth = 12;
inline constexpr std::size_t kMarkdown = 4 * 1024;  // bytes; the parser takes 10 ms at worst for that

std::vector<Shown> shown(std::string_view content, bool markdown);
std::vector<Shown> shown_plain(std::string_view content);
std::vector<Shown> shown_markdown(std::string_view content);  // markdown.cpp

// Text with its addresses as links, and its line breaks: what stands inside a paragraph.
void show_text(std::string_view text, std::vector<Shown>& to);

// Whether this is an address that may be linked: http or https with a host, without control characters or
// spaces.
bool may_link(std::string_view url);

std::string_view element_of(Shown::Kind kind);  // "p", "a" ...; "" for text

// As HTML; links are rel="nofollow ugc noopener".
std::string html_of(const std::vector<Shown>& tree);
std::string escaped(std::string_view text);  // & < > " ' for HTML and XML; what XML forbids is left out

}  // namespace chaffinch::http
