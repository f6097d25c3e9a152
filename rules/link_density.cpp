#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Knob kKnobs[] = {
    {"share", 0.6, "part of the text (0 to 1) that links and their labels may make up"},
    {"words", 4, "words beside the links that make it a remark all the same"},
};

constexpr Example kExamples[] = {
    {.content = "http://shop.example/offers/today", .hit = true},
    {.content = "look http://shop.example/offers/today", .hit = true},
    {.content = "<a href=\"http://shop.example\">very cheap shoes for men and women</a> wow", .hit = true},
    {.content = "The second half of https://example.org/paper answers your question, I think.", .hit = false},
    {.content =
         "See also (same author, later edition): https://example.org/a-rather-long-path/with/much/in/it",
     .hit = false},
    {.content = "no link at all", .hit = false},
};

// Letters of `text` that no link covers, and the words they make.
struct Rest {
  std::size_t bytes = 0;
  std::size_t words = 0;
};

Rest beside_links(const Evidence& seen) {
  Rest rest;
  const std::string_view content = seen.comment.content;
  std::size_t from = 0;
  const auto add = [&](std::size_t start, std::size_t end) {
    if (end <= start) return;
    // Markup that stands around a link belongs to it.
    bool tag = false;
    bool word = false;
    for (const char c : content.substr(start, end - start)) {
      if (c == '<' || c == '[') tag = true;
      const bool inside = !tag && in_word(c);
      if (inside) ++rest.bytes;
      if (inside && !word) ++rest.words;
      word = inside;
      if (c == '>' || c == ']') tag = false;
    }
  };
  for (const Link& link : seen.links) {
    if (link.spot.field != Field::content) continue;
    add(from, link.spot.start);
    from = std::max<std::size_t>(from, link.spot.end);
  }
  add(from, content.size());
  // A label belongs to its link.
  for (const Link& link : seen.links) {
    for (const std::string_view word : words_of(link.anchor, 200)) {
      rest.words -= std::min<std::size_t>(rest.words, 1);
      rest.bytes -= std::min(rest.bytes, word.size());
    }
  }
  return rest;
}

std::optional<Noticed> examine(const Evidence& seen, const Knobs& knobs) {
  if (seen.shape.links == 0) return std::nullopt;
  const Rest rest = beside_links(seen);
  std::size_t linked = 0;
  Noticed noticed;
  std::size_t end = 0;
  for (const Link& link : seen.links) {
    if (link.spot.field != Field::content || link.spot.start < end) continue;
    end = link.spot.end;
    linked += link.spot.end - link.spot.start + link.anchor.size();
    noticed.evidence.push_back(link.spot);
  }
  if (linked == 0 || static_cast<double>(rest.words) >= knobs["words"] * seen.shape.links) {
    return std::nullopt;
  }
  if (static_cast<double>(linked) < knobs["share"] * static_cast<double>(linked + rest.bytes)) {
    return std::nullopt;
  }
  const bool labelled = std::any_of(seen.links.begin(), seen.links.end(),
                                    [](const Link& link) { return words_of(link.anchor, 3).size() > 2; });
  if (rest.words == 0 && !labelled) {
    noticed.about = "Is nothing but links.";
    noticed.factor = 1.5;
  }
  return noticed;
}

}  // namespace

extern constinit const Rule link_density{.name = "link_density",
                                         .about = "Is little more than its links.",
                                         .score = 1.5,
                                         .knobs = kKnobs,
                                         .examples = kExamples,
                                         .examine = examine};

}  // namespace chaffinch::rules
