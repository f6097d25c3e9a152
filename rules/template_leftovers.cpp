#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    {.content = "{Hi|Hello|Hey} there, {great|nice} post", .hit = true},
    {.content = "I love %KEYWORD% and will come back", .hit = true},
    {.content = "Visit #file_links[\"C:\\links.txt\",1,N] today", .hit = true},
    {.content = "Good [keyword] tips", .hit = true},
    {.content = "Use printf(\"%s\", name) and a regex like {a|b} or [a-z]{2,3}", .hit = false},
    {.content = "if (a || b) { return x | y; }", .hit = false},
    {.content = "set %PATH% and %TEMP% first", .hit = false},
    {.content = "type Shape = {kind: 'a' | 'b'}", .hit = false},
};

// "{Hi|Hello|Hey}": words to choose from, no code.
bool spun(std::string_view text, std::size_t& start, std::size_t& end) {
  std::size_t at = 0;
  while ((at = text.find('{', at)) != std::string_view::npos) {
    const std::size_t open = at++;
    std::size_t bars = 0;
    std::size_t shortest = 100;
    std::size_t run = 0;
    std::size_t i = open + 1;
    const std::size_t limit = std::min(text.size(), i + 300);
    for (; i < limit; ++i) {
      const char c = text[i];
      if (c == '|') {
        ++bars;
        shortest = std::min(shortest, run);
        run = 0;
        // A pipe between blanks, or two of them, is an operator.
        if (text[i - 1] == ' ' || (i + 1 < limit && (text[i + 1] == ' ' || text[i + 1] == '|'))) break;
      } else if (is_letter(c) || c == ' ' || c == '\'' || c == ',' || c == '.' || c == '!' || c == '-' ||
                 static_cast<unsigned char>(c) >= 0x80) {
        ++run;
      } else {
        break;
      }
    }
    if (i < limit && text[i] == '}' && bars > 0 && std::min(shortest, run) >= 2 && i - open > 6) {
      start = open;
      end = i + 1;
      return true;
    }
  }
  return false;
}

std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  const std::string_view text = seen.comment.content;
  std::size_t start = 0;
  std::size_t end = 0;
  if (spun(text, start, end)) {
    return Noticed{.evidence = {{Field::content, View::raw, static_cast<std::uint32_t>(start),
                                 static_cast<std::uint32_t>(end)}}};
  }
  static constexpr std::array<std::string_view, 20> kHoles = {
      "%keyword%",    "%keywords%",   "%anchor%",  "%url%",          "%blogurl%",
      "%blog_title%", "%sitename%",   "%website%", "%domain%",       "[keyword]",
      "[anchor]",     "[blog_title]", "{keyword}", "{anchor_text}",  "{{keyword}}",
      "#file_links[", "#file[links",  "[[url]]",   "<!--keyword-->", "%random_text%"};
  // No hole is without one of these; five looks for a byte cost less than a copy.
  constexpr std::string_view kMarks = "%[{#<";
  if (std::none_of(kMarks.begin(), kMarks.end(),
                   [text](char mark) { return text.find(mark) != std::string_view::npos; }))
    return std::nullopt;
  const std::string low = lowered(text);
  for (const std::string_view hole : kHoles) {
    const std::size_t at = low.find(hole);
    if (at == std::string::npos) continue;
    return Noticed{.evidence = {{Field::content, View::raw, static_cast<std::uint32_t>(at),
                                 static_cast<std::uint32_t>(at + hole.size())}}};
  }
  return std::nullopt;
}

}  // namespace

extern constinit const Rule template_leftovers{
    .name = "template_leftovers",
    .about = "Shows the seams of a text made by a program from a template.",
    .score = 4.0,
    .examples = kExamples,
    .examine = examine};

}  // namespace chaffinch::rules
