// What the handlers of the API share: one call with its caller, and the parts of the service. Private to
// http/api*.cpp and http/routes.cpp.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backtests.h"
#include "core/result.h"
#include "core/session.h"
#include "core/site.h"
#include "http/api.h"
#include "http/door.h"
#include "http/gate.h"
#include "intake.h"
#include "later.h"
#include "log.h"
#include "metrics.h"
#include "rulebook.h"

namespace chaffinch::http {

// Sites as they were a moment ago, for what is asked at every public request (origins). Changes made through
// this process are seen at once, others within kFor. Safe from any thread.
class SiteMemory {
 public:
  static constexpr Time kFor = 2 * kSecond;
  static constexpr std::size_t kMost = 1'000;

  explicit SiteMemory(Store& store) : store_(store) {}
  Result<Site> site(const std::string& id, Time now);
  bool any_has(std::string_view origin, Time now);  // whether it is the origin of any site
  void forget();

 private:
  struct Seen {
    Site site;
    Time at = 0;
  };
  Store& store_;
  std::mutex lock_;
  std::map<std::string, Seen> seen_;  // all below: guarded by lock_
  std::vector<Site> all_;
  std::optional<Time> all_at_;
};

// Whether `url` lies under the site's URL (its folder, when it has one) or one of its further origins.
bool is_own(const Site& site, std::string_view url);
// Whether pages of this origin belong to the site.
bool has_origin(const Site& site, std::string_view origin);

struct Service {
  Intake& intake;
  Rulebook& rulebook;
  Backtests& backtests;
  Gate& gate;
  Metrics& metrics;
  Log& log;
  const ApiOptions& options;
  SiteMemory& sites;

  Store& store() const { return intake.store(); }
};

// Who calls.
struct Who {
  Role role = Role::everybody;
  std::string reach;               // site of the token; empty: all
  std::string name;                // of the token
  Id token;                        // empty for everybody
  std::string address;             // of the client, behind proxies
  std::string receipt;             // from "Authorization: Receipt ..."
  std::optional<Time> until = {};  // the end of the token, or of the session whose cookie came

  bool is_public() const { return role == Role::everybody; }
};

struct Call {
  const Ask& ask;
  Who who;
  std::vector<std::string> places;  // what stood in the pattern's {…}
  Time now = 0;
  std::string site;   // known to the handler: whose origins may read the answer
  bool form = false;  // the body is an HTML form
};

// What answers a call: most at once, some when what they wrote is on disk. The latter must keep nothing of
// the stack; the call lives until the answer is made. Those at once may wait; the others must not.
struct Handler {
  using Now = Result<Answer> (*)(Service&, Call&);
  using Then = Later<Result<Answer>>;
  using Late = void (*)(Service&, const std::shared_ptr<Call>&, Then);

  constexpr Handler(Now handler) : now(handler) {}
  constexpr Handler(Late handler) : late(handler) {}

  Now now = nullptr;
  Late late = nullptr;
};

const std::string* header_of(const Ask& ask, std::string_view name);  // nullptr: not sent

// The token of a secret's hash, asked of the gate and then of the store; guesses are counted and slowed by
// address. unauthorized: it is unknown, expired or revoked. too_many: too many were guessed from there.
Result<Token> token_of(Service& service, const std::string& address, const std::string& hash, Time now,
                       Guess guess = Guess::token);

// The session of a cookie's hash, in the same way.
Result<Session> session_of(Service& service, const std::string& address, const std::string& hash, Time now);

// 200 (or another status) with a JSON body.
Answer json_answer(std::string body, int status = 200);
Answer empty_answer();  // 204

// The site that a call is about. A token of one site implies it and knows no other: naming another one is
// not_found, as if it did not exist. With `needed`, a token of all sites (and everybody) must name one.
Result<std::string> site_of(const Call& call, const std::string& named, bool needed,
                            std::string_view where = "/site");
// The site of a reader's call, which must exist.
Result<Site> read_site(Service& service, Call& call, const std::string& named);
Result<Id> id_of(const Call& call, std::string_view what);  // the {id} of the path

// What the caller adds to a filter of the queue: how far it sees, under which name it claims, and who "me"
// is.
Done aim(const Call& call, QueueQuery& query, std::string_view where);

// Under which name the caller leases comments: two tokens may have one name, so it ends in the token's id,
// which answers do not show (kHolderMark).
std::string holder_of(const Who& who);

// Lists of sites are paged by id, of rules by name. The cursor of the page after it, and what such a cursor
// says.
std::string name_cursor(const std::string& name);
Result<std::string> name_from_cursor(const std::string& cursor);  // "" for no cursor

// The Idempotency-Key of a write; an empty key when there is none. Query parameters other than these are
// refused: what a write is told stands in its body.
Result<Once> once_of(const Call& call, std::initializer_list<std::string_view> query = {});
Result<Once> key_of(const Call& call);  // the same for calls that read a query of their own
Done check_query(const Call& call, std::initializer_list<std::string_view> known);
void mark_replayed(Answer& answer);
// The answer, marked when it is a repeated one.
template <class T>
Answer with_mark(Answer answer, const T& what) {
  if (what.replayed) mark_replayed(answer);
  return answer;
}

// The calls, by topic.
namespace calls {
// api_submit.cpp
void submit(Service&, const std::shared_ptr<Call>&, Handler::Then);
Result<Answer> check(Service&, Call&);
Result<Answer> learn(Service&, Call&);
Result<Answer> change(Service&, Call&);
Result<Answer> remove(Service&, Call&);
// api_read.cpp
Result<Answer> thread(Service&, Call&);
Result<Answer> counts(Service&, Call&);
// api_section.cpp
Result<Answer> form(Service&, Call&);
Result<Answer> fragment(Service&, Call&);
Result<Answer> feed(Service&, Call&);
Result<Answer> queue_feed(Service&, Call&);
Result<Answer> file(Service&, Call&);
Result<Answer> demo(Service&, Call&);
// api_desk.cpp
Result<Answer> desk(Service&, Call&);
Result<Answer> sign_in(Service&, Call&);
Result<Answer> signed_in(Service&, Call&);
Result<Answer> sign_out(Service&, Call&);
Result<Answer> sign_out_everywhere(Service&, Call&);
Result<Answer> link_token(Service&, Call&);
// api_queue.cpp
Result<Answer> queue(Service&, Call&);
Result<Answer> queue_count(Service&, Call&);
Result<Answer> queue_counts(Service&, Call&);
Result<Answer> claim(Service&, Call&);
Result<Answer> unclaim(Service&, Call&);
Result<Answer> detail(Service&, Call&);
Result<Answer> recheck(Service&, Call&);
// api_decisions.cpp
Result<Answer> decide(Service&, Call&);
Result<Answer> decisions(Service&, Call&);
Result<Answer> decision(Service&, Call&);
Result<Answer> undo(Service&, Call&);
// api_admin.cpp
Result<Answer> sites(Service&, Call&);
Result<Answer> add_site(Service&, Call&);
Result<Answer> site(Service&, Call&);
Result<Answer> change_site(Service&, Call&);
Result<Answer> articles(Service&, Call&);
Result<Answer> put_article(Service&, Call&);
Result<Answer> tokens(Service&, Call&);
Result<Answer> add_token(Service&, Call&);
Result<Answer> revoke_token(Service&, Call&);
Result<Answer> blocks(Service&, Call&);
Result<Answer> add_block(Service&, Call&);
Result<Answer> remove_block(Service&, Call&);
Result<Answer> forget(Service&, Call&);
// api_numbers.cpp
Result<Answer> stats_days(Service&, Call&);
Result<Answer> stats_days_table(Service&, Call&);
Result<Answer> stats_rules(Service&, Call&);
Result<Answer> stats_rules_table(Service&, Call&);
// api_operations.cpp
Result<Answer> stats(Service&, Call&);
Result<Answer> health(Service&, Call&);
Result<Answer> ready(Service&, Call&);
Result<Answer> metrics(Service&, Call&);
Result<Answer> document(Service&, Call&);
Result<Answer> welcome(Service&, Call&);
// api_akismet.cpp: the Akismet protocol. They answer problems of their own kind, never an Error.
Result<Answer> akismet_verify_key(Service&, Call&);
void akismet_check(Service&, const std::shared_ptr<Call>&, Handler::Then);
Result<Answer> akismet_spam(Service&, Call&);
Result<Answer> akismet_ham(Service&, Call&);
Result<Answer> akismet_test(Service&, Call&);
Result<Answer> akismet_deactivate(Service&, Call&);
// api_akismet_account.cpp
Result<Answer> akismet_subscription(Service&, Call&);
Result<Answer> akismet_stats(Service&, Call&);
Result<Answer> akismet_sites(Service&, Call&);
Result<Answer> akismet_usage(Service&, Call&);
// api_rules.cpp
Result<Answer> rules(Service&, Call&);
Result<Answer> reload_rules(Service&, Call&);
Result<Answer> packs(Service&, Call&);
Result<Answer> pack(Service&, Call&);
Result<Answer> put_pack(Service&, Call&);
Result<Answer> remove_pack(Service&, Call&);
Result<Answer> validate_pack(Service&, Call&);
Result<Answer> try_rules(Service&, Call&);
Result<Answer> publish_rules(Service&, Call&);
Result<Answer> rules_versions(Service&, Call&);
Result<Answer> rules_version(Service&, Call&);
Result<Answer> rules_log(Service&, Call&);
Result<Answer> restore_rules(Service&, Call&);
Result<Answer> switch_rule(Service&, Call&);
Result<Answer> start_backtest(Service&, Call&);
Result<Answer> backtests(Service&, Call&);
Result<Answer> backtest(Service&, Call&);
Result<Answer> remove_backtest(Service&, Call&);
}  // namespace calls

}  // namespace chaffinch::http
