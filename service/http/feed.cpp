#include "http/feed.h"

#include <algorithm>

#include "core/time.h"
#include "http/shown.h"

namespace chaffinch::http {
namespace {

// "https://blog.example/news" -> "https://blog.example"
std::string origin_of(const std::string& url) {
  const std::size_t host = url.find("://");
  return host == std::string::npos ? std::string() : url.substr(0, url.find('/', host + 3));
}

Time changed_at(const Comment& comment) {
  return std::max(comment.shown_at(), comment.edited_at.value_or(0));
}

void write(const Comment& comment, const Site* site, std::string& to) {
  const std::string id = comment.id.text();
  const std::string name = comment.author.name.empty() ? "Anonymous" : comment.author.name;
  const std::string& article = comment.article.title.empty() ? comment.article.id : comment.article.title;
  to += "<entry>\n<id>urn:uuid:" + id + "</id>\n<title>" + escaped(name + ": " + article) + "</title>\n";
  to += "<published>" + format_time(comment.shown_at()) + "</published>\n<updated>" +
        format_time(changed_at(comment)) + "</updated>\n";
  to += "<author><name>" + escaped(name) + "</name>";
  if (may_link(comment.author.url)) to += "<uri>" + escaped(comment.author.url) + "</uri>";
  to += "</author>\n";
  const std::string page = site == nullptr ? std::string() : page_of(comment, *site);
  if (!page.empty()) {
    to += "<link rel=\"alternate\" type=\"text/html\" href=\"" +
          escaped(page.substr(0, page.find('#')) + "#chaffinch-" + id) + "\"/>\n";
  }
  to += "<content type=\"html\">" +
        escaped(html_of(shown(comment.content, site != nullptr && site->markdown))) +
        "</content>\n</entry>\n";
}

}  // namespace

std::string page_of(const Comment& comment, const Site& site) {
  if (may_link(comment.article.url)) return comment.article.url;
  if (may_link(comment.article.id)) return comment.article.id;
  if (comment.article.id.starts_with('/') && !site.url.empty()) {
    const std::string page = origin_of(site.url) + comment.article.id;
    if (may_link(page)) return page;
  }
  return site.url;
}

std::string atom(const Feed& feed) {
  Time updated = feed.updated;
  if (!feed.items.empty()) updated = 0;
  for (const Comment& comment : feed.items) updated = std::max(updated, changed_at(comment));
  std::string xml =
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n";
  xml += "<id>" + escaped(feed.id) + "</id>\n<title>" + escaped(feed.title) + "</title>\n<updated>" +
         format_time(updated) + "</updated>\n<generator>Chaffinch</generator>\n";
  for (const Comment& comment : feed.items) {
    const auto site = std::find_if(feed.sites.begin(), feed.sites.end(),
                                   [&](const Site& one) { return one.id == comment.site; });
    write(comment, site == feed.sites.end() ? nullptr : &*site, xml);
  }
  return xml + "</feed>\n";
}

}  // namespace chaffinch::http
