// Drafts, and the ways by which packs come into force.

#include "rulebook_parts.h"

namespace chaffinch {

// A wish that was carried out for this key already; it is made from no version, so that it can do nothing
// else than be told again.
Checked<std::optional<Answered<RulesVersion>>> Rulebook::told_before(const PublishRules& wish,
                                                                     const RulesAuthor& author) {
  auto known = store_.answered(author.once);
  if (!known) return refuse(std::move(known).error());
  if (!*known) return std::optional<Answered<RulesVersion>>();
  PublishRules again = wish;
  again.seen = -1;
  auto version = store_.publish_rules(again, author);
  if (!version) return refuse(std::move(version).error());
  return std::optional(std::move(*version));
}

Checked<Answered<StoredPack>> Rulebook::put_draft(StoredPack pack, const RulesAuthor& author) {
  const auto put_it = [&]() -> Checked<Answered<StoredPack>> {
    auto kept = store_.put_draft(pack, author);
    if (!kept) return refuse(std::move(kept).error());
    return std::move(*kept);
  };
  auto known = store_.answered(author.once);
  if (!known) return refuse(std::move(known).error());
  if (*known) return put_it();
  if (is_reserved_pack(pack.name)) {
    return refuse(
        {Code::invalid,
         "the name '" + pack.name + "' belongs to the service",
         {},
         "states and scores are changed by PUT /v1/rules/{name}/state; choose another name for a pack",
         0});
  }
  const std::string named = pack_name_of(source_of(pack));
  if (!named.empty() && named != pack.name) {
    return refuse({Code::invalid, "the pack calls itself '" + named + "' and is put as '" + pack.name + "'",
                   "/text", "give both one name", 0});
  }
  if (auto fits = sets_of({.site = pack.site, .extra = {pack}, .with_drafts = true, .instead = false}); !fits)
    return tl::unexpected(std::move(fits).error());
  return put_it();
}

Result<Took> Rulebook::remove(const std::string& site, const std::string& name, bool only_draft,
                              const RulesAuthor& author) {
  auto held = pack(site, name);
  // Asked after looking: whoever is not told again has seen what was before any such request.
  auto known = store_.answered(author.once);
  if (!known) return tl::unexpected(std::move(known).error());
  if (*known) return store_.drop_draft(site, name, author);
  if (!held) return tl::unexpected(std::move(held).error());
  if (only_draft || !held->published) {
    if (held->draft) return store_.drop_draft(site, name, author);
    if (only_draft) return fail(Code::not_found, "there is no draft of this pack");
    return fail(Code::conflict, "this pack comes with the program or its rules folder", {},
                "put its rules off with PUT /v1/rules/{name}/state, or publish a pack of the same name");
  }
  if (is_reserved_pack(name)) {
    return fail(Code::conflict, "this pack belongs to the service", {},
                "change states and scores back with PUT /v1/rules/{name}/state, or restore a version");
  }
  StoredPack gone;
  gone.site = site;
  gone.name = name;
  gone.removed = true;
  // What leans on it must not be left behind without it.
  if (auto fits = sets_of({.site = site, .extra = {gone}, .with_drafts = true, .instead = false}); !fits)
    return tl::unexpected(std::move(fits.error().front()));
  auto put = store_.put_draft(gone, author);
  if (!put) return tl::unexpected(std::move(put).error());
  return Took{.replayed = put->replayed};
}

Result<Rulebook::Opinion> Rulebook::validate(const std::string& site, PackSource pack) {
  auto held = lock();
  if (!held) return tl::unexpected(std::move(held).error());
  StoredPack extra;
  extra.name = pack_name_of(pack);
  Opinion opinion;
  auto scopes = draft_scopes({.site = site, .extra = {}, .with_drafts = true, .instead = false});
  if (!scopes) return tl::unexpected(std::move(scopes).error());
  const std::vector<PackSource> packs = laid_over(sources(*scopes, site), std::span(&pack, 1));
  const auto rules = RuleSet::build(packs, opinion.errors);
  if (!rules) {
    show_lines(packs, opinion.errors);
    return opinion;
  }
  const std::vector<std::string> about{extra.name};
  opinion.remarks = review(packs, *rules, about);
  for (Remark& one : too_broad(packs, *rules, about)) opinion.remarks.push_back(std::move(one));
  return opinion;
}

// REQUIRES building_. The sets are compiled before the store is asked; if that is too late, nothing is
// changed.
Checked<Answered<RulesVersion>> Rulebook::put_in_force(PublishRules wish, const RulesAuthor& author,
                                                       Scopes scopes) {
  auto sets = build(scopes, wish.site);
  if (!sets) return tl::unexpected(std::move(sets).error());
  wish.packs = scopes[wish.site];
  wish.rules_version = sets->of(wish.site)->version();
  auto version = store_.publish_rules(wish, author);
  if (!version) return refuse(std::move(version).error());
  published_ = std::move(scopes);
  use(std::move(*sets));
  const std::lock_guard guard(state_lock_);
  versions_[wish.site] = version->no;
  return std::move(*version);
}

Checked<Answered<RulesVersion>> Rulebook::publish(const std::string& site, const std::string& note,
                                                  const RulesAuthor& author) {
  auto held = lock();
  if (!held) return refuse(std::move(held).error());
  PublishRules wish;
  wish.site = site;
  wish.note = note;
  auto told = told_before(wish, author);
  if (!told) return tl::unexpected(std::move(told).error());
  if (*told) return std::move(**told);
  auto drafts = store_.drafts();
  if (!drafts) return refuse(std::move(drafts).error());
  wish.seen = condition(site).version.value_or(0);
  if (!site.empty()) wish.seen = condition(site).site_version.value_or(0);
  Scopes scopes = published_;
  for (const StoredPack& one : *drafts) {
    if (one.site != site) continue;
    wish.drafts.push_back(one.change);
    put(scopes[site], one);
  }
  if (wish.drafts.empty()) {
    return refuse(
        {Code::conflict, "there is no draft to publish", {}, "PUT /v1/rules/packs/{name} makes one", 0});
  }
  return put_in_force(std::move(wish), author, std::move(scopes));
}

Checked<Answered<RulesVersion>> Rulebook::restore(const std::string& reach, std::int64_t no,
                                                  const RulesAuthor& author) {
  auto held = lock();
  if (!held) return refuse(std::move(held).error());
  PublishRules wish;
  wish.what = "restored";
  wish.restores = no;
  wish.note = "as version " + std::to_string(no);
  auto told = told_before(wish, author);
  if (!told) return tl::unexpected(std::move(told).error());
  if (*told) return std::move(**told);
  auto found = store_.rules_version(reach, no);
  if (!found) return refuse(std::move(found).error());
  const std::string site = found->first.site;
  wish.site = site;
  wish.seen = (site.empty() ? condition(site).version : condition(site).site_version).value_or(0);
  Scopes scopes = published_;
  scopes[site] = std::move(found->second);
  put_in_order(scopes[site]);
  return put_in_force(std::move(wish), author, std::move(scopes));
}

}  // namespace chaffinch
