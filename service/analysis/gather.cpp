#include "analysis/gather.h"

#include <utility>

#include "analysis/links.h"
#include "analysis/sketch.h"
#include "analysis/text.h"
#include "core/limits.h"

namespace chaffinch {
namespace {

// "Jane <jane@Example.COM >" -> "example.com"
std::string domain_of_email(std::string_view email) {
  const std::size_t at = email.rfind('@');
  if (at == std::string_view::npos) return {};
  std::string_view domain = email.substr(at + 1);
  while (!domain.empty() && (static_cast<unsigned char>(domain.back()) <= ' ' || domain.back() == '.' ||
                             domain.back() == '>' || domain.back() == ',')) {
    domain.remove_suffix(1);
  }
  std::string host = normal_host(domain);
  return host.empty() ? ascii_lower(domain) : host;
}

}  // namespace

Evidence gather(Submission submission) {
  Evidence evidence;
  evidence.comment = std::move(submission);
  const Submission& comment = evidence.comment;
  evidence.visible = visible_text(comment.content);
  evidence.folded = folded_text(evidence.visible, comment.content);
  evidence.name_folded = folded_text(comment.author.name);
  evidence.url_folded = folded_text(comment.author.url);
  evidence.title_folded = folded_text(comment.article.title);
  evidence.email_domain = domain_of_email(comment.author.email);
  evidence.shape = shape_of(evidence.visible, comment.content);
  evidence.copy_hash = copy_hash(evidence.folded.value);
  evidence.sketch = sketch_of(evidence.folded.value);

  FoundLinks found = find_links(comment.content);
  evidence.shape.links = found.count;
  evidence.shape.tags = found.tags;
  evidence.shape.bbcodes = found.bbcodes;
  evidence.links = std::move(found.links);
  Link own = link_of_url(comment.author.url, Field::author_url);
  if (!own.host.empty()) {
    if (evidence.links.size() == limits::kLinks) evidence.links.pop_back();
    evidence.links.push_back(std::move(own));
  }
  return evidence;
}

}  // namespace chaffinch
