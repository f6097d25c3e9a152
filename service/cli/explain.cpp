#include "cli/explain.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "cli/terminal.h"
#include "core/evidence.h"

namespace chaffinch::cli {
namespace {

constexpr std::size_t kShown = 4'000;
constexpr std::size_t kValueShown = 80;

using Range = std::pair<std::size_t, std::size_t>;

bool inside_character(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

std::string_view cut(std::string_view text, std::size_t at_most) {
  if (text.size() <= at_most) return text;
  while (at_most > 0 && inside_character(text, at_most)) --at_most;
  return text.substr(0, at_most);
}

// Ranges in order, those that touch made one.
std::vector<Range> merged(std::vector<Range> ranges) {
  std::sort(ranges.begin(), ranges.end());
  std::vector<Range> all;
  for (const Range& one : ranges) {
    if (!all.empty() && one.first <= all.back().second) {
      all.back().second = std::max(all.back().second, one.second);
    } else {
      all.push_back(one);
    }
  }
  return all;
}

std::string marked(std::string_view whole, std::vector<Range> ranges, bool colour, bool lines) {
  const std::string_view begin_mark = colour ? "\x1b[1;31m" : "\xC2\xAB";
  const std::string_view end_mark = colour ? "\x1b[0m" : "\xC2\xBB";
  const std::string_view text = cut(whole, kShown);
  std::string shown;
  std::size_t at = 0;
  for (auto [start, end] : merged(std::move(ranges))) {
    start = std::min(start, text.size());
    end = std::min(end, text.size());
    if (start >= end) continue;
    shown += plain(text.substr(at, start - at), lines);
    shown += begin_mark;
    shown += plain(text.substr(start, end - start), lines);
    shown += end_mark;
    at = end;
  }
  shown += plain(text.substr(at), lines);
  if (text.size() < whole.size()) shown += " ... (" + grouped(whole.size() - text.size()) + " more bytes)";
  return shown;
}

}  // namespace

std::string explained(const Submission& comment, const Verdict& verdict, bool colour) {
  Evidence fields;
  fields.comment = comment;
  const auto bold = [&](const std::string& text) { return colour ? "\x1b[1m" + text + "\x1b[0m" : text; };

  std::string text = bold(std::string(word(verdict.action))) + "  score " + fixed(verdict.score, 2);
  if (verdict.probability) text += "  probability " + fixed(*verdict.probability, 2);
  if (verdict.unchecked) text += "  (a check could not be made)";
  text += "\n";

  std::map<Field, std::vector<Range>> seen;
  for (const Finding& finding : verdict.findings) {
    std::string score = (finding.score >= 0 ? "+" : "") + fixed(finding.score, 2);
    score.insert(0, score.size() < 7 ? 7 - score.size() : 0, ' ');
    text += score + "  " + finding.rule;
    if (finding.action) text += " -> " + std::string(word(*finding.action));
    if (finding.shadow) text += " (shadow)";
    text += ": " + plain(finding.about) + "\n";
    std::vector<std::string> values;
    for (const Spot& spot : finding.evidence) {
      seen[spot.field].emplace_back(spot.start, spot.end);
      const std::string_view field = fields.raw(spot.field);
      const std::string_view value = spot.start <= spot.end && spot.end <= field.size()
                                         ? field.substr(spot.start, spot.end - spot.start)
                                         : "";
      const std::string_view brief = cut(value, kValueShown);
      std::string line = "           " + std::string(word(spot.field)) + ": " + plain(brief) +
                         (brief.size() < value.size() ? "..." : "") + "\n";
      if (std::find(values.begin(), values.end(), line) == values.end()) values.push_back(std::move(line));
    }
    for (const std::string& line : values) text += line;
  }

  for (const Field field : {Field::author_name, Field::author_email, Field::author_url}) {
    const std::string_view value = fields.raw(field);
    if (!value.empty())
      text += "  " + std::string(word(field)) + ": " + marked(value, seen[field], colour, false) + "\n";
  }
  std::string content = "  | " + marked(comment.content, seen[Field::content], colour, true);
  for (std::size_t at = content.find('\n'); at != std::string::npos; at = content.find('\n', at + 1)) {
    content.insert(at + 1, "  | ");
  }
  return text + content + "\n";
}

}  // namespace chaffinch::cli
