#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "analysis/word_list.h"
#include "cli/commands.h"
#include "cli/home.h"
#include "cli/known.h"
#include "cli/terminal.h"

namespace fs = std::filesystem;

namespace chaffinch::cli {
namespace {

constexpr std::size_t kWorst = 20;
constexpr std::size_t kLongestName = 40;

// "wordpress-disallowed 2.txt" -> "wordpress_disallowed_2"
std::string name_of(const std::string& file) {
  std::string name;
  for (const char c : fs::path(file).stem().string()) {
    const char small = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if ((small >= 'a' && small <= 'z') || (small >= '0' && small <= '9' && !name.empty()))
      name += small;
    else if (!name.empty() && name.back() != '_')
      name += '_';
  }
  name.resize(std::min(name.size(), kLongestName));
  while (!name.empty() && name.back() == '_') name.pop_back();
  return name.empty() ? "imported" : name;
}

bool is_name(const std::string& name) {
  return !name.empty() && name.size() <= kLongestName && name.front() >= 'a' && name.front() <= 'z' &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
}

std::string row(const std::string& what, std::uint64_t count, const std::string& about) {
  if (count == 0) return {};
  std::string text = what;
  text.resize(std::max<std::size_t>(text.size(), 12), ' ');
  std::string number = grouped(count);
  number.insert(0, number.size() < 9 ? 9 - number.size() : 0, ' ');
  return text + number + "  " + about + "\n";
}

std::string report_of(const ListPack& pack, const RulesImport& wish) {
  const bool words = wish.whole_words || wish.format == "keywords";
  std::string text = row("read", pack.lines - pack.empty - pack.remarks, "entries of " + plain(wish.file));
  text += row("taken", pack.entries.size(), words ? "as whole words" : "found anywhere, as WordPress does");
  text += row("empty", pack.empty, "lines");
  text += row("remarks", pack.remarks, "lines that begin with #");
  text += row("duplicates", pack.duplicates, "left out");
  text += row("nothing", pack.nothing, "left out: nothing of them is left when a text is folded");
  text +=
      row("short", pack.brief,
          wish.drop_short ? "left out: fewer than 3 letters"
          : words         ? "of fewer than 3 letters; --drop-short leaves them out"
                  : "of fewer than 3 letters: they hit inside ordinary words; --drop-short leaves them out");
  text += row("covered", pack.covered, "hit nothing that a shorter entry does not hit; taken all the same");
  text += row("domains", pack.domains, words ? "looked for in links and email addresses" : "look like hosts");
  text +=
      row("emails", pack.emails, words ? "looked for in the author's email" : "look like email addresses");
  text += row("addresses", pack.addresses,
              words ? "looked for in the client's address" : "look like addresses or networks");
  return text;
}

// All of the files or none.
Done write_files(const std::string& folder, const std::vector<std::pair<std::string, std::string>>& files) {
  std::error_code problem;
  if (!fs::is_directory(folder, problem)) {
    return fail(Code::invalid, "there is no folder " + folder, {}, "make it, or name another one with --out");
  }
  for (const auto& [name, text] : files) {
    if (fs::exists(fs::path(folder) / name, problem)) {
      return fail(Code::conflict, "there is a file " + (fs::path(folder) / name).string() + " already", {},
                  "choose another --name or --out, or remove it first");
    }
  }
  std::vector<fs::path> made;
  for (const auto& [name, text] : files) {
    const fs::path path = fs::path(folder) / name;
    made.push_back(path);
    std::ofstream to(path, std::ios::binary);
    to << text;
    to.close();
    if (to) continue;
    Error error{Code::unavailable, "cannot write " + path.string() + ": " + std::strerror(errno), {}, {}, 0};
    for (const fs::path& one : made) fs::remove(one, problem);
    return tl::unexpected(std::move(error));
  }
  return {};
}

// The entries that hit the most comments of honest people.
Result<std::string> worst_of(const ListPack& pack, const ListWish& list, const RulesImport& wish) {
  if (wish.against.empty() && !wish.given.flags.contains(kDataSetting)) return std::string();
  const auto set = EntrySet::build(pack.entries, list);
  if (!set) return fail(Code::internal, "the entries cannot be counted");
  std::vector<std::uint64_t> hits(pack.entries.size());
  std::uint64_t hit = 0;
  const auto seen = each_wanted(wish.given, wish.against, [&](const Submission& one) {
    const auto found = set->in(one);
    if (!found.empty()) ++hit;
    for (const std::uint32_t entry : found) ++hits[entry];
  });
  if (!seen) return tl::unexpected(seen.error());
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < hits.size(); ++i)
    if (hits[i] > 0) order.push_back(i);
  std::sort(order.begin(), order.end(), [&](std::uint32_t left, std::uint32_t right) {
    return std::pair(hits[right], left) < std::pair(hits[left], right);
  });
  const double share = *seen == 0 ? 0 : 100.0 * static_cast<double>(hit) / static_cast<double>(*seen);
  std::string text = "\nOf " + grouped(*seen) + " comments that people wanted, " + grouped(hit) + " (" +
                     fixed(share, 1) + " %) would be hit, by " + grouped(order.size()) + " of the entries.\n";
  if (!order.empty()) text += "Those that hit the most:\n";
  for (std::size_t i = 0; i < order.size() && i < kWorst; ++i) {
    std::string number = grouped(hits[order[i]]);
    number.insert(0, number.size() < 9 ? 9 - number.size() : 0, ' ');
    text += number + "  " + plain(pack.entries[order[i]].text) + "  (line " +
            std::to_string(pack.entries[order[i]].line) + ")\n";
  }
  return text;
}

}  // namespace

int rules_import(const RulesImport& wish) {
  ListWish list;
  list.format = wish.format == "keywords" ? ListFormat::keywords : ListFormat::wordpress;
  list.whole_words = wish.whole_words;
  list.drop_short = wish.drop_short;
  list.name = wish.name.empty() ? name_of(wish.file) : wish.name;
  if (!is_name(list.name)) {
    complain("a pack cannot be named '" + wish.name +
             "': names are made of a-z, 0-9 and _, begin with a letter and "
             "have at most 40 characters");
    return kUsage;
  }
  list.about = "Holds an entry of the list " + fs::path(wish.file).filename().string().substr(0, 200) + ".";
  list.score = wish.score;
  if (!wish.action.empty()) list.action = action_from(wish.action).value_or(Action::hold);

  auto text = read_file(wish.file, kListBytes);
  if (!text) return complain(text.error());
  std::vector<Error> errors;
  const auto pack = pack_of_list(*text, fs::path(wish.file).filename().string(), list, errors);
  if (!pack) {
    for (const Error& error : errors) complain(error);
    err("Nothing was written.\n");
    return kFailed;
  }
  const auto worst = worst_of(*pack, list, wish);
  if (!worst) {
    complain(worst.error());
    err("Nothing was written.\n");
    return kFailed;
  }
  std::vector<std::pair<std::string, std::string>> files{{list.name + ".toml", pack->toml}};
  files.insert(files.end(), pack->lists.begin(), pack->lists.end());
  if (auto done = write_files(wish.out, files); !done) {
    complain(done.error());
    err("Nothing was written.\n");
    return kFailed;
  }
  std::string names;
  for (const auto& [name, content] : files)
    names += (names.empty() ? "" : ", ") + plain((fs::path(wish.out) / name).string());
  return out(report_of(*pack, wish) + "Written: " + names + "\n" + *worst) ? kFine : kFailed;
}

}  // namespace chaffinch::cli
