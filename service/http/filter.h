// The queue's filters, written once: they are read from a query string and from the JSON of a decision or a
// claim.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "analysis/address.h"
#include "analysis/text.h"
#include "core/limits.h"
#include "store/store.h"

namespace chaffinch::http {

inline std::optional<Sort> sort_from(std::string_view word) {
  if (word == "oldest") return Sort::oldest;
  if (word == "newest") return Sort::newest;
  if (word == "score") return Sort::score;
  if (word == "useful") return Sort::useful;
  if (word == "decided") return Sort::decided;
  return std::nullopt;
}

// Who asks, as a value of decided_by and by: the call's own token (aim in calls.h).
inline constexpr std::string_view kMe = "me";

// `Source` offers text_or_empty, number, flag, time, id and wrong (wire_json.h Fields, query.h Query). Leaves
// reach, holder, cursor, limit and now alone.
template <class Source>
void read_filter(Source& from, QueueQuery& query) {
  query.site = from.text_or_empty("site", limits::kSiteName);
  const std::string status = from.text_or_empty("status", 20);
  if (status == "any") {
    query.status.reset();
  } else if (!status.empty()) {
    query.status = status_from(status);
    if (!query.status) {
      from.wrong("status", "there is no such status",
                 "it may be pending, approved, rejected, spam, checked or any");
    }
  }
  query.article = from.text_or_empty("article", limits::kArticleId);
  query.rule = from.text_or_empty("rule", 100);
  query.author = from.text_or_empty("author", limits::kName);
  query.email = from.text_or_empty("email", limits::kEmail);
  query.network = from.text_or_empty("ip", 64);
  if (!query.network.empty()) {
    if (const auto network = Network::parse(query.network))
      query.network = network->text();
    else
      from.wrong("ip", "it is neither an address nor a network",
                 "write 192.0.2.7, 192.0.2.0/24 or 2001:db8::/48");
  }
  query.domain = ascii_lower(from.text_or_empty("domain", 253));
  query.min_score = from.number("min_score", -1e6, 1e6);
  query.max_score = from.number("max_score", -1e6, 1e6);
  query.text = from.text_or_empty("text", limits::kQueryText);
  query.claimed = from.flag("claimed");
  query.since = from.time("since");
  query.until = from.time("until");
  if (query.since && query.until && *query.until <= *query.since)
    from.wrong("until", "it is not after since", "comments from since on and before until are meant");
  query.decision = from.id("decision");
  query.decided_by = from.text_or_empty("decided_by", limits::kName);
  query.like = from.id("like");
}

template <class Source>
void read_sort(Source& from, QueueQuery& query) {
  const std::string sort = from.text_or_empty("sort", 20);
  if (sort.empty()) return;
  const auto known = sort_from(sort);
  if (known)
    query.sort = *known;
  else
    from.wrong("sort", "there is no such order", "it may be oldest, newest, score, useful or decided");
  if (query.sort == Sort::decided && query.decided_by.empty())
    from.wrong("sort", "this order is one of a person's decisions",
               "name that person in decided_by, or ask for another order");
}

}  // namespace chaffinch::http
