-- Comments, what is remembered of their authors, and the leases of the queue.

CREATE TABLE comment (
  seq             INTEGER PRIMARY KEY,  -- order of arrival; never given twice
  id              BLOB NOT NULL UNIQUE,
  site            INTEGER NOT NULL REFERENCES site (no),
  article         INTEGER NOT NULL REFERENCES article (no),
  status          INTEGER NOT NULL,     -- 0 pending, 1 approved, 2 rejected, 3 spam, 4 checked
  decided         INTEGER NOT NULL,     -- 1: a person's decision stands on it
  discard         INTEGER NOT NULL,     -- 1: blatant spam
  version         INTEGER NOT NULL,     -- counts every change of status or text
  received_at     INTEGER NOT NULL,
  created_at      INTEGER,              -- the client's own time
  edited_at       INTEGER,
  imported        INTEGER NOT NULL,     -- 1: came with an archive
  -- Its place in the thread: the root's time and number, then its own time, never before its parent's.
  parent          BLOB,                 -- id; the parent may have been removed since
  depth           INTEGER NOT NULL,
  root_at         INTEGER NOT NULL,
  root            INTEGER NOT NULL,
  place           INTEGER NOT NULL,
  score           REAL NOT NULL,
  doubt           REAL NOT NULL,        -- distance of the score from the site's hold threshold when judged
  copy_hash       INTEGER NOT NULL,     -- of the folded text; 0: too short to tell
  latest_decision INTEGER,              -- decision.no
  -- Keyed hashes for the reputation records. They outlive the address, so that counters can still move. 0: none.
  key_author      INTEGER NOT NULL,
  key_email       INTEGER NOT NULL,
  key_address     INTEGER NOT NULL,
  key_network     INTEGER NOT NULL,
  client          INTEGER NOT NULL,     -- 1 while any of ip, agent and referrer is kept
  type            TEXT NOT NULL,
  name            TEXT NOT NULL,
  email           TEXT NOT NULL,
  url             TEXT NOT NULL,
  author_id       TEXT NOT NULL,
  ip              TEXT NOT NULL,
  agent           TEXT NOT NULL,
  referrer        TEXT NOT NULL,
  article_url     TEXT NOT NULL,        -- as submitted
  article_title   TEXT NOT NULL,
  elapsed_ms      INTEGER,
  honeypot        TEXT,
  domains         TEXT NOT NULL,        -- list: link domains that are remembered
  verdict         TEXT NOT NULL,        -- as codec.h writes it
  facts           TEXT NOT NULL,
  content         TEXT NOT NULL         -- last: long rows spill it to overflow pages
) STRICT;

-- Each index ends in the row's number, which makes it the order of a keyset page.
CREATE INDEX comment_site ON comment (site, status);
CREATE INDEX comment_status ON comment (status);  -- all sites together
CREATE INDEX comment_article ON comment (article, status);
CREATE INDEX comment_thread ON comment (article, root_at, root, place) WHERE status = 1;
CREATE INDEX comment_score ON comment (score) WHERE status = 0;
CREATE INDEX comment_site_score ON comment (site, score) WHERE status = 0;
CREATE INDEX comment_doubt ON comment (doubt) WHERE status = 0;
CREATE INDEX comment_site_doubt ON comment (site, doubt) WHERE status = 0;
CREATE INDEX comment_client ON comment (site) WHERE client = 1;  -- retention of client data, oldest first

-- What is remembered of one author, email, address, network or domain on a site, by keyed hash, so that nothing
-- private outlives its comment. Counters say how many comments have each status; removed spam stays counted.
CREATE TABLE record (
  site       INTEGER NOT NULL,
  kind       INTEGER NOT NULL,     -- 0 author, 1 email, 2 address, 3 network, 4 domain
  key        INTEGER NOT NULL,
  pending    INTEGER NOT NULL,
  approved   INTEGER NOT NULL,
  rejected   INTEGER NOT NULL,
  spam       INTEGER NOT NULL,
  checked    INTEGER NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen  INTEGER NOT NULL,
  PRIMARY KEY (site, kind, key)
) STRICT, WITHOUT ROWID;

-- Equal texts of a site. Counts as zero, and is swept, 30 days after the last one.
CREATE TABLE copy (
  site     INTEGER NOT NULL,
  hash     INTEGER NOT NULL,
  count    INTEGER NOT NULL,
  spam     INTEGER NOT NULL,
  approved INTEGER NOT NULL,
  last_at  INTEGER NOT NULL,
  PRIMARY KEY (site, hash)
) STRICT, WITHOUT ROWID;

-- How often a rule fired on a site's comments, and what people's standing decisions say of these.
CREATE TABLE rule_stat (
  site     INTEGER NOT NULL,
  rule     TEXT NOT NULL,
  hits     INTEGER NOT NULL,
  approved INTEGER NOT NULL,
  rejected INTEGER NOT NULL,
  spam     INTEGER NOT NULL,
  PRIMARY KEY (site, rule)
) STRICT, WITHOUT ROWID;

-- A moderator works on this comment until then.
CREATE TABLE lease (
  comment INTEGER PRIMARY KEY,
  holder  TEXT NOT NULL,
  token   BLOB NOT NULL,
  until   INTEGER NOT NULL
) STRICT;
CREATE INDEX lease_holder ON lease (holder);
CREATE INDEX lease_until ON lease (until);
