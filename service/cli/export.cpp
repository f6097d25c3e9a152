#include <filesystem>

#include "cli/commands.h"
#include "cli/signals.h"
#include "cli/target.h"
#include "cli/terminal.h"
#include "http/wire.h"

namespace chaffinch::cli {

int export_archive(const ExportArchive& wish) {
  auto settings = settings_of(wish.given);
  if (!settings) return complain(settings.error());
  std::error_code ignored;
  if (!std::filesystem::exists(database_of(*settings), ignored)) {
    return complain("there is no database in " + settings->data + "; name its folder with --data");
  }
  Signals signals;
  Target target(wish.file);
  if (auto opened = target.open(); !opened) return complain(opened.error());
  std::optional<Progress> progress;
  std::uint64_t rows = 0;
  auto walked = export_comments("sqlite:" + database_of(*settings), wish.site,
                                [&](const Comment& comment, std::uint64_t total) {
                                  if (!progress) progress.emplace("export", total);
                                  if (!target.add(http::write_row(comment))) return false;
                                  ++rows;
                                  progress->show(rows, rows);
                                  return !signals.stopped();
                                });
  if (progress) progress->clear();
  if (!walked && walked.error().code == Code::not_found) {
    return complain("there is no site " + wish.site + "; `chaffinch site list` shows them");
  }
  if (!walked) return complain(walked.error());
  if (signals.stopped()) return complain("stopped: the export is not whole");
  if (auto finished = target.finish(); !finished) return complain(finished.error());
  err(grouped(rows) + (rows == 1 ? " comment exported\n" : " comments exported\n"));
  return kFine;
}

}  // namespace chaffinch::cli
