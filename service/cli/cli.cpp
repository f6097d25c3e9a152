#include "cli/cli.h"

#include <csignal>
#include <cstdio>
#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/terminal.h"

namespace chaffinch::cli {
namespace {

// "http.keep_alive_seconds" -> "--http-keep-alive-seconds", with the short form of the usual ones.
std::string flag_of(const std::string& setting) {
  static const std::map<std::string, std::string> kShort = {
      {"http.host", "--host"}, {"http.port", "--port"}, {kDataSetting, "--data"}, {kRulesSetting, "--rules"}};
  std::string flag = "--" + setting;
  for (char& c : flag) {
    if (c == '.' || c == '_') c = '-';
  }
  const auto brief = kShort.find(setting);
  return brief == kShort.end() ? flag : brief->second + "," + flag;
}

// The options that say where settings come from: all of them as flags, or only where the data is.
void add_given(CLI::App& to, Given& given, bool all) {
  to.add_option("--config", given.config, "settings as TOML (or CHAFFINCH_CONFIG)")->type_name("FILE");
  for (const Settings::Row& row : known_settings()) {
    const std::string flag = flag_of(row.name);
    const bool where = row.name == kDataSetting;
    if (!all && !where) continue;
    to.add_option_function<std::string>(
          flag, [&given, name = row.name](const std::string& value) { given.flags[name] = value; }, row.about)
        ->type_name(where ? "DIR" : "VALUE");
  }
}

class CommandLine {
 public:
  CommandLine() : app_("Chaffinch: comment moderation and spam filter, self-hosted.", "chaffinch") {
    app_.set_version_flag("--version", "chaffinch " CHAFFINCH_VERSION);
    app_.require_subcommand(1);
    app_.footer("Each command has its own --help with an example: chaffinch import --help");
    add_serve();
    add_settings();
    add_check();
    add_import();
    add_export();
    add_replay();
    add_backup();
    add_token();
    add_site();
    add_rules();
    add_learn();
  }

  int run(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::Success& asked) {  // --help, --version
      return app_.exit(asked);
    } catch (const CLI::ParseError& wrong) {
      std::string path = "chaffinch";
      const CLI::App* one = &app_;
      while (!one->get_subcommands().empty()) {
        one = one->get_subcommands().front();
        path += " " + one->get_name();
      }
      // CLI11 misses a command before it sees that a word is none.
      const auto words = one->remaining();
      const bool no_command =
          wrong.get_name() == "RequiredError" && one->get_require_subcommand_min() > 0 && !words.empty();
      complain((no_command ? "there is no command '" + words.front() + "'" : std::string(wrong.what())) +
               ". See `" + path + " --help`.");
      return kUsage;
    }
    return chosen_();
  }

 private:
  // A command with its example; `act` runs when it was the one asked for.
  CLI::App* command(CLI::App& above, const std::string& name, const std::string& about,
                    const std::string& example, std::function<int()> act, const std::string& more = {}) {
    CLI::App* one = above.add_subcommand(name, about);
    one->footer(more + (more.empty() ? "" : "\n\n") + "Example:\n  " + example);
    one->final_callback([this, act = std::move(act)] { chosen_ = act; });
    return one;
  }

  void add_serve() {
    CLI::App* one = command(
        app_, "serve", "Runs the service until SIGINT or SIGTERM.",
        "chaffinch serve --port 8080 --data /var/lib/chaffinch", [this] { return serve(serve_); },
        R"(The first start makes the database, a demo site and an admin token, which is printed once. With
CHAFFINCH_ADMIN_TOKEN in the environment (16 to 200 visible characters) that is an admin token.
SIGHUP reads the rule packs again.)");
    add_given(*one, serve_.given, true);
  }

  void add_settings() {
    CLI::App* one = command(app_, "settings", "Shows each setting, its value, and where that came from.",
                            "CHAFFINCH_HTTP_PORT=9000 chaffinch settings --config chaffinch.toml",
                            [this] { return show_settings(settings_); });
    add_given(*one, settings_.given, true);
  }

  void add_check() {
    CLI::App* one = command(
        app_, "check", "Writes a verdict for each comment of standard input.",
        "chaffinch check --explain < comments.jsonl", [this] { return check(check_); },
        R"(One comment a line as JSON; verdicts come in the same order, made on all cores.
Without --data nothing is remembered of anybody, and the policy is the default one that publishes what is not flagged, so
that the score alone speaks. With --data the store of a stopped service is asked, and the site's own policy holds.
A bad line gets {"error": ..., "line": N} in its place; then the exit code is 3.)");
    add_given(*one, check_.given, false);
    one->add_flag("--explain", check_.explain,
                  "for people: findings, scores, and the text with what was seen marked");
    one->add_option("--site", check_.site, "site whose memory and policy to use (needs --data)")
        ->type_name("ID");
    one->add_option("--jobs", check_.jobs, "threads; default: one for each core")->check(CLI::Range(1, 256));
  }

  void add_import() {
    CLI::App* one = command(
        app_, "import", "Puts an archive of comments into the store of a stopped service.",
        "chaffinch import --site demo archive.jsonl", [this] { return import_archive(import_); },
        R"(One comment a line as JSON. Labels (spam, ham, abuse) become decisions by "import"; rows without one are judged
and queued, unless they carry a status of ours (as `chaffinch export` writes it): then they keep that. A reply names the id
of an earlier row as its parent. A second run adds nothing twice. A bad line is reported with its number and reason and does not stop the
rest; then the exit code is 3.)");
    add_given(*one, import_.given, false);
    one->add_option("--site", import_.site, "site that the comments belong to")->type_name("ID")->required();
    one->add_option("--format", format_, "form of the archive")
        ->check(CLI::IsMember({"jsonl"}))
        ->capture_default_str();
    one->add_option("file", import_.file, "the archive; - is standard input")->type_name("FILE")->required();
    auto* ignore = one->add_flag("--ignore-labels", import_.ignore_labels,
                                 "judge and queue rows with a label or a status too");
    one->add_flag("--label-from-archive", labels_, "labels become decisions (this is the default)")
        ->excludes(ignore);
    one->add_option("--jobs", import_.jobs, "threads; default: one for each core")->check(CLI::Range(1, 256));
  }

  void add_export() {
    CLI::App* one = command(
        app_, "export", "Writes all comments of a site as an archive, while the service runs or not.",
        "chaffinch export --site demo --out archive.jsonl", [this] { return export_archive(export_); },
        R"(One comment a line as JSON, oldest first, in the form that `chaffinch import` takes, with email, address and agent as
far as they are still kept. What people decided is the label (spam, ham, abuse). Imported into a new site it gives the
same statuses, labels and threads; a reply whose parent was removed then begins a thread of its own.)");
    add_given(*one, export_.given, false);
    one->add_option("--site", export_.site, "site whose comments to write")->type_name("ID")->required();
    one->add_option("--format", format_, "form of the archive")
        ->check(CLI::IsMember({"jsonl"}))
        ->capture_default_str();
    one->add_option("--out", export_.file, "a file that does not exist yet; default: standard output")
        ->type_name("FILE");
  }

  void add_replay() {
    CLI::App* one = command(
        app_, "replay", "Posts an archive to a running service as live submissions.",
        "chaffinch replay archive.jsonl --to http://127.0.0.1:8080 --token chf_... --site demo",
        [this] { return replay(replay_); },
        R"(One comment a line as JSON, posted without its label. Prints counts by status, latencies and the rate. An answer 429
or 503 is tried again after its Retry-After, a few times.)");
    one->add_option("file", replay_.file, "the archive; - is standard input")->type_name("FILE")->required();
    one->add_option("--to", replay_.to, "address of the service")->type_name("URL")->required();
    one->add_option("--token", replay_.token, "a front-end token (or CHAFFINCH_TOKEN)")
        ->type_name("TOKEN")
        ->envname("CHAFFINCH_TOKEN")
        ->required();
    one->add_option("--site", replay_.site, "site to post to; default: the token's")->type_name("ID");
    one->add_option("--rate", replay_.rate, "comments a second; default: as fast as answers come")
        ->check(CLI::Range(0.01, 1e6));
    one->add_option("--connections", replay_.connections, "at the same time")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    one->add_flag(
        "--keep-time,!--no-keep-time", replay_.keep_time,
        "send the row's own date as created_at (this is the default; --no-keep-time: as if written now)");
  }

  void add_backup() {
    CLI::App* one = command(
        app_, "backup", "Copies the database into a new file, while the service runs or not.",
        "chaffinch backup /backups/monday.db --data /var/lib/chaffinch", [this] { return backup(backup_); });
    add_given(*one, backup_.given, false);
    one->add_option("file", backup_.file, "the copy; must not exist yet")->type_name("FILE")->required();
  }

  void add_token() {
    CLI::App* above =
        app_.add_subcommand("token", "Makes, lists, links and revokes tokens. The service must be stopped.");
    above->require_subcommand(1);
    CLI::App* one =
        command(*above, "create",
                "Makes a token and prints it once, for admins and moderators with a link to the desk.",
                "chaffinch token create --role frontend --site demo --name wordpress",
                [this] { return token_create(token_); });
    add_given(*one, token_.given, false);
    one->add_option("--role", token_.role, "what it may do")
        ->check(CLI::IsMember({"admin", "moderator", "frontend", "feed", "metrics", "akismet"}))
        ->required();
    one->add_option("--site", token_.site, "the one site that it may touch; default: all")->type_name("ID");
    one->add_option("--name", token_.name, "for people: who uses it; default: the role");
    one->add_option("--expires", token_.expires_days, "days; default: never")
        ->type_name("DAYS")
        ->check(CLI::Range(1, 36'500));
    one = command(*above, "list", "Lists the tokens, never their secrets.", "chaffinch token list",
                  [this] { return token_list(plain_); });
    add_given(*one, plain_, false);
    one = command(*above, "revoke", "Ends a token at once.",
                  "chaffinch token revoke 0193f0c2-7f7e-7abc-8def-0123456789ab",
                  [this] { return token_revoke(plain_, word_); });
    add_given(*one, plain_, false);
    one->add_option("id", word_, "as listed")->required();
    one = command(*above, "link", "Makes a link that signs in at the desk once, for an admin or moderator.",
                  "chaffinch token link 0193f0c2-7f7e-7abc-8def-0123456789ab",
                  [this] { return token_link(plain_, word_); });
    add_given(*one, plain_, false);
    one->add_option("id", word_, "as listed")->required();
    one = command(*above, "rotate-keys",
                  "Makes a new key that signs receipts. The one before verifies for 30 more days.",
                  "chaffinch token rotate-keys", [this] { return token_rotate_keys(plain_); });
    add_given(*one, plain_, false);
  }

  void add_site() {
    CLI::App* above = app_.add_subcommand("site", "Adds and lists sites. The service must be stopped.");
    above->require_subcommand(1);
    CLI::App* one = command(*above, "add", "Adds a site.",
                            "chaffinch site add blog --url https://blog.example --name 'My blog'",
                            [this] { return site_add(site_); });
    add_given(*one, site_.given, false);
    one->add_option("id", site_.id, "a short word: a-z, 0-9 and hyphens")->required();
    one->add_option("--url", site_.url, "where the blog is")->required();
    one->add_option("--name", site_.name, "for people; default: the id");
    one = command(*above, "list", "Lists the sites.", "chaffinch site list",
                  [this] { return site_list(plain_); });
    add_given(*one, plain_, false);
  }

  void add_rules() {
    CLI::App* above = app_.add_subcommand("rules", "Checks, tries, imports and backtests rules.");
    above->require_subcommand(1);
    CLI::App* one = command(
        *above, "check", "Compiles packs, runs their examples, and warns of what was probably not meant.",
        "chaffinch rules check mine.toml --on-top --strict", [this] { return rules_check(check_rules_); },
        R"(Without files: the packs in force. Errors and warnings name file and line, with a caret under the place.
Warned of: rules and entries that are there twice, entries that another one covers, composites that can never or only be
true, and patterns that hit a built-in sample of honest sentences (or those of --against or --data) too often.
Exit status: 0 clean, or only warnings; 1 errors, and with --strict warnings as well.)");
    add_rules_given(*one, check_rules_.given, true);
    one->add_option("files", check_rules_.files, "pack files (*.toml), or one folder of them")
        ->type_name("FILE");
    one->add_flag("--on-top", check_rules_.on_top,
                  "the files are laid over the packs in force, as published ones are");
    one->add_flag("--strict", check_rules_.strict, "exit status 1 on warnings, too");
    one->add_option("--against", check_rules_.against,
                    "archive (JSON lines) whose comments without a spam or abuse label are honest ones")
        ->type_name("FILE");
    one = command(*above, "list", "Lists all rules with their scores.", "chaffinch rules list",
                  [this] { return rules_list(plain_); });
    add_rules_given(*one, plain_, false);
    one = command(
        *above, "test", "Judges one text and shows why.",
        "chaffinch rules test 'buy cheap pills' --name Ann --url http://pills.example",
        [this] { return rules_test(test_rules_); },
        R"(Findings with their sentences, what they saw, and the text with that marked.
Without --data nothing is remembered of anybody; with it the store of a stopped service is asked, for --site.)");
    add_rules_given(*one, test_rules_.given, true);
    one->add_option("text", test_rules_.text, "a comment's text")->required();
    one->add_option("--name", test_rules_.name, "the author's name");
    one->add_option("--email", test_rules_.email, "the author's email");
    one->add_option("--url", test_rules_.url, "the author's homepage");
    one->add_option("--ip", test_rules_.ip, "the author's address");
    one->add_option("--site", test_rules_.site, "site whose memory and policy to use (needs --data)")
        ->type_name("ID");
    add_rules_import(*above);
    add_rules_backtest(*above);
  }

  void add_learn() {
    CLI::App* above = app_.add_subcommand(
        "learn", "Shows what was learned, and folds it anew. The service must be stopped.");
    above->require_subcommand(1);
    CLI::App* one =
        command(*above, "status", "How good the predictions were that were made before each lesson.",
                "chaffinch learn status --site blog", [this] { return learn_status(learn_); });
    add_given(*one, learn_.given, false);
    one->add_option("--site", learn_.site, "only this site; default: all of them")->type_name("ID");
    one = command(*above, "rebuild", "Folds the models anew from the lessons that are kept.",
                  "chaffinch learn rebuild", [this] { return learn_rebuild(learn_); });
    add_given(*one, learn_.given, false);
    one->add_option("--site", learn_.site, "only this site; default: all of them")->type_name("ID");
    one = command(*above, "explain", "What the learner makes of one text, and which words weigh.",
                  "chaffinch learn explain 'buy cheap pills' --site blog",
                  [this] { return learn_explain(explain_); });
    add_given(*one, explain_.given, false);
    one->add_option("text", explain_.text, "a comment's text")->required();
    one->add_option("--site", explain_.site, "whose learner")->type_name("ID")->required();
    one->add_option("--name", explain_.name, "the author's name");
    one->add_option("--email", explain_.email, "the author's email");
    one->add_option("--url", explain_.url, "the author's homepage");
    one = command(
        *above, "export", "Writes the lessons that stand: hashed features and labels, no words.",
        "chaffinch learn export lessons.jsonl", [this] { return learn_export(travel_); },
        R"(The file holds the key that the features were hashed with, so it is private (mode 0600).)");
    add_travel(*one, "a new file; -: standard output", "only this site's");
    one = command(
        *above, "import", "Takes lessons in that were exported, each once.",
        "chaffinch learn import lessons.jsonl", [this] { return learn_import(travel_); },
        R"(Into the database that wrote the file, or into one that has learned nothing: it takes the file's key over. One decision a site
undoes it. Into others bring the labelled comments instead: chaffinch export, chaffinch import.)");
    add_travel(*one, "a file of lessons; -: standard input", "as lessons of this site, whoever's they were");
  }

  void add_travel(CLI::App& to, const std::string& file, const std::string& site) {
    add_given(to, travel_.given, false);
    to.add_option("file", travel_.file, file)->required();
    to.add_option("--site", travel_.site, site)->type_name("ID");
  }

  void add_rules_import(CLI::App& above) {
    CLI::App* one = command(
        above, "import", "Makes a pack of somebody else's list: WordPress's, or plain keywords.",
        "chaffinch rules import --format wordpress disallowed_keys.txt --whole-words --out packs",
        [this] { return rules_import(import_rules_); },
        R"(wordpress: one entry a line, found anywhere, in any case, in content, author name, email and URL, address and user
agent: the pack means the same as WordPress does. --whole-words looks for words instead, and for hosts, emails and
addresses where they mean something. keywords: one word or phrase a line.
The report counts what was read; with --against or --data, it shows the entries that hit the most comments of honest
people. Nothing is written when something is wrong, and no file is written over.)");
    add_rules_given(*one, import_rules_.given, true);
    one->add_option("file", import_rules_.file, "the list")->type_name("FILE")->required();
    one->add_option("--format", import_rules_.format, "form of the list")
        ->check(CLI::IsMember({"wordpress", "keywords"}))
        ->capture_default_str();
    one->add_flag("--whole-words", import_rules_.whole_words, "match whole words only");
    one->add_flag("--drop-short", import_rules_.drop_short, "leave out entries of fewer than 3 letters");
    one->add_option("--name", import_rules_.name, "of the pack: a-z, 0-9 and _; default: the file's name");
    auto* score =
        one->add_option("--score", import_rules_.score, "what a hit adds")->check(CLI::Range(-20.0, 20.0));
    one->add_option("--action", import_rules_.action, "what a hit asks for; default: hold")
        ->check(CLI::IsMember({"hold", "spam", "discard", "approve"}))
        ->excludes(score);
    one->add_option("--out", import_rules_.out, "folder for the pack and its list")
        ->type_name("DIR")
        ->capture_default_str();
    one->add_option("--against", import_rules_.against,
                    "archive (JSON lines) whose comments without a spam or abuse label are honest ones")
        ->type_name("FILE");
  }

  void add_rules_backtest(CLI::App& above) {
    CLI::App* one = command(
        above, "backtest", "Runs a draft over comments that are known already, beside today's rules.",
        "chaffinch rules backtest --rules mine.toml --data /var/lib/chaffinch",
        [this] { return rules_backtest(backtest_rules_); },
        R"(By rule: hits, what people said of these, and the precision with its 95 % interval (Wilson 1927). Then the verdicts
that would change, counted and some of them named. Each comment is judged again on both sides from what was kept with it.
--rules: files are laid over the packs in force, a folder takes their place; without it today's rules are reported.)");
    add_rules_given(*one, backtest_rules_.given, true, false);
    one->add_option("--rules", backtest_rules_.rules, "the draft: pack files, or one folder of packs")
        ->type_name("FILE");
    one->add_option("--site", backtest_rules_.site, "only this site's comments")->type_name("ID");
    one->add_option("--since", backtest_rules_.since, "only comments written since then: 2026-11-01")
        ->type_name("DATE");
    one->add_option("--against", backtest_rules_.against,
                    "archive (JSON lines, with labels) instead of the store")
        ->type_name("FILE");
    one->add_flag("--json", backtest_rules_.json, "the report as JSON");
    one->add_flag("--all", backtest_rules_.all, "show rules that did not change, too");
    one->add_option("--jobs", backtest_rules_.jobs, "threads; default: one for each core")
        ->check(CLI::Range(1, 256));
  }

  void add_rules_given(CLI::App& to, Given& given, bool data, bool folder = true) {
    to.add_option("--config", given.config, "settings as TOML (or CHAFFINCH_CONFIG)")->type_name("FILE");
    const auto flag = [&](const char* name, const char* setting, const char* about) {
      to.add_option_function<std::string>(
            name, [&given, setting](const std::string& value) { given.flags[setting] = value; }, about)
          ->type_name("DIR");
    };
    if (folder) flag("--rules", kRulesSetting, "folder of packs instead of the built-in ones");
    if (data) flag("--data", kDataSetting, "folder of the database of a stopped service");
  }

  CLI::App app_;
  std::function<int()> chosen_;
  Serve serve_;
  ShowSettings settings_;
  Check check_;
  ImportArchive import_;
  ExportArchive export_;
  Replay replay_;
  Backup backup_;
  TokenCreate token_;
  SiteAdd site_;
  Given plain_;
  std::string word_, format_ = "jsonl";
  RulesCheck check_rules_;
  RulesTest test_rules_;
  RulesImport import_rules_;
  RulesBacktest backtest_rules_;
  LearnStatus learn_;
  LearnExplain explain_;
  LearnTravel travel_;
  bool labels_ = true;
};

}  // namespace

int run(int argc, char** argv) {
  // A reader that goes away (| head) is seen as a failed write, not as a sudden death.
  std::signal(SIGPIPE, SIG_IGN);
  // A file-size limit is a full disk, answered as one.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    CommandLine line;
    return line.run(argc, argv);
  } catch (const std::exception& problem) {
    return complain(problem.what());
  }
}

}  // namespace chaffinch::cli
