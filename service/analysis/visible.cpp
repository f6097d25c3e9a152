#include <optional>

#include "analysis/mapping.h"
#include "analysis/markup.h"
#include "analysis/text.h"
#include "analysis/utf8.h"

namespace chaffinch {
namespace {

// A walk over the markup of one text that hands what people see to a Mapping.
class Visible {
 public:
  explicit Visible(std::string_view text) : text_(text), html_(text), bb_(text), mapping_(text, {}) {}

  Text read() {
    for (std::size_t i = next_special(0); i < text_.size(); i = next_special(i)) {
      const std::size_t end = text_[i] == '<' ? html(i) : text_[i] == '[' ? bbcode(i) : reference(i);
      i = end > i ? end : i + 1;
    }
    mapping_.keep(kept_, text_.size());
    return mapping_.finish(text_.size());
  }

 private:
  std::size_t next_special(std::size_t i) const {
    while (i < text_.size() && text_[i] != '<' && text_[i] != '[' && text_[i] != '&') ++i;
    return i;
  }

  // Leaves out [from, to), or puts `instead` in its place.
  void drop(std::size_t from, std::size_t to, std::string_view instead = {}) {
    mapping_.keep(kept_, from);
    mapping_.put(from, to, instead);
    kept_ = to;
  }

  void drop_tag(std::size_t from, std::size_t to, bool breaks) {
    mapping_.keep(kept_, from);
    kept_ = from;
    const bool needed = breaks && !mapping_.empty() && !ascii_space(mapping_.last());
    drop(from, to, needed ? "\n" : "");
  }

  // Each of these returns where the piece ends that it took, or `at` when there is none.
  std::size_t html(std::size_t at) {
    if (text_.substr(at, 4) == "<!--") {
      const auto end = html_.comment_end(at);
      if (!end) return at;
      drop(at, *end);
      return *end;
    }
    const auto tag = html_.tag_at(at);
    if (!tag) return at;
    std::size_t end = tag->end;
    if (!tag->closing && (tag->is("script") || tag->is("style"))) {
      end = html_.raw_text_end(*tag).value_or(end);
    }
    drop_tag(at, end, breaks_words(*tag));
    return end;
  }

  std::size_t bbcode(std::size_t at) {
    const auto tag = bb_.tag_at(at);
    if (!tag) return at;
    drop_tag(at, tag->end, tag->block);
    return tag->end;
  }

  std::size_t reference(std::size_t at) {
    const auto found = reference_at(text_, at);
    if (!found) return at;
    std::string character;
    append_utf8(character, found->first);
    drop(at, at + found->second, character);
    return at + found->second;
  }

  std::string_view text_;
  HtmlScanner html_;
  BbScanner bb_;
  Mapping mapping_;
  std::size_t kept_ = 0;  // all before it is dealt with
};

}  // namespace

Text visible_text(std::string_view original) {
  const auto holds = [original](char c) { return original.find(c) != std::string_view::npos; };
  if (!holds('<') && !holds('&') && !holds('[')) return {std::string(original), {}};
  return Visible(original).read();
}

std::string opening_of(std::string_view original, std::size_t characters) {
  const std::string seen = visible_text(original).value;
  std::string line;
  bool space = false;
  for (std::size_t at = 0, count = 0; at < seen.size();) {
    const CodePoint c = decode_at(seen, at);
    const bool blank =
        c.value <= ' ' || c.value == 0x85 || c.value == 0xA0 || c.value == 0x2028 || c.value == 0x2029;
    if (!blank) {
      if (count + (space ? 2 : 1) > characters) break;
      if (space) line += ' ';
      line.append(seen, at, c.length);
      count += space ? 2 : 1;
    }
    space = blank && !line.empty();
    at += c.length;
  }
  return line;
}

}  // namespace chaffinch
