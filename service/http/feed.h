// Comments as an Atom feed (RFC 4287). Pure; safe from any thread.
#pragma once

#include <string>
#include <vector>

#include "core/comment.h"
#include "core/site.h"

namespace chaffinch::http {

struct Feed {
  std::string title;
  std::string id;              // an IRI that stays the same
  std::vector<Comment> items;  // newest first
  std::vector<Site> sites;     // of the comments, for links and for the way to show them
  Time updated = 0;            // when there are no items
};

// Names and texts as on the page; email, address and user agent are in no feed.
std::string atom(const Feed& feed);

// Where a comment's article is: its URL, or its id where that is a path of the site; else the site. May be
// empty.
std::string page_of(const Comment& comment, const Site& site);

}  // namespace chaffinch::http
