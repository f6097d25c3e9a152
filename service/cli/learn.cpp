// What a store has learned: how good it is, what it makes of a text, and folding it anew.
#include <chrono>

#include "analysis/calibration.h"
#include "analysis/gather.h"
#include "cli/commands.h"
#include "cli/starter_set.h"
#include "cli/terminal.h"
#include "learning.h"

namespace chaffinch::cli {
namespace {

// The store of a stopped service with its models. Problems go to standard error.
struct School {
  Settings settings;
  std::shared_ptr<const RuleSet> rules;
  std::unique_ptr<Store> store;
  std::unique_ptr<Learning> learning;
};

// What a running service is to be asked instead; no path: it cannot be.
struct Instead {
  std::string method = {}, path = {}, body = {};
};

std::unique_ptr<School> school_of(const Given& given, const Instead& instead) {
  auto school = std::make_unique<School>();
  auto settings = settings_of(given);
  if (!settings) {
    complain(settings.error());
    return nullptr;
  }
  school->settings = std::move(*settings);
  school->rules = rules_or_complain(school->settings.rules);
  if (!school->rules) return nullptr;
  auto store = open_home(school->settings, false);
  if (!store) {
    complain(store.error());
    if (store.error().code == Code::unavailable)
      err(instead.path.empty() ? "Stop the service, run this again, start it again.\n"
                               : over_the_api(school->settings, instead.method, instead.path, instead.body));
    return nullptr;
  }
  school->store = std::move(*store);
  school->learning = std::make_unique<Learning>(*school->store, starter_set(), *school->rules);
  return school;
}

// Names of the sites, or the one that is asked for. The shared lane is "".
Result<std::vector<std::string>> lanes_of(Store& store, const std::string& site) {
  std::vector<std::string> names;
  if (!site.empty()) {
    if (auto known = store.site(site); !known) return tl::unexpected(std::move(known).error());
    names.push_back(site);
    return names;
  }
  auto sites = store.sites();
  if (!sites) return tl::unexpected(std::move(sites).error());
  names.emplace_back();
  for (const Site& one : *sites) names.push_back(one.id);
  return names;
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? "-" : fixed(100.0 * static_cast<double>(part) / static_cast<double>(whole), 1) + " %";
}

std::string line_of(const std::string& name, const Learning::Status& status) {
  const Quality& quality = status.quality;
  const bool both = quality.ham > 0 && quality.spam > 0;
  const auto right = [](const std::string& text, std::size_t width) {
    return std::string(width > text.size() ? width - text.size() : 0, ' ') + text;
  };
  return name + std::string(name.size() < 20 ? 20 - name.size() : 0, ' ') + right(grouped(quality.ham), 10) +
         right(grouped(quality.spam), 10) + right(percent(quality.ham_as_spam, quality.ham), 10) +
         right(percent(quality.spam_as_ham, quality.spam), 10) +
         right(both ? fixed(quality.area(), 4) : "-", 9) +
         right(quality.ham + quality.spam > 0 ? fixed(calibration_of(quality).error, 3) : "-", 8) +
         right(fixed(quality.drift(), 2), 8) + right(grouped(status.weights), 11) +
         right(grouped(status.bytes / 1024) + " KiB", 14) + right(grouped(status.tail), 10) + "\n";
}

}  // namespace

int learn_status(const LearnStatus& wish) {
  const auto school = school_of(wish.given, {"GET", "/v1/stats"});
  if (!school) return kFailed;
  auto lanes = lanes_of(*school->store, wish.site);
  if (!lanes) return complain(lanes.error());
  std::string text =
      "model                      ham      spam  ham wrong spam wrong      auc  calibr   drift    weights    "
      "    "
      "memory   exact\n" +
      line_of("(starter set)", school->learning->starter());
  for (const std::string& lane : *lanes) {
    const auto status = school->learning->status(lane);
    if (!status) return complain(status.error());
    text += line_of(lane.empty() ? "(shared)" : lane, *status);
  }
  text +=
      "\nham, spam: lessons. wrong: of predictions made before each lesson, at its natural threshold. "
      "calibr: "
      "mean\ndistance of the probabilities from what came. drift: from 1 on worse of late. memory: what a "
      "running "
      "service holds.\nexact: the newest lessons, which an undo takes back exactly.\n";
  return out(text) ? kFine : kFailed;
}

int learn_rebuild(const LearnStatus& wish) {
  const auto school = school_of(wish.given, {});
  if (!school) return kFailed;
  auto lanes = lanes_of(*school->store, wish.site);
  if (!lanes) return complain(lanes.error());
  for (const std::string& lane : *lanes) {
    const auto began = std::chrono::steady_clock::now();
    if (auto done = school->learning->rebuild(lane); !done) return complain(done.error());
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    const auto status = school->learning->status(lane);
    if (!status) return complain(status.error());
    if (!out((lane.empty() ? std::string("(shared)") : lane) + ": " +
             grouped(status->quality.ham + status->quality.spam) + " lessons folded, " + fixed(seconds, 2) +
             " s\n"))
      return kFailed;
  }
  return kFine;
}

int learn_explain(const LearnExplain& wish) {
  const auto school = school_of(
      wish.given, {"POST", "/v1/check", R"({"site":")" + plain(wish.site) + R"(","content":"..."})"});
  if (!school) return kFailed;
  if (auto known = school->store->site(wish.site); !known) return complain(known.error());
  Submission comment;
  comment.site = wish.site;
  comment.content = wish.text;
  comment.author.name = wish.name;
  comment.author.email = wish.email;
  comment.author.url = wish.url;
  Evidence seen = gather(comment);
  seen.facts.now = now();
  const Verdict verdict = school->rules->judge(seen, Policy{});
  const Impression impression = school->learning->explain(wish.site, seen, verdict.findings);
  if (impression.silent)
    return out("The learner is silent: it has seen too little of one kind.\n") ? kFine : kFailed;
  std::string text = "probability of spam " + fixed(impression.probability, 4) + ", score " +
                     fixed(impression.score, 3) + "\n\n";
  for (const Weighed& one : impression.features) {
    const std::string_view field = seen.raw(one.spot.field);
    text += (one.weight > 0 ? "  +" : "  ") + fixed(one.weight, 3) + "  " +
            std::string(word(one.spot.field)) + "  " +
            (one.spot.end > one.spot.start
                 ? "'" + plain(field.substr(one.spot.start, one.spot.end - one.spot.start)) + "'"
                 : std::string("(as a whole)")) +
            "\n";
  }
  return out(text) ? kFine : kFailed;
}

}  // namespace chaffinch::cli
