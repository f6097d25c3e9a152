// Which names without a scheme people mean as links. A top-level domain alone is weak evidence: System.IO,
// node.js, "end.In", user.name and main.rs all end in one. Private to this room.
#pragma once

#include <array>
#include <string_view>

namespace chaffinch {

// A name under one of these is a link as it stands ("example.com"). Left out are those that are also words of
// large languages, file extensions, or usual names in code (at, be, es, id, in, io, is, it, me, my, name,
// net, no, pl, py, rs, se, sh, so, to, us, zip ...): they need a path ("example.me/buy") or "www.". Sorted.
inline constexpr std::array<std::string_view, 97> kPlainEndings{
    "ae",         "ar",         "asia",      "bet",       "bg",           "biz",
    "br",         "by",         "ca",        "casino",    "cc",           "ch",
    "cl",         "click",      "club",      "cn",        "co",           "com",
    "cz",         "de",         "dk",        "edu",       "ee",           "eg",
    "eu",         "fi",         "fm",        "fr",        "ga",           "gov",
    "gq",         "gr",         "gs",        "hk",        "hr",           "hu",
    "icu",        "ie",         "il",        "info",      "ir",           "jp",
    "ke",         "kr",         "kz",        "loan",      "loans",        "lt",
    "lv",         "ly",         "mil",       "mobi",      "mx",           "ng",
    "nl",         "nu",         "nz",        "online",    "org",          "ph",
    "pk",         "poker",      "porn",      "pt",        "pw",           "ro",
    "ru",         "sa",         "sex",       "sg",        "shop",         "site",
    "sk",         "store",      "su",        "tk",        "tn",           "tr",
    "tv",         "tw",         "ua",        "uk",        "ve",           "vip",
    "vn",         "website",    "wiki",      "ws",        "xn--80adxhks", "xn--80asehdb",
    "xn--80aswg", "xn--fiqs8s", "xn--j1amh", "xn--p1acf", "xn--p1ai",     "xyz",
    "za"};

// Endings that are believed in "example dot com" and "example . com". Sorted. No net: "in dot net" is a
// conversation among programmers.
inline constexpr std::array<std::string_view, 16> kSpokenEndings{
    "biz", "ca", "casino", "club", "co",    "com", "info", "online",
    "org", "ru", "shop",   "site", "store", "top", "uk",   "xyz"};

// What stands before "dot com" in plain speech. Sorted.
inline constexpr std::array<std::string_view, 40> kNotNames{
    "a",     "all",   "an",   "and",   "another", "any", "are",  "big",  "every", "failed",
    "first", "for",   "his",  "in",    "is",      "its", "like", "my",   "new",   "no",
    "of",    "old",   "or",   "other", "our",     "own", "post", "pre",  "some",  "that",
    "the",   "their", "this", "to",    "using",   "via", "was",  "with", "your",  "yet"};

// Names of programs, languages and files with endings that are plain, or that look so in lower case. Sorted.
inline constexpr std::array<std::string_view, 15> kNotDomains{
    "ado.net",    "asp.net",   "castle.net", "command.com", "console.info",
    "dot.net",    "irc.net",   "j2ee.net",   "logger.info", "lucene.net",
    "quartz.net", "rhino.net", "spring.net", "system.net",  "vb.net"};

}  // namespace chaffinch
