#include "cli/rules_watch.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <utility>
#include <vector>

namespace fs = std::filesystem;

namespace chaffinch::cli {
namespace {

constexpr auto kPause = std::chrono::seconds(2);

}  // namespace

RulesWatch::RulesWatch(std::string folder, std::string taken, std::function<void()> changed)
    : folder_(std::move(folder)),
      taken_(std::move(taken)),
      changed_(std::move(changed)),
      thread_([this](const std::stop_token& stop) { live(stop); }) {}

std::string rules_stamp(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code problem;
  for (fs::directory_iterator at(folder, problem), end; !problem && at != end; at.increment(problem)) {
    const fs::path& path = at->path();
    if (path.extension() != ".toml" && path.extension() != ".txt") continue;
    std::error_code gone;  // between listing and looking
    const auto size = fs::file_size(path, gone);
    const auto time = fs::last_write_time(path, gone).time_since_epoch().count();
    files.push_back(path.filename().string() + "/" + std::to_string(size) + "/" + std::to_string(time));
  }
  std::sort(files.begin(), files.end());
  std::string all;
  for (const std::string& one : files) all += one + "\n";
  return all;
}

void RulesWatch::live(const std::stop_token& stop) {
  std::string before = taken_;
  while (true) {
    {
      std::unique_lock guard(lock_);
      wake_.wait_for(guard, stop, kPause, [] { return false; });
    }
    if (stop.stop_requested()) return;
    std::string now = rules_stamp(folder_);
    if (now == before && now != taken_) {
      taken_ = now;
      changed_();
    }
    before = std::move(now);
  }
}

}  // namespace chaffinch::cli
