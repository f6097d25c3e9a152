// The comment section as HTML without a line of script: what a server puts into its page (GET
// /v1/comments.html), or a page of ours. Pure; safe from any thread.
//
// One <section class="chaffinch"> with the thread, links to reply and to the next page, and a form. Class
// names begin with "chaffinch", a comment's element has the id "chaffinch-<id>"; there is no style, so that
// the page's own holds. The links add chaffinch_parent and chaffinch_cursor to the page's query: whoever
// includes the section hands them on, and the `chaffinch` that a sent form comes back with.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "core/id.h"
#include "store/store.h"

namespace chaffinch::http {

struct Section {
  std::string site;
  std::string article;
  ThreadPage thread;
  bool markdown = false;
  std::string token;         // of the form; empty: no form is shown
  std::string service;       // where the form goes to, without a slash at its end: "https://comments.example"
  std::string page;          // URL of the page, for its links and the way back; empty: relative ones
  std::string outcome;       // of the form that was sent: published, pending, refused; or empty
  std::optional<Id> parent;  // is answered by the form
  std::string language = "en";
  std::map<std::string, std::string> texts;  // read_texts of that language
};

std::string section_html(const Section& section);

}  // namespace chaffinch::http
