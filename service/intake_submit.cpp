// A comment on its way in, until it is on disk.
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "author_token.h"
#include "intake.h"
#include "secrets.h"

namespace chaffinch {

Result<std::optional<Receipt>> Intake::replay(const Once& once) {
  if (once.key.empty()) return std::nullopt;
  auto before = store_.replay(once);
  if (!before) return tl::unexpected(std::move(before).error());
  if (!*before) return std::nullopt;
  return Receipt{.id = (*before)->id,
                 .status = (*before)->status,
                 .receipt = receipt_of((*before)->id),
                 .verdict = std::move((*before)->verdict),
                 .replayed = true};
}

// One comment between its arrival and its receipt.
struct Intake::Arrival {
  Time now = 0;
  std::optional<Id> known;  // the author's key, from the token that came along
  bool tokens = false;      // the next one may go back
  Submission author;        // site and author, for that token
  Verdict verdict;
  bool incomplete = false;  // not everything could be recalled
  Keep keep;
  std::optional<Result<Kept>> kept;

  // A first token is the comment's own id. What is spam gets none, so that nothing is remembered of machines
  // that never come back with it.
  bool gives_token(Status status) const {
    return tokens && author.author.id.empty() && (known || status != Status::spam) &&
           !(author.author.name.empty() && author.author.email.empty());
  }
};

void Intake::give_token(const Arrival& arrival, Receipt& receipt) const {
  if (!arrival.gives_token(receipt.status)) return;
  if (const auto key = key_for([](const SigningKey&) { return true; })) {
    receipt.author_token =
        write_author_token(key->secret, arrival.author, arrival.known.value_or(receipt.id), arrival.now);
  }
}

// The receipt of a repeated request, or nothing: then `arrival` is ready to be kept.
Result<std::optional<Receipt>> Intake::receive(Submission submission, const Once& once, Arrival& arrival) {
  arrival.author.site = submission.site;
  arrival.author.author = submission.author;
  // A repeated request is answered as the first one was, whatever the judge would say by now, and leaves no
  // mark in the velocity.
  auto before = replay(once);
  if (!before) return before;
  if (*before) {
    give_token(arrival, **before);
    return before;
  }
  auto judged = judge(std::move(submission), true, std::nullopt, arrival.now, arrival.now,
                      arrival.known.value_or(Id{}));
  if (!judged) return tl::unexpected(std::move(judged).error());
  Reserved reserved(store_, judged->recalled.reservation);
  // A reply belongs to a comment of the same article; anything else is a mistake of the front end.
  if (!judged->recalled.facts.parent_known) {
    return fail(Code::invalid, "the parent is not a comment of this article", "/parent",
                "name the id of a comment of the same article, or leave parent out");
  }
  if (judged->recalled.facts.article_closed)
    return fail(Code::forbidden, "the article is closed for comments", "/article");

  arrival.incomplete = judged->evidence.facts.incomplete;
  Keep& keep = arrival.keep;
  keep = keep_of(*judged, new_id(arrival.now), status_of(judged->verdict.action), arrival.now);
  keep.reservation = reserved.take();
  keep.once = once;
  if (arrival.gives_token(keep.comment.status)) keep.author_key = arrival.known.value_or(keep.comment.id);
  arrival.verdict = std::move(judged->verdict);
  return std::nullopt;
}

Result<Receipt> Intake::receipt_for(Arrival& arrival) {
  Result<Kept>& kept = *arrival.kept;
  if (!kept) return tl::unexpected(std::move(kept).error());
  Receipt receipt{.id = kept->id, .status = kept->status, .receipt = receipt_of(kept->id), .verdict = {}};
  receipt.replayed = kept->replayed;
  give_token(arrival, receipt);
  if (kept->replayed) {  // the first one was on its way
    receipt.verdict = std::move(kept->verdict);
    return receipt;
  }
  metrics_.submitted(arrival.author.site, kept->status);
  metrics_.found(arrival.verdict);
  if (arrival.verdict.unchecked) metrics_.unchecked(arrival.incomplete ? "recall" : "rules");
  receipt.verdict = std::move(arrival.verdict);
  return receipt;
}

void Intake::submit(Submission submission, const Once& once, Time now,
                    std::optional<std::string_view> author_token, Later<Result<Receipt>> then) {
  const auto arrival = std::make_shared<Arrival>();
  arrival->now = now;
  arrival->tokens = author_token.has_value();
  arrival->known = author_key_of(submission, author_token.value_or(""), now);
  auto before = receive(std::move(submission), once, *arrival);
  if (!before || *before) {
    then([before = std::move(before)]() mutable -> Result<Receipt> {
      return std::move(before).map([](std::optional<Receipt> receipt) { return std::move(*receipt); });
    });
    return;
  }
  store_.keep(std::move(arrival->keep), [this, arrival, then = std::move(then)](
                                            Result<Kept> kept, std::shared_ptr<const void> remains) {
    arrival->kept.emplace(std::move(kept));
    then([this, arrival, remains = std::move(remains)] { return receipt_for(*arrival); });
  });
}

Result<Receipt> Intake::submit(Submission submission, const Once& once, Time now,
                               std::optional<std::string_view> author_token) {
  return now_from<Result<Receipt>>([&](Later<Result<Receipt>> then) {
    submit(std::move(submission), once, now, author_token, std::move(then));
  });
}

}  // namespace chaffinch
