// Rules: what is in force, drafts, publishing, going back, and backtests.
#include <charconv>

#include "core/limits.h"
#include "http/calls.h"
#include "http/problem.h"
#include "http/query.h"
#include "http/wire.h"
#include "http/wire_rules.h"

namespace chaffinch::http::calls {
namespace {

constexpr std::size_t kPackName = 64;

// The scope that a call is about: a site that there is, within reach, or (empty) all sites.
Result<std::string> scope_of(Service& service, const Call& call, const std::string& named,
                             std::string_view where) {
  auto site = site_of(call, named, false, where);
  if (!site || site->empty()) return site;
  if (auto known = service.store().site(*site); !known) {
    Error error = std::move(known).error();
    error.where = where;
    return tl::unexpected(std::move(error));
  }
  return site;
}

// The same from a query that holds nothing else.
Result<std::string> scope_in_query(Service& service, const Call& call) {
  Query from(call.ask);
  const std::string named = from.text_or_empty("site", limits::kSiteName);
  if (auto fine = from.finish(); !fine) return tl::unexpected(std::move(fine).error());
  return scope_of(service, call, named, "?site");
}

Result<std::string> name_in_path(const Call& call) {
  const std::string& name = call.places.front();
  if (name.size() <= kPackName &&
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos)
    return name;
  return fail(Code::invalid, "no pack or rule is named so", {},
              "names are made of a-z, 0-9 and _, at most 64");
}

RulesAuthor author_of(const Call& call, Once once) {
  return {.by = call.who.name, .token = call.who.token, .now = call.now, .once = std::move(once)};
}

template <class T, class Write>
Result<Answer> answer_of(Checked<T> result, Write write, int status = 200) {
  if (!result) return problem(result.error());
  return with_mark(json_answer(write(*result), status), *result);
}

// A page of what one scope's rules went through.
template <class Read, class Write>
Result<Answer> page_of(Service& service, const Call& call, Read read, Write write) {
  Query from(call.ask);
  const std::string named = from.text_or_empty("site", limits::kSiteName);
  const std::string cursor = from.cursor();
  const std::uint32_t limit = from.page();
  if (auto fine = from.finish(); !fine) return tl::unexpected(std::move(fine).error());
  auto site = scope_of(service, call, named, "?site");
  if (!site) return tl::unexpected(std::move(site).error());
  auto page = (service.store().*read)(*site, cursor, limit);
  if (!page) return tl::unexpected(std::move(page).error());
  return json_answer(write(*page));
}

// The {n} of the path.
Result<std::int64_t> version_in_path(const Call& call) {
  const std::string& place = call.places.front();
  std::int64_t no = 0;
  const auto [end, error] = std::from_chars(place.data(), place.data() + place.size(), no);
  if (error == std::errc() && end == place.data() + place.size()) return no;
  return fail(Code::not_found, "there is no such version: that is not a number");
}

Answer started(const Answered<Backtests::Status>& backtest) {
  Answer answer = with_mark(json_answer(write_backtest_status(backtest), 202), backtest);
  answer.headers.emplace_back("Location", "/v1/rules/backtests/" + backtest.id.text());
  return answer;
}

}  // namespace

Result<Answer> rules(Service& service, Call& call) {
  auto site = scope_in_query(service, call);
  if (!site) return tl::unexpected(std::move(site).error());
  return json_answer(write_rules(service.rulebook.in_force(), *site, service.rulebook.condition(*site)));
}

Result<Answer> reload_rules(Service& service, Call& call) {
  if (auto fine = check_query(call, {}); !fine) return tl::unexpected(std::move(fine).error());
  if (auto taken = service.rulebook.reload(call.now); !taken) {
    for (const Error& error : taken.error())
      service.log.error("rules refused",
                        {{"problem", error.what}, {"where", error.where}, {"advice", error.advice}});
    return problem(taken.error());
  }
  const Rulebook::Sets sets = service.rulebook.in_force();
  const auto& now = sets.all;
  service.log.info("rules reloaded",
                   {{"version", now->version()}, {"rules", static_cast<std::int64_t>(now->rules().size())}});
  return json_answer(write_rules(sets, {}, service.rulebook.condition({})));
}

Result<Answer> packs(Service& service, Call& call) {
  auto site = scope_in_query(service, call);
  if (!site) return tl::unexpected(std::move(site).error());
  auto all = service.rulebook.packs(*site);
  if (!all) return tl::unexpected(std::move(all).error());
  return json_answer(write_packs(*all));
}

Result<Answer> pack(Service& service, Call& call) {
  auto site = scope_in_query(service, call);
  if (!site) return tl::unexpected(std::move(site).error());
  auto name = name_in_path(call);
  if (!name) return tl::unexpected(std::move(name).error());
  auto held = service.rulebook.pack(*site, *name);
  if (!held) return tl::unexpected(std::move(held).error());
  return json_answer(write_pack(*held, *site));
}

Result<Answer> put_pack(Service& service, Call& call) {
  auto once = key_of(call);
  if (!once) return tl::unexpected(std::move(once).error());
  auto site = scope_in_query(service, call);
  if (!site) return tl::unexpected(std::move(site).error());
  auto name = name_in_path(call);
  if (!name) return tl::unexpected(std::move(name).error());
  auto wish = read_put_pack(call.ask.body, *name);
  if (!wish) return tl::unexpected(std::move(wish).error());
  StoredPack draft;
  draft.site = std::move(*site);
  draft.name = std::move(*name);
  draft.text = std::move(wish->pack.text);
  draft.lists = std::move(wish->pack.lists);
  return answer_of(service.rulebook.put_draft(std::move(draft), author_of(call, std::move(*once))),
                   write_draft);
}

Result<Answer> remove_pack(Service& service, Call& call) {
  auto once = key_of(call);
  if (!once) return tl::unexpected(std::move(once).error());
  Query from(call.ask);
  const std::string named = from.text_or_empty("site", limits::kSiteName);
  const bool only_draft = from.flag("draft").value_or(false);
  if (auto fine = from.finish(); !fine) return tl::unexpected(std::move(fine).error());
  auto site = scope_of(service, call, named, "?site");
  if (!site) return tl::unexpected(std::move(site).error());
  auto name = name_in_path(call);
  if (!name) return tl::unexpected(std::move(name).error());
  auto done = service.rulebook.remove(*site, *name, only_draft, author_of(call, std::move(*once)));
  if (!done) return tl::unexpected(std::move(done).error());
  return with_mark(empty_answer(), *done);
}

Result<Answer> validate_pack(Service& service, Call& call) {
  if (auto fine = check_query(call, {}); !fine) return tl::unexpected(std::move(fine).error());
  auto wish = read_validate(call.ask.body);
  if (!wish) return tl::unexpected(std::move(wish).error());
  auto site = scope_of(service, call, wish->site, "/site");
  if (!site) return tl::unexpected(std::move(site).error());
  auto opinion = service.rulebook.validate(*site, std::move(wish->pack));
  if (!opinion) return tl::unexpected(std::move(opinion).error());
  return json_answer(write_opinion(*opinion));
}

Result<Answer> try_rules(Service& service, Call& call) {
  if (auto fine = check_query(call, {}); !fine) return tl::unexpected(std::move(fine).error());
  auto wish = read_try(call.ask.body);
  if (!wish) return tl::unexpected(std::move(wish).error());
  auto site = scope_of(service, call, wish->site, "/site");
  if (!site) return tl::unexpected(std::move(site).error());
  Rulebook::Draft draft{.site = *site, .extra = {}, .with_drafts = !wish->packs, .instead = false};
  if (wish->packs) draft.extra = std::move(*wish->packs);
  const auto sets = service.rulebook.sets_of(draft);
  if (!sets) return problem(sets.error());
  wish->submission.site = *site;
  auto now = service.intake.check(wish->submission, call.now);
  if (!now) return tl::unexpected(std::move(now).error());
  auto then = service.intake.check(wish->submission, call.now, sets->of(*site));
  if (!then) return tl::unexpected(std::move(then).error());
  return json_answer(write_try(wish->submission, *now, *then));
}

Result<Answer> publish_rules(Service& service, Call& call) {
  auto once = once_of(call);
  if (!once) return tl::unexpected(std::move(once).error());
  auto wish = read_publish(call.ask.body);
  if (!wish) return tl::unexpected(std::move(wish).error());
  auto site = scope_of(service, call, wish->site, "/site");
  if (!site) return tl::unexpected(std::move(site).error());
  return answer_of(service.rulebook.publish(*site, wish->note, author_of(call, std::move(*once))),
                   write_rules_version, 201);
}

Result<Answer> rules_versions(Service& service, Call& call) {
  return page_of(service, call, &Store::rules_versions, write_rules_versions);
}

Result<Answer> rules_version(Service& service, Call& call) {
  if (auto fine = check_query(call, {}); !fine) return tl::unexpected(std::move(fine).error());
  const auto no = version_in_path(call);
  if (!no) return tl::unexpected(no.error());
  const auto version = service.store().rules_version(call.who.reach, *no);
  if (!version) return tl::unexpected(version.error());
  return json_answer(write_whole_version(version->first, version->second));
}

Result<Answer> rules_log(Service& service, Call& call) {
  return page_of(service, call, &Store::rules_events, write_rules_events);
}

Result<Answer> restore_rules(Service& service, Call& call) {
  auto once = once_of(call);
  if (!once) return tl::unexpected(std::move(once).error());
  const auto no = version_in_path(call);
  if (!no) return tl::unexpected(no.error());
  return answer_of(service.rulebook.restore(call.who.reach, *no, author_of(call, std::move(*once))),
                   write_rules_version, 201);
}

Result<Answer> switch_rule(Service& service, Call& call) {
  auto once = once_of(call);
  if (!once) return tl::unexpected(std::move(once).error());
  auto name = name_in_path(call);
  if (!name) return tl::unexpected(std::move(name).error());
  auto wish = read_switch(call.ask.body);
  if (!wish) return tl::unexpected(std::move(wish).error());
  auto site = scope_of(service, call, wish->site, "/site");
  if (!site) return tl::unexpected(std::move(site).error());
  return answer_of(service.rulebook.change(*site, *name, wish->change, author_of(call, std::move(*once))),
                   write_rules_version);
}

Result<Answer> start_backtest(Service& service, Call& call) {
  auto once = once_of(call);
  if (!once) return tl::unexpected(std::move(once).error());
  auto wish = read_backtest(call.ask.body);
  if (!wish) return tl::unexpected(std::move(wish).error());
  auto site = scope_of(service, call, wish->site, "/site");
  if (!site) return tl::unexpected(std::move(site).error());
  // A repeated request does not depend on what has become of drafts and versions.
  auto told = service.backtests.replay(*once);
  if (!told) return tl::unexpected(std::move(told).error());
  if (*told) return started(**told);
  Rulebook::Draft draft{
      .site = *site, .extra = {}, .with_drafts = !wish->packs && !wish->version, .instead = false};
  if (wish->packs) draft.extra = std::move(*wish->packs);
  if (wish->version) {
    auto version = service.store().rules_version(call.who.reach, *wish->version);
    if (!version || version->first.site != *site)
      return fail(Code::not_found, "there is no such version of these rules", "/version");
    draft.extra = std::move(version->second);
    draft.instead = true;
  }
  Backtests::Wish start;
  auto sets = service.rulebook.sets_of(draft);
  if (!sets) return problem(sets.error());
  start.draft = std::move(*sets);
  start.today = service.rulebook.in_force();
  start.site = std::move(*site);
  start.since = wish->since;
  start.most = wish->limit;
  start.by = call.who.name;
  start.once = std::move(*once);
  auto status = service.backtests.start(std::move(start), call.now);
  if (!status) return tl::unexpected(std::move(status).error());
  return started(*status);
}

Result<Answer> backtests(Service& service, Call& call) {
  if (auto fine = check_query(call, {}); !fine) return tl::unexpected(std::move(fine).error());
  return json_answer(write_backtests(service.backtests.all(call.who.reach)));
}

Result<Answer> backtest(Service& service, Call& call) {
  if (auto fine = check_query(call, {}); !fine) return tl::unexpected(std::move(fine).error());
  auto id = id_of(call, "backtest");
  if (!id) return tl::unexpected(std::move(id).error());
  auto status = service.backtests.status(call.who.reach, *id);
  if (!status) return tl::unexpected(std::move(status).error());
  return json_answer(write_backtest_status(*status));
}

Result<Answer> remove_backtest(Service& service, Call& call) {
  auto once = once_of(call);
  if (!once) return tl::unexpected(std::move(once).error());
  auto id = id_of(call, "backtest");
  if (!id) return tl::unexpected(std::move(id).error());
  auto done = service.backtests.remove(call.who.reach, *id, *once);
  if (!done) return tl::unexpected(std::move(done).error());
  return with_mark(empty_answer(), *done);
}

}  // namespace chaffinch::http::calls
