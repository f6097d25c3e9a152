#include "analysis/word_list.h"

#include <algorithm>
#include <set>
#include <unordered_set>

#include "analysis/address.h"
#include "analysis/gather.h"
#include "analysis/honest.h"
#include "analysis/links.h"
#include "analysis/review_parts.h"
#include "analysis/spelling.h"
#include "analysis/text.h"

namespace chaffinch {
namespace {

constexpr std::size_t kMaxEntry = 1'000;  // bytes
constexpr std::size_t kMaxErrors = 10;
constexpr std::uint32_t kFewLetters = 3;

std::string_view without_blanks(std::string_view text) {
  constexpr std::string_view kWhite = " \t\r\v\f";
  const std::size_t first = text.find_first_not_of(kWhite);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kWhite) - first + 1);
}

// Characters; one of a script that writes no spaces (Chinese, Japanese, Korean) is as good as a word.
bool is_brief(std::string_view text) {
  std::uint32_t letters = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0xE3) return false;  // from U+3000 on
    if ((byte & 0xC0U) != 0x80U) ++letters;
  }
  return letters < kFewLetters;
}

// "203.0.113." as WordPress users write a network.
std::optional<std::string> network_of_part(std::string_view text) {
  int dots = 0;
  for (const char c : text) {
    if (c == '.')
      ++dots;
    else if (c < '0' || c > '9')
      return std::nullopt;
  }
  if (!text.ends_with('.') || dots < 1 || dots > 3) return std::nullopt;
  std::string whole(text.substr(0, text.size() - 1));
  for (int i = dots; i < 4; ++i) whole += ".0";
  const auto network = Network::parse(whole + "/" + std::to_string(8 * dots));
  return network ? std::optional(network->text()) : std::nullopt;
}

ListEntry::Kind kind_of(std::string_view text) {
  using Kind = ListEntry::Kind;
  if (text.find_first_of(" \t") != std::string_view::npos) return Kind::text;
  if (network_of_part(text)) return Kind::network_part;
  if (text.find_first_of(".:") != std::string_view::npos && Network::parse(text)) return Kind::address;
  const std::size_t at = text.rfind('@');
  const std::string_view host = at == std::string_view::npos ? text : text.substr(at + 1);
  const std::size_t dot = host.rfind('.');
  const bool is_host = dot != std::string_view::npos && dot > 0 && host.size() - dot > 2 &&
                       host.find_first_of("0123456789", dot) == std::string_view::npos &&
                       host.find_first_of("/_") == std::string_view::npos && host.size() <= 253 &&
                       normal_host(host) == ascii_lower(host);
  if (!is_host) return Kind::text;
  return at == std::string_view::npos ? Kind::domain : Kind::email;
}

// Whether an address could hold it.
bool fits_address(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefABCDEF.:") == std::string_view::npos;
}

std::string toml_text(std::string_view text) {
  std::string made = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') made += '\\';
    made += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  }
  return made + "\"";
}

// One pattern of the pack and the entries that it looks for.
struct ListPart {
  std::string suffix;  // of its name
  std::string type, view, fields;
  std::vector<std::string> entries;  // of its own list
  std::vector<std::string> also;     // list files of other parts
  std::string spam;                  // example, TOML
};

class Import {
 public:
  Import(std::string_view text, const std::string& file, const ListWish& wish, std::vector<Error>& errors)
      : text_(text), file_(file), wish_(wish), errors_(errors) {}

  std::optional<ListPack> run() {
    errors_.clear();
    read();
    if (errors_.empty() && made_.entries.empty()) {
      complain("the list has no entries", file_, "one word or phrase a line is expected");
    }
    if (!errors_.empty()) return std::nullopt;
    const auto set = EntrySet::build(made_.entries, wish_);
    if (!set) {
      complain("the list is too large to be compiled", file_, {});
      return std::nullopt;
    }
    count_covered();
    const std::string ham = honest_one(*set);
    if (!errors_.empty()) return std::nullopt;
    write(ham);
    const PackSource source{wish_.name + ".toml", made_.toml, made_.lists};
    if (!RuleSet::build(std::span(&source, 1), errors_)) return std::nullopt;
    return std::move(made_);
  }

 private:
  void complain(std::string what, std::string where, std::string advice) {
    errors_.push_back({Code::invalid, std::move(what), std::move(where), std::move(advice), 0});
  }

  bool words() const { return wish_.whole_words || wish_.format == ListFormat::keywords; }
  // WordPress lists name disguises one by one ("tⲟ"): folded, they would be ordinary words.
  bool folds() const { return wish_.format == ListFormat::keywords; }

  void read() {
    std::unordered_set<std::string> known;
    std::string_view rest = text_;
    if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
    for (std::uint32_t line = 1; !rest.empty(); ++line) {
      const std::string_view row = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), row.size() + 1));
      ++made_.lines;
      const std::string_view entry = without_blanks(row);
      if (entry.empty()) {
        ++made_.empty;
        continue;
      }
      if (wish_.format == ListFormat::keywords && entry.front() == '#') {
        ++made_.remarks;
        continue;
      }
      take(entry, line, known);
      if (errors_.size() >= kMaxErrors) return;
    }
  }

  void take(std::string_view entry, std::uint32_t line, std::unordered_set<std::string>& known) {
    const std::string where = file_ + ":" + std::to_string(line);
    if (!valid_utf8(entry) || entry.find('\0') != std::string_view::npos) {
      complain("the line is not valid UTF-8", where, "save the file as UTF-8");
      return;
    }
    if (entry.size() > kMaxEntry) {
      complain("the entry is longer than 1,000 bytes", where, "one word or phrase a line is expected");
      return;
    }
    const std::string meaning = folds() ? folded_text(entry).value : ascii_lower(entry);
    if (meaning.empty()) {
      ++made_.nothing;
      return;
    }
    if (!known.insert(meaning).second) {
      ++made_.duplicates;
      return;
    }
    if (is_brief(entry)) {
      ++made_.brief;
      if (wish_.drop_short) return;
    }
    const ListEntry::Kind kind = kind_of(entry);
    made_.domains += kind == ListEntry::Kind::domain ? 1 : 0;
    made_.emails += kind == ListEntry::Kind::email ? 1 : 0;
    made_.addresses += kind == ListEntry::Kind::address || kind == ListEntry::Kind::network_part ? 1 : 0;
    made_.entries.push_back({std::string(entry), line, kind});
  }

  void count_covered() {
    PackPattern pattern;
    pattern.type = words() ? EntryType::word : EntryType::substring;
    pattern.view = folds() ? View::folded : View::raw;
    for (const ListEntry& entry : made_.entries) pattern.entries.push_back({entry.text, 0, entry.line});
    made_.covered = covered_of(pattern).size();
  }

  // A sentence that no entry is in, for the example that must miss.
  std::string honest_one(const EntrySet& set) {
    std::vector<std::uint32_t> least;
    for (const HonestSentence& one : kHonest) {
      Submission comment;
      comment.content = one.text;
      const auto hits = set.in(comment);
      if (hits.empty()) return std::string(one.text);
      if (least.empty() || hits.size() < least.size()) least = hits;
    }
    const ListEntry& entry = made_.entries[least.front()];
    complain(
        "the list hits every one of " + std::to_string(std::size(kHonest)) +
            " sentences of honest people; such a list would hold every comment. One entry that does: " +
            in_quotes(entry.text),
        file_ + ":" + std::to_string(entry.line),
        words()
            ? "remove it"
            : "remove it, leave short entries out (--drop-short), or match whole words only (--whole-words)");
    return {};
  }

  void write(const std::string& ham) {
    std::vector<ListPart> parts;
    if (words()) {
      word_parts(parts);
    } else {
      wordpress_parts(parts);
    }
    const bool summed = wish_.score.has_value() && parts.size() > 1;
    std::string& toml = made_.toml;
    toml = "# Made from " + file_ + " by `chaffinch rules import`.\npack = \"" + wish_.name +
           "\"\nabout = " + toml_text(wish_.about) + "\n";
    std::string any;
    for (const ListPart& part : parts) {
      const std::string name = wish_.name + (summed && part.suffix.empty() ? "_entry" : part.suffix);
      any += (any.empty() ? "" : " or ") + name;
      toml += "\n[[pattern]]\nname = \"" + name + "\"\nabout = " + toml_text(wish_.about) + "\n" +
              (summed ? "score = 0\n" : worth()) + "type = \"" + part.type + "\"\n";
      std::string listed_files, remarks;
      const std::string file = wish_.name + part.suffix + ".txt";
      std::string list;
      for (const std::string& entry : part.entries) {
        // A list file takes such lines for remarks.
        if (entry.front() == '#')
          remarks += (remarks.empty() ? "" : ", ") + toml_text(entry);
        else
          list += entry + "\n";
      }
      if (!list.empty()) {
        listed_files = toml_text(file);
        made_.lists.emplace_back(file, std::move(list));
      }
      for (const std::string& other : part.also)
        listed_files += (listed_files.empty() ? "" : ", ") + toml_text(other);
      if (!remarks.empty()) toml += "match = [" + remarks + "]\n";
      if (!listed_files.empty()) toml += "list = [" + listed_files + "]\n";
      toml += "fields = [" + part.fields + "]\n" +
              (part.view.empty() ? "" : "view = \"" + part.view + "\"\n") + "spam = [" + part.spam +
              "]\nham = [" + toml_text(ham) + "]\n";
    }
    if (!summed) return;
    toml += "\n[[composite]]\nname = \"" + wish_.name + "\"\nabout = " + toml_text(wish_.about) +
            "\nwhen = \"" + any + "\"\n" + worth();
  }

  std::string worth() const {
    if (!wish_.score) return "action = \"" + std::string(word(wish_.action)) + "\"\n";
    std::string number = std::to_string(*wish_.score);
    while (number.ends_with('0') && !number.ends_with(".0")) number.pop_back();
    return "score = " + number + "\n";
  }

  void wordpress_parts(std::vector<ListPart>& parts) {
    constexpr const char* kSearched =
        R"("content", "author.name", "author.email", "author.url", "client.user_agent")";
    ListPart text{"", "substring", "raw", kSearched, {}, {}, {}};
    ListPart address{"_address", "substring", "raw", std::string(kSearched) + R"(, "client.ip")", {}, {}, {}};
    ListPart visible{"_visible", "substring", "visible", R"("content")", {}, {}, {}};
    for (const ListEntry& entry : made_.entries)
      (fits_address(entry.text) ? address : text).entries.push_back(entry.text);
    for (ListPart* part : {&text, &address}) {
      if (part->entries.empty()) continue;
      part->spam = toml_text(part->entries.front());
      std::string remarks;
      const bool has_list = std::any_of(part->entries.begin(), part->entries.end(),
                                        [](const std::string& one) { return one.front() != '#'; });
      if (has_list) visible.also.push_back(wish_.name + part->suffix + ".txt");
      for (const std::string& one : part->entries)
        if (one.front() == '#') visible.entries.push_back(one);
      parts.push_back(*part);
    }
    visible.spam = visible_example(parts);
    if (!visible.spam.empty()) parts.push_back(std::move(visible));
  }

  // An entry that is still to be seen when markup is taken out; without one there is nothing to look for.
  std::string visible_example(const std::vector<ListPart>& parts) const {
    for (const ListPart& part : parts) {
      for (const std::string& entry : part.entries) {
        Submission comment;
        comment.content = entry;
        if (gather(comment).visible.value.find(entry) != std::string::npos) return toml_text(entry);
      }
    }
    return {};
  }

  void word_parts(std::vector<ListPart>& parts) {
    const bool keywords = wish_.format == ListFormat::keywords;
    ListPart text{"",
                  "word",
                  keywords ? "folded" : "visible",
                  keywords ? R"("content", "author.name", "author.url")"
                           : R"("content", "author.name", "author.email", "author.url", "client.user_agent")",
                  {},
                  {},
                  {}};
    ListPart domain{"_domain", "domain", "", R"("link", "author.email")", {}, {}, {}};
    ListPart email{"_email", "email", "", R"("author.email")", {}, {}, {}};
    ListPart address{"_address", "cidr", "", R"("client.ip")", {}, {}, {}};
    for (const ListEntry& entry : made_.entries) {
      switch (entry.kind) {
        case ListEntry::Kind::text:
          text.entries.push_back(entry.text);
          break;
        case ListEntry::Kind::domain:
          domain.entries.push_back(entry.text);
          break;
        case ListEntry::Kind::email:
          email.entries.push_back(entry.text);
          break;
        case ListEntry::Kind::address:
          address.entries.push_back(entry.text);
          break;
        case ListEntry::Kind::network_part:
          address.entries.push_back(*network_of_part(entry.text));
          break;
      }
    }
    if (!text.entries.empty()) text.spam = toml_text(text.entries.front());
    if (!domain.entries.empty()) domain.spam = toml_text("http://" + domain.entries.front() + "/");
    if (!email.entries.empty()) {
      const std::string& first = email.entries.front();
      email.spam =
          "{content = \"hello\", email = " + toml_text(first.front() == '@' ? "someone" + first : first) +
          "}";
    }
    if (!address.entries.empty())
      address.spam =
          "{content = \"hello\", ip = " + toml_text(Network::parse(address.entries.front())->address.text()) +
          "}";
    for (ListPart* part : {&text, &domain, &email, &address})
      if (!part->entries.empty()) parts.push_back(std::move(*part));
  }

  std::string_view text_;
  const std::string& file_;
  const ListWish& wish_;
  std::vector<Error>& errors_;
  ListPack made_;
};

}  // namespace

std::unique_ptr<EntrySet> EntrySet::build(const std::vector<ListEntry>& entries, const ListWish& wish) {
  const bool folded = wish.format == ListFormat::keywords;
  const bool whole = wish.whole_words || folded;
  PatternSet::Builder builder;
  for (std::uint32_t i = 0; i < entries.size(); ++i) {
    const std::string text = folded ? folded_text(entries[i].text).value : entries[i].text;
    if (!builder.add_literal(i, text, whole ? Literal::word : Literal::substring, !folded)) return nullptr;
  }
  auto set = builder.build();
  if (!set) return nullptr;
  return std::unique_ptr<EntrySet>(new EntrySet(wish, std::move(*set)));
}

std::vector<std::uint32_t> EntrySet::in(const Submission& comment) const {
  const Evidence seen = gather(comment);
  std::set<std::uint32_t> found;
  std::vector<Match> matches;
  const auto look = [&](std::string_view text) {
    if (text.empty()) return;
    matches.clear();
    // An error finds fewer: this is a report, not a judgement.
    (void)set_->find(text, matches);
    for (const Match& match : matches) found.insert(match.pattern);
  };
  if (wish_.format == ListFormat::keywords) {
    look(seen.folded.value);
    look(seen.name_folded.value);
    look(seen.url_folded.value);
  } else {
    look(seen.visible.value);
    look(comment.author.name);
    look(comment.author.url);
    if (!wish_.whole_words) {
      look(comment.content);
      look(comment.client.ip);
    }
  }
  if (wish_.format == ListFormat::wordpress) {
    look(comment.author.email);
    look(comment.client.user_agent);
  }
  return {found.begin(), found.end()};
}

std::optional<ListPack> pack_of_list(std::string_view text, const std::string& file, const ListWish& wish,
                                     std::vector<Error>& errors) {
  return Import(text, file, wish, errors).run();
}

}  // namespace chaffinch
