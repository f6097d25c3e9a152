// The comment section beyond JSON: a form's token, the fragment for servers, feeds, and the files and pages
// for browsers.
#include <algorithm>

#include "core/limits.h"
#include "form_token.h"
#include "http/calls.h"
#include "http/feed.h"
#include "http/query.h"
#include "http/section.h"
#include "http/shown.h"
#include "http/web.h"
#include "http/wire.h"
#include "secrets.h"

namespace chaffinch::http::calls {
namespace {

constexpr std::uint32_t kFeed = 50;  // entries

// An answer that a reader asks for again and again: 304 while it is the same.
Answer unless_known(const Call& call, Answer answer) {
  const std::string tag = "\"" + sha256_hex(answer.body).substr(0, 20) + "\"";
  answer.headers.emplace_back("ETag", tag);
  answer.headers.emplace_back("Cache-Control", "no-cache");
  if (call.ask.header("If-None-Match").find(tag) != std::string_view::npos) {
    answer.status = 304;
    answer.body.clear();
  }
  return answer;
}

Answer feed_answer(const Feed& feed) {
  Answer answer;
  answer.type = "application/atom+xml; charset=utf-8";
  answer.body = atom(feed);
  return answer;
}

void read_outcome(Query& from, std::string_view name, Section& section) {
  section.outcome = from.text_or_empty(name, 20);
  const bool known = section.outcome.empty() || section.outcome == "published" ||
                     section.outcome == "pending" || section.outcome == "refused";
  if (!known) from.wrong(name, "there is no such outcome", "it may be published, pending or refused");
}

void read_language(Query& from, Section& section) {
  if (auto wished = from.text("lang", 10); wished && !wished->empty()) section.language = std::move(*wished);
  const bool word = std::all_of(section.language.begin(), section.language.end(),
                                [](char c) { return c >= 'a' && c <= 'z'; });
  const auto file = word ? web_file("/embed/" + section.language + ".json") : std::nullopt;
  if (file)
    section.texts = read_texts(*file);
  else
    from.wrong("lang", "there are no texts in this language",
               "two letters, such as en; /embed/ has those that there are");
}

// The thread and the form of a section whose site and article are set.
Done fill(Service& service, const Call& call, const Site& site, ThreadQuery query, bool form,
          Section& section) {
  query.site = section.site;
  query.article = section.article;
  auto page = service.store().thread(query);
  if (!page) return tl::unexpected(std::move(page).error());
  section.thread = std::move(*page);
  section.markdown = site.markdown;
  if (!form) return {};
  auto token = service.intake.form_token(section.site, section.article, call.now);
  if (!token) return tl::unexpected(std::move(token).error());
  section.token = std::move(*token);
  return {};
}

void replace_all(std::string& text, std::string_view mark, std::string_view by) {
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + by.size()))
    text.replace(at, mark.size(), by);
}

}  // namespace

Result<Answer> form(Service& service, Call& call) {
  Query from(call.ask);
  const std::string named = from.text_or_empty("site", limits::kSiteName);
  const std::string article = from.required("article", limits::kArticleId);
  if (auto fine = from.finish(); !fine) return tl::unexpected(std::move(fine).error());
  auto site = read_site(service, call, named);
  if (!site) return tl::unexpected(std::move(site).error());
  auto token = service.intake.form_token(site->id, article, call.now);
  if (!token) return tl::unexpected(std::move(token).error());
  return json_answer(write_form(*token, call.now + kFormToken, site->markdown));
}

Result<Answer> fragment(Service& service, Call& call) {
  Query from(call.ask);
  Section section;
  ThreadQuery query;
  const std::string named = from.text_or_empty("site", limits::kSiteName);
  section.article = from.required("article", limits::kArticleId);
  const std::string sort = from.text_or_empty("sort", 20);
  query.newest = sort == "newest";
  if (!sort.empty() && sort != "oldest" && sort != "newest")
    from.wrong("sort", "there is no such order", "it may be oldest or newest");
  query.cursor = from.cursor();
  query.limit = from.page();
  const bool form = from.flag("form").value_or(true);
  section.service = from.text_or_empty("service", limits::kUrl);
  section.page = from.text_or_empty("page", limits::kUrl);
  if (!section.service.empty() && !may_link(section.service))
    from.wrong("service", "it is not an address",
               "where browsers reach this service: https://comments.example");
  if (!section.page.empty() && !may_link(section.page))
    from.wrong("page", "it is not an address", "where the article stands: https://blog.example/bread");
  while (section.service.ends_with('/')) section.service.pop_back();
  read_outcome(from, "outcome", section);
  section.parent = from.id("parent");
  read_language(from, section);
  if (auto fine = from.finish(); !fine) return tl::unexpected(std::move(fine).error());
  auto site = read_site(service, call, named);
  if (!site) return tl::unexpected(std::move(site).error());
  section.site = site->id;
  if (auto fine = fill(service, call, *site, std::move(query), form, section); !fine)
    return tl::unexpected(std::move(fine).error());
  Answer answer;
  answer.type = "text/html; charset=utf-8";
  answer.body = section_html(section);
  return answer;
}

Result<Answer> feed(Service& service, Call& call) {
  Query from(call.ask);
  QueueQuery query;
  const std::string named = from.text_or_empty("site", limits::kSiteName);
  query.article = from.text_or_empty("article", limits::kArticleId);
  if (auto fine = from.finish(); !fine) return tl::unexpected(std::move(fine).error());
  auto site = read_site(service, call, named);
  if (!site) return tl::unexpected(std::move(site).error());
  query.site = site->id;
  query.status = Status::approved;
  query.sort = Sort::newest;
  query.limit = kFeed;
  query.now = call.now;
  auto page = service.store().queue(query);
  if (!page) return tl::unexpected(std::move(page).error());
  Feed feed;
  for (QueueItem& item : page->items) feed.items.push_back(std::move(item.comment));
  const std::string& name = site->name.empty() ? site->id : site->name;
  feed.title = "Comments: " + name;
  feed.id = site->url.empty() ? "urn:chaffinch:" + site->id : site->url + "/#chaffinch";
  if (!query.article.empty()) {
    const bool titled = !feed.items.empty() && !feed.items.front().article.title.empty();
    feed.title =
        "Comments: " + (titled ? feed.items.front().article.title : query.article) + " (" + name + ")";
    feed.id += ":" + sha256_hex(query.article).substr(0, 32);
  }
  feed.updated = site->created_at;
  feed.sites = {*site};
  return unless_known(call, feed_answer(feed));
}

Result<Answer> queue_feed(Service& service, Call& call) {
  Query from(call.ask);
  QueueQuery query;
  const std::string named = from.text_or_empty("site", limits::kSiteName);
  if (auto fine = from.finish(); !fine) return tl::unexpected(std::move(fine).error());
  auto reach = site_of(call, named, false, "?site");
  if (!reach) return tl::unexpected(std::move(reach).error());
  query.reach = call.who.reach;
  query.site = *reach;
  query.sort = Sort::newest;
  query.limit = kFeed;
  query.now = call.now;
  auto page = service.store().queue(query);
  if (!page) return tl::unexpected(std::move(page).error());
  Feed feed;
  feed.title = reach->empty() ? "Waiting comments" : "Waiting comments: " + *reach;
  feed.id = "urn:chaffinch:queue:" + *reach;
  feed.updated = call.now / kDay * kDay;  // nothing waits: the same all day
  for (QueueItem& item : page->items) {
    const std::string& id = item.comment.site;
    const bool seen =
        std::any_of(feed.sites.begin(), feed.sites.end(), [&](const Site& one) { return one.id == id; });
    if (auto site = seen ? Result<Site>() : service.sites.site(id, call.now); !seen && site)
      feed.sites.push_back(std::move(*site));
    feed.items.push_back(std::move(item.comment));
  }
  return unless_known(call, feed_answer(feed));
}

Result<Answer> file(Service&, Call& call) {
  if (auto fine = check_query(call, {}); !fine) return tl::unexpected(std::move(fine).error());
  const auto use = call.ask.path.starts_with("/embed") ? WebUse::shared : WebUse::own;
  if (auto answer = web_answer(call.ask, call.ask.path, use)) return std::move(*answer);
  return fail(Code::not_found, "there is no such file");
}

Result<Answer> demo(Service& service, Call& call) {
  Query from(call.ask);
  Section section;
  ThreadQuery query;
  section.site = from.text_or_empty("site", limits::kSiteName);
  read_outcome(from, "chaffinch", section);
  section.parent = from.id("chaffinch_parent");
  query.cursor = from.text_or_empty("chaffinch_cursor", 1'000);
  if (auto fine = from.finish(); !fine) return tl::unexpected(std::move(fine).error());
  if (section.site.empty()) {
    // The site that the first start made, or the first one that there is.
    section.site = "demo";
    const auto all = service.store().sites();
    if (!all) return tl::unexpected(all.error());
    const bool there =
        std::any_of(all->begin(), all->end(), [](const Site& one) { return one.id == "demo"; });
    if (!there && !all->empty()) section.site = all->front().id;
  }
  auto site = service.sites.site(section.site, call.now);
  if (!site) return fail(site.error().code, site.error().what, "?site", site.error().advice);
  section.article = "/demo";
  section.page = site->url.empty() ? std::string() : site->url + "/demo?site=" + site->id;
  if (const auto texts = web_file("/embed/en.json")) section.texts = read_texts(*texts);
  if (auto fine = fill(service, call, *site, std::move(query), true, section); !fine)
    return tl::unexpected(std::move(fine).error());
  std::string html(web_file("/demo").value_or(""));
  replace_all(html, "{{site}}", escaped(site->id));
  replace_all(html, "{{section}}", section_html(section));
  return web_page(std::move(html));
}

}  // namespace chaffinch::http::calls
