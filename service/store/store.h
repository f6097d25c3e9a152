// All we ever ask of a database, in our own words.
//
// Each call is one whole operation: it happened, durably (fsync before the answer), or it did not happen at
// all. An engine keeps these promises with whatever its database does best; nothing here speaks of rows or
// statements. Safe to call from any thread. No call waits longer than the engine's bounds: a full write
// queue, a full disk or a closed store answer Code::unavailable at once or after at most ten seconds. Pages
// are keyset pages: cursors are opaque texts made by the engine; a foreign or broken one is Code::invalid
// with where = "?cursor".
//
// `reach` is the site a token may touch: empty means all. A comment of another site is Code::not_found, as if
// it did not exist.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/comment.h"
#include "core/decision.h"
#include "core/evidence.h"
#include "core/result.h"
#include "core/session.h"
#include "core/site.h"
#include "core/verdict.h"
#include "later.h"

namespace chaffinch {

// Exactly once. An operation that is given a key is carried out at most once for that (scope, key) within 24
// hours; the second call returns what the first one did, with `replayed` set, whatever became of it since.
// Key and effect are one transaction. An operation that failed keeps no key. The same key with another
// fingerprint is Code::conflict with where = "Idempotency-Key". What is kept of an answer holds no secret and
// nothing that a person wrote: such parts come from the request that is repeated, or from the comment as it
// stands.
struct Once {
  std::string scope;        // who: the token's id, or the address of a public caller
  std::string key;          // empty: no such promise asked for
  std::string fingerprint;  // SHA-256 of method, path, query and body, hex
  Time at = 0;              // now; operations with a time of their own take that
};

// An answer that may be a repeated one.
template <class T>
struct Answered : T {
  bool replayed = false;
};

// What came of a write that has nothing to tell.
struct Took {
  bool replayed = false;
};

// ---- submit
// ---------------------------------------------------------------------------------------------------

// What recall needs of a comment. Built from Evidence by intake.
struct Probe {
  Time now = 0;
  std::string site;
  ArticleRef article;
  std::optional<Id> parent;
  Author author;
  std::string email_domain;
  std::string ip;
  std::vector<std::string> domains;  // at most limits::kDomains
  std::vector<std::string> hosts;    // of the links, for blocks on a host; at most limits::kHosts
  std::uint64_t copy_hash = 0;
  Sketch sketch{};
  Id author_key;           // of the author's signed token; empty: none, or it did not hold
  std::optional<Id> self;  // a kept comment judged again: not counted as its own copy or burst
  bool reserve = true;     // false: look only (check, recheck)
  Time as_of = 0;          // for velocity: the comment's own time when it is an import, else `now`
};

struct Recalled {
  Facts facts;
  Site site;
  std::uint64_t reservation = 0;  // hand it to keep or to release; 0: none
  std::uint32_t waiting = 0;      // kept comments that are nearly or exactly the same and wait; stops at 64
};

// What a client was answered about a comment that it keeps itself. nothing: the check could not be made, or
// it only reported the comment.
enum class Told : std::uint8_t { nothing, ham, spam };

// Of a comment that its client keeps (the Akismet protocol); its status is `checked`, whatever is found out.
// Among copies and near copies, in records and in what people say of rules it counts as what it was judged
// or, after a report, as what its owner said: spam, or approved; as neither while nobody said so.
struct Foreign {
  std::string blog;  // whose numbers it counts in; at most 1,000 of a site, the others together as ""
  Told told = Told::nothing;
  bool spam = false;  // judged so
};

struct Keep {
  Comment comment;
  Verdict verdict;
  Facts facts;
  std::vector<std::string> domains;  // as in the probe
  std::uint64_t copy_hash = 0;
  Sketch sketch{};
  Id author_key;  // the author is known by it besides what the comment says; empty: not
  std::uint64_t reservation = 0;
  std::uint32_t waiting = 0;  // as recalled
  Once once;
  std::optional<Foreign> foreign = {};  // REQUIRES status checked
};

struct Kept {
  Id id;  // of this comment, or of the earlier one when replayed
  Status status = Status::pending;
  bool replayed = false;
  std::optional<Verdict> verdict = {};  // when replayed: as it was answered
};

// An archive's row: kept with its own time and, where it had a label, decided by "import".
struct Import {
  Keep keep;  // comment.id is derived from (site, key) by the caller, so that a second run finds it
  std::optional<DecisionKind> label;
  std::string lesson = {};  // of a label that teaches; see LearnEvent
};

struct Imported {
  bool added = false;  // false: it was there already
  Status status = Status::pending;
};

// ---- queue
// ----------------------------------------------------------------------------------------------------

enum class Sort : std::uint8_t {
  oldest,
  newest,
  score,
  useful,
  decided
};  // score: highest first; useful: what is in doubt, and many alike, first; decided: newest decision first

// Every filter narrows. Empty or unset: no filter.
struct QueueQuery {
  std::string reach;
  std::string site;
  std::optional<Status> status = Status::pending;  // nothing: any status
  std::string article;                             // needs site
  std::string rule;                                // a rule that fired
  std::string author;                              // author's name, folded words
  std::string email;                               // exact, any case
  std::string network;                             // an address or CIDR
  std::string domain;                              // registrable domain or host of a link
  std::optional<double> min_score, max_score;
  std::string text;                  // all of these words, in text, name or title
  std::optional<Time> since, until;  // written (Comment::shown_at) at that time or after; before that time
  std::optional<Id> decision;        // that this decision changed
  // On which a decision of that person stands, as the latest: by name ("import", "block" ... too), by token.
  std::string decided_by;
  std::optional<Id> decided_by_token;
  // That comment and those that are nearly or exactly the same, of its site: of as many as are found (the
  // index of near copies holds the newest) the newest 2,000.
  std::optional<Id> like;
  std::optional<bool> claimed;  // true: leased by `holder`; false: leased by nobody else
  std::string holder;
  // score and useful need status pending; decided needs decided_by or decided_by_token.
  Sort sort = Sort::oldest;
  std::string cursor;
  std::uint32_t limit = 50;
  Time now = 0;
};

struct Lease {
  std::string holder;  // name of the moderator
  Time until = 0;
};

struct QueueItem {
  Comment comment;
  Verdict verdict;
  std::optional<Lease> lease;  // while it runs
};

// A page examines a bounded number of comments: it may hold fewer than `limit` and still have a next one.
struct QueuePage {
  std::vector<QueueItem> items;
  std::optional<std::string> next;
};

// How many there are; stops at a bound.
struct Tally {
  std::uint64_t count = 0;
  bool more = false;  // there are, or may be, more

  bool operator==(const Tally&) const = default;
};

// What the queue's tabs show.
struct QueueCounts {
  std::uint64_t pending = 0, approved = 0, rejected = 0, spam = 0, checked = 0;
  Tally decided;                       // comments on which the token's decisions stand; up to 1,000
  std::optional<Time> oldest_pending;  // when it came
};

struct Claim {
  QueueQuery query;  // status is pending
  std::string holder;
  Id token;
  std::uint32_t count = 10;  // at most limits::kPage
  Time until = 0;
  Time now = 0;
  Once once = {};  // a repeated answer: those comments that are still there, as they stand, with that lease
};

// A wish for certain comments, of a moderator who sees them.
struct ClaimThese {
  std::string reach;
  std::vector<Id> ids;  // at most limits::kClaimIds
  std::string holder;
  Id token;
  Time until = 0;
  Time now = 0;
  Once once = {};  // a repeated answer: as with Claim
};

struct Claimed {
  struct Held {
    Id id;
    Lease lease;
  };
  std::vector<QueueItem> items;  // leased to the holder now, in the order of the wish
  std::vector<Held> held;        // by somebody else
  std::vector<Id> gone;          // not pending any more, or not there
};

struct Detail {
  Comment comment;
  Verdict verdict;
  Facts facts;                             // as recalled when it was judged
  Record author, email, address, network;  // as they stand now
  std::vector<HistoryEntry> history;       // oldest first; at most 200, the newest kept
  std::vector<Id> copies;                  // other comments with the same text; at most 20, newest first
  std::uint32_t copy_count = 0;
  std::vector<Id> near_copies;     // other comments with nearly the same text; at most 20, newest first
  Tally near;                      // itself and those that QueueQuery::like finds; up to 500
  std::uint32_t near_pending = 0;  // of these
  std::optional<Lease> lease;
};

// ---- archive
// --------------------------------------------------------------------------------------------------
struct ArchiveQuery {
  std::string reach;
  std::string site;           // empty: all within reach
  std::optional<Time> since;  // written at that time or after (Comment::shown_at)
  std::string cursor;
  std::uint32_t limit = 200;  // at most limits::kPage
};

struct ArchiveItem {
  Comment comment;
  Verdict verdict;
  Facts facts;  // as recalled when it was judged
};

struct ArchivePage {
  std::vector<ArchiveItem> items;
  std::optional<std::string> next;
};

// ---- decisions
// ------------------------------------------------------------------------------------------------

// What to block besides deciding: of each decided comment.
struct BlockWish {
  bool author = false;  // verified id, else email
  bool ip = false;
  bool domain = false;  // link domains and the author's URL's
};

struct Settle {
  std::string reach;
  std::vector<Target> targets;  // or, when empty, `filter`
  std::optional<QueueQuery> filter;
  std::optional<std::uint32_t>
      expected;  // with filter: Code::conflict when the filter now finds another number
  DecisionKind kind = DecisionKind::approve;
  std::string by;
  Id by_token;
  std::string reason;
  std::string note;
  BlockWish block;
  Once once;
  Time now = 0;
};

struct Undo {
  std::string reach;
  Id decision;
  std::string by;
  Id by_token;
  std::string note;
  Once once;
  Time now = 0;
};

// Which kept comment of status checked is meant: the one of that id; or else those with the same content
// whose author is the same as far as both sides name him, and of these the ones with the same created_at,
// where there are such. `again`: it may have been edited since; then also the newest on that article of an
// author with the same name and email. Of several a report is about all, whoever asks about one means the
// newest.
struct Sought {
  std::string site;
  std::optional<Id> id;
  Submission comment;
  bool again = false;
};

struct SeenBefore {
  Comment comment;
  Told told = Told::nothing;
  std::optional<bool> reported_spam;  // what its owner said
};

// What the owner says of a comment that was checked: spam, or ham.
struct Report {
  Sought sought;
  bool spam = false;
  std::optional<Keep> unseen;  // kept, when there is no such comment
  std::string lesson;          // of it
  std::string by;
  Id by_token;
  std::string note;
  Time now = 0;
};

// A site's numbers of one blog and month.
struct BlogNumbers {
  std::string blog;
  std::string month;        // "2026-11"
  std::uint64_t calls = 0;  // checks and reports
  std::uint64_t spam = 0, ham = 0;
  std::uint64_t missed_spam = 0;  // reported as spam, not answered so
  std::uint64_t false_positives = 0;

  bool operator==(const BlogNumbers&) const = default;
};

struct BlogQuery {
  std::string site;
  std::optional<std::string> blog;  // nothing: all of them
  Time from = 0;                    // whole days, UTC; both included
  Time to = 0;
};

// What waits and is (nearly) the same as comments that were decided: to be decided with one look as well.
struct NearPending {
  std::uint32_t count = 0;      // found; at most some hundred are looked for
  std::vector<Target> targets;  // the newest of them, as they stand; at most 100
  std::optional<Id> like;       // the decided comment that most of them are like
};

struct DecisionQuery {
  std::string reach;
  std::string site;
  std::string by;              // name
  std::optional<Id> by_token;  // besides
  std::optional<DecisionKind> kind;
  std::string cursor;
  std::uint32_t limit = 50;
};

struct DecisionPage {
  std::vector<Decision> items;  // newest first
  std::optional<std::string> next;
};

// ---- readers
// --------------------------------------------------------------------------------------------------

struct ThreadQuery {
  std::string site;
  std::string article;
  bool newest = false;    // threads newest first; within a thread always by time
  std::optional<Id> own;  // a pending comment shown besides, to the holder of its receipt
  std::string cursor;
  std::uint32_t limit = 50;
};

struct ThreadPage {
  std::vector<Comment> items;  // approved (and the own one), thread by thread; parents before replies
  std::optional<std::string> next;
  std::uint64_t count = 0;  // approved comments of the article
  bool closed = false;
};

// ---- administration
// -------------------------------------------------------------------------------------------

struct ArticleInfo {
  std::string site;
  ArticleRef ref;
  bool closed = false;
  Time first_seen = 0;
  std::uint64_t approved = 0;
  std::uint64_t pending = 0;
};

struct ArticlePage {
  std::vector<ArticleInfo> items;
  std::optional<std::string> next;
};

// kind: author (verified id), email, ip, cidr, domain.
struct Block {
  Id id;
  std::string site;  // empty: all sites
  std::string kind;
  std::string value;  // normalised
  std::string reason;
  std::string by;
  Time created_at = 0;
  std::optional<Time> expires_at;
  std::optional<Id> decision;  // made by this decision; its undo lifts the block

  bool operator==(const Block&) const = default;
};

struct BlockPage {
  std::vector<Block> items;
  std::optional<std::string> next;
};

struct AddBlock {
  Block block;
  std::string reach;
  bool apply_to_past = false;  // undecided pending comments that match become spam, by one decision
  Id by_token;
  Once once;
};

struct BlockAdded {
  Block block;
  std::optional<Settled> applied;
  bool replayed = false;
};

struct Edit {
  std::string reach;
  Id id;
  std::optional<std::int32_t> version;
  Comment after;  // content, author.name, author.url may differ; status as intake decided
  Verdict verdict;
  Facts facts;
  std::vector<std::string> domains;
  std::uint64_t copy_hash = 0;
  Sketch sketch{};
  std::string by;  // "author" or the token's name
  Time now = 0;
  Once once = {};
  std::optional<Foreign> foreign = {};  // of a comment that was asked about again; its blog stays
};

struct Rejudged {
  Id id;
  std::int32_t version = 0;  // that was read; a changed or decided comment is left alone
  Verdict verdict;
  Facts facts;
  Status status = Status::pending;
};

// A page of comments that were judged again.
struct Rejudge {
  std::vector<Rejudged> all;
  std::uint32_t seen = 0;           // comments of the page; handed back
  std::optional<std::string> next;  // the page's; handed back
  Time now = 0;
  Once once = {};
};

struct Rechecked {
  std::uint32_t seen = 0;
  std::uint32_t changed = 0;
  std::optional<std::string> next;
  bool replayed = false;
};

// Who is to be forgotten. Exactly one is set.
struct Forget {
  std::string reach;
  std::string site;  // empty: all sites
  std::string email;
  std::string author_id;
  std::string ip;
  std::string by;
  Time now = 0;
  Once once = {};  // a repeated call also finishes what a crash cut short
};

struct Forgotten {
  Id receipt;
  std::uint64_t comments = 0;  // erased wholly (text, name, email, url, ip): only an anonymous number stays
  std::uint64_t records = 0;   // reputation records erased
  std::uint64_t blocks = 0;    // blocks on that person that stay (they are the operator's decision)
  bool replayed = false;
};

struct RuleStat {
  std::string rule;
  std::uint64_t hits = 0;
  std::uint64_t spam = 0;      // of these, people said spam
  std::uint64_t approved = 0;  // people approved
  std::uint64_t rejected = 0;
};

struct SiteStats {
  std::string site;
  std::uint64_t pending = 0, approved = 0, rejected = 0, spam = 0, checked = 0;
  std::uint64_t decided_by_people = 0;
  Time oldest_pending = 0;      // 0: none
  std::vector<RuleStat> rules;  // by hits
};

// What a site's day (UTC) was like, or that of all sites. These numbers are of what happened: neither
// retention nor a removal changes them.
struct DayNumbers {
  Time day = 0;  // its beginning
  // How new comments stood when they came; `submitted` is the sum of the five after it. A report about a
  // comment that was never seen brings one as `checked`.
  std::uint64_t submitted = 0;
  std::uint64_t approved_by_machine = 0, held = 0, spam_by_machine = 0, discarded = 0, checked = 0;
  std::uint64_t imported = 0;  // came with an archive: in none of the numbers above, its labels in none below
  // Comments that people decided on that day, each decision for itself and reports among them; one that was
  // undone since is taken out here, and counts as undone on the day of the undo.
  std::uint64_t approved = 0, rejected = 0, spam = 0;
  std::uint64_t undone = 0;
  // Of the comments that had waited in the queue and were decided for the first time that day: half of them
  // waited no longer, in seconds. At most 19 % off, as waits are counted in steps (less than a second: 0).
  std::optional<double> median_seconds;
};

// Of the comments that wait, those whose age lies in [from, to), in seconds.
struct QueueAge {
  std::int64_t from = 0;
  std::optional<std::int64_t> to;
  std::uint32_t count = 0;
  bool more = false;  // counting ended at its bound
};

struct DaysQuery {
  std::string site;         // empty: all sites together
  std::uint32_t days = 90;  // the latest, today's included; at most 400
  Time now = 0;
};

struct Days {
  std::vector<DayNumbers> days;  // oldest first, without gaps
  std::optional<Time> since;     // a database that is older has such numbers from then on
  std::uint64_t pending = 0;
  std::optional<Time> oldest;  // that of the comment that waits longest
  // Under 1 h, 6 h, 1 d, 3 d, 7 d, and above. By order of arrival, which for comments that came in the same
  // moments may not be that of their times.
  std::vector<QueueAge> ages;
};

// How the comments stand that came in one week and that a rule hit. What an archive brought counts in the
// week in which it was written.
struct RuleWeek {
  Time week = 0;  // the beginning of its Monday, UTC
  std::uint64_t hits = 0;
  std::uint64_t spam = 0, approved = 0, rejected = 0;  // of these, people decided so
};

struct RuleWeeksQuery {
  std::string site;          // empty: all sites together
  std::string rule;          // empty: all, by name
  std::string after;         // names after this one
  std::uint32_t weeks = 26;  // the latest, this one included; at most 104
  std::uint32_t limit = 50;  // rules
  Time now = 0;
};

struct RuleWeeks {
  std::vector<std::pair<std::string, std::vector<RuleWeek>>> rules;  // weeks oldest first, those with hits
  bool more = false;
  std::optional<Time> since;  // as with days; of comments that came from then on
};

// One learn event: a label, and what there is to learn from it. A later decision or an undo takes it back. A
// model is a fold over its lane's events in the order of their numbers, those taken back left out; a lane is
// one site's own events, or those that sites share (site empty).
struct LearnEvent {
  std::int64_t seq = 0;     // never used again
  std::int64_t change = 0;  // over all events; a new one when it is made, taken back, or counts again
  Id comment;               // empty: of a comment that is not in the store
  std::string site;
  bool own = false;     // in the site's lane
  bool shared = false;  // in the lane that sites share
  bool spam = false;
  bool taken_back = false;
  bool inverse = false;  // works against one that could not be taken out any more
  Time at = 0;
  std::string lesson;       // analysis/lesson.h; empty: there is nothing to learn, or it was folded
  std::string origin = {};  // of one that came by import_lessons: 32 hex digits, the same in every database
};

// A lane's model after its events up to `seq`. What is folded into it cannot be taken out exactly: taking it
// back adds an event that works against it. Lessons that every lane of theirs has folded are dropped.
struct LearnState {
  std::string site;  // empty: the shared lane
  std::int64_t seq = 0;
  std::int64_t change = 0;  // when folding: the newest change that was seen of the lane
  std::string model;        // learner.h
};

struct LessonPage {
  std::vector<LearnEvent> events;  // in order; those that count
  std::int64_t change = 0;         // newest of the lane, of whatever event
};

// Makes what an event keeps of a comment, from what was known when it was judged. Called from any thread; may
// answer "". Must not call the store.
using LessonMaker = std::function<std::string(const Submission&, const Facts&, const Verdict&)>;

// A label for a comment that is not in the store (POST /v1/learn).
struct Learn {
  std::string site;
  std::string lesson;
  bool spam = false;
  std::string by;
  Id by_token = {};
  Time now = 0;
  Once once = {};
};

// Lessons of a file that this or another database wrote (`chaffinch learn export`).
struct ImportLessons {
  struct One {
    std::string site;
    bool spam = false;
    std::string lesson;
    std::string origin;    // 32 hex digits
    std::int64_t seq = 0;  // its number, where the file was written by this database; else 0
  };
  std::string secret;  // feature_secret() of the database that made the lessons
  std::vector<One> lessons;
  std::string by;
  Time now = 0;
};

struct LessonsImported {
  std::uint64_t added = 0;
  std::uint64_t known = 0;         // already there and standing
  std::vector<Id> decisions = {};  // of kind learn, one a site; undone as any
  bool adopted = false;            // the file's feature key is this database's from now on
};

// A token to be known by the hash of its secret.
struct NewToken {
  Token token;
  std::string secret_hash;
};

// A code that signs a browser in at the desk, once, to be known by its hash.
struct NewCode {
  std::string hash;
  Time expires_at = 0;
};

// Signing in by a code, which is used up, or by a token's secret. Exactly one of the two hashes is set.
struct SignIn {
  std::string code_hash;
  std::string token_hash;
  std::string session_hash;  // of the new session's secret
  std::string instead_of;    // hash of the browser's session before, which ends; may be unknown or empty
  Time now = 0;
};

struct SessionsEnded {
  std::uint64_t ended = 0;
};

// One step of retention; call again while `more`.
struct Swept {
  std::uint64_t clients = 0;  // comments whose IP, user agent and referrer were erased
  std::uint64_t removed = 0;  // comments removed
  std::uint64_t other = 0;    // expired keys, leases, blocks, sessions, copies, records, old numbers
  bool more = false;
};

struct Health {
  bool writable = true;           // a real write was committed for this question
  std::string problem;            // why not
  std::int64_t schema = 0;        // migration in force
  std::int64_t schema_known = 0;  // newest that the program knows
  std::uint64_t free_bytes = 0;
  std::uint32_t queue_depth = 0;  // operations waiting for the writer
  std::uint32_t queue_limit = 0;
};

// A secret that signs receipts and form tokens. The first one signs, all verify.
struct SigningKey {
  Id id;
  std::string secret;  // 32 bytes
  Time created_at = 0;
};

// ---- packs
// ----------------------------------------------------------------------------------------------------
// A scope is one site, or all of them (site empty).

struct StoredPack {
  std::string site;
  std::string name;
  std::string text;
  std::vector<std::pair<std::string, std::string>> lists;  // file name -> content
  std::string by;
  Time at = 0;
  bool removed = false;     // of a draft: the published pack is to go; text and lists are empty
  std::int64_t change = 0;  // of a draft: a new number at every change
};

// Who changes rules, for the audit, and by which request.
struct RulesAuthor {
  std::string by;
  Id token;
  Time now = 0;
  Once once = {};
};

struct RulesVersion {
  std::int64_t no = 0;  // counts over all scopes
  std::string site;
  Time at = 0;
  std::string by;
  std::string note;
  std::string rules_version;             // of the set that came of it, as verdicts name it
  std::optional<std::int64_t> restores;  // the version that it went back to
  bool in_force = false;
};

struct RulesVersionPage {
  std::vector<RulesVersion> items;  // newest first
  std::optional<std::string> next;
};

struct PublishRules {
  std::string site;
  std::vector<StoredPack> packs;  // all that this scope holds from now on
  std::int64_t seen = 0;          // the scope's version that this was made from; 0: none
  std::vector<std::int64_t>
      drafts;                      // StoredPack::change of those that are published; they are drafts no more
  std::string what = "published";  // published, restored, state: for the audit
  std::string note;
  std::string rules_version;
  std::optional<std::int64_t> restores;
};

struct RulesEvent {
  Time at = 0;
  std::string by;
  std::string what;  // drafted, draft_dropped, draft_removal, published, restored, state
  std::string site;
  std::string pack;
  std::optional<std::int64_t> version;
  std::string note;
};

struct RulesEventPage {
  std::vector<RulesEvent> items;  // newest first
  std::optional<std::string> next;
};

// Told about every group that the writer commits. Called from the writer's thread; must return at once.
struct CommitObserver {
  std::function<void(std::uint32_t operations, double seconds)> committed;
  std::function<void(std::string_view problem)> failed;
};

class Store {
 public:
  virtual ~Store() = default;

  // -- submit. Nothing here costs more the more an author, an address or a domain has written.
  // Reads all that judging needs, once, and (with `reserve`) marks this comment in the velocity and copy
  // records, so that comments arriving at the same moment see each other: of any number of equal ones exactly
  // one sees no copy. not_found: no such site (where = "/site").
  virtual Result<Recalled> recall(const Probe&) = 0;
  virtual void release(std::uint64_t reservation) = 0;  // the comment will not be kept; 0 is ignored
  // Returns at once. `then` is called exactly once, after the fsync or when it is known that nothing will be
  // kept: from this thread, or from one that others wait for, so it must be brief, must not throw and must
  // not call the store. What the engine needed for it comes along: letting that go is for another thread.
  using Then = std::function<void(Result<Kept>, std::shared_ptr<const void> remains)>;
  virtual void keep(Keep, Then then) = 0;
  // The same, waited for.
  Result<Kept> keep(Keep comment) {
    return now_from<Result<Kept>>([&](const Later<Result<Kept>>& later) {
      keep(std::move(comment), [later](Result<Kept> kept, const std::shared_ptr<const void>&) {
        later([kept = std::move(kept)] { return kept; });
      });
    });
  }
  // What was answered to this key by keep or edit; nothing when it did not come yet.
  virtual Result<std::optional<Kept>> replay(const Once&) = 0;
  virtual Result<bool> answered(const Once&) = 0;  // whether the key came before, to any operation
  virtual Result<std::vector<Imported>> import(std::vector<Import>) = 0;  // one transaction; in order

  // -- queue
  virtual Result<QueuePage> queue(const QueueQuery&) = 0;
  // Looks at a bounded number of comments.
  virtual Result<Tally> count(const QueueQuery&, std::uint32_t at_most) = 0;
  // Of one site, or of all in reach. Costs the same whatever there is.
  virtual Result<QueueCounts> queue_counts(const std::string& reach, const std::string& site,
                                           const Id& token) = 0;
  virtual Result<Answered<std::vector<QueueItem>>> claim(
      const Claim&) = 0;  // comments leased to somebody else are passed over
  // In one transaction. What the holder has already is renewed; comments that others hold stay theirs.
  virtual Result<Answered<Claimed>> claim_these(const ClaimThese&) = 0;
  virtual Result<Took> unclaim(const std::string& holder, const std::vector<Id>& ids,
                               const Once& once = {}) = 0;  // empty ids: all of holder's
  virtual Result<Detail> detail(const std::string& reach, Id, Time now) = 0;
  virtual Result<Comment> comment(const std::string& reach, Id) = 0;
  virtual Result<QueueItem> kept(const std::string& reach,
                                 Id) = 0;  // comment and verdict, for a replayed answer

  // -- archive
  // Every comment of any status, in order of arrival from the newest to the oldest, with all that judging it
  // again needs. From the first page on: each that is there all the while comes exactly once, what arrives
  // meanwhile does not come. A page examines a bounded number of comments: it may hold fewer than `limit` and
  // still have a next.
  virtual Result<ArchivePage> archive(const ArchiveQuery&) = 0;

  // -- decisions
  // Compare-and-set, audit row, counters, learn event and blocks in one transaction. Nothing changed: nothing
  // recorded, Settled.id empty (conflict is the door's word for it).
  virtual Result<Settled> settle(const Settle&) = 0;
  // Restores, for each comment whose latest decision it is, status, version + 1, counters, records, copies,
  // statistics, and lifts the decision's blocks and learn events; others are named as superseded. Undoing an
  // undo is Code::invalid.
  virtual Result<Settled> undo(const Undo&) = 0;
  // Pending comments of the same sites that are (nearly) the same as what this decision decided, as it is
  // now. Looks at the newest 50 comments of the decision; beside the writer.
  virtual Result<NearPending> near_pending(const std::string& reach, Id decision) = 0;
  virtual Result<DecisionPage> decisions(const DecisionQuery&) = 0;
  virtual Result<Decision> decision(const std::string& reach, Id) = 0;

  // -- comments that their client keeps
  virtual Result<std::optional<SeenBefore>> seen_before(const Sought&) = 0;
  // A decision that teaches and leaves the status as it is, with the comment itself where it is new, in one
  // transaction. The same report again changes nothing: Settled.id is empty. not_found: there is no such
  // comment, and none to keep.
  virtual Result<Settled> report(const Report&) = 0;
  virtual Result<std::vector<BlogNumbers>> blog_numbers(const BlogQuery&) = 0;  // by blog, then month

  // -- readers
  virtual Result<ThreadPage> thread(const ThreadQuery&) = 0;
  virtual Result<std::vector<std::uint64_t>> counts(const std::string& site,
                                                    const std::vector<std::string>& articles) = 0;

  // -- changes of a comment
  virtual Result<Kept> edit(const Edit&) = 0;  // conflict: version is stale
  virtual Result<Took> remove(const std::string& reach, Id, const std::string& by, Time now,
                              const Once& once = {}) = 0;  // erased; replies stay
  virtual Result<Rechecked> rejudge(const Rejudge&) = 0;

  // -- administration
  // conflict: the id is taken; or, with tokens, the key came before: a secret is shown once.
  virtual Result<Site> add_site(const Site&, const Once&, const std::vector<NewToken>& tokens = {}) = 0;
  virtual Result<Site> site(const std::string& id) = 0;
  virtual Result<std::vector<Site>> sites() = 0;  // at most 10,000
  virtual Result<Answered<Site>> change_site(const Site&, std::optional<std::int64_t> seen_version,
                                             const Once& once = {}) = 0;
  virtual Result<ArticleInfo> article(const std::string& site, const std::string& id) = 0;
  virtual Result<ArticlePage> articles(const std::string& site, const std::string& cursor,
                                       std::uint32_t limit) = 0;
  virtual Result<Answered<ArticleInfo>> put_article(const std::string& site, const ArticleRef&,
                                                    std::optional<bool> closed, Time now,
                                                    const Once& once = {}) = 0;

  // With a code, that signs in in its name. conflict: there is one, or the key came before: a secret is shown
  // once.
  virtual Done add_token(const Token&, const std::string& secret_hash, const Once& once = {},
                         const std::optional<NewCode>& code = {}) = 0;
  virtual Result<Token> token(const std::string& secret_hash,
                              Time now) = 0;  // unauthorized: unknown, expired, revoked
  virtual Result<std::vector<Token>> tokens(const std::string& reach) = 0;
  // Its sessions and codes end with it.
  virtual Result<Took> revoke_token(const std::string& reach, Id, Time now, const Once& once = {}) = 0;

  // -- sessions of the desk (core/session.h)
  // A code for this token. not_found: there is no such token; conflict: it was revoked, has expired, or its
  // role does not open the desk; or the key came before: a code is shown once.
  virtual Done add_code(const std::string& reach, Id token, const NewCode&, Time now,
                        const Once& once = {}) = 0;
  // The code is used up and the session is there, or neither. unauthorized: the code is unknown, was used or
  // is over, or the token is unknown, expired or revoked; forbidden: its role does not open the desk.
  virtual Result<Session> sign_in(const SignIn&) = 0;
  // The session of this hash, which is used now: noted, and its end moved, when the latest noted use is
  // kSessionNoted ago. unauthorized: it is unknown or over, or its token is.
  virtual Result<Session> session(const std::string& hash, Time now) = 0;
  virtual Done end_session(const std::string& hash) = 0;  // one that is over already: nothing to do
  virtual Result<Answered<SessionsEnded>> end_sessions(Id token, Time now,
                                                       const Once& once = {}) = 0;  // all of a token

  virtual Result<BlockAdded> add_block(
      const AddBlock&) = 0;  // same kind and value again: the old one, renewed
  virtual Result<BlockPage> blocks(const std::string& reach, const std::string& kind,
                                   const std::string& cursor, std::uint32_t limit, Time now) = 0;
  virtual Result<Took> remove_block(const std::string& reach, Id, const Once& once = {}) = 0;

  // -- packs
  virtual Result<std::vector<StoredPack>> drafts() = 0;  // of every scope, by site and name
  virtual Result<std::vector<StoredPack>>
  published_packs() = 0;  // in force, of every scope, by site and name
  virtual Result<std::vector<RulesVersion>> rules_in_force() = 0;  // the newest version of every scope
  virtual Result<Answered<StoredPack>> put_draft(const StoredPack&,
                                                 const RulesAuthor&) = 0;  // instead of an earlier one
  virtual Result<Took> drop_draft(const std::string& site, const std::string& name, const RulesAuthor&) = 0;
  // A new version, in force from now on. conflict: the scope's version or its drafts are not those that were
  // seen.
  virtual Result<Answered<RulesVersion>> publish_rules(const PublishRules&, const RulesAuthor&) = 0;
  // The newest 500 of a scope are kept.
  virtual Result<RulesVersionPage> rules_versions(const std::string& site, const std::string& cursor,
                                                  std::uint32_t limit) = 0;
  virtual Result<std::pair<RulesVersion, std::vector<StoredPack>>> rules_version(const std::string& reach,
                                                                                 std::int64_t no) = 0;
  virtual Result<RulesEventPage> rules_events(const std::string& site, const std::string& cursor,
                                              std::uint32_t limit) = 0;

  virtual Result<Forgotten> forget(const Forget&) = 0;
  virtual Result<SiteStats> stats(const std::string& site) = 0;
  // Exact to the comment that was acknowledged last; kept for two years. not_found: no such site.
  virtual Result<Days> days(const DaysQuery&) = 0;
  virtual Result<RuleWeeks> rule_weeks(const RuleWeeksQuery&) = 0;

  // -- learning
  // A secret of 32 bytes of this database: the key of hashed features. Ever the same, but for import_lessons
  // into a database that has learned nothing. Throws std::runtime_error when it cannot be read.
  virtual std::string feature_secret() = 0;
  // A name of this database among all, which tells nothing: whose numbers those of its lessons are.
  virtual std::string lessons_name() const = 0;
  // Who makes lessons of decided comments; without one, labels alone are recorded. Set once, before the first
  // call.
  virtual void teach_with(LessonMaker) = 0;
  virtual Result<std::vector<LearnEvent>> learn_events(std::int64_t after_seq, std::uint32_t limit) = 0;
  // Events that were made, taken back, or count again since that change, in the order of their changes.
  virtual Result<std::vector<LearnEvent>> learn_changes(std::int64_t after_change, std::uint32_t limit) = 0;
  virtual Result<std::int64_t> newest_learn_change() = 0;
  virtual Result<LessonPage> lessons(const std::string& site, std::int64_t after_seq,
                                     std::uint32_t limit) = 0;
  virtual Result<std::optional<LearnState>> learn_state(const std::string& site) = 0;
  // The model of the starter set that was learned under this name; one is kept, instead of an earlier one.
  virtual Result<std::optional<std::string>> starter_model(const std::string& version) = 0;
  virtual Done keep_starter_model(const std::string& version, const std::string& model) = 0;
  // conflict: an event up to `seq` changed since `change`, or the lane is folded further already.
  virtual Done fold_lessons(const LearnState&, Time now) = 0;
  // A decision of kind `learn`, which changes no comment.
  virtual Result<Settled> learn(const Learn&) = 0;

  // All or nothing; in the order given. Those that are there and stand are not added again; what was taken
  // back is. Made under another key: a database that has learned nothing makes that key its own (whoever made
  // lessons or models with the old one must be made anew); conflict: this one has learned. not_found: a site,
  // with where = its id.
  virtual Result<LessonsImported> import_lessons(const ImportLessons&) = 0;

  virtual Result<Swept> sweep(Time now) = 0;  // at most some hundred rows a step
  virtual Done
  index_step() = 0;  // brings the search index up to date by one step; the engine also does it itself
  virtual Done backup(const std::string& file,
                      const std::function<void(double part)>& progress) = 0;  // while serving
  virtual Health health() = 0;
  virtual Result<std::vector<SigningKey>> signing_keys() = 0;  // made on first use
  virtual Done rotate_signing_key(Time now) = 0;               // the previous one verifies for 30 more days

  // What commits from now on report to. Set once, before the first call.
  virtual void observe(CommitObserver) = 0;
};

// "sqlite:<file>". Throws std::runtime_error with a sentence for the operator when it cannot be opened: no
// such folder, not a database, a newer schema than the program knows, another process writing it.
struct StoreOptions {
  std::string address;
  std::uint32_t readers = 4;          // reading connections
  std::uint32_t queue_limit = 4096;   // operations that may wait for the writer
  std::uint32_t group_limit = 512;    // operations in one transaction
  std::uint32_t backlog_step = 1024;  // comments after which a share of what they count is written
  std::uint32_t log_step = 4000;     // pages of the write-ahead log that are carried over to the file at once
  std::string synchronous = "FULL";  // FULL; OFF only for the test that must see it fail
  std::string vfs;                   // SQLite VFS by name; empty: the usual one (for tests)
};
std::unique_ptr<Store> open_store(const StoreOptions& options);

// A consistent copy of a database into a new file, whether or not another process is writing it; the copy is
// verified and on disk before this returns, and nothing is left of it when it fails. `progress` is told parts
// from 0 to 1.
Done copy_store(const std::string& address, const std::string& file,
                const std::function<void(double part)>& progress);

// All comments of a site in order of arrival, whether or not another process is writing: one state of the
// database, that of the first call. `each` is told about how many there are; when it answers false the walk
// ends. not_found: no such site. conflict: another migration than this program's.
Done export_comments(const std::string& address, const std::string& site,
                     const std::function<bool(const Comment&, std::uint64_t total)>& each);

}  // namespace chaffinch
