// What readers get: published threads and their counts.
#include "core/limits.h"
#include "http/calls.h"
#include "http/query.h"
#include "http/wire.h"

namespace chaffinch::http::calls {

Result<Answer> thread(Service& service, Call& call) {
  Query from(call.ask);
  ThreadQuery query;
  const std::string named = from.text_or_empty("site", limits::kSiteName);
  query.article = from.required("article", limits::kArticleId);
  const std::string sort = from.text_or_empty("sort", 20);
  query.newest = sort == "newest";
  if (!sort.empty() && sort != "oldest" && sort != "newest") {
    from.wrong("sort", "there is no such order", "it may be oldest or newest");
  }
  query.own = from.id("id");
  std::string receipt = from.text_or_empty("receipt", 200);
  query.cursor = from.cursor();
  query.limit = from.page();
  const bool body = from.flag("body").value_or(false);
  if (receipt.empty()) receipt = call.who.receipt;
  if (query.own.has_value() != !receipt.empty()) {
    from.wrong(query.own ? "receipt" : "id", "an own comment is shown to who gives its id and its receipt");
  }
  if (auto fine = from.finish(); !fine) return tl::unexpected(std::move(fine).error());
  auto site = read_site(service, call, named);
  if (!site) return tl::unexpected(std::move(site).error());
  query.site = site->id;
  if (query.own && !service.intake.owns(receipt, *query.own)) {
    return fail(Code::forbidden, "the receipt is not the one of this comment", "?receipt");
  }
  auto page = service.store().thread(query);
  if (!page) return tl::unexpected(std::move(page).error());
  Answer answer = json_answer(write_thread(*page, body ? std::optional(site->markdown) : std::nullopt));
  if (!query.own) answer.headers.emplace_back("Cache-Control", "no-cache");
  return answer;
}

Result<Answer> counts(Service& service, Call& call) {
  Query from(call.ask);
  const std::string named = from.text_or_empty("site", limits::kSiteName);
  const auto articles = from.list("article", limits::kCounts, limits::kArticleId);
  if (articles.empty()) from.wrong("article", "the parameter is required", "repeat it for several articles");
  if (auto fine = from.finish(); !fine) return tl::unexpected(std::move(fine).error());
  auto site = read_site(service, call, named);
  if (!site) return tl::unexpected(std::move(site).error());
  auto counted = service.store().counts(site->id, articles);
  if (!counted) return tl::unexpected(std::move(counted).error());
  Answer answer = json_answer(write_counts(articles, *counted));
  answer.headers.emplace_back("Cache-Control", "no-cache");
  return answer;
}

}  // namespace chaffinch::http::calls
