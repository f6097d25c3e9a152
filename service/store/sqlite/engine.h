// The SQLite engine: store.h's promises on one file. Its parts, by job:
//
//   db           one connection and its statements        writer     the thread that writes, in groups
//   readers      the connections that read                counters   what is counted, summed up over a group
//   marks        velocity and comments in flight          rows       a comment's row; the sites
//   search       filters and the search index             pages      keyset pages over comments; cursors
//   change       putting a comment in, moving it from one state to another, taking it out
//   submit, queue, decide, thread, edit, admin, blocks, retention: the calls of store.h
//   schema       migrations, and opening the file         keys       keyed hashes
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <SQLiteCpp/Exception.h>

#include "store/sqlite/marks.h"
#include "store/sqlite/readers.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/search.h"
#include "store/sqlite/writer.h"
#include "store/store.h"

namespace chaffinch::sqlite {

// Which blocks there may be: too many is slow, too few would be wrong, so it only grows until the next start.
struct BlockKinds {
  std::atomic<bool> author{false}, email{false}, ip{false}, domain{false};
  std::atomic<std::uint64_t> v4{0};                       // bit n: a CIDR of prefix n
  std::array<std::atomic<std::uint64_t>, 3> v6{0, 0, 0};  // bits 0..128
};

class Engine final : public Store {
 public:
  explicit Engine(const StoreOptions& options);

  Result<Recalled> recall(const Probe&) override;
  void release(std::uint64_t reservation) override;
  Result<Kept> keep(Keep) override;
  Result<std::vector<Imported>> import(std::vector<Import>) override;

  Result<QueuePage> queue(const QueueQuery&) override;
  Result<std::uint64_t> count(const QueueQuery&, std::uint32_t at_most) override;
  Result<std::vector<QueueItem>> claim(const Claim&) override;
  Done unclaim(const std::string& holder, const std::vector<Id>& ids) override;
  Result<Detail> detail(const std::string& reach, Id, Time now) override;
  Result<Comment> comment(const std::string& reach, Id) override;
  Result<QueueItem> kept(const std::string& reach, Id) override;

  Result<Settled> settle(const Settle&) override;
  Result<Settled> undo(const Undo&) override;
  Result<DecisionPage> decisions(const DecisionQuery&) override;
  Result<Decision> decision(const std::string& reach, Id) override;

  Result<ThreadPage> thread(const ThreadQuery&) override;
  Result<std::vector<std::uint64_t>> counts(const std::string& site,
                                            const std::vector<std::string>& articles) override;

  Result<Comment> edit(const Edit&) override;
  Done remove(const std::string& reach, Id, const std::string& by, Time now) override;
  Result<std::uint32_t> rejudge(const std::vector<Rejudged>&, Time now) override;

  Result<Site> add_site(const Site&, const Once&) override;
  Result<Site> site(const std::string& id) override;
  Result<std::vector<Site>> sites() override;
  Result<Site> change_site(const Site&, std::optional<std::int64_t> seen_version) override;
  Result<ArticleInfo> article(const std::string& site, const std::string& id) override;
  Result<ArticlePage> articles(const std::string& site, const std::string& cursor,
                               std::uint32_t limit) override;
  Result<ArticleInfo> put_article(const std::string& site, const ArticleRef&, std::optional<bool> closed,
                                  Time now) override;

  Done add_token(const Token&, const std::string& secret_hash) override;
  Result<Token> token(const std::string& secret_hash, Time now) override;
  Result<std::vector<Token>> tokens(const std::string& reach) override;
  Done revoke_token(const std::string& reach, Id, Time now) override;

  Result<BlockAdded> add_block(const AddBlock&) override;
  Result<BlockPage> blocks(const std::string& reach, const std::string& kind, const std::string& cursor,
                           std::uint32_t limit, Time now) override;
  Done remove_block(const std::string& reach, Id) override;

  Result<Forgotten> forget(const Forget&) override;
  Result<SiteStats> stats(const std::string& site) override;
  Result<std::vector<LearnEvent>> learn_events(std::int64_t after_seq, std::uint32_t limit) override;
  Done learn(const Learn&) override;

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

  Result<std::shared_ptr<const Sites::Entry>> known_site(const std::string& id, const char* where) const;
  Record record(Db& db, std::int64_t site, Kind kind, std::int64_t key) const;
  std::vector<BlockHit> block_hits(Db& db, std::int64_t site, const Probe& probe) const;
  void note_block(const std::string& kind, const std::string& value);
  void remember_last_hour();

  // Operations inside the writer, shared by several calls.
  Result<Kept> keep_in(Change& change, const Keep& keep, bool imported);
  Result<Settled> settle_in(Change& change, const Settle& settle, const std::vector<Target>& targets);
  Result<std::vector<Target>> targets_in(Db& db, const QueueQuery& query,
                                         std::optional<std::uint32_t> expected);

  struct ForgetStep {
    std::uint64_t comments = 0, records = 0;
    bool more = false;
  };
  Result<ForgetStep> forget_step(const Id& receipt);
  void sweep_site(Change& change, const Sites::Entry& site, Time now, std::uint32_t& room, Swept& swept);
  void sweep_small(Db& db, Time now, Swept& swept);
  bool index_idle(Db& db, std::uint32_t most);

  StoreOptions options_;
  std::string file_;
  Lock lock_;
  Keys keys_;
  Sites sites_;
  Marks marks_;
  BlockKinds block_kinds_;
  std::atomic<std::int64_t> last_seq_{0};  // of the newest comment; changed by the writer only
  std::atomic<std::int64_t> indexed_{0};   // up to which the search index is filled
  std::int64_t copies_site_ = 0,
               copies_hash_ = 0;  // the sweep's place among the copies; the writer's thread only
  Time copies_swept_at_ = 0;      // when it last came through
  std::mutex used_lock_;
  std::unordered_map<std::string, Time>
      used_;  // guarded by used_lock_; tokens and the hour noted of their use
  Readers readers_;
  Writer writer_;  // last: its thread uses all of the above
};

}  // namespace chaffinch::sqlite
