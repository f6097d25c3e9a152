// archive: comments with all that judging them again needs.
#include "store/sqlite/engine.h"
#include "store/sqlite/pages.h"

namespace chaffinch::sqlite {

Result<ArchivePage> Engine::archive(const ArchiveQuery& query) {
  QueueQuery all;
  all.reach = query.reach;
  all.site = query.site;
  all.status.reset();
  all.sort = Sort::newest;
  all.cursor = query.cursor;
  all.limit = query.limit;
  return read([&](Db& db) -> Result<ArchivePage> {
    auto filter = wanted(db, sites_, keys_, all);
    if (!filter) return tl::unexpected(std::move(filter).error());
    auto rows = page_of(db, sites_, keys_, all, *filter);
    if (!rows) return tl::unexpected(std::move(rows).error());
    ArchivePage page;
    page.next = std::move(rows->next);
    for (Row& row : rows->rows) {
      // An archive's rows arrive in any order of their own times, so that old ones do not end the walk.
      if (query.since && row.comment.shown_at() < *query.since) continue;
      ArchiveItem item;
      item.verdict = row.verdict();
      item.facts = row.facts();
      item.comment = std::move(row.comment);
      page.items.push_back(std::move(item));
    }
    return page;
  });
}

}  // namespace chaffinch::sqlite
