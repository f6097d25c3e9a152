#include "bench/writing.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <stdexcept>

#include "analysis/gather.h"
#include "analysis/pack.h"
#include "analysis/utf8.h"
#include "bench/texts.h"
#include "cli/starter_set.h"
#include "http/wire.h"
#include "packs.h"

namespace chaffinch::bench {
namespace {

std::vector<std::string> lines_of(const std::string& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  if (lines.empty()) throw std::runtime_error(file + ": cannot be read, or is empty");
  return lines;
}

constexpr std::size_t kBytes = 350;
constexpr std::size_t kPieced = 10'000;

std::string folded(const std::string& comment) {
  Submission submission;
  submission.content = comment;
  return gather(std::move(submission)).folded.value;
}

std::string cut(const std::string& text) {
  std::size_t end = std::min(kBytes, text.size());
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

std::vector<std::string> texts_of(const std::vector<std::string>& comments) {
  std::vector<std::string> texts;
  std::set<std::string> seen;
  std::string text;
  for (const std::string& comment : comments) {
    if (!seen.insert(comment).second) continue;
    if (!text.empty()) text += ' ';
    text += folded(comment);
    if (text.size() < kBytes) continue;
    texts.push_back(cut(text));
    text.clear();
  }
  return texts;
}

// Of pieces of 40 to 120 bytes, from word to word, of comments chosen by chance. One in five is of spam: so
// the shipped regexes hit about as often as in public sets of comments (0.2 times with 500 of them).
std::vector<std::string> texts_of_pieces(const std::vector<Labelled>& comments, std::size_t count) {
  std::vector<std::string> kinds[2], texts;
  for (const Labelled& one : comments) kinds[one.spam ? 1 : 0].push_back(folded(one.comment.content));
  std::uint64_t state = 17;
  while (texts.size() < count) {
    std::string text;
    while (text.size() < kBytes) {
      const std::vector<std::string>& kind = kinds[mix(state) % 5 == 0 ? 1 : 0];
      const std::string& from = kind[mix(state) % kind.size()];
      std::size_t start = from.empty() ? 0 : mix(state) % from.size();
      start = from.rfind(' ', start) + 1;  // npos + 1 is 0
      const std::size_t end = std::min(from.find(' ', start + 40 + mix(state) % 80), from.size());
      text += from.substr(start, end - start) + ' ';
    }
    texts.push_back(cut(text));
  }
  return texts;
}

// Letters a to z with single spaces between words, of 5 to 26 bytes.
bool is_phrase(const std::string& text) {
  if (text.size() < 5 || text.size() > 26 || text.front() == ' ' || text.back() == ' ') return false;
  return text.find("  ") == std::string::npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return c == ' ' || (c >= 'a' && c <= 'z'); });
}

// One to three words that follow each other.
std::vector<std::string> phrases_of(const std::vector<Labelled>& comments) {
  std::vector<std::string> phrases;
  std::set<std::string> seen;
  for (const Labelled& one : comments) {
    if (!one.spam) continue;
    const std::string text = folded(one.comment.content);
    std::vector<std::size_t> starts = {0};
    for (std::size_t i = 0; i < text.size(); ++i)
      if (text[i] == ' ') starts.push_back(i + 1);
    starts.push_back(text.size() + 1);
    for (std::size_t first = 0; first + 1 < starts.size(); ++first) {
      for (std::size_t count = 1; count <= 3 && first + count < starts.size(); ++count) {
        std::string phrase = text.substr(starts[first], starts[first + count] - 1 - starts[first]);
        if (is_phrase(phrase) && seen.insert(phrase).second) phrases.push_back(std::move(phrase));
      }
    }
  }
  return phrases;
}

class Maker {
 public:
  explicit Maker(std::vector<std::string> phrases) : phrases_(std::move(phrases)) {
    if (phrases_.size() < 100) throw std::runtime_error("too few words to make regexes of");
    shuffle(phrases_, 11);
  }

  std::string regex() {
    switch (mix(state_) % 7) {
      case 0:
        return R"(\b(?:)" + one() + "|" + one() + "|" + one() + R"()\b)";
      case 1:
        return R"(\b)" + one() + R"(\b.{0,30}\b(?:)" + one() + "|" + one() + R"()\b)";
      case 2:
        return one() + R"(\s+(?:\w+\s+){0,3})" + one();
      case 3:
        return R"(\b(?:buy|order|get|cheap|best)\s+(?:)" + one() + "|" + one() + R"()s?\b)";
      case 4:
        return R"(https?://[^\s/]*)" + one() + R"(\S*)";
      case 5:
        return R"(\b)" + one() + R"([^a-z]{1,3})" + one() + R"(\b)";
      default:
        return R"(\b)" + one() + R"(\d{2,4}|)" + one() + R"(\.(?:com|net|ru))";
    }
  }

 private:
  // In turn: each is used once before one is used again.
  std::string one() {
    std::string regex;
    for (const char c : phrases_[next_++ % phrases_.size()]) regex += c == ' ' ? R"(\s+)" : std::string(1, c);
    return regex;
  }

  std::vector<std::string> phrases_;
  std::size_t next_ = 0;
  std::uint64_t state_ = 23;
};

}  // namespace

std::vector<std::string> shipped_regexes() {
  std::vector<std::string> regexes;
  for (const auto& [name, text] : kPacks) {
    if (!name.ends_with(".toml")) continue;
    PackSource source{std::string(name), std::string(text), {}};
    for (const auto& [list, entries] : kPacks) {
      if (!list.ends_with(".toml")) source.lists.emplace_back(std::string(list), std::string(entries));
    }
    std::vector<Error> errors;
    const auto pack = read_pack(source, errors);
    if (!pack || !errors.empty()) throw std::runtime_error(std::string(name) + ": cannot be read");
    for (const PackPattern& pattern : pack->patterns) {
      if (pattern.type != EntryType::regex || pattern.view != View::folded) continue;
      for (const PackEntry& entry : pattern.entries) regexes.push_back(entry.text);
    }
  }
  return regexes;
}

Writing read_writing(const WritingFiles& files, std::size_t made) {
  const std::vector<Labelled> starter = cli::starter_set().rows();
  Writing writing;
  if (files.texts.empty()) {
    writing.texts = texts_of_pieces(starter, kPieced);
  } else {
    std::vector<std::string> comments;
    for (const std::string& line : lines_of(files.texts)) {
      auto row = http::read_row(line);
      if (row) comments.push_back(std::move(row->submission.content));
    }
    shuffle(comments, 3);
    writing.texts = texts_of(comments);
  }
  std::vector<std::string> phrases;
  if (files.words.empty()) {
    phrases = phrases_of(starter);
  } else {
    for (std::string& line : lines_of(files.words)) {
      std::transform(line.begin(), line.end(), line.begin(), [](char c) { return ascii_small(c); });
      if (is_phrase(line)) phrases.push_back(std::move(line));
    }
  }
  writing.shipped = shipped_regexes();
  shuffle(writing.shipped, 5);
  Maker maker(std::move(phrases));
  std::set<std::string> seen;
  while (writing.made.size() < made) {
    std::string regex = maker.regex();
    if (seen.insert(regex).second) writing.made.push_back(std::move(regex));
  }
  return writing;
}

}  // namespace chaffinch::bench
