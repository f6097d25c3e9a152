// The commands of the program: what each is given, and the function that carries it out. Each returns the
// exit code (terminal.h) and lives in the file of its name; cli.cpp reads the command line into these.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/home.h"

namespace chaffinch::cli {

// The service: store, judge, queue and API behind one port, until SIGINT or SIGTERM. SIGHUP reads the packs
// again.
struct Serve {
  Given given;
};
int serve(const Serve&);

// Every setting, its value and where that came from.
struct ShowSettings {
  Given given;
};
int show_settings(const ShowSettings&);

// An archive into the store of a stopped service. Lines are read and looked at (the pure part: text views,
// links) on all cores while the batch before them is written; what the store remembers is recalled row by row
// in the order of the archive, because copies, velocity and records depend on who came before; then the batch
// is judged on all cores again. The result is the same for any number of threads.
struct ImportArchive {
  Given given;
  std::string site;
  std::string file;  // "-": standard input
  bool ignore_labels = false;
  int jobs = 0;  // 0: one for each core
};
int import_archive(const ImportArchive&);

// A site's comments as an archive, while the service runs or not.
struct ExportArchive {
  Given given;
  std::string site;
  std::string file;  // empty: standard output
};
int export_archive(const ExportArchive&);

// An archive, labels removed, posted to a running service.
struct Replay {
  std::string file;
  std::string to;  // "http://127.0.0.1:8080"
  std::string token;
  std::string site;  // empty: the row's own, or the token's
  double rate = 0;   // comments a second; 0: as fast as answers come
  int connections = 8;
  bool keep_time = true;  // the row's own date as created_at
};
int replay(const Replay&);

// A verdict for each line of standard input.
struct Check {
  Given given;  // with --data: judged with what that store remembers
  std::string site;
  bool explain = false;
  int jobs = 0;  // 0: one for each core
};
int check(const Check&);

// A copy of the database, while the service runs or not.
struct Backup {
  Given given;
  std::string file;
};
int backup(const Backup&);

struct TokenCreate {
  Given given;
  std::string role;
  std::string site;  // empty: all
  std::string name;
  int expires_days = 0;  // 0: never
};
int token_create(const TokenCreate&);
int token_list(const Given&);
int token_revoke(const Given&, const std::string& id);
int token_link(const Given&, const std::string& id);  // a link that signs in at the desk, once
int token_rotate_keys(const Given&);

struct SiteAdd {
  Given given;
  std::string id;
  std::string url;
  std::string name;  // empty: the id
};
int site_add(const SiteAdd&);
int site_list(const Given&);

// Packs are compiled, run over their own examples, and looked at a second time (analysis/review.h).
struct RulesCheck {
  Given given;                     // with --data: tried on that store's approved comments as well
  std::vector<std::string> files;  // packs, or a folder of them; none: the packs in force
  bool on_top = false;             // the files are laid over the packs in force
  bool strict = false;             // a warning is as bad as an error
  std::string against;             // archive of comments that people wanted
};
int rules_check(const RulesCheck&);

int rules_list(const Given&);

// One comment, judged and explained.
struct RulesTest {
  Given given;       // with --data: judged with what that store remembers
  std::string site;  // needs --data
  std::string text, name, email, url, ip;
};
int rules_test(const RulesTest&);

// Somebody else's list as a pack (analysis/word_list.h).
struct RulesImport {
  Given given;  // with --data: the report counts hits in that store's approved comments
  std::string format = "wordpress";
  std::string file;
  std::string name;  // of the pack; empty: the file's
  std::string out = ".";
  std::string action;  // "hold" when neither is given
  std::optional<double> score;
  bool whole_words = false;
  bool drop_short = false;
  std::string against;
};
int rules_import(const RulesImport&);

// A draft over comments that are known already (backtest.h).
struct RulesBacktest {
  Given given;
  std::vector<std::string> rules;  // files laid over the packs in force, or a folder instead of them
  std::string site;                // empty: all
  std::string since;
  std::string against;  // an archive instead of the store
  bool json = false;
  bool all = false;  // rules that did not change, too
  int jobs = 0;
};
int rules_backtest(const RulesBacktest&);

// How good the learner's predictions were, for each site of a stopped service.
struct LearnStatus {
  Given given;
  std::string site;  // empty: all, and what they share
};
int learn_status(const LearnStatus&);
int learn_rebuild(const LearnStatus&);  // folds the models anew from what was learned

// What a site's learner makes of one text, and which words weigh.
struct LearnExplain {
  Given given;
  std::string site;
  std::string text, name, email, url;
};
int learn_explain(const LearnExplain&);

// Lessons, not comments, to a file and from one (http/wire_lessons.h). Of the same database, or of one whose
// key this one takes over because it has learned nothing.
struct LearnTravel {
  Given given;
  std::string site;  // export: only this one's; import: all of them are this one's
  std::string file;  // "-": standard output, standard input
};
int learn_export(const LearnTravel&);
int learn_import(const LearnTravel&);

}  // namespace chaffinch::cli
