#include "http/akismet_form.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <optional>
#include <utility>

#include "analysis/address.h"
#include "analysis/charset.h"
#include "analysis/text.h"
#include "core/limits.h"
#include "http/wire_submission.h"
#include "secrets.h"

namespace chaffinch::http {
namespace {

constexpr std::size_t kName = 200;     // bytes of a field's name as sent
constexpr std::size_t kLine = 4'000;   // and of a value that is one line, decoded, before it is read
constexpr std::size_t kContexts = 30;  // comment_context[]
constexpr std::size_t kBlogName = 250;
constexpr std::string_view kContext = "comment_context";

// In the order of the protocol's pages. Others that it documents (comment_parent, blog_lang, callback,
// site_domain ...) tell nothing that is used here, so they are not read either.
constexpr std::string_view kKnown[] = {"key",
                                       "api_key",
                                       "blog",
                                       "user_ip",
                                       "user_agent",
                                       "referrer",
                                       "permalink",
                                       "comment_type",
                                       "blog_charset",
                                       "comment_author",
                                       "comment_author_email",
                                       "comment_author_url",
                                       "comment_content",
                                       "comment_date_gmt",
                                       "user_role",
                                       "is_test",
                                       "test_discard",
                                       "recheck_reason",
                                       "honeypot_field_name",
                                       "guid",
                                       "reporter",
                                       "POST_ak_js",
                                       "POST_ak_hp_textarea",
                                       "from",
                                       "month",
                                       "filter",
                                       "format",
                                       "order",
                                       "limit",
                                       "offset"};

// What a visitor's browser sent.
constexpr std::string_view kPosted[] = {"comment_author",  "comment_author_email", "comment_author_url",
                                        "comment_content", "user_agent",           "referrer"};

// Whether all quotes and backslashes of a text are escaped; `any` where there is one.
bool is_escaped(std::string_view text, bool& any) {
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '\\') {
      const char next = i + 1 < text.size() ? text[i + 1] : ' ';
      if (next != '\\' && next != '\'' && next != '"') return false;
      any = true;
      i += 2;
    } else if (text[i] == '\'' || text[i] == '"') {
      return false;
    } else {
      ++i;
    }
  }
  return true;
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// A broken escape stands for itself.
std::string decoded(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0) {
      plain += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      plain += text[i] == '+' ? ' ' : text[i];
    }
  }
  return plain;
}

// Calls each(name, value) with the decoded name and the value as sent.
template <class Each>
void pairs_of(std::string_view body, Each each) {
  while (!body.empty()) {
    const std::size_t end = std::min(body.find('&'), body.size());
    const std::string_view pair = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    const std::size_t sign = std::min(pair.find('='), pair.size());
    if (sign == 0 || sign > kName) continue;
    each(decoded(pair.substr(0, sign)), sign < pair.size() ? pair.substr(sign + 1) : std::string_view());
  }
}

bool is_known(std::string_view name) {
  return std::find(std::begin(kKnown), std::end(kKnown), name) != std::end(kKnown);
}

bool is_context(std::string_view name) {
  if (!name.starts_with(kContext)) return false;
  name.remove_prefix(kContext.size());
  return name.empty() || (name.front() == '[' && name.back() == ']' && name.size() >= 2);
}

std::string_view stripped(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// At most `limit` bytes of a text, whole characters.
std::string_view cut(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0U) == 0x80U) --limit;
  return text.substr(0, limit);
}

// As one line.
std::string line(std::string_view text, std::size_t limit) {
  std::string one(stripped(text));
  for (char& c : one) {
    if (static_cast<unsigned char>(c) < 0x20 || c == '\x7f') c = ' ';
  }
  return std::string(cut(one, limit));
}

bool says_yes(std::string_view text) {
  const std::string word = ascii_lower(stripped(text));
  return word == "1" || word == "true" || word == "yes" || word == "on";
}

bool names_administrator(std::string_view roles) {
  while (!roles.empty()) {
    const std::size_t end = std::min(roles.find(','), roles.size());
    if (ascii_lower(stripped(roles.substr(0, end))) == "administrator") return true;
    roles.remove_prefix(std::min(end + 1, roles.size()));
  }
  return false;
}

// Proxies make lists of it: the first one is the author's.
std::string address_in(std::string_view text) {
  std::string_view one = stripped(text.substr(0, text.find(',')));
  if (one.starts_with('[') && one.find(']') != std::string_view::npos) one = one.substr(1, one.find(']') - 1);
  const auto address = Address::parse(one);
  return address ? address->text() : std::string();
}

// From showing the form to now; nothing when the browser's clock cannot be right.
std::optional<std::int64_t> elapsed(std::string_view shown_at, Time now) {
  std::int64_t since = 0;
  shown_at = stripped(shown_at);
  const auto [end, error] = std::from_chars(shown_at.data(), shown_at.data() + shown_at.size(), since);
  if (error != std::errc() || end != shown_at.data() + shown_at.size() || since <= 0) return std::nullopt;
  const std::int64_t here = now / kMillisecond;
  if (since > here || here - since > kDay / kMillisecond) return std::nullopt;
  return here - since;
}

std::string article_id(std::string_view permalink) {
  const std::string whole = line(permalink.substr(0, permalink.find('#')), limits::kUrl);
  return whole.size() <= limits::kArticleId ? whole : "sha256:" + sha256_hex(whole);
}

}  // namespace

std::string_view AkismetForm::operator[](std::string_view name) const {
  const auto found = fields.find(name);
  return found == fields.end() ? std::string_view() : std::string_view(found->second);
}

bool AkismetForm::flag(std::string_view name) const {
  return says_yes((*this)[name]);
}

AkismetForm read_akismet_form(std::string_view body,
                              const std::vector<std::pair<std::string, std::string>>& query,
                              std::string_view charset) {
  AkismetForm form;
  for (const auto& [name, value] : query) {
    if (is_known(name)) form.fields[name] = value;
  }
  std::string_view trap;
  pairs_of(body, [&](std::string name, std::string_view value) {
    if (is_known(name)) {
      // What is longer than anything may be is refused or cut anyway.
      const std::size_t most = name == "comment_content" ? body.size() : 3 * kLine;
      form.fields[std::move(name)] = decoded(value.substr(0, most));
    } else if (is_context(name) && form.context.size() < kContexts) {
      form.context.push_back(decoded(value.substr(0, kLine)));
    }
  });
  if (const std::string named(stripped(form["honeypot_field_name"])); !named.empty()) {
    pairs_of(body, [&](const std::string& name, std::string_view value) {
      if (name == named || name == "POST_" + named) trap = value.empty() ? trap : value;
    });
    form.honeypot = decoded(trap.substr(0, kLine));
  }
  if (const std::string_view own = stripped(form["blog_charset"]); !own.empty()) charset = own;
  const std::string from(charset);
  for (auto& [name, value] : form.fields) value = to_utf8(value, from);
  for (std::string& one : form.context) one = to_utf8(one, from);
  form.honeypot = to_utf8(form.honeypot, from);
  return form;
}

void without_wordpress_escapes(AkismetForm& form, std::string_view agent) {
  if (!agent.starts_with("WordPress/") || agent.find("Akismet/") == std::string_view::npos) return;
  bool any = false;
  for (const std::string_view name : kPosted)
    if (!is_escaped(form[name], any)) return;
  if (!any) return;
  for (const std::string_view name : kPosted) {
    const auto field = form.fields.find(name);
    if (field == form.fields.end()) continue;
    std::string plain;
    for (std::size_t i = 0; i < field->second.size(); ++i) {
      if (field->second[i] == '\\') ++i;
      plain += field->second[i];
    }
    field->second = std::move(plain);
  }
}

std::string akismet_key_in(const AkismetForm& form, std::string_view host) {
  for (const char* name : {"key", "api_key"}) {
    if (const std::string_view key = stripped(form[name]); !key.empty()) return std::string(key);
  }
  const std::size_t dot = host.find('.');
  const std::string_view label = dot == std::string_view::npos ? std::string_view() : host.substr(0, dot);
  return is_akismet_key(label) ? std::string(label) : std::string();
}

std::string blog_name(std::string_view url) {
  url = stripped(url);
  if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos)
    url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("?#"));
  const std::size_t slash = std::min(url.find('/'), url.size());
  std::string host = ascii_lower(url.substr(0, slash));
  for (const std::string_view port : {":80", ":443"})
    if (host.ends_with(port)) host.resize(host.size() - port.size());
  std::string name = line(host + std::string(url.substr(slash)), kBlogName);
  while (name.ends_with('/')) name.pop_back();
  return name;
}

bool is_own_blog(const Site& site, std::string_view blog) {
  const std::string name = blog_name(blog);
  const auto under = [&](const std::string& top) {
    const std::string own = blog_name(top);
    return !own.empty() && name.starts_with(own) && (name.size() == own.size() || name[own.size()] == '/') &&
           name.find("/.") == std::string::npos;
  };
  return under(site.url) || std::any_of(site.origins.begin(), site.origins.end(), under);
}

Result<Asked> read_akismet_comment(const AkismetForm& form, const std::string& site, bool report, Time now) {
  if (!form.has("user_ip"))
    return fail(Code::invalid, "user_ip is missing: send the address of the comment's author");
  if (form["comment_content"].size() > limits::kContent) {
    return fail(Code::too_large,
                "comment_content is longer than " + std::to_string(limits::kContent) + " bytes of UTF-8");
  }
  Asked asked;
  asked.blog = blog_name(form["blog"]);
  asked.id = Id::parse(stripped(form["guid"]));
  asked.test = form.flag("is_test");
  asked.again = !report && form.has("recheck_reason");

  Submission& comment = asked.submission;
  comment.site = site;
  const std::string_view page = form.has("permalink") ? form["permalink"] : form["blog"];
  comment.article = {.id = article_id(page), .url = line(page, limits::kUrl), .title = {}};
  std::string title;
  for (const std::string& one : form.context) {
    const std::string word = line(one, limits::kTitle);
    if (!word.empty()) title += (title.empty() ? "" : ", ") + word;
  }
  comment.article.title = cut(title, limits::kTitle);
  comment.author.name = line(form["comment_author"], limits::kName);
  comment.author.email = line(form["comment_author_email"], limits::kEmail);
  comment.author.url = line(form["comment_author_url"], limits::kUrl);
  comment.content = form["comment_content"];
  comment.client = {.ip = address_in(form["user_ip"]),
                    .user_agent = line(form["user_agent"], limits::kUserAgent),
                    .referrer = line(form["referrer"], limits::kUrl)};
  if (const std::string type = line(form["comment_type"], limits::kType); !type.empty()) comment.type = type;
  comment.created_at = parse_time(stripped(form["comment_date_gmt"]));
  if (comment.created_at && *comment.created_at > now + kDay) comment.created_at.reset();
  if (!report && !asked.again) comment.form.elapsed_ms = elapsed(form["POST_ak_js"], now);
  for (const std::string_view trap : {std::string_view(form.honeypot), form["POST_ak_hp_textarea"]}) {
    if (!stripped(trap).empty()) comment.form.honeypot = line(trap, kHoneypot);
  }

  const std::string& name = comment.author.name;
  if (name == "akismet-guaranteed-spam" || name == "viagra-test-123" ||
      ascii_lower(comment.author.email) == "akismet-guaranteed-spam@example.com") {
    asked.ruling = {.spam = true,
                    .rule = "akismet_test",
                    .about = "The author is one of the protocol's test values, which are always spam."};
  } else if (names_administrator(form["user_role"])) {
    asked.ruling = {.spam = false,
                    .rule = "administrator",
                    .about = "Written by an administrator of the blog, as the blog says."};
  }
  return asked;
}

}  // namespace chaffinch::http
