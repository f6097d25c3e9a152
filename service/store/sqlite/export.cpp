// export_comments: a site's comments from outside the process that writes.
#include <SQLiteCpp/Exception.h>

#include "store/sqlite/rows.h"
#include "store/sqlite/schema.h"

namespace chaffinch {
namespace {

Done walk(const std::string& file, const std::string& site,
          const std::function<bool(const Comment&, std::uint64_t total)>& each) {
  sqlite::Db db(sqlite::reading({}, file));
  // One state of the database from the first comment to the last, whatever the service writes meanwhile.
  const sqlite::Snapshot snapshot(db);
  if (const auto schema = sqlite::schema_of(db); schema != sqlite::schema_known()) {
    return fail(Code::conflict,
                "the database is at migration " + std::to_string(schema) + ", this program knows " +
                    std::to_string(sqlite::schema_known()),
                file, "use the program of the service; starting it brings an older database up to date");
  }
  sqlite::Sites sites;
  sites.load(db);
  const auto entry = sites.find(site);
  if (!entry) return fail(Code::not_found, "there is no such site", site);
  std::uint64_t total = 0;
  {
    auto sum = db.use("SELECT pending + approved + rejected + spam + checked FROM site WHERE no = ?1");
    if (sum.bind(entry->no).step()) total = sum.as<std::uint64_t>(0);
  }
  // In order of arrival: a reply comes after what it answers.
  auto all = db.use("SELECT seq FROM comment WHERE site = ?1 ORDER BY seq");
  all.bind(entry->no);
  while (all.step()) {
    const auto row = sqlite::row_by_seq(db, sites, all.integer(0));
    if (row && !each(row->comment, total)) break;
  }
  return {};
}

}  // namespace

Done export_comments(const std::string& address, const std::string& site,
                     const std::function<bool(const Comment&, std::uint64_t total)>& each) {
  const std::string file = sqlite::file_of(address);
  try {
    return walk(file, site, each);
  } catch (const SQLite::Exception& error) {
    return fail(Code::unavailable, "cannot read the database: " + sqlite::trouble_of(error).sentence, file);
  }
}

}  // namespace chaffinch
