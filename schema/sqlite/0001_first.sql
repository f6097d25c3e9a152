-- Sites, articles, tokens, and what the service keeps for itself. Times are microseconds since 1970, UTC.

-- Small facts about the database itself: 'secret' (16 random bytes that key every hash in here), 'seq_floor' (no
-- comment numbers up to here are ever given again), 'indexed_to' (comments up to this number are in the search
-- index), 'search_version' (of the words that were indexed), 'health' (counts the writes made to see that one can).
CREATE TABLE meta (
  name  TEXT PRIMARY KEY,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;

-- One blog: its settings, and how many of its comments have each status.
CREATE TABLE site (
  no            INTEGER PRIMARY KEY,
  id            TEXT NOT NULL UNIQUE,
  name          TEXT NOT NULL,
  url           TEXT NOT NULL,
  origins       TEXT NOT NULL,     -- list, as codec.h writes it
  edit_minutes  INTEGER NOT NULL,
  hold          REAL NOT NULL,     -- thresholds of the policy
  spam_at       REAL NOT NULL,
  discard_at    REAL NOT NULL,
  moderation    INTEGER NOT NULL,  -- 0 hold_all, 1 hold_first, 2 publish
  overrides     TEXT NOT NULL,     -- list of names and numbers
  client_days   INTEGER NOT NULL,  -- retention; 0: for ever
  spam_days     INTEGER NOT NULL,
  checked_days  INTEGER NOT NULL,
  rejected_days INTEGER NOT NULL,
  created_at    INTEGER NOT NULL,
  version       INTEGER NOT NULL,
  pending       INTEGER NOT NULL DEFAULT 0,
  approved      INTEGER NOT NULL DEFAULT 0,
  rejected      INTEGER NOT NULL DEFAULT 0,
  spam          INTEGER NOT NULL DEFAULT 0,
  checked       INTEGER NOT NULL DEFAULT 0,
  decided       INTEGER NOT NULL DEFAULT 0  -- comments on which a person's decision stands
) STRICT;

-- The page that comments belong to; `id` is the site's own name for it.
CREATE TABLE article (
  no         INTEGER PRIMARY KEY,
  site       INTEGER NOT NULL REFERENCES site (no),
  id         TEXT NOT NULL,
  url        TEXT NOT NULL,
  title      TEXT NOT NULL,
  closed     INTEGER NOT NULL DEFAULT 0,
  first_seen INTEGER NOT NULL,
  approved   INTEGER NOT NULL DEFAULT 0,
  pending    INTEGER NOT NULL DEFAULT 0,
  UNIQUE (site, id)
) STRICT;
CREATE INDEX article_newest ON article (site);  -- with the row's number: pages, newest first

-- Who may call; of the secret only its SHA-256.
CREATE TABLE token (
  no           INTEGER PRIMARY KEY,
  id           BLOB NOT NULL UNIQUE,
  hash         TEXT NOT NULL UNIQUE,
  name         TEXT NOT NULL,
  role         INTEGER NOT NULL,
  site         TEXT NOT NULL,      -- '': all sites
  created_at   INTEGER NOT NULL,
  expires_at   INTEGER,
  revoked_at   INTEGER,
  last_used_at INTEGER             -- to the hour
) STRICT;

-- Secrets that sign receipts and form tokens. The newest signs; all that are not retired verify.
CREATE TABLE signing_key (
  no         INTEGER PRIMARY KEY,
  id         BLOB NOT NULL UNIQUE,
  secret     BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  retires_at INTEGER               -- set when a newer one took over
) STRICT;

-- What was answered to an operation with an idempotency key. Kept for 24 hours.
CREATE TABLE once (
  scope       TEXT NOT NULL,
  key         TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  answer      TEXT NOT NULL,       -- as codec.h writes it
  at          INTEGER NOT NULL,
  PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX once_at ON once (at);  -- the sweep
