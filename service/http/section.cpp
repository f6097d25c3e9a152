#include "http/section.h"

#include "core/limits.h"
#include "core/time.h"
#include "http/shown.h"
#include "http/thread_tree.h"

namespace chaffinch::http {
namespace {

class Writer {
 public:
  explicit Writer(const Section& section) : section_(section), tree_(tree_of(section.thread.items)) {}

  std::string html() {
    html_ = "<section class=\"chaffinch\" lang=\"" + escaped(section_.language) + "\" dir=\"" + say("dir") +
            "\">\n";
    outcome();
    html_ += "<h2>" + say("comments") + " (" + std::to_string(section_.thread.count) + ")</h2>\n";
    if (section_.thread.items.empty()) {
      if (!section_.thread.closed) html_ += "<p>" + say("empty") + "</p>\n";
    } else {
      list(tree_.tops);
    }
    if (section_.thread.next) {
      html_ += "<p><a rel=\"next\" href=\"" + link("chaffinch_cursor=" + *section_.thread.next, "") + "\">" +
               say("more") + "</a></p>\n";
    }
    if (section_.thread.closed)
      html_ += "<p>" + say("closed") + "</p>\n";
    else if (!section_.token.empty())
      form();
    return html_ + "</section>\n";
  }

 private:
  std::string say(const std::string& name, std::string_view who = {}) const {
    const auto found = section_.texts.find(name);
    std::string text = found == section_.texts.end() ? name : found->second;
    if (const std::size_t at = text.find("{name}"); at != std::string::npos) text.replace(at, 6, who);
    return escaped(text);
  }

  // A link to the page itself, with this in its query. `more` is made of letters that need no escape there.
  std::string link(const std::string& more, const std::string& fragment) const {
    const std::string page = section_.page.substr(0, section_.page.find('#'));
    return escaped(page + (page.find('?') == std::string::npos ? "?" : "&") + more + fragment);
  }

  void outcome() {
    if (section_.outcome.empty()) return;
    const std::string name = section_.outcome == "pending" ? "pending_sent" : section_.outcome;
    html_ += "<p class=\"chaffinch-outcome\" role=\"status\">" + say(name) + "</p>\n";
  }

  std::string name_of(const Comment& comment) const {
    const auto anonymous = section_.texts.find("anonymous");
    if (!comment.author.name.empty() || anonymous == section_.texts.end()) return comment.author.name;
    return anonymous->second;
  }

  void list(const std::vector<std::size_t>& places) {  // at most limits::kThreadDepth deep
    html_ += "<ol>\n";
    for (const std::size_t place : places) {
      one(section_.thread.items[place]);
      if (!tree_.replies[place].empty()) list(tree_.replies[place]);
      html_ += "</li>\n";
    }
    html_ += "</ol>\n";
  }

  void one(const Comment& comment) {
    const std::string id = comment.id.text();
    const std::string name = name_of(comment);
    html_ += "<li id=\"chaffinch-" + id + "\"><article>\n<header><bdi class=\"chaffinch-author\">";
    if (may_link(comment.author.url))
      html_ += "<a href=\"" + escaped(comment.author.url) + "\" rel=\"nofollow ugc noopener\">" +
               escaped(name) + "</a>";
    else
      html_ += escaped(name);
    const std::string at = format_time(comment.shown_at());
    html_ += "</bdi> <time datetime=\"" + at + "\">" + at.substr(0, 10) + " " + at.substr(11, 5) +
             "</time></header>\n";
    html_ += "<div class=\"chaffinch-body\" dir=\"auto\">" +
             html_of(shown(comment.content, section_.markdown)) + "</div>\n";
    if (!section_.token.empty() && !section_.thread.closed) {
      html_ += "<a class=\"chaffinch-reply\" rel=\"nofollow\" href=\"" +
               link("chaffinch_parent=" + id, "#chaffinch-form") + "\">" + say("reply_to", name) + "</a>\n";
    }
    html_ += "</article>\n";
  }

  void hidden(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    html_ += "<input type=\"hidden\" name=\"" + std::string(name) + "\" value=\"" + escaped(value) + "\">\n";
  }

  void field(const std::string& name, const std::string& label, const std::string& hint,
             const std::string& input) {
    html_ += "<p><label for=\"chaffinch-" + name + "\">" + label +
             (hint.empty() ? "" : " <small>" + hint + "</small>") + "</label>\n" + input + "</p>\n";
  }

  void form() {
    html_ += "<form id=\"chaffinch-form\" method=\"post\" action=\"" + escaped(section_.service) +
             "/v1/comments\" accept-charset=\"utf-8\">\n";
    std::string title = say("title");
    if (section_.parent) {
      for (const Comment& comment : section_.thread.items)
        if (comment.id == *section_.parent) title = say("reply_to", name_of(comment));
      hidden("parent", section_.parent->text());
    }
    html_ += "<h3>" + title + "</h3>\n";
    hidden("site", section_.site);
    hidden("article", section_.article);
    hidden("redirect", section_.page);
    hidden("form.token", section_.token);
    field("content", say("comment"), "",
          "<textarea id=\"chaffinch-content\" name=\"content\" rows=\"6\" dir=\"auto\" required></textarea>");
    field("name", say("name"), "",
          "<input id=\"chaffinch-name\" name=\"name\" autocomplete=\"name\" maxlength=\"200\" dir=\"auto\" "
          "required>");
    field("email", say("email"), say("email_hint"),
          "<input id=\"chaffinch-email\" name=\"email\" type=\"email\" autocomplete=\"email\" "
          "maxlength=\"100\" dir=\"ltr\">");
    field("url", say("website"), say("optional"),
          "<input id=\"chaffinch-url\" name=\"url\" type=\"url\" autocomplete=\"url\" maxlength=\"500\" "
          "dir=\"ltr\">");
    // Nobody sees it, with or without the page's styles.
    html_ += "<p class=\"chaffinch-trap\" hidden><label for=\"chaffinch-trap\">" + say("honeypot") +
             "</label>\n<input id=\"chaffinch-trap\" name=\"form.honeypot\" autocomplete=\"off\" "
             "tabindex=\"-1\"></p>\n";
    html_ += "<p><button>" + say("send") + "</button>";
    if (section_.parent) {
      html_ += " <a href=\"" + escaped(section_.page.empty() ? std::string("?") : section_.page) + "\">" +
               say("cancel") + "</a>";
    }
    html_ += "</p>\n</form>\n";
  }

  const Section& section_;
  const ThreadTree tree_;
  std::string html_;
};

}  // namespace

std::string section_html(const Section& section) {
  return Writer(section).html();
}

}  // namespace chaffinch::http
