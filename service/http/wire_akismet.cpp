#include "http/wire_akismet.h"

#include <algorithm>
#include <cmath>

#include "http/wire_json.h"

namespace chaffinch::http {
namespace {

constexpr std::uint64_t kSecondsSaved = 20;  // that looking at one spam comment takes

// A field of a CSV line (RFC 4180). A blog's name comes from outside: no spreadsheet may take it for a
// formula.
std::string csv(const std::string& text) {
  const bool formula = !text.empty() && std::string("=+-@\t").find(text.front()) != std::string::npos;
  if (!formula && text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = formula ? "\"'" : "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

}  // namespace

std::string write_akismet_subscription(const Site& site) {
  return dump({{"status", "active"},
               {"account_name", site.name},
               {"account_type", "Chaffinch"},
               {"next_billing_date", false},
               {"limit_reached", false}});
}

std::string write_akismet_stats(const std::vector<BlogNumbers>& months) {
  BlogNumbers sum;
  Json breakdown = Json::object();
  for (const BlogNumbers& one : months) {
    sum.spam += one.spam;
    sum.ham += one.ham;
    sum.missed_spam += one.missed_spam;
    sum.false_positives += one.false_positives;
    breakdown[one.month] = {{"da", one.month + "-01"},
                            {"spam", one.spam},
                            {"ham", one.ham},
                            {"missed_spam", one.missed_spam},
                            {"false_positives", one.false_positives}};
  }
  // Of what was checked, how much its owner did not take back.
  const std::uint64_t checked = sum.spam + sum.ham;
  const std::uint64_t wrong = std::min(checked, sum.missed_spam + sum.false_positives);
  const double right =
      checked == 0 ? 100 : 100 * static_cast<double>(checked - wrong) / static_cast<double>(checked);
  return dump({{"spam", sum.spam},
               {"ham", sum.ham},
               {"missed_spam", sum.missed_spam},
               {"false_positives", sum.false_positives},
               {"accuracy", std::floor(right * 100) / 100},
               {"time_saved", sum.spam * kSecondsSaved},
               {"breakdown", std::move(breakdown)}});
}

std::string write_akismet_sites(const AkismetSites& page) {
  Json lines = Json::array();
  for (std::size_t i = 0; i < page.blogs.size(); ++i) {
    const BlogNumbers& one = page.blogs[i];
    lines.push_back({{"site", one.blog},
                     {"api_calls", std::to_string(one.calls)},
                     {"spam", std::to_string(one.spam)},
                     {"ham", std::to_string(one.ham)},
                     {"missed_spam", std::to_string(one.missed_spam)},
                     {"false_positives", std::to_string(one.false_positives)},
                     {"is_revoked", static_cast<bool>(page.revoked[i])}});
  }
  return dump({{page.month, std::move(lines)},
               {"limit", page.limit},
               {"offset", page.offset},
               {"total", page.total}});
}

std::string write_akismet_sites_csv(const AkismetSites& page, const Site& site) {
  std::string text = csv("Active sites for " + site.name + " during " + page.month + " (limit: " +
                         std::to_string(page.limit) + "; offset: " + std::to_string(page.offset) +
                         "; total: " + std::to_string(page.total) + ")") +
                     "\nSite,Total API Calls,Spam,Ham,Missed Spam,False Positives,Is Revoked\n";
  for (std::size_t i = 0; i < page.blogs.size(); ++i) {
    const BlogNumbers& one = page.blogs[i];
    text += csv(one.blog);
    for (const std::uint64_t number : {one.calls, one.spam, one.ham, one.missed_spam, one.false_positives})
      text += "," + std::to_string(number);
    text += page.revoked[i] ? ",true\n" : ",false\n";
  }
  return text;
}

std::string write_akismet_usage(std::uint64_t calls) {
  return dump({{"limit", "none"}, {"usage", calls}, {"percentage", "0.00"}, {"throttled", false}});
}

}  // namespace chaffinch::http
