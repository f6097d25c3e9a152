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
    add_replay();
    add_backup();
    add_token();
    add_site();
    add_rules();
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
and queued. A second run adds nothing twice. A bad line is reported with its number and reason and does not stop the
rest; then the exit code is 3.)");
    add_given(*one, import_.given, false);
    one->add_option("--site", import_.site, "site that the comments belong to")->type_name("ID")->required();
    one->add_option("--format", format_, "form of the archive")
        ->check(CLI::IsMember({"jsonl"}))
        ->capture_default_str();
    one->add_option("file", import_.file, "the archive; - is standard input")->type_name("FILE")->required();
    auto* ignore =
        one->add_flag("--ignore-labels", import_.ignore_labels, "judge and queue labelled rows too");
    one->add_flag("--label-from-archive", labels_, "labels become decisions (this is the default)")
        ->excludes(ignore);
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
        app_.add_subcommand("token", "Makes, lists and revokes tokens. The service must be stopped.");
    above->require_subcommand(1);
    CLI::App* one = command(*above, "create", "Makes a token and prints it once; only its hash is kept.",
                            "chaffinch token create --role frontend --site demo --name wordpress",
                            [this] { return token_create(token_); });
    add_given(*one, token_.given, false);
    one->add_option("--role", token_.role, "what it may do")
        ->check(CLI::IsMember({"admin", "moderator", "frontend", "feed", "metrics"}))
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
    CLI::App* above = app_.add_subcommand("rules", "Checks, lists and tries rules. Needs no store.");
    above->require_subcommand(1);
    CLI::App* one =
        command(*above, "check", "Compiles packs and runs their examples. Without files: the packs in force.",
                "chaffinch rules check mine.toml", [this] { return rules_check(plain_, words_); });
    add_rules_given(*one);
    one->add_option("files", words_, "pack files (*.toml)")->type_name("FILE");
    one = command(*above, "list", "Lists all rules with their scores.", "chaffinch rules list",
                  [this] { return rules_list(plain_); });
    add_rules_given(*one);
    one = command(*above, "test", "Judges one text and shows why.",
                  "chaffinch rules test 'buy cheap pills at http://pills.example'",
                  [this] { return rules_test(plain_, word_); });
    add_rules_given(*one);
    one->add_option("text", word_, "a comment's text")->required();
  }

  void add_rules_given(CLI::App& to) {
    to.add_option("--config", plain_.config, "settings as TOML (or CHAFFINCH_CONFIG)")->type_name("FILE");
    to.add_option_function<std::string>(
          "--rules", [this](const std::string& folder) { plain_.flags[kRulesSetting] = folder; },
          "folder of packs instead of the built-in ones")
        ->type_name("DIR");
  }

  CLI::App app_;
  std::function<int()> chosen_;
  Serve serve_;
  ShowSettings settings_;
  Check check_;
  ImportArchive import_;
  Replay replay_;
  Backup backup_;
  TokenCreate token_;
  SiteAdd site_;
  Given plain_;
  std::string word_, format_ = "jsonl";
  std::vector<std::string> words_;
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
