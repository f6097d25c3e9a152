// The queue: finding, sharing, looking closely, judging again.
#include "core/limits.h"
#include "http/calls.h"
#include "http/filter.h"
#include "http/query.h"
#include "http/wire.h"

namespace chaffinch::http::calls {
namespace {

constexpr std::uint32_t kCountUsual = 1'000;

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

Result<Answer> queue_count(Service& service, Call& call) {
  Query from(call.ask);
  QueueQuery query;
  read_filter(from, query);
  const std::uint32_t at_most = from.whole("at_most", 1, limits::kCountMost).value_or(kCountUsual);
  if (auto fine = from.finish(); !fine) return tl::unexpected(std::move(fine).error());
  if (auto fine = aim(call, query, "?site"); !fine) return tl::unexpected(std::move(fine).error());
  auto count = service.store().count(query, at_most);
  if (!count) return tl::unexpected(std::move(count).error());
  return json_answer(write_count(*count));
}

Result<Answer> queue_counts(Service& service, Call& call) {
  Query from(call.ask);
  const std::string named = from.text_or_empty("site", limits::kSiteName);
  if (auto fine = from.finish(); !fine) return tl::unexpected(std::move(fine).error());
  auto site = site_of(call, named, false, "?site");
  if (!site) return tl::unexpected(std::move(site).error());
  auto counts = service.store().queue_counts(call.who.reach, *site, call.who.token);
  if (!counts) return tl::unexpected(std::move(counts).error());
  return json_answer(write_queue_counts(*counts));
}

Result<Answer> claim(Service& service, Call& call) {
  auto once = once_of(call);
  if (!once) return tl::unexpected(std::move(once).error());
  auto wish = read_claim(call.ask.body);
  if (!wish) return tl::unexpected(std::move(wish).error());
  const Time until = call.now + wish->minutes * kMinute;
  if (!wish->ids.empty()) {
    auto claimed = service.store().claim_these(ClaimThese{.reach = call.who.reach,
                                                          .ids = std::move(wish->ids),
                                                          .holder = holder_of(call.who),
                                                          .token = call.who.token,
                                                          .until = until,
                                                          .now = call.now,
                                                          .once = std::move(*once)});
    if (!claimed) return tl::unexpected(std::move(claimed).error());
    return with_mark(json_answer(write_claimed(*claimed)), *claimed);
  }
  if (auto fine = aim(call, wish->query, "/site"); !fine) return tl::unexpected(std::move(fine).error());
  auto items = service.store().claim(Claim{.query = std::move(wish->query),
                                           .holder = holder_of(call.who),
                                           .token = call.who.token,
                                           .count = wish->count,
                                           .until = until,
                                           .now = call.now,
                                           .once = std::move(*once)});
  if (!items) return tl::unexpected(std::move(items).error());
  Claimed claimed;
  claimed.items = std::move(*items);
  return with_mark(json_answer(write_claimed(claimed)), *items);
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
  const auto heard = service.intake.explain(found->comment, found->facts, found->verdict);
  return json_answer(write_detail(*found, heard ? &*heard : nullptr));
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
