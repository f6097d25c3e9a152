#include "settings.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <variant>

#include "analysis/address.h"
#include "analysis/spelling.h"
#include "analysis/toml.h"

namespace chaffinch {
namespace {

using Member = std::variant<std::string Settings::*, int Settings::*, std::int64_t Settings::*,
                            bool Settings::*, std::vector<std::string> Settings::*>;

// What a text may be, beyond not being empty.
enum class Text : std::uint8_t { any, may_be_empty, log_level };

struct Setting {
  std::string_view name;
  std::string_view about;
  Member member;
  std::int64_t low = 0;  // of numbers
  std::int64_t high = 0;
  Text text = Text::any;
};

constexpr std::string_view kLogLevels[] = {"debug", "info", "warning", "error", "off"};

// The only list of settings: file, environment, flags, --help and `chaffinch settings` are all read off it.
const Setting kSettings[] = {
    {"http.host", "address to listen on", &Settings::host},
    {"http.port", "port to listen on; 0 takes any free one", &Settings::port, 0, 65'535},
    {"http.public_without_tls", "listen on more than this machine, though nothing here speaks TLS",
     &Settings::public_without_tls},
    {"http.connections", "connections admitted at once", &Settings::connections, 1, 20'000},
    {"http.request_seconds", "time a whole request may take to arrive, and its answer to leave",
     &Settings::request_seconds, 1, 600},
    {"http.keep_alive_seconds", "time an idle connection is kept", &Settings::keep_alive_seconds, 1, 3'600},
    {"http.trusted_proxies", "addresses or networks whose X-Forwarded-For is believed",
     &Settings::trusted_proxies},
    {"http.rate_per_minute", "submissions a minute of one public address; 0 is no limit",
     &Settings::rate_per_minute, 0, 100'000},
    {"http.rate_burst", "submissions that a public address may make at once", &Settings::rate_burst, 1,
     100'000},
    {"metrics.host", "address of the metrics' own listener", &Settings::metrics_host},
    {"metrics.port",
     "port of a listener of its own for /metrics, which asks for no token; 0 takes any free one, -1 is none",
     &Settings::metrics_port, -1, 65'535},
    {"data.folder", "folder of the database", &Settings::data},
    {"data.readers", "connections that read the database", &Settings::readers, 1, 64},
    {"data.min_free_mb", "with less free disk space than this many MB the service is not ready",
     &Settings::min_free_mb, 0, 1'000'000'000},
    {"rules.folder", "folder of rule packs; empty takes those that are built in", &Settings::rules, 0, 0,
     Text::may_be_empty},
    {"rules.watch", "read the rules folder again when its files change", &Settings::rules_watch},
    {"log.level", "least important lines to log", &Settings::log_level, 0, 0, Text::log_level},
};

const Setting* find_setting(std::string_view name) {
  const auto* found = std::ranges::find(kSettings, name, &Setting::name);
  return found == std::end(kSettings) ? nullptr : found;
}

std::string environment_name(std::string_view setting) {
  std::string name = "CHAFFINCH_";
  for (const char c : setting) name += c == '.' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return name;
}

std::string flag_name(std::string_view setting) {
  if (setting == "http.host") return "--host";
  if (setting == "http.port") return "--port";
  if (setting == "data.folder") return "--data";
  std::string name = "--";
  for (const char c : setting) name += c == '.' || c == '_' ? '-' : c;
  return name;
}

std::string may_be(const Setting& setting) {
  struct Say {
    const Setting& one;
    std::string operator()(std::string Settings::*) const {
      if (one.text != Text::log_level) return "a text that is not empty";
      std::string words;
      for (const std::string_view level : kLogLevels)
        words += (words.empty() ? "" : ", ") + std::string(level);
      return "one of " + words;
    }
    std::string operator()(int Settings::*) const { return number(); }
    std::string operator()(std::int64_t Settings::*) const { return number(); }
    std::string operator()(bool Settings::*) const { return "true or false"; }
    std::string operator()(std::vector<std::string> Settings::*) const {
      return "a list of addresses or networks like 192.0.2.1 or 10.0.0.0/8";
    }
    std::string number() const {
      return "a whole number from " + std::to_string(one.low) + " to " + std::to_string(one.high);
    }
  };
  return std::visit(Say{setting}, setting.member);
}

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

// Puts a value in its place. False: it may not be that.
struct Put {
  Settings& settings;
  const Setting& setting;

  bool text(const std::string& value) const {
    const auto* member = std::get_if<std::string Settings::*>(&setting.member);
    if (member == nullptr || value.find('\0') != std::string::npos) return false;
    if (value.empty() && setting.text != Text::may_be_empty) return false;
    if (setting.text == Text::log_level && std::ranges::find(kLogLevels, value) == std::end(kLogLevels))
      return false;
    settings.*(*member) = value;
    return true;
  }
  bool number(std::int64_t value) const {
    if (value < setting.low || value > setting.high) return false;
    if (const auto* member = std::get_if<int Settings::*>(&setting.member))
      settings.*(*member) = static_cast<int>(value);
    else if (const auto* large = std::get_if<std::int64_t Settings::*>(&setting.member))
      settings.*(*large) = value;
    else
      return false;
    return true;
  }
  bool truth(bool value) const {
    const auto* member = std::get_if<bool Settings::*>(&setting.member);
    if (member == nullptr) return false;
    settings.*(*member) = value;
    return true;
  }
  bool list(const std::vector<std::string>& values) const {
    const auto* member = std::get_if<std::vector<std::string> Settings::*>(&setting.member);
    if (member == nullptr) return false;
    std::vector<std::string> canonical;
    for (const std::string& value : values) {
      const auto network = Network::parse(value);
      if (!network) return false;
      canonical.push_back(network->text());
    }
    settings.*(*member) = std::move(canonical);
    return true;
  }

  // From the environment or a flag, where everything is text.
  bool plain(const std::string& value) const {
    if (std::holds_alternative<std::string Settings::*>(setting.member)) return text(value);
    if (std::holds_alternative<bool Settings::*>(setting.member))
      return value == "true" || value == "1" ? truth(true)
                                             : (value == "false" || value == "0") && truth(false);
    if (std::holds_alternative<std::vector<std::string> Settings::*>(setting.member)) {
      std::vector<std::string> values;
      std::string_view rest = value;
      while (!rest.empty()) {
        const std::string_view one = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(one.size() + 1, rest.size()));
        values.push_back(trimmed(one));
      }
      return list(values);
    }
    std::int64_t whole = 0;
    const auto [end, wrong] = std::from_chars(value.data(), value.data() + value.size(), whole);
    return wrong == std::errc{} && end == value.data() + value.size() && number(whole);
  }
  bool toml(const toml::Value& value) const {
    if (const std::string* words = value.text()) return text(*words);
    if (const std::int64_t* whole = value.integer()) return number(*whole);
    if (const bool* yes = value.boolean()) return truth(*yes);
    if (const toml::Array* values = value.array()) {
      std::vector<std::string> texts;
      for (const toml::Value& one : *values) {
        if (one.text() == nullptr) return false;
        texts.push_back(*one.text());
      }
      return list(texts);
    }
    return false;
  }
};

std::string shown(const Settings& settings, const Setting& setting) {
  struct Show {
    const Settings& all;
    std::string operator()(std::string Settings::*member) const { return all.*member; }
    std::string operator()(int Settings::*member) const { return std::to_string(all.*member); }
    std::string operator()(std::int64_t Settings::*member) const { return std::to_string(all.*member); }
    std::string operator()(bool Settings::*member) const { return all.*member ? "true" : "false"; }
    std::string operator()(std::vector<std::string> Settings::*member) const {
      std::string text;
      for (const std::string& one : all.*member) text += (text.empty() ? "" : ", ") + one;
      return text;
    }
  };
  return std::visit(Show{settings}, setting.member);
}

// Advice about an unknown name, as names are written at its origin.
std::string advice(std::string_view unknown, std::string (*written)(std::string_view)) {
  std::vector<std::string> names;
  for (const Setting& setting : kSettings) names.push_back(written(setting.name));
  std::string near = nearest(unknown, {names.begin(), names.end()});
  for (const std::string& name : names)
    if (near.empty() && name.starts_with(unknown)) near = name;
  return near.empty() ? "`chaffinch settings` lists them all" : "did you mean " + near + "?";
}

std::string upper(std::string_view name) {
  std::string text(name);
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return text;
}

std::string as_is(std::string_view name) {
  return std::string(name);
}

class Loader {
 public:
  Loader() {
    for (const Setting& setting : kSettings) origins_.emplace(setting.name, "default");
  }

  Done file(const std::string& text, const std::string& name) {
    auto table = toml::parse(text, name);
    if (!table) return tl::unexpected(std::move(table).error());
    return tables(*table, "", name);
  }

  Done environment(const std::map<std::string, std::string>& variables) {
    for (const auto& [name, value] : variables) {
      if (!name.starts_with("CHAFFINCH_") || name.starts_with("CHAFFINCH_TEST_")) continue;
      // Neither is a setting: a secret, what a client shows, where the file is, and a page under work.
      if (name == "CHAFFINCH_ADMIN_TOKEN" || name == "CHAFFINCH_TOKEN" || name == "CHAFFINCH_CONFIG" ||
          name == "CHAFFINCH_WEB")
        continue;
      const auto* setting = std::ranges::find_if(
          kSettings, [&](const Setting& one) { return environment_name(one.name) == name; });
      if (setting == std::end(kSettings))
        return fail(Code::invalid, name + " is not a setting", "environment " + name,
                    advice(upper(name), environment_name));
      if (auto put = plain(*setting, value, "environment " + name); !put) return put;
    }
    return {};
  }

  Done flags(const std::map<std::string, std::string>& values) {
    for (const auto& [name, value] : values) {
      const Setting* setting = find_setting(name);
      if (setting == nullptr)
        return fail(Code::invalid, name + " is not a setting", "flag " + flag_name(name),
                    advice(name, as_is));
      if (auto put = plain(*setting, value, "flag " + flag_name(name)); !put) return put;
    }
    return {};
  }

  // What no single setting can tell.
  Done together() const {
    if (auto safe = loopback("http.host", settings_.host); !safe) return safe;
    if (settings_.metrics_port < 0) return {};
    if (auto safe = loopback("metrics.host", settings_.metrics_host); !safe) return safe;
    if (settings_.metrics_port != 0 && settings_.metrics_port == settings_.port &&
        settings_.metrics_host == settings_.host)
      return fail(Code::invalid, "metrics.port is " + std::to_string(settings_.port) + ", as is http.port",
                  origins_.at("metrics.port"), "give the metrics a port of their own, or -1 for none");
    return {};
  }

  Settings finished() && {
    for (const Setting& setting : kSettings)
      settings_.rows.push_back({std::string(setting.name), shown(settings_, setting),
                                origins_.at(std::string(setting.name)), std::string(setting.about)});
    return std::move(settings_);
  }

 private:
  // [http] port = 1, http.port = 1 and ["http"] are all the same to TOML: tables within tables.
  Done tables(const toml::Table& table, const std::string& prefix, const std::string& file) {
    for (const auto& [key, value] : table) {
      const std::string name = prefix + key;
      const std::string where = "file " + file + ":" + std::to_string(value.line);
      const Setting* setting = find_setting(name);
      if (setting != nullptr) {
        if (!Put{settings_, *setting}.toml(value)) return refused(*setting, said(value), where);
        origins_[name] = where;
        continue;
      }
      const bool group = std::ranges::any_of(
          kSettings, [&](const Setting& one) { return one.name.starts_with(name + "."); });
      if (group && value.table() != nullptr) {
        if (auto inner = tables(*value.table(), name + ".", file); !inner) return inner;
        continue;
      }
      if (group)
        return fail(Code::invalid, name + " is a group of settings, not a setting", where,
                    "write [" + name + "] on a line of its own");
      return fail(Code::invalid, name + " is not a setting", where, advice(name, as_is));
    }
    return {};
  }

  static std::string said(const toml::Value& value) {
    if (const std::string* text = value.text()) return in_quotes(*text);
    if (const std::int64_t* whole = value.integer()) return std::to_string(*whole);
    return std::string(value.kind());
  }

  Done plain(const Setting& setting, const std::string& value, const std::string& where) {
    if (!Put{settings_, setting}.plain(value)) return refused(setting, in_quotes(value), where);
    origins_[std::string(setting.name)] = where;
    return {};
  }

  static Done refused(const Setting& setting, const std::string& value, const std::string& where) {
    return fail(Code::invalid, std::string(setting.name) + " is " + value + "; it may be " + may_be(setting),
                where);
  }

  Done loopback(const std::string& name, const std::string& host) const {
    if (settings_.public_without_tls || host == "localhost") return {};
    static const Network kFour = *Network::parse("127.0.0.0/8");
    static const Address kSix = *Address::parse("::1");
    const auto address = Address::parse(host);
    if (address && (kFour.contains(*address) || *address == kSix)) return {};
    return fail(
        Code::invalid,
        name + " is " + in_quotes(host) +
            ", which others can reach, and nothing here speaks TLS: tokens and comments would travel in the "
            "open",
        origins_.at(name),
        "listen on 127.0.0.1 behind a proxy that speaks TLS, or set http.public_without_tls to true if what "
        "lies between is safe");
  }

  Settings settings_;
  std::map<std::string, std::string> origins_;
};

}  // namespace

Result<Settings> load_settings(const std::optional<std::pair<std::string, std::string>>& file,
                               const std::map<std::string, std::string>& environment,
                               const std::map<std::string, std::string>& flags) {
  Loader loader;
  if (file) {
    if (auto read = loader.file(file->first, file->second); !read)
      return tl::unexpected(std::move(read).error());
  }
  if (auto read = loader.environment(environment); !read) return tl::unexpected(std::move(read).error());
  if (auto read = loader.flags(flags); !read) return tl::unexpected(std::move(read).error());
  if (auto sound = loader.together(); !sound) return tl::unexpected(std::move(sound).error());
  return std::move(loader).finished();
}

std::vector<Settings::Row> known_settings() {
  return Loader().finished().rows;
}

}  // namespace chaffinch
