#include <algorithm>
#include <array>
#include <optional>

#include "analysis/link_parts.h"
#include "analysis/link_walk.h"
#include "analysis/text.h"
#include "analysis/utf8.h"

namespace chaffinch {

std::string with_references(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto reference = text[i] == '&' ? reference_at(text, i) : std::nullopt;
    if (reference) {
      append_utf8(out, reference->first);
      i += reference->second;
    } else {
      // Browsers leave line breaks and tabs out of addresses.
      if (text[i] != '\n' && text[i] != '\r' && text[i] != '\t') out += text[i];
      ++i;
    }
  }
  return out;
}

std::string Walk::visible(std::size_t from, std::size_t to) const {
  std::string shown = visible_text(text.substr(from, to - from)).value;
  const std::size_t first = shown.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return {};
  return shown.substr(first, shown.find_last_not_of(" \t\r\n") + 1 - first);
}

void Walk::close(std::size_t here, bool properly) {
  if (!open.is) return;
  open.is = false;
  if (open.links == 0 || open.links > found.links.size()) {
    if (properly) found.count = std::min(found.count, open.count);
    return;
  }
  if (properly) forget_inner(open);
  found.links.at(open.links - 1).anchor = visible(open.text_at, here);
}

namespace {

// Characters at which something may begin to be a link.
constexpr std::array<bool, 256> kTelling = [] {
  std::array<bool, 256> table{};
  for (const char c : {'<', '[', ']', '(', '{', ':', '.', 'd', 'D'})
    table[static_cast<unsigned char>(c)] = true;
  table[0xE3] = table[0xEF] = true;  // first bytes of the full stops of East Asia
  return table;
}();

// Adds the target that stands at [start, start + size) of the text, when it leads to a host.
bool add_target(Walk& walk, LinkKind kind, std::size_t start, std::size_t size, bool bare_names) {
  const std::string decoded = with_references(walk.text.substr(start, size));
  const std::size_t first = std::min(decoded.find_first_not_of(' '), decoded.size());
  const std::string_view target =
      std::string_view(decoded).substr(first, decoded.find_last_not_of(' ') + 1 - first);
  Link link = read_target(kind, target, Walk::spot(start, start + size), bare_names);
  if (link.host.empty()) return false;
  walk.add(std::move(link));
  return true;
}

// --- marked-up links: each returns where to go on ----------------------------------------------------------

std::size_t html_tag(Walk& walk, std::size_t i) {
  const auto tag = walk.html.tag_at(i);
  if (!tag) return i + 1;
  if (tag->name.empty()) return tag->end;
  ++walk.found.tags;
  const bool anchor = tag->is("a");
  if (anchor && walk.open.is && walk.open.kind == LinkKind::anchor) walk.close(i, tag->closing);
  if (tag->closing) return tag->end;
  std::size_t at = 0;
  while (const auto attribute = next_attribute(*tag, at)) {
    const std::string name = ascii_lower(attribute->name.substr(0, 11));
    if (name != "href" && name != "src" && name != "action" && name != "formaction" && name != "data")
      continue;
    if (!add_target(walk, LinkKind::anchor, attribute->value_at, attribute->value.size(), false)) continue;
    if (anchor) walk.open_last(LinkKind::anchor, tag->end);
    break;
  }
  return tag->end;
}

std::size_t bbcode_tag(Walk& walk, const BbTag& tag, std::size_t i) {
  ++walk.found.bbcodes;
  const bool url = tag.name == "url" || tag.name == "link";
  const bool picture =
      tag.name == "img" || tag.name == "video" || tag.name == "youtube" || tag.name == "media";
  if (tag.closing) {
    if (url && walk.open.is && walk.open.kind == LinkKind::bbcode) walk.close(i, true);
    return tag.end;
  }
  if (!url && !picture) return tag.end;
  if (url && walk.open.is && walk.open.kind == LinkKind::bbcode) walk.close(i, false);
  if (!tag.value.empty()) {
    if (add_target(walk, LinkKind::bbcode, tag.value_at, tag.value.size(), url) && url) {
      walk.open_last(LinkKind::bbcode, tag.end);
      return tag.end;
    }
    if (url || tag.name != "img") return tag.end;  // [img=100x80]http://...[/img]
  }
  std::size_t start = tag.end;
  while (ascii_space(walk.at(start))) ++start;
  std::size_t end = start;
  while (end < walk.text.size() && !ascii_space(walk.text[end]) && walk.text[end] != '[') ++end;
  return add_target(walk, LinkKind::bbcode, start, end - start, url) ? end : tag.end;
}

// At a ']': [text](target)
std::size_t markdown(Walk& walk, std::size_t i) {
  const Walk::Open bracket = walk.bracket;
  walk.bracket = walk.outer_bracket;
  walk.outer_bracket = {};
  if (!bracket.is || walk.at(i + 1) != '(') return i + 1;
  std::size_t start = i + 2;
  if (walk.at(start) == '<') ++start;
  std::size_t end = start;
  int depth = 0;
  for (; end < walk.text.size(); ++end) {
    const char c = walk.text[end];
    if (!beyond_ascii(c) && kEndsUrl[static_cast<std::size_t>(c)]) break;
    if (c == '(') ++depth;
    if (c == ')' && depth-- == 0) break;
  }
  const std::uint32_t count = walk.found.count;
  const std::size_t kept = walk.found.links.size();
  if (!add_target(walk, LinkKind::markdown, start, end - start, false)) return i + 1;
  if (kept < walk.found.links.size()) {
    Link link = std::move(walk.found.links.back());
    walk.forget_inner(bracket);
    link.anchor = walk.visible(bracket.text_at, i);
    walk.found.links.push_back(std::move(link));
    ++walk.found.count;
  } else {
    walk.found.count = std::min(count, bracket.count) + 1;
  }
  return end;
}

std::size_t bracket(Walk& walk, std::size_t i) {
  if (hidden_dot(walk, i) > 0) {
    const std::size_t name = i > 0 && walk.text[i - 1] == ' ' ? i - 1 : i;
    const std::size_t end = disguised(walk, name);
    if (end > i) return end;
  }
  if (walk.text[i] != '[') return i + 1;
  if (const auto tag = walk.bbcode.tag_at(i)) return bbcode_tag(walk, *tag, i);
  walk.outer_bracket = walk.bracket;
  walk.bracket = walk.opened(LinkKind::markdown, i + 1);
  return i + 1;
}

}  // namespace

FoundLinks find_links(std::string_view content) {
  Walk walk(content);
  std::size_t i = 0;
  for (;;) {
    while (i < content.size() && !kTelling[static_cast<unsigned char>(content[i])]) ++i;
    if (i == content.size()) break;
    std::size_t next = i + 1;
    switch (content[i]) {
      case '<':
        next = html_tag(walk, i);
        break;
      case '[':
      case '(':
      case '{':
        next = bracket(walk, i);
        break;
      case ']':
        next = markdown(walk, i);
        break;
      case ':':
        next = schemed(walk, i);
        break;
      case '.':
        next = schemeless(walk, i);
        break;
      case 'd':
      case 'D':
        if (i > 0 && content[i - 1] == ' ' && spoken_dot(walk, i - 1) > 0) next = disguised(walk, i - 1);
        break;
      default:
        if (hidden_dot(walk, i) > 0) next = disguised(walk, i);
    }
    i = std::max(next, i + 1);
  }
  walk.close(content.size(), false);
  return std::move(walk.found);
}

}  // namespace chaffinch
