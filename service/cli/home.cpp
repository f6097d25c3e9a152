#include "cli/home.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include "cli/terminal.h"
#include "http/wire_desk.h"
#include "packs.h"

namespace fs = std::filesystem;

namespace chaffinch::cli {
namespace {

constexpr std::size_t kPackBytes = 16 * 1024 * 1024;  // one pack file
constexpr std::size_t kConfigBytes = 1024 * 1024;
constexpr std::size_t kMostPacks = 1'000;

bool is_list(const fs::path& file) {
  return file.extension() == ".txt";
}

// Lists beside a pack, by file name.
Result<std::vector<std::pair<std::string, std::string>>> read_lists(const fs::path& folder) {
  std::vector<std::pair<std::string, std::string>> lists;
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator(folder, problem)) {
    if (!is_list(entry.path())) continue;
    auto text = read_file(entry.path().string(), kListBytes);
    if (!text) return tl::unexpected(std::move(text).error());
    lists.emplace_back(entry.path().filename().string(), std::move(*text));
  }
  if (problem)
    return fail(Code::invalid, "cannot read the folder " + folder.string() + ": " + problem.message());
  std::sort(lists.begin(), lists.end());
  return lists;
}

std::vector<PackSource> built_in_packs() {
  std::vector<std::pair<std::string, std::string>> lists;
  std::vector<PackSource> packs;
  for (const auto& [name, text] : chaffinch::kPacks) {
    if (is_list(fs::path(name))) lists.emplace_back(name, text);
  }
  for (const auto& [name, text] : chaffinch::kPacks) {
    if (!is_list(fs::path(name)))
      packs.push_back(
          {.name = std::string(name), .text = std::string(text), .lists = lists, .shipped = true});
  }
  return packs;
}

Done make_folder(const std::string& folder) {
  std::error_code problem;
  const fs::path path(folder);
  if (fs::is_directory(path, problem)) return {};
  const fs::path above = path.has_filename() ? path.parent_path() : path.parent_path().parent_path();
  problem.clear();  // that it is not there yet is no problem
  if (!above.empty()) fs::create_directories(above, problem);
  if (!problem && ::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    problem = std::error_code(errno, std::generic_category());
  }
  if (problem) {
    return fail(Code::invalid, "cannot make the data folder " + folder + ": " + problem.message(), {},
                "name a folder that this user may write with --data");
  }
  return {};
}

// Which of them are settings is for settings.h to say.
std::map<std::string, std::string> chaffinch_environment() {
  constexpr std::string_view kPrefix = "CHAFFINCH_";
  std::map<std::string, std::string> found;
  for (char** one = environ; *one != nullptr; ++one) {
    const std::string_view text(*one);
    const std::size_t equals = text.find('=');
    if (!text.starts_with(kPrefix) || equals == std::string_view::npos) continue;
    found.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return found;
}

}  // namespace

Time now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

Result<std::string> read_file(const std::string& file, std::size_t at_most) {
  std::error_code problem;
  if (fs::is_directory(file, problem)) return fail(Code::invalid, "cannot read " + file + ": it is a folder");
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(Code::invalid, "cannot read " + file + ": " + std::strerror(errno));
  std::string text;
  char step[64 * 1024];
  while (in.read(step, sizeof step) || in.gcount() > 0) {
    text.append(step, static_cast<std::size_t>(in.gcount()));
    if (text.size() > at_most) {
      return fail(Code::too_large, file + " is larger than " + grouped(at_most) + " bytes");
    }
  }
  if (in.bad()) return fail(Code::invalid, "cannot read " + file + ": " + std::strerror(errno));
  return text;
}

Result<Settings> settings_of(const Given& given) {
  std::string config = given.config;
  if (const char* named = std::getenv("CHAFFINCH_CONFIG"); config.empty() && named != nullptr) config = named;
  std::optional<std::pair<std::string, std::string>> file;
  if (!config.empty()) {
    auto text = read_file(config, kConfigBytes);
    if (!text) return tl::unexpected(std::move(text).error());
    file.emplace(std::move(*text), config);
  }
  return load_settings(file, chaffinch_environment(), given.flags);
}

std::string database_of(const Settings& settings) {
  return (fs::path(settings.data) / kDatabaseName).string();
}

Result<std::unique_ptr<Store>> open_home(const Settings& settings, bool make) {
  if (make) {
    if (auto made = make_folder(settings.data); !made) return tl::unexpected(std::move(made).error());
  } else {
    std::error_code ignored;
    if (!fs::exists(database_of(settings), ignored)) {
      return fail(Code::not_found, "there is no database in " + settings.data, {},
                  "name its folder with --data, or make one by starting `chaffinch serve`");
    }
  }
  StoreOptions options;
  options.address = "sqlite:" + database_of(settings);
  options.readers = static_cast<std::uint32_t>(settings.readers);
  try {
    return open_store(options);
  } catch (const std::exception& problem) {
    return fail(Code::unavailable, problem.what());
  }
}

std::string url_of(const std::string& host, int port) {
  // Every address of the machine is reached from here by the loopback.
  std::string shown = host == "0.0.0.0" || host == "::" ? "127.0.0.1" : host;
  if (shown.find(':') != std::string::npos) shown = "[" + shown + "]";
  return "http://" + shown + ":" + std::to_string(port);
}

std::string desk_link(const Settings& settings, const std::string& code) {
  const std::string base = settings.port == 0 ? std::string() : url_of(settings.host, settings.port);
  return base + http::desk_path(code);
}

std::string over_the_api(const Settings& settings, const std::string& method, const std::string& path,
                         const std::string& body) {
  std::string curl = "While the service runs, ask it instead:\n  curl -X " + method + " http://" +
                     settings.host + ":" + std::to_string(settings.port) + path +
                     " -H \"Authorization: Bearer $TOKEN\"";
  if (!body.empty()) curl += " -H 'Content-Type: application/json' -d '" + body + "'";
  return curl + "\n";
}

Result<PackSource> read_pack(const std::string& file) {
  auto text = read_file(file, kPackBytes);
  if (!text) return tl::unexpected(std::move(text).error());
  const fs::path path(file);
  auto lists = read_lists(path.has_parent_path() ? path.parent_path() : fs::path("."));
  if (!lists) return tl::unexpected(std::move(lists).error());
  return PackSource{path.filename().string(), std::move(*text), std::move(*lists)};
}

Result<std::vector<PackSource>> read_packs(const std::string& folder) {
  if (folder.empty()) return built_in_packs();
  std::vector<fs::path> files;
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator(folder, problem)) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  if (problem) {
    return fail(Code::invalid, "cannot read the rules folder " + folder + ": " + problem.message());
  }
  if (files.empty()) return fail(Code::invalid, "the rules folder " + folder + " holds no pack (*.toml)");
  if (files.size() > kMostPacks)
    return fail(Code::too_large, "the rules folder " + folder + " holds too many packs");
  std::sort(files.begin(), files.end());
  auto lists = read_lists(folder);
  if (!lists) return tl::unexpected(std::move(lists).error());
  std::vector<PackSource> packs;
  for (const fs::path& file : files) {
    auto text = read_file(file.string(), kPackBytes);
    if (!text) return tl::unexpected(std::move(text).error());
    packs.push_back({file.filename().string(), std::move(*text), *lists});
  }
  return packs;
}

std::shared_ptr<const RuleSet> build_rules(const std::string& folder, std::vector<Error>& errors) {
  auto packs = read_packs(folder);
  if (!packs) {
    errors.push_back(std::move(packs).error());
    return nullptr;
  }
  return RuleSet::build(*packs, errors);
}

std::shared_ptr<const RuleSet> rules_or_complain(const std::string& folder) {
  std::vector<Error> errors;
  auto rules = build_rules(folder, errors);
  if (rules) return rules;
  for (const Error& error : errors) complain(error);
  return nullptr;
}

}  // namespace chaffinch::cli
