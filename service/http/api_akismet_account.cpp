// The Akismet protocol: what a key's owner may know of it.
#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <optional>

#include "analysis/text.h"
#include "http/akismet_client.h"
#include "http/wire_akismet.h"

namespace chaffinch::http::calls {
namespace {

constexpr std::size_t kSites = 500;
constexpr std::size_t kMostSites = 10'000;

Answer json(std::string body) {
  return json_answer(std::move(body));
}

// The first moments of a month and of the next one.
struct Month {
  std::string name;  // "2026-11"
  Time from = 0;
  Time to = 0;
};

std::optional<Month> month_of(std::string_view name) {
  const auto first = name.size() == 7 ? parse_time(std::string(name) + "-01") : std::nullopt;
  if (!first) return std::nullopt;
  // No month has more days than 31, and none fewer than 28.
  const std::string next = format_time(*first + 31 * kDay).substr(0, 7);
  return Month{.name = std::string(name), .from = *first, .to = *parse_time(next + "-01")};
}

std::optional<std::size_t> number_in(std::string_view text, std::size_t usual, std::size_t most) {
  if (text.empty()) return usual;
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return std::min(number, most);
}

std::uint64_t value_of(const BlogNumbers& one, std::string_view order) {
  if (order == "spam") return one.spam;
  if (order == "ham") return one.ham;
  if (order == "missed_spam") return one.missed_spam;
  if (order == "false_positives") return one.false_positives;
  return one.calls;
}

Result<std::vector<BlogNumbers>> numbers_in(Service& service, const AkismetClient& client,
                                            const Month& month) {
  return service.store().blog_numbers(
      {.site = client.site.id, .blog = {}, .from = month.from, .to = month.to - 1});
}

}  // namespace

Result<Answer> akismet_subscription(Service& service, Call& call) {
  auto client = akismet_client(service, call, true);
  if (!client) return akismet_failure(client.error());
  return json(write_akismet_subscription(client->site));
}

Result<Answer> akismet_stats(Service& service, Call& call) {
  auto client = akismet_client(service, call, true);
  if (!client) return akismet_failure(client.error());
  const std::string_view from = client->form["from"];
  Time since = 0;
  if (from == "60-days") {
    since = call.now - 59 * kDay;
  } else if (from == "6-months") {
    since = call.now - 182 * kDay;
  } else if (!from.empty() && from != "all") {
    return akismet_failure(Error{Code::invalid, "from may be 60-days, 6-months or all", {}, {}, 0});
  }
  auto months = service.store().blog_numbers({.site = client->site.id,
                                              .blog = blog_name(client->form["blog"]),
                                              .from = std::max<Time>(since, 0),
                                              .to = call.now});
  if (!months) return akismet_failure(months.error());
  return json(write_akismet_stats(*months));
}

Result<Answer> akismet_sites(Service& service, Call& call) {
  auto client = akismet_client(service, call, false);
  if (!client) return akismet_failure(client.error());
  const AkismetForm& form = client->form;
  const auto month =
      month_of(form.has("month") ? form["month"] : std::string_view(format_time(call.now)).substr(0, 7));
  const auto limit = number_in(form["limit"], kSites, kMostSites);
  const auto offset = number_in(form["offset"], 0, kMostSites);
  const std::string_view order = form.has("order") ? form["order"] : "total";
  const std::array<std::string_view, 5> orders = {"total", "spam", "ham", "missed_spam", "false_positives"};
  const std::string_view format = form.has("format") ? form["format"] : "json";
  const char* wrong = !month    ? "month is not of the form YYYY-MM"
                      : !limit  ? "limit is not a number"
                      : !offset ? "offset is not a number"
                      : std::find(orders.begin(), orders.end(), order) == orders.end()
                          ? "order may be total, spam, ham, missed_spam or false_positives"
                      : format != "json" && format != "csv" ? "format may be json or csv"
                                                            : nullptr;
  if (wrong != nullptr) return akismet_failure(Error{Code::invalid, wrong, {}, {}, 0});
  auto all = numbers_in(service, *client, *month);
  if (!all) return akismet_failure(all.error());
  const std::string filter = ascii_lower(form["filter"]);
  std::erase_if(*all, [&](const BlogNumbers& one) {
    return !filter.empty() && ascii_lower(one.blog).find(filter) == std::string::npos;
  });
  std::stable_sort(all->begin(), all->end(), [&](const BlogNumbers& a, const BlogNumbers& b) {
    return value_of(a, order) > value_of(b, order);
  });
  AkismetSites page{.month = month->name,
                    .blogs = {},
                    .revoked = {},
                    .limit = *limit,
                    .offset = *offset,
                    .total = all->size()};
  for (std::size_t i = *offset; i < all->size() && page.blogs.size() < *limit; ++i) {
    page.revoked.push_back(client->site.akismet_own_blog && !is_own_blog(client->site, (*all)[i].blog));
    page.blogs.push_back(std::move((*all)[i]));
  }
  if (format == "json") return json(write_akismet_sites(page));
  Answer answer = akismet_answer(write_akismet_sites_csv(page, client->site));
  answer.type = "text/csv; charset=utf-8";
  return answer;
}

Result<Answer> akismet_usage(Service& service, Call& call) {
  auto client = akismet_client(service, call, false);
  if (!client) return akismet_failure(client.error());
  const auto month = month_of(format_time(call.now).substr(0, 7));
  auto all = numbers_in(service, *client, *month);
  if (!all) return akismet_failure(all.error());
  std::uint64_t calls = 0;
  for (const BlogNumbers& one : *all) calls += one.calls;
  return json(write_akismet_usage(calls));
}

}  // namespace chaffinch::http::calls
