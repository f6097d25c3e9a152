// The walk of find_links over one text, and what is found in running text (link_names.cpp). Private to this
// room.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "analysis/links.h"
#include "analysis/markup.h"
#include "core/limits.h"

namespace chaffinch {

inline bool beyond_ascii(char c) {
  return static_cast<unsigned char>(c) >= 0x80;
}

// A URL in running text ends before these.
inline constexpr std::array<bool, 128> kEndsUrl = [] {
  std::array<bool, 128> table{};
  for (std::size_t c = 0; c <= ' '; ++c) table[c] = true;
  for (const char c : {'<', '>', '"', '`', '[', ']', '{', '}', '|', '\\', '^', '\x7f'}) {
    table[static_cast<std::size_t>(c)] = true;
  }
  return table;
}();

// Places only move on. Every function below that takes one looks at it, adds the link that is there, and
// returns where to go on: the place itself when nothing is there.
struct Walk {
  explicit Walk(std::string_view content) : text(content), html(content), bbcode(content) {}

  std::string_view text;
  HtmlScanner html;
  BbScanner bbcode;
  FoundLinks found;
  std::size_t floor = 0;  // what stands before it belongs to a link already

  // A link whose visible text is being passed, or an open bracket that may become one.
  struct Open {
    bool is = false;
    LinkKind kind = LinkKind::anchor;
    std::size_t text_at = 0;
    std::size_t links = 0;  // how many there were before it, kept and all
    std::uint32_t count = 0;
  };
  Open open;
  Open bracket;
  Open outer_bracket;

  char at(std::size_t i) const { return i < text.size() ? text[i] : '\0'; }
  static Spot spot(std::size_t start, std::size_t end) {
    return {Field::content, View::raw, static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end)};
  }

  void add(Link link) {
    ++found.count;
    floor = std::max<std::size_t>(floor, link.spot.end);
    if (found.links.size() < limits::kLinks) found.links.push_back(std::move(link));
  }

  Open opened(LinkKind kind, std::size_t text_at) const {
    return {true, kind, text_at, found.links.size(), found.count};
  }

  // URLs in the visible text of a link are not links of their own.
  void forget_inner(const Open& outer) {
    if (found.links.size() > outer.links) found.links.resize(outer.links);
    found.count = std::min(found.count, outer.count);
    // A link that was opened inside goes with them, and its visible text has no place any more.
    if (open.is && open.links > found.links.size()) open.is = false;
  }

  // What people see of a piece of the text.
  std::string visible(std::size_t from, std::size_t to) const;

  // The open link's visible text ends here. Properly: by its closing tag.
  void close(std::size_t here, bool properly);

  // Opens the link that was just added; one beyond the limit has no place for its text.
  void open_last(LinkKind kind, std::size_t text_at) {
    open = opened(kind, text_at);
    if (found.count > found.links.size()) open.links = limits::kLinks + 1;
  }
};

// With character references decoded and line breaks left out, as browsers read addresses.
std::string with_references(std::string_view text);

// Bytes of a dot in disguise at `i` ("[.]", "(dot)", an ideographic full stop); 0 when there is none.
std::size_t hidden_dot(const Walk& walk, std::size_t i);

// Bytes of a dot that is spoken or stands alone (" dot ", " . "); 0 when there is none.
std::size_t spoken_dot(const Walk& walk, std::size_t i);

// At a hidden or spoken dot: a name before it and an ending behind ("example[.]com", "example dot com").
std::size_t disguised(Walk& walk, std::size_t dot);

// At the colon of "http://", "hxxps://", "http:\\" ...
std::size_t schemed(Walk& walk, std::size_t colon);

// At a '.': a name without a scheme. Goes on behind the name in any case.
std::size_t schemeless(Walk& walk, std::size_t dot);

}  // namespace chaffinch
