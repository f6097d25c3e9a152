#include <filesystem>

#include "cli/commands.h"
#include "cli/terminal.h"

namespace chaffinch::cli {

int backup(const Backup& wish) {
  auto settings = settings_of(wish.given);
  if (!settings) return complain(settings.error());
  std::error_code ignored;
  if (std::filesystem::exists(wish.file, ignored)) {
    return complain(wish.file + " exists already; name a file that does not");
  }
  if (!std::filesystem::exists(database_of(*settings), ignored)) {
    return complain("there is no database in " + settings->data + "; name its folder with --data");
  }
  Progress progress("backup", 1'000);
  const auto copied = copy_store("sqlite:" + database_of(*settings), wish.file, [&](double part) {
    progress.show(static_cast<std::uint64_t>(part * 1'000), 0);
  });
  progress.clear();
  if (!copied) return complain(copied.error());
  const auto bytes = std::filesystem::file_size(wish.file, ignored);
  return out("Copied and verified: " + plain(wish.file) + ", " + grouped(bytes) +
             " bytes.\nTo restore: put it as " + kDatabaseName +
             " into an empty folder and start `chaffinch serve --data FOLDER`.\n")
             ? kFine
             : kFailed;
}

}  // namespace chaffinch::cli
