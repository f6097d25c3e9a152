// The queue: finding, sharing, looking closely, judging again.
#include "core/limits.h"
#include "http/calls.h"
#include "http/filter.h"
#include "http/query.h"
#include "http/wire.h"

namespace chaffinch::http::calls {
namespace {

// What the caller adds to a filter: how far it sees, and under which name it claims.
Done aim(const Call& call, QueueQuery& query, std::string_view where) {
  auto site = site_of(call, query.site, false, where);
  if (!site) return tl::unexpected(std::move(site).error());
  query.site = std::move(*site);
  query.reach = call.who.reach;
  query.holder = holder_of(call.who);
  query.now = call.now;
  if (!query.article.empty() && query.site.empty()) {
    return fail(Code::invalid, "an article is known within its site only", std::string(where),
                "name the site too");
  }
  return {};
}

}  // namespace

Result<Answer> queue(Service& service, Call& call) {
  Query from(call.ask);
  QueueQuery query;
  read_filter(from, query);
  read_sort(from, query);
  query.cursor = from.cursor();
  query.limit = from.page();
  if (auto fine = from.finish(); !fine) return tl::unexpected(std::move(fine).error());
  if (auto fine = aim(call, query, "?site"); !fine) return tl::unexpected(std::move(fine).error());
  auto page = service.store().queue(query);
  if (!page) return tl::unexpected(std::move(page).error());
  return json_answer(write_queue(page->items, page->next));
}

Result<Answer> claim(Service& service, Call& call) {
  auto once = once_of(call);
  if (!once) return tl::unexpected(std::move(once).error());
  auto wish = read_claim(call.ask.body);
  if (!wish) return tl::unexpected(std::move(wish).error());
  if (auto fine = aim(call, wish->query, "/site"); !fine) return tl::unexpected(std::move(fine).error());
  auto items = service.store().claim(Claim{.query = std::move(wish->query),
                                           .holder = holder_of(call.who),
                                           .token = call.who.token,
                                           .count = wish->count,
                                           .until = call.now + wish->minutes * kMinute,
                                           .now = call.now,
                                           .once = std::move(*once)});
  if (!items) return tl::unexpected(std::move(items).error());
  return with_mark(json_answer(write_claimed(*items)), *items);
}

Result<Answer> unclaim(Service& service, Call& call) {
  auto once = key_of(call);
  if (!once) return tl::unexpected(std::move(once).error());
  Query from(call.ask);
  std::vector<Id> ids;
  for (const std::string& text : from.list("id", limits::kPage, 200)) {
    if (const auto id = Id::parse(text))
      ids.push_back(*id);
    else
      from.wrong("id", "it is not an id");
  }
  if (auto fine = from.finish(); !fine) return tl::unexpected(std::move(fine).error());
  auto done = service.store().unclaim(holder_of(call.who), ids, *once);
  if (!done) return tl::unexpected(std::move(done).error());
  return with_mark(empty_answer(), *done);
}

Result<Answer> detail(Service& service, Call& call) {
  Query from(call.ask);
  if (auto fine = from.finish(); !fine) return tl::unexpected(std::move(fine).error());
  auto id = id_of(call, "comment");
  if (!id) return tl::unexpected(std::move(id).error());
  auto found = service.store().detail(call.who.reach, *id, call.now);
  if (!found) return tl::unexpected(std::move(found).error());
  return json_answer(write_detail(*found));
}

Result<Answer> recheck(Service& service, Call& call) {
  auto once = once_of(call);
  if (!once) return tl::unexpected(std::move(once).error());
  auto wish = read_recheck(call.ask.body);
  if (!wish) return tl::unexpected(std::move(wish).error());
  auto site = site_of(call, wish->site, false);
  if (!site) return tl::unexpected(std::move(site).error());
  auto done = service.intake.recheck(call.who.reach, *site, wish->cursor, *once, call.now);
  if (!done) {
    Error error = std::move(done).error();
    if (error.where == "?cursor") error.where = "/cursor";
    return tl::unexpected(std::move(error));
  }
  return with_mark(json_answer(write_rechecked(*done)), *done);
}

}  // namespace chaffinch::http::calls
