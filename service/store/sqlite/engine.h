// The SQLite engine: store.h's promises on one file. Its parts, by job:
//
//   db           one connection and its statements        writer     the thread that writes, in groups
//   readers      the connections that read                counters   what is counted, summed up over a group
//   checkpoints  the log is carried over into the file      backlog    ... and not yet written, in shares
//   remembered   what is known of an author, an address,   known      which of these rows there may be
//                a text
//   record_cache, article_cache, blocked: what recall asks for most, without a connection
//   marks        velocity and comments in flight          rows       a comment's row; the sites
//   near         the index of near copies                 near_rows  the table that it is filled from
//   days         what is counted of days and weeks      numbers    ... and asked
//   search       filters and the search index             pages      keyset pages over comments; cursors
//   spans        when comments were written             decided    whose decision stands on them
//   doubt, alike what is most useful to decide; what waits and is nearly the same
//   travel       lessons that come from a file      report      comments that their client keeps
//   change       putting a comment in, moving it from one state to another, taking it out
//   submit, queue, decide, thread, edit, admin, tokens, sessions, blocks, retention: the calls of store.h
//   schema       migrations, and opening the file         keys       keyed hashes
//   opening      what is read at the start                shares     which rows are written together
#pragma once

#include <atomic>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <SQLiteCpp/Exception.h>

#include "store/sqlite/article_cache.h"
#include "store/sqlite/backlog.h"
#include "store/sqlite/blocked.h"
#include "store/sqlite/change.h"
#include "store/sqlite/checkpoints.h"
#include "store/sqlite/marks.h"
#include "store/sqlite/near_rows.h"
#include "store/sqlite/readers.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/search.h"
#include "store/sqlite/writer.h"
#include "store/store.h"

namespace chaffinch::sqlite {

class Engine final : public Store {
 public:
  explicit Engine(const StoreOptions& options);

  Result<Recalled> recall(const Probe&) override;
  void release(std::uint64_t reservation) override;
  void keep(Keep, Then then) override;
  Result<std::optional<Kept>> replay(const Once&) override;
  Result<bool> answered(const Once&) override;
  Result<std::vector<Imported>> import(std::vector<Import>) override;

  Result<QueuePage> queue(const QueueQuery&) override;
  Result<Tally> count(const QueueQuery&, std::uint32_t at_most) override;
  Result<QueueCounts> queue_counts(const std::string& reach, const std::string& site,
                                   const Id& token) override;
  Result<Answered<std::vector<QueueItem>>> claim(const Claim&) override;
  Result<Answered<Claimed>> claim_these(const ClaimThese&) override;
  Result<Took> unclaim(const std::string& holder, const std::vector<Id>& ids, const Once&) override;
  Result<Detail> detail(const std::string& reach, Id, Time now) override;
  Result<Comment> comment(const std::string& reach, Id) override;
  Result<QueueItem> kept(const std::string& reach, Id) override;

  Result<ArchivePage> archive(const ArchiveQuery&) override;

  Result<Settled> settle(const Settle&) override;
  Result<Settled> undo(const Undo&) override;
  Result<NearPending> near_pending(const std::string& reach, Id decision) override;
  Result<DecisionPage> decisions(const DecisionQuery&) override;
  Result<Decision> decision(const std::string& reach, Id) override;

  Result<ThreadPage> thread(const ThreadQuery&) override;
  Result<std::vector<std::uint64_t>> counts(const std::string& site,
                                            const std::vector<std::string>& articles) override;

  Result<Kept> edit(const Edit&) override;
  Result<Took> remove(const std::string& reach, Id, const std::string& by, Time now, const Once&) override;
  Result<Rechecked> rejudge(const Rejudge&) override;

  Result<std::optional<SeenBefore>> seen_before(const Sought&) override;
  Result<Settled> report(const Report&) override;
  Result<std::vector<BlogNumbers>> blog_numbers(const BlogQuery&) override;

  Result<Site> add_site(const Site&, const Once&, const std::vector<NewToken>&) override;
  Result<Site> site(const std::string& id) override;
  Result<std::vector<Site>> sites() override;
  Result<Answered<Site>> change_site(const Site&, std::optional<std::int64_t> seen_version,
                                     const Once&) override;
  Result<ArticleInfo> article(const std::string& site, const std::string& id) override;
  Result<ArticlePage> articles(const std::string& site, const std::string& cursor,
                               std::uint32_t limit) override;
  Result<Answered<ArticleInfo>> put_article(const std::string& site, const ArticleRef&,
                                            std::optional<bool> closed, Time now, const Once&) override;

  Done add_token(const Token&, const std::string& secret_hash, const Once&,
                 const std::optional<NewCode>&) override;
  Result<Token> token(const std::string& secret_hash, Time now) override;
  Result<std::vector<Token>> tokens(const std::string& reach) override;
  Result<Took> revoke_token(const std::string& reach, Id, Time now, const Once&) override;

  Done add_code(const std::string& reach, Id token, const NewCode&, Time now, const Once&) override;
  Result<Session> sign_in(const SignIn&) override;
  Result<Session> session(const std::string& hash, Time now) override;
  Done end_session(const std::string& hash) override;
  Result<Answered<SessionsEnded>> end_sessions(Id token, Time now, const Once&) override;

  Result<BlockAdded> add_block(const AddBlock&) override;
  Result<BlockPage> blocks(const std::string& reach, const std::string& kind, const std::string& cursor,
                           std::uint32_t limit, Time now) override;
  Result<Took> remove_block(const std::string& reach, Id, const Once&) override;

  Result<std::vector<StoredPack>> drafts() override;
  Result<std::vector<StoredPack>> published_packs() override;
  Result<std::vector<RulesVersion>> rules_in_force() override;
  Result<Answered<StoredPack>> put_draft(const StoredPack&, const RulesAuthor&) override;
  Result<Took> drop_draft(const std::string& site, const std::string& name, const RulesAuthor&) override;
  Result<Answered<RulesVersion>> publish_rules(const PublishRules&, const RulesAuthor&) override;
  Result<RulesVersionPage> rules_versions(const std::string& site, const std::string& cursor,
                                          std::uint32_t limit) override;
  Result<std::pair<RulesVersion, std::vector<StoredPack>>> rules_version(const std::string& reach,
                                                                         std::int64_t no) override;
  Result<RulesEventPage> rules_events(const std::string& site, const std::string& cursor,
                                      std::uint32_t limit) override;

  Result<Forgotten> forget(const Forget&) override;
  Result<SiteStats> stats(const std::string& site) override;
  Result<Days> days(const DaysQuery&) override;
  Result<RuleWeeks> rule_weeks(const RuleWeeksQuery&) override;

  std::string feature_secret() override;
  std::string lessons_name() const override;
  Result<LessonsImported> import_lessons(const ImportLessons&) override;
  void teach_with(LessonMaker) override;
  Result<std::vector<LearnEvent>> learn_events(std::int64_t after_seq, std::uint32_t limit) override;
  Result<std::vector<LearnEvent>> learn_changes(std::int64_t after_change, std::uint32_t limit) override;
  Result<std::int64_t> newest_learn_change() override;
  Result<LessonPage> lessons(const std::string& site, std::int64_t after_seq, std::uint32_t limit) override;
  Result<std::optional<LearnState>> learn_state(const std::string& site) override;
  Result<std::optional<std::string>> starter_model(const std::string& version) override;
  Done keep_starter_model(const std::string& version, const std::string& model) override;
  Done fold_lessons(const LearnState&, Time now) override;
  Result<Settled> learn(const Learn&) override;

  Result<Swept> sweep(Time now) override;
  Done index_step() override;
  Done backup(const std::string& file, const std::function<void(double part)>& progress) override;
  Health health() override;
  Result<std::vector<SigningKey>> signing_keys() override;
  Done rotate_signing_key(Time now) override;
  void observe(CommitObserver) override;

 private:
  // Runs `body` in a read transaction on a lent connection; SQLite's errors become errors of the house.
  template <class F>
  std::invoke_result_t<F&, Db&> read(F&& body) {
    auto db = readers_.take();
    if (!db) return fail(Code::unavailable, "too many reads are waiting", {}, "try again in a moment", 1);
    Readers::Lent lent(readers_, std::move(db));
    try {
      const Snapshot snapshot(lent.db());
      return body(lent.db());
    } catch (const SQLite::Exception& error) {
      return fail(Code::unavailable, "the store cannot read: " + trouble_of(error).sentence, {},
                  "see the service's log", 1);
    } catch (const std::exception& error) {
      return fail(Code::internal, error.what());
    }
  }

  // As read, once more when `body` answers false: its snapshot is too old for the backlog.
  template <class F>
  Done read_counted(F&& body) {
    for (int i = 0; i < 10; ++i) {
      const Result<bool> done = read(body);
      if (!done) return tl::unexpected(done.error());
      if (*done) return {};
    }
    return fail(Code::unavailable, "the store is too busy to read", {}, "try again in a moment", 1);
  }

  Result<std::vector<std::shared_ptr<const Sites::Entry>>> sites_asked(const std::string& site) const;
  Result<std::shared_ptr<const Sites::Entry>> known_site(const std::string& id, const char* where) const;
  std::vector<BlockSought> blocks_sought(const Probe& probe) const;
  static std::vector<BlockHit> block_hits(Db& db, std::int64_t site, const std::vector<BlockSought>& sought,
                                          Time now);
  void remember_last_hour();
  void count_again();
  Writer::How changing(const std::vector<Target>& targets);

  // Operations inside the writer, shared by several calls.
  // What of a comment can be made ready by its own thread, so that the writer has less to do.
  struct Prepared {
    std::string domains, verdict, facts;
    Counted counted;
    std::uint32_t cluster = 1;
    std::optional<std::int64_t> content_key;  // of one whose client keeps it
  };
  Prepared prepare(const Keep& keep);
  Result<Kept> keep_in(Change& change, const Keep& keep, Prepared& prepared, bool imported);
  Result<std::int64_t> lane_of(const std::string& site) const;  // as learn_state has it
  // Lessons of comments, made before the writer's turn; each for one version of its comment.
  using Lessons = std::map<Id, std::pair<std::int32_t, std::string>>;
  Lessons lessons_for(const Settle& settle);
  Result<Settled> settle_in(Change& change, const Settle& settle, const std::vector<Target>& targets,
                            const Lessons& lessons);
  Decider decider(Change& change, Decider::Who who);
  std::vector<Row> rows_sought(Db& db, std::int64_t site, const Sought& sought) const;
  Result<Wanted> wanted_of(Db& db, const QueueQuery& query);
  // A comment and those that are nearly or exactly the same: the newest `most`, in order of arrival.
  struct Cluster {
    std::vector<std::int64_t> seqs;
    bool more = false;  // there are, or may be
  };
  Cluster alike(Db& db, const Row& row, std::size_t most);
  Result<std::vector<Target>> targets_in(Db& db, const QueueQuery& query,
                                         std::optional<std::uint32_t> expected);

  struct ForgetStep {
    std::uint64_t comments = 0, records = 0;  // of this step
    bool more = false;
  };
  Result<Forgotten> finish_forgetting(Forgotten forgotten);
  Result<ForgetStep> forget_step(const Id& receipt);
  void sweep_site(Change& change, const Sites::Entry& site, Time now, std::uint32_t& room, Swept& swept);
  void sweep_small(Change& change, Time now, Swept& swept);
  void sweep_copies(Db& db, Time now, Swept& swept);
  void sweep_records(Db& db, Time now, Swept& swept);
  bool index_idle(Db& db, std::uint32_t most);

  LessonMaker maker_;
  StoreOptions options_;
  std::string file_;
  Lock lock_;
  Keys keys_;
  Sites sites_;
  Marks marks_;
  Near near_;
  Known known_;
  Backlog backlog_;
  ArticleCache articles_;
  Blocked blocked_;
  std::atomic<std::int64_t> last_seq_{0};  // of the newest comment; changed by the writer only
  std::atomic<std::int64_t> indexed_{0};   // up to which the search index is filled
  std::int64_t copies_site_ = 0,
               copies_hash_ = 0;  // the sweep's place among the copies; the writer's thread only
  Time copies_swept_at_ = 0;      // when it last came through
  std::int64_t records_place_ = std::numeric_limits<std::int64_t>::min();  // as of the copies
  Time records_swept_at_ = 0;
  NearSweep near_sweep_;  // the writer's thread only
  std::mutex used_lock_;
  std::unordered_map<std::string, Time>
      used_;  // guarded by used_lock_; tokens and the hour noted of their use
  Readers readers_;
  Checkpoints checkpoints_;
  Writer writer_;  // last: its thread uses all of the above
};

}  // namespace chaffinch::sqlite
