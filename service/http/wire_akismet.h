// Answers of the Akismet protocol that are more than a word. nlohmann stays in wire*.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/site.h"
#include "store/store.h"

namespace chaffinch::http {

std::string write_akismet_subscription(const Site& site);

// Of one blog, by month; the sums over them.
std::string write_akismet_stats(const std::vector<BlogNumbers>& months);

// One page of a month's blogs. `revoked`: beside each, whether the site's key is not good for it.
struct AkismetSites {
  std::string month;
  std::vector<BlogNumbers> blogs;
  std::vector<bool> revoked;
  std::size_t limit = 500;
  std::size_t offset = 0;
  std::size_t total = 0;
};
std::string write_akismet_sites(const AkismetSites& page);
std::string write_akismet_sites_csv(const AkismetSites& page, const Site& site);

std::string write_akismet_usage(std::uint64_t calls);

}  // namespace chaffinch::http
