// Answers to readers.
#include "http/shown.h"
#include "http/thread_tree.h"
#include "http/wire.h"
#include "http/wire_json.h"
#include "http/wire_values.h"

namespace chaffinch::http {
namespace {

// A homepage that a browser would run is not handed to pages that may forget to look.
std::string public_url(const std::string& url) {
  return url.starts_with("http://") || url.starts_with("https://") ? url : std::string();
}

Json body_json(const std::vector<Shown>& tree) {
  Json body = Json::array();
  for (const Shown& one : tree) {
    if (one.kind == Shown::Kind::text) {
      body.push_back(one.text);
      continue;
    }
    Json element = Json::array({element_of(one.kind)});
    if (one.kind == Shown::Kind::link) element.push_back(one.text);
    for (Json& inside : body_json(one.inside)) element.push_back(std::move(inside));
    body.push_back(std::move(element));
  }
  return body;
}

Json public_json(const Comment& comment) {
  return {{"id", comment.id.text()},
          {"status", word(comment.status)},
          {"parent", id_json(comment.parent)},
          {"author", {{"name", comment.author.name}, {"url", public_url(comment.author.url)}}},
          {"content", comment.content},
          {"created_at", format_time(comment.shown_at())},
          {"edited_at", time_json(comment.edited_at)},
          {"replies", Json::array()}};
}

}  // namespace

std::string write_thread(const ThreadPage& page, std::optional<bool> markdown) {
  std::vector<Json> made;
  made.reserve(page.items.size());
  for (const Comment& comment : page.items) {
    made.push_back(public_json(comment));
    if (markdown) made.back()["body"] = body_json(shown(comment.content, *markdown));
  }
  const ThreadTree tree = tree_of(page.items);
  // Children first, so that each subtree is complete when it is moved into its parent.
  for (std::size_t i = made.size(); i-- > 0;) {
    for (const std::size_t reply : tree.replies[i]) made[i]["replies"].push_back(std::move(made[reply]));
  }
  Json json = {{"items", Json::array()},
               {"next", next_json(page.next)},
               {"count", page.count},
               {"closed", page.closed}};
  for (const std::size_t top : tree.tops) json["items"].push_back(std::move(made[top]));
  return dump(json);
}

std::string write_form(const std::string& token, Time expires_at, bool markdown) {
  return dump({{"token", token}, {"expires_at", format_time(expires_at)}, {"markdown", markdown}});
}

std::string write_counts(const std::vector<std::string>& articles, const std::vector<std::uint64_t>& counts) {
  Json json = {{"items", Json::array()}};
  for (std::size_t i = 0; i < articles.size() && i < counts.size(); ++i) {
    json["items"].push_back({{"article", articles[i]}, {"count", counts[i]}});
  }
  return dump(json);
}

}  // namespace chaffinch::http
