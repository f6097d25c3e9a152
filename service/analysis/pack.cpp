#include "analysis/pack.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "analysis/pack_parts.h"
#include "analysis/spelling.h"
#include "analysis/toml.h"

namespace chaffinch {
namespace {

constexpr std::size_t kMaxAbout = 300;

template <class E, std::size_t N>
using Words = std::array<std::pair<E, std::string_view>, N>;

constexpr Words<EntryType, 7> kTypes = {{{EntryType::regex, "regex"},
                                         {EntryType::word, "word"},
                                         {EntryType::exact, "exact"},
                                         {EntryType::substring, "substring"},
                                         {EntryType::domain, "domain"},
                                         {EntryType::email, "email"},
                                         {EntryType::cidr, "cidr"}}};
constexpr Words<State, 3> kStates = {{{State::live, "live"}, {State::shadow, "shadow"}, {State::off, "off"}}};
constexpr Words<View, 3> kViews = {
    {{View::raw, "raw"}, {View::visible, "visible"}, {View::folded, "folded"}}};
constexpr Words<Action, 4> kActions = {{{Action::hold, "hold"},
                                        {Action::spam, "spam"},
                                        {Action::discard, "discard"},
                                        {Action::approve, "approve"}}};
constexpr std::string_view kLink = "link";
constexpr Field kFields[] = {
    Field::content,  Field::author_name, Field::author_email,  Field::author_url,  Field::user_agent,
    Field::referrer, Field::ip,          Field::article_title, Field::article_url, Field::type};
template <class E, std::size_t N>
std::vector<std::string_view> words_of(const Words<E, N>& words) {
  std::vector<std::string_view> list;
  for (const auto& [value, text] : words) list.push_back(text);
  return list;
}

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > 64 || text[0] < 'a' || text[0] > 'z') return false;
  return text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

class PackReader {
 public:
  PackReader(const PackSource& source, std::vector<Error>& errors)
      : source_(source), complaints_(source, errors) {}

  Pack read(const toml::Table& top) {
    pack_.files.push_back(source_.name);
    pack_.shipped = source_.shipped;
    complaints_.check_keys(top, {"pack", "about", "pattern", "composite", "score", "state"}, "a pack");
    const toml::Value begin{{}, 1, 0};
    if (const toml::Value* name = required(top, "pack", begin, "the pack")) {
      if (const std::string* text = complaints_.text_of(*name, "pack")) {
        pack_.name = *text;
        if (text->empty() || text->size() > 64 ||
            text->find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") != std::string::npos) {
          complaints_.add(*name, "a pack's name is made of a-z, 0-9 and _, at most 64 of them");
        }
      }
    }
    if (const toml::Value* about = find(top, "about")) read_about(*about, pack_.about);
    each_table(top, "pattern", [this](const toml::Value& entry) { read_pattern(entry); });
    each_table(top, "composite", [this](const toml::Value& entry) { read_composite(entry); });
    read_scores(top);
    read_states(top);
    return std::move(pack_);
  }

 private:
  static const toml::Value* find(const toml::Table& table, std::string_view key) {
    const auto found = table.find(key);
    return found == table.end() ? nullptr : &found->second;
  }

  const toml::Value* required(const toml::Table& table, std::string_view key, const toml::Value& owner,
                              const std::string& what) {
    const toml::Value* found = find(table, key);
    if (found == nullptr) complaints_.add(owner, what + " has no '" + std::string(key) + "'");
    return found;
  }

  template <class Visit>
  void each_table(const toml::Table& top, std::string_view key, const Visit& visit) {
    const toml::Value* value = find(top, key);
    if (value == nullptr) return;
    const std::string brackets = "[[" + std::string(key) + "]]";
    if (value->array() == nullptr) {
      complaints_.add(*value, "'" + std::string(key) + "' must be a list of tables",
                      "write " + brackets + " with two brackets");
      return;
    }
    for (const toml::Value& entry : *value->array()) {
      if (entry.table() == nullptr) {
        complaints_.add(entry,
                        "each '" + std::string(key) + "' must be a table, not " + std::string(entry.kind()),
                        "begin each one with a line " + brackets);
      } else {
        visit(entry);
      }
    }
  }

  template <class E, std::size_t N>
  std::optional<E> choice(const toml::Value& value, std::string_view key, const Words<E, N>& words) {
    const std::string* text = complaints_.text_of(value, key);
    if (text == nullptr) return std::nullopt;
    for (const auto& [meaning, spelled] : words) {
      if (spelled == *text) return meaning;
    }
    complaints_.add(value, "'" + std::string(key) + "' cannot be " + in_quotes(*text),
                    "it is one of " + listed(words_of(words)));
    return std::nullopt;
  }

  void read_about(const toml::Value& value, std::string& about) {
    const std::string* text = complaints_.text_of(value, "about");
    if (text == nullptr) return;
    about = *text;
    if (text->size() > kMaxAbout)
      complaints_.add(value, "'about' is longer than 300 bytes", "one sentence is enough");
    if (text->find_first_not_of(" \t\n") == std::string::npos) complaints_.add(value, "'about' says nothing");
  }

  std::optional<double> read_score(const toml::Value& value, std::string_view key) {
    const std::optional<double> score = value.number();
    if (!score) {
      complaints_.add(value, "'" + std::string(key) + "' must be a number, not " + std::string(value.kind()));
    } else if (!std::isfinite(*score) || std::abs(*score) > kMaxScore) {
      complaints_.add(value, "'" + std::string(key) + "' must lie within -20 and 20");
      return std::nullopt;
    }
    return score;
  }

  // What patterns and composites share.
  template <class Record>
  void read_common(const toml::Value& owner, const std::string& what, Record& record) {
    const toml::Table& table = *owner.table();
    record.line = owner.line;
    if (const toml::Value* name = required(table, "name", owner, "the " + what)) {
      if (const std::string* text = complaints_.text_of(*name, "name")) {
        record.name = *text;
        record.line = name->line;
        if (!is_name(*text) || *text == "and" || *text == "or" || *text == "not") {
          complaints_.add(
              *name, "a rule cannot be named " + in_quotes(*text),
              "names are made of a-z, 0-9 and _, begin with a letter, have at most 64 characters, and "
              "are none "
              "of and, or, not");
          record.name.clear();
        }
      }
    }
    if (const toml::Value* about = required(table, "about", owner, called(what, record.name))) {
      read_about(*about, record.about);
    }
    const toml::Value* score = find(table, "score");
    const toml::Value* action = find(table, "action");
    if (score != nullptr) record.score = read_score(*score, "score").value_or(0);
    if (action != nullptr) record.action = choice(*action, "action", kActions);
    if (score == nullptr && action == nullptr) {
      complaints_.add(owner, called(what, record.name) + " has neither 'score' nor 'action'",
                      "say what it is worth: score = 2.0, or action = \"hold\"");
    }
    if (const toml::Value* state = find(table, "state")) {
      record.state = choice(*state, "state", kStates).value_or(State::off);
    }
    for (const bool hit : {true, false}) read_examples(table, hit, record.examples);
  }

  static std::string called(const std::string& what, const std::string& name) {
    return name.empty() ? "the " + what : "the " + what + " '" + name + "'";
  }

  void read_pattern(const toml::Value& owner) {
    const toml::Table& table = *owner.table();
    PackPattern pattern;
    complaints_.check_keys(table,
                           {"name", "about", "score", "action", "type", "match", "list", "fields", "view",
                            "state", "spam", "ham"},
                           "a pattern");
    read_common(owner, "pattern", pattern);
    const toml::Value at{{}, pattern.line, 0};
    const std::string what = called("pattern", pattern.name);
    if (const toml::Value* type = find(table, "type")) {
      const auto chosen = choice(*type, "type", kTypes);
      if (!chosen) return;  // nothing that follows could be judged
      pattern.type = *chosen;
    }
    const std::size_t before = complaints_.count();
    if (const toml::Value* match = find(table, "match")) read_match(*match, pattern);
    if (const toml::Value* list = find(table, "list")) {
      each_text(*list, "list",
                [&](const toml::Value& value, const std::string& name) { add_list(value, name, pattern); });
    }
    if (pattern.entries.empty() && complaints_.count() == before) {
      complaints_.add(at, what + " has nothing to look for",
                      "give it match = ['...'] or list = \"file.txt\"");
    }
    read_places(table, pattern);
    for (const bool hit : {true, false}) {
      const bool given = std::any_of(pattern.examples.begin(), pattern.examples.end(),
                                     [hit](const PackExample& example) { return example.hit == hit; });
      if (given || find(table, hit ? "spam" : "ham") != nullptr) continue;
      complaints_.add(at, what + " has no " + (hit ? "spam" : "ham") + " example",
                      hit ? "add spam = [\"a comment that it must hit\"]"
                          : "add ham = [\"a comment that it must not hit\"]");
    }
    pack_.patterns.push_back(std::move(pattern));
  }

  // A string, or an array of strings.
  template <class Visit>
  void each_text(const toml::Value& value, std::string_view key, const Visit& visit) {
    if (const std::string* text = value.text()) {
      visit(value, *text);
      return;
    }
    if (value.array() == nullptr) {
      complaints_.add(value, "'" + std::string(key) + "' must be a string or an array of strings, not " +
                                 std::string(value.kind()));
      return;
    }
    if (value.array()->empty()) complaints_.add(value, "'" + std::string(key) + "' is empty");
    for (const toml::Value& element : *value.array()) {
      if (const std::string* text = complaints_.text_of(element, key)) visit(element, *text);
    }
  }

  void read_match(const toml::Value& match, PackPattern& pattern) {
    each_text(match, "match", [&](const toml::Value& value, const std::string& text) {
      if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
        complaints_.add(value, "an entry of 'match' is empty");
      } else {
        pattern.entries.push_back({text, 0, static_cast<std::uint32_t>(value.line)});
      }
    });
  }

  void add_list(const toml::Value& value, const std::string& name, PackPattern& pattern) {
    const auto list = std::find_if(source_.lists.begin(), source_.lists.end(),
                                   [&](const auto& one) { return one.first == name; });
    if (list == source_.lists.end()) {
      std::vector<std::string_view> known;
      for (const auto& [file, content] : source_.lists) known.push_back(file);
      complaints_.add(value, "there is no list file " + in_quotes(name),
                      joined("a list file stands beside the pack", did_you_mean(name, known)));
      return;
    }
    const auto file = static_cast<std::uint32_t>(pack_.files.size());
    pack_.files.push_back(name);
    read_list(value, name, list->second, file, pattern, complaints_);
  }

  void read_places(const toml::Table& table, PackPattern& pattern) {
    const toml::Value* fields = find(table, "fields");
    if (fields != nullptr) {
      each_text(*fields, "fields", [&](const toml::Value& value, const std::string& text) {
        if (text == kLink) {
          pattern.links = true;
          return;
        }
        if (const std::optional<Field> field = field_from(text)) {
          if (std::find(pattern.fields.begin(), pattern.fields.end(), *field) == pattern.fields.end()) {
            pattern.fields.push_back(*field);
          }
          check_place(value, text, pattern.type, *field);
          return;
        }
        std::vector<std::string_view> known;
        for (const Field field : kFields) known.push_back(word(field));
        known.push_back(kLink);
        complaints_.add(value, "there is no field " + in_quotes(text),
                        joined(did_you_mean(text, known), "fields are " + listed(known)));
      });
      if (pattern.links && (pattern.type == EntryType::email || pattern.type == EntryType::cidr)) {
        complaints_.add(*fields, "type \"" + std::string(word(pattern.type)) + "\" cannot look at links");
      }
    } else if (pattern.type == EntryType::domain) {
      pattern.links = true;
    } else if (pattern.type == EntryType::email) {
      pattern.fields = {Field::author_email};
    } else if (pattern.type == EntryType::cidr) {
      pattern.fields = {Field::ip};
    } else {
      pattern.fields = {Field::content};
    }
    if (const toml::Value* view = find(table, "view")) {
      pattern.view = choice(*view, "view", kViews).value_or(View::folded);
      if (pattern.type >= EntryType::domain) {
        complaints_.add(*view, "'view' has no meaning for type \"" + std::string(word(pattern.type)) + "\"",
                        "remove it");
      }
    }
  }

  void check_place(const toml::Value& at, const std::string& text, EntryType type, Field field) {
    bool good = true;
    std::string_view possible;
    if (type == EntryType::domain) {
      good = field == Field::content || field == Field::author_url || field == Field::author_email;
      possible = "link (every link), content (links of the text), author.url, author.email";
    } else if (type == EntryType::email) {
      good = field == Field::author_email;
      possible = "author.email";
    } else if (type == EntryType::cidr) {
      good = field == Field::ip;
      possible = "client.ip";
    }
    if (!good) {
      complaints_.add(at, "type \"" + std::string(word(type)) + "\" cannot look at " + in_quotes(text),
                      "it looks at: " + std::string(possible));
    }
  }

  void read_examples(const toml::Table& table, bool hit, std::vector<PackExample>& examples) {
    const std::string_view key = hit ? "spam" : "ham";
    const toml::Value* value = find(table, key);
    if (value == nullptr) return;
    if (value->array() == nullptr) {
      complaints_.add(
          *value,
          "'" + std::string(key) + "' must be an array of examples, not " + std::string(value->kind()),
          "put it in brackets: " + std::string(key) + " = [\"...\"]");
      return;
    }
    if (value->array()->empty()) complaints_.add(*value, "'" + std::string(key) + "' holds no example");
    for (const toml::Value& element : *value->array()) read_example(element, hit, examples, complaints_);
  }

  void read_composite(const toml::Value& owner) {
    PackComposite composite;
    complaints_.check_keys(
        *owner.table(), {"name", "about", "score", "action", "when", "state", "spam", "ham"}, "a composite");
    read_common(owner, "composite", composite);
    if (const toml::Value* when =
            required(*owner.table(), "when", owner, called("composite", composite.name))) {
      if (const std::string* text = complaints_.text_of(*when, "when")) {
        composite.when = *text;
        composite.when_line = when->line;
        pack_.composites.push_back(std::move(composite));
      }
    }
  }

  void read_scores(const toml::Table& top) {
    const toml::Value* scores = find(top, "score");
    if (scores == nullptr) return;
    if (scores->table() == nullptr) {
      complaints_.add(*scores, "'score' must be a table, not " + std::string(scores->kind()),
                      "write [score] on a line of its own, and below it: rule_name = 1.5");
      return;
    }
    for (const auto& [rule, value] : *scores->table()) {
      if (const auto score = read_score(value, rule)) pack_.scores.push_back({rule, *score, value.line});
    }
  }

  void read_states(const toml::Table& top) {
    const toml::Value* states = find(top, "state");
    if (states == nullptr) return;
    if (states->table() == nullptr) {
      complaints_.add(*states, "'state' must be a table, not " + std::string(states->kind()),
                      "write [state] on a line of its own, and below it: rule_name = \"shadow\"");
      return;
    }
    for (const auto& [rule, value] : *states->table()) {
      if (const auto state = choice(value, rule, kStates)) pack_.states.push_back({rule, *state, value.line});
    }
  }

  const PackSource& source_;
  Complaints complaints_;
  Pack pack_;
};

}  // namespace

std::string_view word(EntryType type) {
  return kTypes[static_cast<std::size_t>(type)].second;
}

std::string_view word(State state) {
  return kStates[static_cast<std::size_t>(state)].second;
}

std::optional<Pack> read_pack(const PackSource& source, std::vector<Error>& errors) {
  Result<toml::Table> table = toml::parse(source.text, source.name);
  if (!table) {
    errors.push_back(std::move(table).error());
    return std::nullopt;
  }
  return PackReader(source, errors).read(*table);
}

}  // namespace chaffinch
