// Sizes and counts that bound every input. Bytes of UTF-8 unless said otherwise. Larger input is refused,
// never cut.
#pragma once

#include <cstddef>

namespace chaffinch::limits {

inline constexpr std::size_t kContent = 64 * 1024;  // a comment's text (WordPress: 65,525)
inline constexpr std::size_t kName = 245;           // as WordPress
inline constexpr std::size_t kEmail = 100;          // as WordPress
inline constexpr std::size_t kUrl = 2'000;          // author's URL, article's URL, referrer
inline constexpr std::size_t kAuthorId = 200;
inline constexpr std::size_t kUserAgent = 1'000;
inline constexpr std::size_t kArticleId = 500;
inline constexpr std::size_t kTitle = 500;
inline constexpr std::size_t kType = 40;
inline constexpr std::size_t kReason = 100;
inline constexpr std::size_t kNote = 2'000;
inline constexpr std::size_t kSiteName = 100;
inline constexpr std::size_t kSecret = 200;  // a token as sent; ours have 47, a wished one may have more
inline constexpr std::size_t kIdempotencyKey = 200;
inline constexpr std::size_t kQueryText = 300;               // free text in a search
inline constexpr std::size_t kBody = 256 * 1024;             // one JSON or form body
inline constexpr std::size_t kBatchBody = 16 * 1024 * 1024;  // POST /v1/check with an array
inline constexpr std::size_t kBatch = 1'000;                 // comments in one check call
inline constexpr std::size_t kForeignBody = 1024 * 1024;     // a form of the Akismet protocol
// A comment may stand in it twice, percent-encoded.
inline constexpr std::size_t kPackText = 1024 * 1024;      // a rule pack's TOML, over the API
inline constexpr std::size_t kPackBody = 8 * 1024 * 1024;  // a pack with its list files
inline constexpr std::size_t kJsonDepth = 16;
inline constexpr std::size_t kPage = 200;  // rows in one page
inline constexpr std::size_t kPageUsual = 50;
inline constexpr std::size_t kClaimIds = 100;          // ids in one claim
inline constexpr std::size_t kCountMost = 10'000;      // how far a filter's comments are counted
inline constexpr std::size_t kDecisionIds = 1'000;     // ids in one decision
inline constexpr std::size_t kDecisionFilter = 5'000;  // comments one decision by filter may touch
inline constexpr std::size_t kCounts = 200;            // articles in one count call
inline constexpr std::size_t kLinks = 200;             // links kept of one comment; the rest is only counted
inline constexpr std::size_t kDomains = 8;             // link domains of one comment that are remembered
inline constexpr std::size_t kHosts = 64;              // link hosts of one comment that blocks are asked for
inline constexpr std::size_t kFindings = 64;           // findings kept of one verdict, highest score first
inline constexpr std::size_t kThreadDepth = 50;  // replies nest so deep; deeper ones join the last level

}  // namespace chaffinch::limits
