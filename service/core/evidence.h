// Everything a rule may look at. Built once per comment by analysis/gather.h, read by all rules, changed by
// none.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/comment.h"
#include "core/verdict.h"

namespace chaffinch {

// A reading of a text that remembers where each of its bytes came from.
struct Text {
  // From view byte `at` on, view bytes stand for original bytes from `origin` on. When `verbatim`, byte i of
  // the run stands for original byte origin + i, equal but for letter case and the kind of white space;
  // otherwise the whole run stands for the `length` original bytes. `at` rises strictly.
  struct Run {
    std::uint32_t at = 0;
    std::uint32_t origin = 0;
    std::uint32_t length = 0;
    bool verbatim = true;
  };

  std::string value;
  std::vector<Run> runs;  // empty means: identical to the original

  // Bytes [start, end) of the view, as bytes [first, second) of the original: the smallest range that covers
  // all that the view bytes stand for, always on character borders. REQUIRES start <= end <= value.size().
  std::pair<std::uint32_t, std::uint32_t> original(std::size_t start, std::size_t end) const;
};

enum class LinkKind : std::uint8_t { anchor, bbcode, markdown, bare, schemeless, disguised, author_url };

struct Link {
  LinkKind kind = LinkKind::bare;
  std::string url;         // as written, disguises undone
  std::string host;        // lower case, punycode for IDN; may be an IP address
  std::string domain;      // registrable domain by the public suffix list; the host when there is none
  std::string path;        // with query, without fragment; "" or begins with "/"
  std::string anchor;      // the visible text of a link that has one
  bool shortener = false;  // a known link shortener
  Spot spot;               // where it stands
};

// Counts over the visible text of the content, made once.
struct Shape {
  std::uint32_t characters = 0;  // code points
  std::uint32_t letters = 0;
  std::uint32_t upper = 0;
  std::uint32_t digits = 0;
  std::uint32_t spaces = 0;
  std::uint32_t words = 0;
  std::uint32_t emoji = 0;
  std::uint32_t hidden = 0;  // zero-width, bidi controls, soft hyphens, tags
  std::uint32_t combining = 0;
  std::uint32_t lines = 0;
  std::uint32_t longest_word = 0;  // code points
  std::uint32_t longest_run = 0;   // of one repeated character
  std::uint32_t links = 0;         // all links of the content, also those beyond limits::kLinks
  std::uint32_t tags = 0;          // HTML tags
  std::uint32_t bbcodes = 0;       // BBCode tags
  // Letters by script, most frequent first: "Latn", "Cyrl", "Hani" ... (ISO 15924)
  std::vector<std::pair<std::string, std::uint32_t>> scripts;
  std::uint32_t mixed_words = 0;  // words that mix Latin with Cyrillic or Greek letters
};

// By what nearly equal texts are found (analysis/sketch.h): of the shingles of two texts about as large a
// part is shared as their sketches agree in places. All zeros: none, the text is too short to tell.
using Sketch = std::array<std::uint8_t, 24>;

// What is remembered of one author, address, network or domain on this site.
struct Record {
  std::uint32_t approved = 0;
  std::uint32_t rejected = 0;
  std::uint32_t spam = 0;
  std::uint32_t pending = 0;
  std::uint32_t checked = 0;
  Time first_seen = 0;  // 0: never seen
  Time last_seen = 0;

  bool operator==(const Record&) const = default;
};

struct DomainRecord {
  std::string domain;
  Record record;

  bool operator==(const DomainRecord&) const = default;
};

// A block that matched this comment.
struct BlockHit {
  Id block;
  std::string kind;  // author, email, ip, cidr, domain
  Field field = Field::author_email;

  bool operator==(const BlockHit&) const = default;
};

// What the store remembered when the comment came in. Kept with the verdict, so that it can be reached again.
// Counts of "recent" comments exclude this one and stop at 64.
struct Facts {
  Time now = 0;   // when it was recalled
  Record author;  // by verified id; else by name + email + network together (not had by typing a name)
  Record email;   // by email alone: good for suspicion, not for trust
  Record address;
  Record network;                     // IPv4 /24, IPv6 /48
  std::vector<DomainRecord> domains;  // of the links, the author's URL included
  std::uint32_t recent_address_10m = 0;
  std::uint32_t recent_address_1h = 0;
  std::uint32_t recent_network_10m = 0;
  std::uint32_t recent_email_1h = 0;
  std::uint32_t recent_domain_1h = 0;  // the busiest of this comment's domains
  std::uint32_t copies = 0;            // same text (folded) on this site before, within the copies' retention
  std::uint32_t copies_spam = 0;       // of these, now spam
  std::uint32_t copies_approved = 0;
  std::uint32_t near_copies = 0;     // nearly the same text within 30 days, exact copies left out
  std::uint32_t near_spam = 0;       // nearly the same text, and it stands as spam; without the above copies
  std::uint32_t near_spam_told = 0;  // of these, people said so
  std::uint32_t near_ham = 0;        // nearly the same text, and people approved it
  bool article_known = false;
  bool article_closed = false;
  Time article_first_seen = 0;
  bool parent_known = true;  // false: a parent was named that is not a comment of this article
  std::vector<BlockHit> blocks;
  bool incomplete = false;  // something could not be recalled: the comment is held

  bool operator==(const Facts&) const = default;
};

struct Evidence {
  Submission comment;  // raw fields
  Text visible;        // content without markup
  Text folded;         // content folded for matching
  Text name_folded;
  Text url_folded;  // author's URL, folded
  Text title_folded;
  std::string email_domain;  // lower case
  std::vector<Link> links;   // at most limits::kLinks, the author's URL last
  Shape shape;
  std::uint64_t copy_hash = 0;  // of the folded content without spaces and punctuation, for exact copies; 0:
                                // too short (under 8 letters)
  Sketch sketch{};              // of the folded content, for near copies
  Facts facts;

  std::string_view raw(Field) const;    // the field as submitted
  const Text* view(Field, View) const;  // nullptr: raw, or no such view (then raw is meant)
};

}  // namespace chaffinch
