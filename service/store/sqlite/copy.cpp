// copy_store: a consistent copy from outside the process that writes.
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <utility>

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

#include "store/sqlite/db.h"
#include "store/store.h"

namespace fs = std::filesystem;

namespace chaffinch {
namespace {

constexpr int kPagesAStep = 2'000;  // 8 MiB of 4 KiB pages: ten calls of `progress` a second or more

// The unfinished copy: removed unless it became the copy.
class Part {
 public:
  explicit Part(std::string file) : file_(std::move(file)) {}
  ~Part() {
    for (const char* more : {"", "-journal", "-wal", "-shm"}) {
      std::error_code ignored;
      fs::remove(file_ + more, ignored);
    }
  }
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;
  const std::string& file() const { return file_; }

 private:
  std::string file_;
};

bool to_disk(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool done = ::fsync(fd) == 0;
  ::close(fd);
  return done;
}

Done copy(const std::string& from, const std::string& to, const std::function<void(double part)>& progress) {
  sqlite::Db::Options reading;
  reading.file = from;
  sqlite::Db source(reading);
  // The reading transaction holds one state for as long as the copy takes: without it every commit of the
  // service would start the copy again.
  const sqlite::Snapshot snapshot(source);
  source.made("SELECT count(*) FROM sqlite_schema").run();
  SQLite::Database target(to, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  {
    SQLite::Backup backup(target, source.database());
    while (true) {
      const int code = backup.executeStep(kPagesAStep);
      if (code == SQLITE_DONE) break;
      if (code != SQLITE_OK) {
        return fail(Code::unavailable, std::string("the copy stopped: ") + sqlite3_errstr(code));
      }
      const double total = backup.getTotalPageCount();
      if (progress && total > 0) progress(0.9 * (1 - backup.getRemainingPageCount() / total));
    }
  }
  // One file that stands alone; the service makes it a write-ahead log again when it opens it.
  target.exec("PRAGMA journal_mode = DELETE");
  SQLite::Statement check(target, "PRAGMA integrity_check(1)");
  if (!check.executeStep() || check.getColumn(0).getString() != "ok") {
    return fail(Code::unavailable, "the copy is damaged: the database itself or the disk is", from,
                "check both before anything else is written");
  }
  return {};
}

}  // namespace

Done copy_store(const std::string& address, const std::string& file,
                const std::function<void(double part)>& progress) {
  constexpr std::string_view kScheme = "sqlite:";
  if (!address.starts_with(kScheme))
    return fail(Code::invalid, "not the address of an SQLite store", address);
  const std::string from = address.substr(kScheme.size());
  const auto cannot = [&](const char* why) {
    return fail(Code::unavailable, "cannot write the copy: " + std::string(why), file);
  };
  // The data are private: nobody else may read the copy.
  const std::string unfinished = file + ".part";
  const int made = ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (made < 0) {
    return fail(Code::unavailable, std::string("cannot write the copy: ") + std::strerror(errno), unfinished,
                errno == EEXIST ? "another backup writes it, or left it behind: remove it then" : "");
  }
  ::close(made);
  const Part part(unfinished);
  try {
    if (auto done = copy(from, part.file(), progress); !done) return done;
  } catch (const SQLite::Exception& error) {
    return fail(Code::unavailable, "cannot copy the database: " + sqlite::trouble_of(error).sentence, from);
  }
  if (!to_disk(part.file())) return cannot(std::strerror(errno));
  if (::renameat2(AT_FDCWD, part.file().c_str(), AT_FDCWD, file.c_str(), RENAME_NOREPLACE) != 0) {
    return cannot(std::strerror(errno));
  }
  const fs::path folder = fs::path(file).parent_path();
  to_disk(folder.empty() ? "." : folder.string());
  if (progress) progress(1);
  return {};
}

}  // namespace chaffinch
