// Public link shorteners: hosts whose paths lead to whatever their users like. Of general knowledge; a pack's
// domain list can name more. Private to this room.
#pragma once

#include <array>
#include <string_view>

namespace chaffinch {

// Sorted.
inline constexpr std::array<std::string_view, 140> kShorteners{
    "0rz.tw",     "1url.com",    "2.gp",        "2u.lc",      "3.ly",
    "4sq.com",    "5z8.info",    "a.co",        "adf.ly",     "adfly.co",
    "amzn.eu",    "amzn.to",     "apple.co",    "b.link",     "b23.tv",
    "bc.vc",      "bit.do",      "bit.ly",      "bitly.com",  "bitly.is",
    "bitly.ws",   "bl.ink",      "budurl.com",  "buff.ly",    "c.gp",
    "chilp.it",   "cl.ly",       "clck.ru",     "cli.gs",     "clk.im",
    "clk.sh",     "cort.as",     "cutt.ly",     "cutt.us",    "db.tt",
    "dlvr.it",    "dwz.cn",      "ebay.us",     "eepurl.com", "encurtador.com.br",
    "exe.io",     "fb.me",       "fb.watch",    "fc.lc",      "flic.kr",
    "fur.ly",     "g.co",        "gdurl.com",   "geni.us",    "gg.gg",
    "git.io",     "goo.gl",      "goo.su",      "heylink.me", "hubs.la",
    "hubs.ly",    "hyperurl.co", "ift.tt",      "is.gd",      "ity.im",
    "j.mp",       "kutt.it",     "l.ead.me",    "linktr.ee",  "lnk.bio",
    "lnk.to",     "lnkd.in",     "loom.ly",     "mcaf.ee",    "me2.do",
    "migre.me",   "n9.cl",       "nyti.ms",     "ohf.co",     "ouo.io",
    "ow.ly",      "owl.li",      "ox.cx",       "pc.cd",      "po.st",
    "post.ly",    "ppt.cc",      "qr.ae",       "qr.net",     "rb.gy",
    "rebrand.ly", "redd.it",     "reurl.cc",    "s.coop",     "s.id",
    "sh.st",      "shorl.com",   "short.cm",    "short.gy",   "short.io",
    "shorte.st",  "shorturl.at", "shrinke.me",  "shrtco.de",  "smarturl.it",
    "snip.ly",    "snipr.com",   "snipurl.com", "soo.gd",     "spoti.fi",
    "su.pr",      "surl.li",     "t.cn",        "t.co",       "t.ly",
    "t2m.io",     "tiny.cc",     "tiny.one",    "tiny.pl",    "tinyurl.com",
    "tny.im",     "to.ly",       "tr.ee",       "tr.im",      "trib.al",
    "tweez.me",   "u.nu",        "u.to",        "ur1.ca",     "url.cn",
    "url.ie",     "urlz.fr",     "urlzs.com",   "v.gd",       "vk.cc",
    "vzturl.com", "wp.me",       "x.co",        "x.gd",       "xrl.us",
    "yhoo.it",    "zi.ma",       "zpr.io",      "zurl.co",    "zws.im"};

}  // namespace chaffinch
