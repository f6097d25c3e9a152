// Markdown by cmark-gfm, which stays in this file. Its own HTML is not used: the tree that it parses is
// turned into the elements of Shown, and into nothing else.
#include <memory>
#include <utility>

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>

#include "http/shown.h"

namespace chaffinch::http {
namespace {

using Kind = Shown::Kind;

struct FreeParser {
  void operator()(cmark_parser* parser) const { cmark_parser_free(parser); }
};
struct FreeNode {
  void operator()(cmark_node* node) const { cmark_node_free(node); }
};

std::string_view literal(cmark_node* node) {
  const char* text = cmark_node_get_literal(node);
  return text == nullptr ? std::string_view() : std::string_view(text);
}

std::string_view url(cmark_node* node) {
  const char* text = cmark_node_get_url(node);
  return text == nullptr ? std::string_view() : std::string_view(text);
}

// Of the extensions strikethrough alone: tables and autolinks have had costly inputs, and links in plain text
// are found by show_text. Registering is not safe from several threads, a static's first use is.
cmark_syntax_extension* strikethrough() {
  static cmark_syntax_extension* const kExtension = [] {
    cmark_gfm_core_extensions_ensure_registered();
    return cmark_find_syntax_extension("strikethrough");
  }();
  return kExtension;
}

void show_children(cmark_node* node, std::size_t depth, bool in_link, std::vector<Shown>& to);

// An element around what is inside; too deep, what is inside alone.
void show_element(Kind kind, cmark_node* node, std::size_t depth, bool in_link, std::vector<Shown>& to) {
  if (depth >= kShownDepth) return show_children(node, depth, in_link, to);
  Shown one{.kind = kind};
  show_children(node, depth + 1, in_link, one.inside);
  to.push_back(std::move(one));
}

void show_link(cmark_node* node, std::size_t depth, bool in_link, std::vector<Shown>& to) {
  Shown one{.kind = Kind::link, .text = std::string(url(node))};
  if (in_link || !may_link(one.text)) return show_children(node, depth, in_link, to);
  show_children(node, depth + 1, true, one.inside);
  if (one.inside.empty()) one.inside.push_back({.text = one.text});
  to.push_back(std::move(one));
}

void show_node(cmark_node* node, std::size_t depth, bool in_link, std::vector<Shown>& to) {
  const cmark_node_type type = cmark_node_get_type(node);
  if (type == CMARK_NODE_PARAGRAPH) return show_element(Kind::paragraph, node, depth, in_link, to);
  if (type == CMARK_NODE_HEADING) {
    Shown strong{.kind = Kind::strong};
    show_children(node, depth + 2, in_link, strong.inside);
    Shown paragraph{.kind = Kind::paragraph};
    paragraph.inside.push_back(std::move(strong));
    to.push_back(std::move(paragraph));
    return;
  }
  if (type == CMARK_NODE_BLOCK_QUOTE) return show_element(Kind::quote, node, depth, in_link, to);
  if (type == CMARK_NODE_LIST) {
    const bool numbered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST;
    return show_element(numbered ? Kind::numbers : Kind::bullets, node, depth, in_link, to);
  }
  if (type == CMARK_NODE_ITEM) {
    // A list that was too deep is gone: its items are paragraphs then.
    if (depth >= kShownDepth) return show_children(node, depth, in_link, to);
    return show_element(Kind::item, node, depth, in_link, to);
  }
  if (type == CMARK_NODE_CODE_BLOCK) {
    Shown code{.kind = Kind::code};
    code.inside.push_back({.text = std::string(literal(node))});
    Shown block{.kind = Kind::preformatted};
    block.inside.push_back(std::move(code));
    to.push_back(std::move(block));
    return;
  }
  if (type == CMARK_NODE_HTML_BLOCK) {
    Shown paragraph{.kind = Kind::paragraph};
    std::string_view text = literal(node);
    while (text.ends_with('\n')) text.remove_suffix(1);
    show_text(text, paragraph.inside);
    to.push_back(std::move(paragraph));
    return;
  }
  if (type == CMARK_NODE_TEXT) {
    if (in_link)
      to.push_back({.text = std::string(literal(node))});
    else
      show_text(literal(node), to);
    return;
  }
  if (type == CMARK_NODE_HTML_INLINE) {
    to.push_back({.text = std::string(literal(node))});
    return;
  }
  if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK) {
    to.push_back({.kind = Kind::line});  // people mean the line breaks that they type
    return;
  }
  if (type == CMARK_NODE_CODE) {
    Shown code{.kind = Kind::code};
    code.inside.push_back({.text = std::string(literal(node))});
    to.push_back(std::move(code));
    return;
  }
  if (type == CMARK_NODE_EMPH) return show_element(Kind::emphasis, node, depth, in_link, to);
  if (type == CMARK_NODE_STRONG) return show_element(Kind::strong, node, depth, in_link, to);
  if (type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE) return show_link(node, depth, in_link, to);
  if (type == CMARK_NODE_THEMATIC_BREAK) return;
  if (std::string_view(cmark_node_get_type_string(node)) == "strikethrough")
    return show_element(Kind::struck, node, depth, in_link, to);
  show_children(node, depth, in_link, to);
}

// The most levels of the parser's tree that are walked: past it, the text alone is shown.
constexpr std::size_t kWalked = 100;

void show_children(cmark_node* node, std::size_t depth, bool in_link, std::vector<Shown>& to) {
  for (cmark_node* child = cmark_node_first_child(node); child != nullptr; child = cmark_node_next(child))
    show_node(child, depth, in_link, to);
}

// Whether the tree is more than may be shown, walked without recursion: hostile text nests thousands of
// quotes, and one reference with a long address makes each "[a]" as long.
bool too_much(cmark_node* root, std::size_t written) {
  std::size_t depth = 0;
  std::size_t addresses = 0;
  cmark_iter* const walk = cmark_iter_new(root);
  bool much = false;
  for (cmark_event_type event = cmark_iter_next(walk); event != CMARK_EVENT_DONE && !much;
       event = cmark_iter_next(walk)) {
    cmark_node* const node = cmark_iter_get_node(walk);
    if (event == CMARK_EVENT_ENTER) addresses += url(node).size();
    // A leaf is entered and not always left.
    if (cmark_node_first_child(node) != nullptr)
      depth += event == CMARK_EVENT_ENTER ? 1 : static_cast<std::size_t>(-1);
    much = depth > kWalked || addresses > 2 * written + 1'000;
  }
  cmark_iter_free(walk);
  return much;
}

}  // namespace

std::vector<Shown> shown_markdown(std::string_view content) {
  const std::unique_ptr<cmark_parser, FreeParser> parser(
      cmark_parser_new(CMARK_OPT_VALIDATE_UTF8 | CMARK_OPT_STRIKETHROUGH_DOUBLE_TILDE));
  if (cmark_syntax_extension* extension = strikethrough(); extension != nullptr)
    cmark_parser_attach_syntax_extension(parser.get(), extension);
  cmark_parser_feed(parser.get(), content.data(), content.size());
  const std::unique_ptr<cmark_node, FreeNode> root(cmark_parser_finish(parser.get()));
  if (!root || too_much(root.get(), content.size())) return shown_plain(content);
  std::vector<Shown> tree;
  show_children(root.get(), 0, false, tree);
  return tree;
}

}  // namespace chaffinch::http
