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

// An archive into the store of a stopped service.
struct ImportArchive {
  Given given;
  std::string site;
  std::string file;  // "-": standard input
  bool ignore_labels = false;
};
int import_archive(const ImportArchive&);

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
int token_rotate_keys(const Given&);

struct SiteAdd {
  Given given;
  std::string id;
  std::string url;
  std::string name;  // empty: the id
};
int site_add(const SiteAdd&);
int site_list(const Given&);

// Packs are compiled and run over their own examples. No files: the packs in force.
int rules_check(const Given&, const std::vector<std::string>& files);
int rules_list(const Given&);
int rules_test(const Given&, const std::string& text);

}  // namespace chaffinch::cli
