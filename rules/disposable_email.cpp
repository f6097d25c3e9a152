#include "rules/reading.h"
#include "rules/rule.h"

namespace chaffinch::rules {
namespace {

constexpr Example kExamples[] = {
    {.content = "Good.", .hit = true, .author_email = "a1b2@mailinator.com"},
    {.content = "Good.", .hit = true, .author_email = "x@inbox.yopmail.com"},
    {.content = "Good.", .hit = false, .author_email = "anna@example.org"},
    {.content = "Good.", .hit = false, .author_email = "anna@notmailinator.com"},
    {.content = "Good.", .hit = false},
};

// Providers of mailboxes for minutes that anyone may read; long lists belong into a pack (type "domain").
constexpr std::array<std::string_view, 62> kDomains = {"0-mail.com",
                                                       "10minutemail.com",
                                                       "20minutemail.com",
                                                       "33mail.com",
                                                       "anonbox.net",
                                                       "burnermail.io",
                                                       "byom.de",
                                                       "deadaddress.com",
                                                       "discard.email",
                                                       "discardmail.com",
                                                       "dispostable.com",
                                                       "dropmail.me",
                                                       "emailondeck.com",
                                                       "fakeinbox.com",
                                                       "fakemail.net",
                                                       "filzmail.com",
                                                       "getairmail.com",
                                                       "getnada.com",
                                                       "grr.la",
                                                       "guerrillamail.biz",
                                                       "guerrillamail.com",
                                                       "guerrillamail.de",
                                                       "guerrillamail.info",
                                                       "guerrillamail.net",
                                                       "guerrillamail.org",
                                                       "guerrillamailblock.com",
                                                       "harakirimail.com",
                                                       "inboxbear.com",
                                                       "inboxkitten.com",
                                                       "incognitomail.com",
                                                       "jetable.org",
                                                       "mail-temp.com",
                                                       "mail.tm",
                                                       "mailcatch.com",
                                                       "maildrop.cc",
                                                       "mailexpire.com",
                                                       "mailinator.com",
                                                       "mailinator.net",
                                                       "mailnesia.com",
                                                       "mailnull.com",
                                                       "mailsac.com",
                                                       "meltmail.com",
                                                       "mintemail.com",
                                                       "moakt.com",
                                                       "mohmal.com",
                                                       "mytemp.email",
                                                       "nada.email",
                                                       "sharklasers.com",
                                                       "spam4.me",
                                                       "spambox.us",
                                                       "spamgourmet.com",
                                                       "temp-mail.org",
                                                       "tempail.com",
                                                       "tempinbox.com",
                                                       "tempmail.net",
                                                       "tempr.email",
                                                       "throwawaymail.com",
                                                       "trash-mail.com",
                                                       "trashmail.com",
                                                       "trashmail.de",
                                                       "wegwerfmail.de",
                                                       "yopmail.com"};
static_assert(std::is_sorted(kDomains.begin(), kDomains.end()));

std::optional<Noticed> examine(const Evidence& seen, const Knobs&) {
  std::string_view domain = seen.email_domain;
  while (!domain.empty()) {
    if (among(kDomains, domain)) return Noticed{.evidence = {whole(seen, Field::author_email)}};
    const std::size_t dot = domain.find('.');
    if (dot == std::string_view::npos) break;
    domain.remove_prefix(dot + 1);
  }
  return std::nullopt;
}

}  // namespace

extern constinit const Rule disposable_email{.name = "disposable_email",
                                             .about = "Uses a mailbox that is thrown away after minutes.",
                                             .score = 2.0,
                                             .examples = kExamples,
                                             .examine = examine};

}  // namespace chaffinch::rules
