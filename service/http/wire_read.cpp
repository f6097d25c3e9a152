// Requests about comments and decisions.
#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "analysis/address.h"
#include "analysis/spelling.h"
#include "analysis/text.h"
#include "core/limits.h"
#include "http/door.h"
#include "http/filter.h"
#include "http/wire.h"
#include "http/wire_json.h"
#include "http/wire_submission.h"

namespace chaffinch::http {
namespace {

constexpr std::size_t kReceipt = 200;
constexpr std::size_t kToken = 200;  // of a form; ours have about 70

bool blank(std::string_view body) {
  return body.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// A form's field, by the name in it, and its place in a submission.
struct FormName {
  std::string_view name;
  std::string_view place;
};
constexpr FormName kFormNames[] = {
    {"site", "site"},
    {"article", "article.id"},
    {"article.id", "article.id"},
    {"article.url", "article.url"},
    {"article.title", "article.title"},
    {"parent", "parent"},
    {"name", "author.name"},
    {"author.name", "author.name"},
    {"email", "author.email"},
    {"author.email", "author.email"},
    {"url", "author.url"},
    {"author.url", "author.url"},
    {"author.id", "author.id"},
    {"content", "content"},
    {"client.ip", "client.ip"},
    {"client.user_agent", "client.user_agent"},
    {"client.referrer", "client.referrer"},
    {"type", "type"},
    {"created_at", "created_at"},
    {"form.token", "form.token"},
    {"form.elapsed_ms", "form.elapsed_ms"},
    {"form.honeypot", "form.honeypot"},
    {"redirect", "redirect"},
};

}  // namespace

std::optional<std::string> flaw_of_line(std::string_view text, std::size_t limit) {
  if (!valid_utf8(text)) return "it is not valid UTF-8";
  return flaw_of(text, limit, Look::line);
}

Submission read_fields(Fields& from, std::vector<std::string>* claims, bool needs_article,
                       std::string* token) {
  const auto claim = [&](std::string place) {
    if (claims != nullptr) claims->push_back(std::move(place));
  };
  Flaws& flaws = from.flaws();
  Submission read;
  read.site = from.text_or_empty("site", limits::kSiteName);
  if (const Json* json = from.object("article")) {
    Fields article(*json, from.pointer("article"), flaws, "an article");
    read.article.id = article.required("id", limits::kArticleId);
    read.article.url = article.text_or_empty("url", limits::kUrl);
    read.article.title = article.text_or_empty("title", limits::kTitle);
    if (article.has("url")) claim(article.pointer("url"));
    if (article.has("title")) claim(article.pointer("title"));
    article.finish();
  } else if (needs_article && !from.has("article")) {
    from.missing("article", "it is required", "\"article\": {\"id\": ...} names the page");
  }
  read.parent = from.id("parent");
  if (const Json* json = from.object("author")) {
    Fields author(*json, from.pointer("author"), flaws, "an author");
    read.author.name = author.text_or_empty("name", limits::kName);
    read.author.email = author.text_or_empty("email", limits::kEmail);
    read.author.url = author.text_or_empty("url", limits::kUrl);
    read.author.id = author.text_or_empty("id", limits::kAuthorId);
    if (author.has("id")) claim(author.pointer("id"));
    author.finish();
  }
  read.content = from.required("content", limits::kContent, Look::prose);
  if (const Json* json = from.object("client")) {
    claim(from.pointer("client"));
    Fields client(*json, from.pointer("client"), flaws, "a client");
    read.client.ip = client.text_or_empty("ip", 64);
    if (!read.client.ip.empty()) {
      if (const auto address = Address::parse(read.client.ip))
        read.client.ip = address->text();
      else
        client.wrong("ip", "it is not an address", "an IPv4 or IPv6 address, without port or brackets");
    }
    read.client.user_agent = client.text_or_empty("user_agent", limits::kUserAgent);
    read.client.referrer = client.text_or_empty("referrer", limits::kUrl);
    client.finish();
  }
  if (auto type = from.text("type", limits::kType)) {
    claim(from.pointer("type"));
    if (type->empty()) from.wrong("type", "it must not be empty", "leave it out: a comment is meant");
    read.type = std::move(*type);
  }
  read.created_at = from.time("created_at");
  if (from.has("created_at")) claim(from.pointer("created_at"));
  if (const Json* json = from.object("form")) {
    Fields form(*json, from.pointer("form"), flaws, "a form");
    read.form.elapsed_ms = form.whole("elapsed_ms", 0, 1'000'000'000'000);
    read.form.honeypot = form.text("honeypot", limits::kBody, Look::prose);
    if (token != nullptr) *token = form.text_or_empty("token", kToken);
    form.finish();
    if (read.form.honeypot && read.form.honeypot->size() > kHoneypot) {
      std::size_t end = kHoneypot;  // that something stood there is the news, not all of it
      while (end > 0 && (static_cast<unsigned char>((*read.form.honeypot)[end]) & 0xC0U) == 0x80U) --end;
      read.form.honeypot->resize(end);
    }
  }
  return read;
}

Result<Incoming> read_submission(std::string_view body) {
  return read_object<Incoming>(body, "a comment", [](Fields& from, Incoming& wish) {
    wish.submission = read_fields(from, &wish.claims, true, &wish.token);
  });
}

Result<Incoming> read_form(std::string_view body) {
  Json json = Json::object();
  Flaws flaws;
  Incoming wish;
  std::set<std::string_view> seen;
  for (auto& [name, value] : parse_form(body)) {
    const auto found =
        std::find_if(std::begin(kFormNames), std::end(kFormNames),
                     [&, key = std::string_view(name)](const FormName& one) { return one.name == key; });
    if (found == std::end(kFormNames)) {
      std::vector<std::string_view> known;
      for (const FormName& one : kFormNames) known.push_back(one.name);
      const std::string shown = valid_utf8(name) ? name : std::string("?");
      flaws.wrong("/" + pointer_part(shown), "the form has no such field", did_you_mean(shown, known));
      break;
    }
    std::string where = "/" + std::string(found->place);
    std::replace(where.begin(), where.end(), '.', '/');
    if (!seen.insert(found->place).second) flaws.wrong(where, "the field is given twice");
    if (!valid_utf8(value)) flaws.wrong(where, "it is not valid UTF-8", "send the form as UTF-8");
    if (flaws.any()) break;
    if (value.empty()) continue;  // browsers send every field
    if (found->place == "redirect") {
      if (auto flaw = flaw_of(value, limits::kUrl, Look::line)) flaws.wrong(where, std::move(*flaw));
      wish.redirect = std::move(value);
      continue;
    }
    Json field = std::move(value);
    if (found->place == "form.elapsed_ms") {
      const std::string& text = field.get_ref<const std::string&>();
      std::int64_t number = 0;
      const auto [end, flaw] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (flaw != std::errc() || end != text.data() + text.size())
        flaws.wrong(where, "it must be a whole number");
      else
        field = number;
    }
    const std::size_t dot = found->place.find('.');
    if (dot == std::string_view::npos)
      json[std::string(found->place)] = std::move(field);
    else
      json[std::string(found->place.substr(0, dot))][std::string(found->place.substr(dot + 1))] =
          std::move(field);
  }
  if (!flaws.any()) {
    Fields from(json, {}, flaws, "a comment");
    wish.submission = read_fields(from, &wish.claims, true, &wish.token);
    from.finish();
  }
  if (flaws.any()) return flaws.error();
  return wish;
}

Result<CheckWish> read_check(std::string_view body) {
  auto json = parse_json(body);
  if (!json) return tl::unexpected(std::move(json).error());
  CheckWish wish;
  wish.batch = json->is_array();
  Flaws flaws;
  const auto read = [&](const Json& one, std::string at) {
    Fields from(one, std::move(at), flaws, "a comment");
    wish.submissions.push_back(read_fields(from, nullptr, false));
    from.finish();
  };
  if (!wish.batch) {
    read(*json, {});
  } else if (json->size() > limits::kBatch) {
    return fail(Code::too_large, "the array holds more than " + std::to_string(limits::kBatch) + " comments",
                {}, "send several arrays");
  } else {
    for (std::size_t i = 0; i < json->size() && !flaws.any(); ++i) read((*json)[i], "/" + std::to_string(i));
  }
  if (flaws.any()) return flaws.error();
  return wish;
}

Result<LearnWish> read_learn(std::string_view body) {
  return read_object<LearnWish>(body, "a labelled comment", [](Fields& from, LearnWish& wish) {
    wish.submission = read_fields(from, nullptr, false);
    const std::string label = from.required("label", 20);
    if (!label.empty() && label != "spam" && label != "ham") {
      from.wrong("label", "there is no such label", "it may be spam or ham");
    }
    wish.spam = label == "spam";
  });
}

Result<ChangeWish> read_change(std::string_view body) {
  return read_object<ChangeWish>(body, "a change", [](Fields& from, ChangeWish& wish) {
    wish.change.content = from.text("content", limits::kContent, Look::prose);
    if (wish.change.content && wish.change.content->empty()) {
      from.wrong("content", "it must not be empty", "DELETE removes a comment");
    }
    if (const Json* json = from.object("author")) {
      Fields author(*json, "/author", from.flaws(), "a change of an author");
      wish.change.author_name = author.text("name", limits::kName);
      wish.change.author_url = author.text("url", limits::kUrl);
      author.finish();
    }
    if (auto version = from.whole("version", 1, INT32_MAX)) {
      wish.change.version = static_cast<std::int32_t>(*version);
    }
    wish.receipt = from.text_or_empty("receipt", kReceipt);
    if (!wish.change.content && !wish.change.author_name && !wish.change.author_url) {
      from.missing("content", "nothing is to be changed", "give content, author.name or author.url");
    }
  });
}

Result<std::string> read_removal(std::string_view body) {
  if (blank(body)) return std::string();
  return read_object<std::string>(body, "a removal", [](Fields& from, std::string& receipt) {
    receipt = from.text_or_empty("receipt", kReceipt);
  });
}

Result<Settle> read_decision(std::string_view body) {
  return read_object<Settle>(body, "a decision", [](Fields& from, Settle& wish) {
    const std::string decision = from.required("decision", 20);
    if (!decision.empty()) {
      const auto kind = decision_from(decision);
      if (!kind || !is_status(*kind))
        from.wrong("decision", "there is no such decision", "it may be approve, reject or spam");
      else
        wish.kind = *kind;
    }
    const Json* ids = from.array("ids");
    const Json* filter = from.object("filter");
    if (ids != nullptr && filter != nullptr) {
      from.wrong("filter", "ids and a filter cannot be given together", "send two decisions");
    }
    if (!from.has("ids") && !from.has("filter")) {
      from.missing("ids", "it is required",
                   "name the comments by ids, or by a filter with the expected count");
    }
    if (ids != nullptr && ids->empty()) from.wrong("ids", "it must name at least one comment");
    if (ids != nullptr && ids->size() > limits::kDecisionIds) {
      from.wrong("ids", "it names more than " + std::to_string(limits::kDecisionIds) + " comments",
                 "send several decisions", Code::too_large);
    } else if (ids != nullptr) {
      std::set<Id> seen;
      for (std::size_t i = 0; i < ids->size(); ++i) {
        const Json& one = (*ids)[i];
        const std::string at = "/ids/" + std::to_string(i);
        Target target;
        if (one.is_string()) {
          const auto id = Id::parse(one.get_ref<const std::string&>());
          if (!id) from.flaws().wrong(at, "it is not an id: " + in_quotes(one.get_ref<const std::string&>()));
          target.id = id.value_or(Id{});
        } else if (one.is_object()) {
          Fields both(one, at, from.flaws(), "a comment with the version that was seen");
          target.id = both.id("id").value_or(Id{});
          if (!both.has("id")) both.missing("id", "it is required");
          if (auto version = both.whole("version", 1, INT32_MAX)) {
            target.version = static_cast<std::int32_t>(*version);
          }
          both.finish();
        } else {
          from.flaws().wrong(at, "it must be an id, or an object with id and version");
        }
        if (from.flaws().any()) break;
        if (seen.insert(target.id).second) wish.targets.push_back(target);
      }
    }
    if (filter != nullptr) {
      Fields fields(*filter, "/filter", from.flaws(), "a filter");
      wish.filter.emplace();
      read_filter(fields, *wish.filter);
      fields.finish();
    }
    if (auto expected = from.whole("expected", 0, static_cast<std::int64_t>(limits::kDecisionFilter))) {
      wish.expected = static_cast<std::uint32_t>(*expected);
      if (filter == nullptr && !from.flaws().any()) {
        from.wrong("expected", "it belongs to a filter", "leave it out when ids are given");
      }
    } else if (filter != nullptr && !from.has("expected")) {
      from.missing("expected", "it is required with a filter",
                   "the number of comments that you saw; another number changes nothing");
    }
    wish.reason = from.text_or_empty("reason", limits::kReason);
    wish.note = from.text_or_empty("note", limits::kNote, Look::prose);
    if (const Json* json = from.object("block")) {
      Fields block(*json, "/block", from.flaws(), "a wish to block");
      wish.block.author = block.flag("author").value_or(false);
      wish.block.ip = block.flag("ip").value_or(false);
      wish.block.domain = block.flag("domain").value_or(false);
      block.finish();
    }
  });
}

Result<std::string> read_undo(std::string_view body) {
  if (blank(body)) return std::string();
  return read_object<std::string>(body, "an undo", [](Fields& from, std::string& note) {
    note = from.text_or_empty("note", limits::kNote, Look::prose);
  });
}

Result<ClaimWish> read_claim(std::string_view body) {
  if (blank(body)) return ClaimWish{};
  return read_object<ClaimWish>(body, "a claim", [](Fields& from, ClaimWish& wish) {
    wish.minutes = from.whole("minutes", 1, 240).value_or(wish.minutes);
    if (const Json* ids = from.array("ids")) {
      if (ids->empty()) from.wrong("ids", "it must name at least one comment");
      if (ids->size() > limits::kClaimIds)
        from.wrong("ids", "it names more than " + std::to_string(limits::kClaimIds) + " comments",
                   "send several claims", Code::too_large);
      std::set<Id> seen;
      for (std::size_t i = 0; i < ids->size() && !from.flaws().any(); ++i) {
        const Json& one = (*ids)[i];
        const auto id = one.is_string() ? Id::parse(one.get_ref<const std::string&>()) : std::nullopt;
        if (!id) from.flaws().wrong("/ids/" + std::to_string(i), "it is not an id");
        if (id && seen.insert(*id).second) wish.ids.push_back(*id);
      }
      return;  // with ids nothing else is known
    }
    read_filter(from, wish.query);
    read_sort(from, wish.query);
    if (wish.query.status != Status::pending) {
      from.wrong("status", "only pending comments can be claimed", "leave it out");
    }
    wish.count = static_cast<std::uint32_t>(
        from.whole("count", 1, static_cast<std::int64_t>(limits::kPage)).value_or(wish.count));
  });
}

Result<RecheckWish> read_recheck(std::string_view body) {
  if (blank(body)) return RecheckWish{};
  return read_object<RecheckWish>(body, "a re-check", [](Fields& from, RecheckWish& wish) {
    wish.site = from.text_or_empty("site", limits::kSiteName);
    wish.cursor = from.text_or_empty("cursor", 1'000);
  });
}

Result<Forget> read_forget(std::string_view body) {
  return read_object<Forget>(body, "a wish to forget", [](Fields& from, Forget& wish) {
    wish.site = from.text_or_empty("site", limits::kSiteName);
    int named = 0;
    for (const std::string_view name : {"email", "author_id", "ip"}) named += from.has(name) ? 1 : 0;
    if (from.has("email"))
      wish.email = from.required("email", limits::kEmail);
    else
      from.text("email", limits::kEmail);
    if (from.has("author_id"))
      wish.author_id = from.required("author_id", limits::kAuthorId);
    else
      from.text("author_id", limits::kAuthorId);
    if (auto ip = from.text("ip", 64)) {
      const auto address = Address::parse(*ip);
      if (!address)
        from.wrong("ip", "it is not an address");
      else
        wish.ip = address->text();
    }
    if (named == 0) from.missing("email", "nobody is named", "give one of email, author_id and ip");
    if (named > 1) {
      from.wrong(from.has("ip") ? "ip" : "author_id", "a person is named in one way",
                 "give one of email, author_id and ip");
    }
  });
}

}  // namespace chaffinch::http
