// What several commands need first: settings from all their sources, the rule packs, the store of a data
// folder.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/ruleset.h"
#include "core/result.h"
#include "core/time.h"
#include "settings.h"
#include "store/store.h"

namespace chaffinch::cli {

// As given on the command line.
struct Given {
  std::string config;                        // TOML file; empty: CHAFFINCH_CONFIG, else none
  std::map<std::string, std::string> flags;  // setting name -> value
};

inline constexpr const char* kDatabaseName = "chaffinch.db";
inline constexpr const char* kDataSetting = "data.folder";
inline constexpr const char* kRulesSetting = "rules.folder";
inline constexpr std::size_t kListBytes = 64 * 1024 * 1024;  // one list file: 60,000 entries are about 1 MiB

Time now();  // the system's clock

Result<Settings> settings_of(const Given& given);

std::string database_of(const Settings& settings);  // path of the database file

// Makes the data folder (0700) when `make` and opens its database. Errors are sentences for the operator.
// With `make` unset, a folder without a database is an error that says so.
Result<std::unique_ptr<Store>> open_home(const Settings& settings, bool make);

// Where the service is reached from this machine: "http://127.0.0.1:8080".
std::string url_of(const std::string& host, int port);
// A link that signs a browser in at the desk. Of a service on any free port (0) only the path is known.
std::string desk_link(const Settings& settings, const std::string& code);

// What to say when the store is locked because the service runs: the same over its API.
std::string over_the_api(const Settings& settings, const std::string& method, const std::string& path,
                         const std::string& body);

// The packs of a folder (*.toml and the *.txt lists beside them), or with an empty name those that are built
// in.
Result<std::vector<PackSource>> read_packs(const std::string& folder);
// One pack file and the lists beside it.
Result<PackSource> read_pack(const std::string& file);
// Packs read and compiled. All problems are in `errors` when nothing is returned.
std::shared_ptr<const RuleSet> build_rules(const std::string& folder, std::vector<Error>& errors);
// The same; problems go to standard error.
std::shared_ptr<const RuleSet> rules_or_complain(const std::string& folder);

// A whole file of at most `at_most` bytes.
Result<std::string> read_file(const std::string& file, std::size_t at_most);

}  // namespace chaffinch::cli
