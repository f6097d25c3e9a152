// Decisions, their log, and their way back.
#include <algorithm>

#include "core/limits.h"
#include "http/calls.h"
#include "http/filter.h"
#include "http/problem.h"
#include "http/query.h"
#include "http/wire.h"

namespace chaffinch::http::calls {
namespace {

// Nothing was changed: nothing was recorded either, and the client is told why.
Answer nothing_changed(const Settled& settled, std::string what) {
  return problem(Error{.code = Code::conflict,
                       .what = std::move(what),
                       .where = {},
                       .advice = "look at the comments again"},
                 settled.skipped);
}

}  // namespace

Result<Answer> decide(Service& service, Call& call) {
  auto once = once_of(call);
  if (!once) return tl::unexpected(std::move(once).error());
  auto wish = read_decision(call.ask.body);
  if (!wish) return tl::unexpected(std::move(wish).error());
  wish->reach = call.who.reach;
  wish->by = call.who.name;
  wish->by_token = call.who.token;
  wish->once = std::move(*once);
  wish->now = call.now;
  if (wish->filter) {
    if (auto fine = aim(call, *wish->filter, "/filter/site"); !fine)
      return tl::unexpected(std::move(fine).error());
  }
  auto settled = service.intake.settle(*wish);
  if (!settled) return tl::unexpected(std::move(settled).error());
  if (settled->changed == 0) return nothing_changed(*settled, "no comment was changed");
  // The decision stands, whether or not this can be read now.
  const auto near = service.store().near_pending(call.who.reach, settled->id);
  Answer answer = json_answer(write_decided(*settled, near ? &*near : nullptr));
  if (settled->replayed) mark_replayed(answer);
  return answer;
}

Result<Answer> decisions(Service& service, Call& call) {
  Query from(call.ask);
  DecisionQuery query;
  query.reach = call.who.reach;
  query.site = from.text_or_empty("site", limits::kSiteName);
  query.by = from.text_or_empty("by", limits::kName);
  if (query.by == kMe) {
    query.by.clear();
    query.by_token = call.who.token;
  }
  const std::string kind = from.text_or_empty("decision", 20);
  if (!kind.empty()) {
    query.kind = decision_from(kind);
    if (!query.kind)
      from.wrong("decision", "there is no such decision", "it may be approve, reject, spam, undo or learn");
  }
  query.cursor = from.cursor();
  query.limit = from.page();
  if (auto fine = from.finish(); !fine) return tl::unexpected(std::move(fine).error());
  auto site = site_of(call, query.site, false, "?site");
  if (!site) return tl::unexpected(std::move(site).error());
  query.site = std::move(*site);
  auto page = service.store().decisions(query);
  if (!page) return tl::unexpected(std::move(page).error());
  return json_answer(write_decisions(*page));
}

Result<Answer> decision(Service& service, Call& call) {
  Query from(call.ask);
  if (auto fine = from.finish(); !fine) return tl::unexpected(std::move(fine).error());
  auto id = id_of(call, "decision");
  if (!id) return tl::unexpected(std::move(id).error());
  auto found = service.store().decision(call.who.reach, *id);
  if (!found) return tl::unexpected(std::move(found).error());
  return json_answer(write_decision(*found));
}

Result<Answer> undo(Service& service, Call& call) {
  auto once = once_of(call);
  if (!once) return tl::unexpected(std::move(once).error());
  auto id = id_of(call, "decision");
  if (!id) return tl::unexpected(std::move(id).error());
  auto note = read_undo(call.ask.body);
  if (!note) return tl::unexpected(std::move(note).error());
  auto undone = service.intake.undo(Undo{.reach = call.who.reach,
                                         .decision = *id,
                                         .by = call.who.name,
                                         .by_token = call.who.token,
                                         .note = std::move(*note),
                                         .once = std::move(*once),
                                         .now = call.now});
  if (!undone) return tl::unexpected(std::move(undone).error());
  if (undone->changed == 0 && undone->lessons == 0)
    return nothing_changed(*undone, "nothing of this decision stands any more");
  Answer answer = json_answer(write_settled(*undone));
  if (undone->replayed) mark_replayed(answer);
  return answer;
}

}  // namespace chaffinch::http::calls
