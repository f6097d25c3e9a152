#include "cli/known.h"

#include <filesystem>
#include <utility>

#include "cli/lines.h"
#include "cli/terminal.h"
#include "core/limits.h"
#include "http/wire.h"

namespace chaffinch::cli {
namespace {

Result<std::uint64_t> each_of_archive(const std::string& file,
                                      const std::function<void(const Submission&)>& visit) {
  auto reader = LineReader::open(file);
  if (!reader) return tl::unexpected(std::move(reader).error());
  Progress progress("compare", reader->size());
  std::uint64_t seen = 0;
  std::string_view line;
  while (true) {
    const LineReader::Got got = reader->next(line);
    if (got == LineReader::Got::failed) return fail(Code::invalid, reader->problem());
    if (got == LineReader::Got::end || got == LineReader::Got::stopped) return seen;
    if (got == LineReader::Got::line && line.find_first_not_of(" \t") == std::string_view::npos) continue;
    const std::string where = reader->name() + ":" + std::to_string(reader->number());
    if (got == LineReader::Got::too_long) return fail(Code::too_large, "the line is too long", where);
    auto row = http::read_row(line);
    if (!row) return fail(Code::invalid, in_one_sentence(row.error()), where);
    if (row->label && *row->label != DecisionKind::approve) continue;
    ++seen;
    visit(row->submission);
    progress.show(reader->bytes(), seen);
  }
}

Result<std::uint64_t> each_approved(Store& store, const std::function<void(const Submission&)>& visit) {
  std::uint64_t total = 0, seen = 0, read = 0;
  auto sites = store.sites();
  if (!sites) return tl::unexpected(std::move(sites).error());
  for (const Site& site : *sites) {
    if (const auto stats = store.stats(site.id))
      total += stats->pending + stats->approved + stats->rejected + stats->spam + stats->checked;
  }
  Progress progress("compare", total);
  ArchiveQuery query;
  query.limit = limits::kPage;
  while (true) {
    auto page = store.archive(query);
    if (!page) return tl::unexpected(std::move(page).error());
    for (const ArchiveItem& item : page->items) {
      ++read;
      if (item.comment.status != Status::approved) continue;
      ++seen;
      visit(item.comment);
    }
    progress.show(read, seen);
    if (!page->next) return seen;
    query.cursor = std::move(*page->next);
  }
}

}  // namespace

bool is_folder(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

Result<std::vector<PackSource>> packs_named(const std::vector<std::string>& files) {
  std::vector<PackSource> packs;
  for (const std::string& file : files) {
    if (is_folder(file)) {
      auto some = read_packs(file);
      if (!some) return tl::unexpected(std::move(some).error());
      for (PackSource& one : *some) packs.push_back(std::move(one));
      continue;
    }
    auto pack = read_pack(file);
    if (!pack) return tl::unexpected(std::move(pack).error());
    packs.push_back(std::move(*pack));
  }
  return packs;
}

Result<std::unique_ptr<Store>> store_given(const Given& given, const Settings& settings) {
  if (!given.flags.contains(kDataSetting)) return nullptr;
  return open_home(settings, false);
}

std::unique_ptr<Rulebook> with_published(Intake& intake, Metrics& metrics, const Settings& settings) {
  auto rulebook =
      std::make_unique<Rulebook>(intake, metrics, [folder = settings.rules] { return read_packs(folder); });
  for (const Error& error : rulebook->start(now())) complain(error);
  return rulebook;
}

Result<std::uint64_t> each_wanted(const Given& given, const std::string& against,
                                  const std::function<void(const Submission&)>& visit) {
  std::uint64_t seen = 0;
  if (!against.empty()) {
    auto some = each_of_archive(against, visit);
    if (!some) return some;
    seen += *some;
  }
  auto settings = settings_of(given);
  if (!settings) return tl::unexpected(std::move(settings).error());
  auto store = store_given(given, *settings);
  if (!store) return tl::unexpected(std::move(store).error());
  if (!*store) return seen;
  auto some = each_approved(**store, visit);
  if (!some) return some;
  return seen + *some;
}

}  // namespace chaffinch::cli
