#include "http/shown.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "analysis/text.h"

namespace chaffinch::http {
namespace {

using Kind = Shown::Kind;

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

// Where an address ends that begins at `start`: sentence marks and brackets that it did not open are not its
// own.
std::size_t end_of_address(std::string_view text, std::size_t start) {
  std::size_t end = start;
  while (end < text.size() && !is_space(text[end]) && text[end] != '<' && text[end] != '>' &&
         text[end] != '"' && static_cast<unsigned char>(text[end]) >= 0x20)
    ++end;
  // Counted once: an address may be 64 KiB of brackets.
  const auto count = [&](char c) {
    return std::count(text.begin() + static_cast<std::ptrdiff_t>(start),
                      text.begin() + static_cast<std::ptrdiff_t>(end), c);
  };
  std::ptrdiff_t round = count(')') - count('(');  // closed and not opened
  std::ptrdiff_t square = count(']') - count('[');
  for (; end > start; --end) {
    const char last = text[end - 1];
    if (last == ')' || last == ']') {
      std::ptrdiff_t& left = last == ')' ? round : square;
      if (left <= 0) break;
      --left;
    } else if (std::string_view(".,;:!?'*_").find(last) == std::string_view::npos) {
      break;
    }
  }
  return end;
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::size_t find_address(std::string_view lower, std::size_t from) {
  for (std::size_t at = lower.find("http", from); at != std::string_view::npos;
       at = lower.find("http", at + 4)) {
    const std::string_view rest = lower.substr(at);
    if ((rest.starts_with("http://") || rest.starts_with("https://")) && (at == 0 || !is_word(lower[at - 1])))
      return at;
  }
  return std::string_view::npos;
}

void put_text(std::string_view text, std::vector<Shown>& to) {
  while (!text.empty()) {
    const std::size_t line = std::min(text.find('\n'), text.size());
    std::string_view part = text.substr(0, line);
    if (part.ends_with('\r')) part.remove_suffix(1);
    if (!part.empty()) to.push_back({.text = std::string(part)});
    if (line < text.size()) to.push_back({.kind = Kind::line});
    text.remove_prefix(std::min(line + 1, text.size()));
  }
}

bool has_text(const std::vector<Shown>& tree) {
  return std::any_of(tree.begin(), tree.end(), [](const Shown& one) {
    return one.kind == Kind::text ? !one.text.empty() : has_text(one.inside);
  });
}

void write(const std::vector<Shown>& tree, std::string& to) {
  for (const Shown& one : tree) {
    const std::string_view element = element_of(one.kind);
    if (one.kind == Kind::text) {
      to += escaped(one.text);
    } else if (one.kind == Kind::line) {
      to += "<br>\n";
    } else if (one.kind == Kind::link) {
      to += "<a href=\"" + escaped(one.text) + "\" rel=\"nofollow ugc noopener\">";
      write(one.inside, to);
      to += "</a>";
    } else {
      to += "<" + std::string(element) + ">";
      write(one.inside, to);
      to += "</" + std::string(element) + ">";
    }
  }
}

}  // namespace

bool may_link(std::string_view url) {
  const std::string start = ascii_lower(url.substr(0, 8));
  const std::size_t scheme = start.starts_with("https://") ? 8 : start.starts_with("http://") ? 7 : 0;
  if (scheme == 0 || url.size() == scheme) return false;
  const char host = url[scheme];
  if (host == '/' || host == '?' || host == '#' || host == '\\' || host == '.' || host == ':') return false;
  return std::none_of(url.begin(), url.end(), [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == '\x7f' || c == '\\' || c == '"' || c == '<' ||
           c == '>';
  });
}

void show_text(std::string_view text, std::vector<Shown>& to) {
  const std::string lower = ascii_lower(text);
  std::size_t done = 0;
  for (std::size_t at = find_address(lower, 0); at != std::string_view::npos; at = find_address(lower, at)) {
    const std::size_t end = end_of_address(text, at);
    const std::string_view address = text.substr(at, end - at);
    if (!may_link(address)) {
      at += 4;
      continue;
    }
    put_text(text.substr(done, at - done), to);
    to.push_back(
        {.kind = Kind::link, .text = std::string(address), .inside = {{.text = std::string(address)}}});
    done = at = end;
  }
  put_text(text.substr(done), to);
}

std::vector<Shown> shown_plain(std::string_view content) {
  std::vector<Shown> paragraphs;
  std::string paragraph;
  const auto close = [&] {
    const std::size_t first = paragraph.find_first_not_of(" \t\r\n");
    const std::size_t last = paragraph.find_last_not_of(" \t\r\n");
    if (first != std::string::npos) {
      Shown one{.kind = Kind::paragraph};
      show_text(std::string_view(paragraph).substr(first, last - first + 1), one.inside);
      paragraphs.push_back(std::move(one));
    }
    paragraph.clear();
  };
  while (!content.empty()) {
    const std::size_t end = std::min(content.find('\n'), content.size());
    const std::string_view line = content.substr(0, end);
    if (std::all_of(line.begin(), line.end(), is_space)) close();
    paragraph += line;
    paragraph += '\n';
    content.remove_prefix(std::min(end + 1, content.size()));
  }
  close();
  return paragraphs;
}

std::vector<Shown> shown(std::string_view content, bool markdown) {
  if (!markdown || content.size() > kMarkdown) return shown_plain(content);
  std::vector<Shown> tree = shown_markdown(content);
  // Rules and references show nothing; then what was typed is shown.
  return has_text(tree) ? tree : shown_plain(content);
}

std::string_view element_of(Kind kind) {
  switch (kind) {
    case Kind::text:
      return "";
    case Kind::paragraph:
      return "p";
    case Kind::line:
      return "br";
    case Kind::link:
      return "a";
    case Kind::strong:
      return "strong";
    case Kind::emphasis:
      return "em";
    case Kind::struck:
      return "del";
    case Kind::code:
      return "code";
    case Kind::preformatted:
      return "pre";
    case Kind::quote:
      return "blockquote";
    case Kind::bullets:
      return "ul";
    case Kind::numbers:
      return "ol";
    case Kind::item:
      return "li";
  }
  return "";
}

std::string html_of(const std::vector<Shown>& tree) {
  std::string html;
  write(tree, html);
  return html;
}

std::string escaped(std::string_view text) {
  std::string safe;
  safe.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') safe += c;
    }
  }
  // Two code points that UTF-8 can write and XML 1.0 cannot.
  for (const std::string_view bad : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"})
    for (std::size_t at = safe.find(bad); at != std::string::npos; at = safe.find(bad, at)) safe.erase(at, 3);
  return safe;
}

}  // namespace chaffinch::http
