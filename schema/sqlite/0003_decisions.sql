-- What people decided, what it taught, whom they blocked. Decisions are only ever added.

CREATE TABLE decision (
  no        INTEGER PRIMARY KEY AUTOINCREMENT,
  id        BLOB NOT NULL UNIQUE,
  kind      INTEGER NOT NULL,      -- 0 approve, 1 reject, 2 spam, 3 undo
  by        TEXT NOT NULL,
  by_token  BLOB NOT NULL,
  at        INTEGER NOT NULL,
  site      INTEGER,               -- nothing: comments of several sites
  reason    TEXT NOT NULL,
  note      TEXT NOT NULL,
  changed   INTEGER NOT NULL,
  standing  INTEGER NOT NULL,      -- comments whose latest decision it still is
  undoes    INTEGER,               -- decision.no
  undone_by INTEGER,               -- decision.no of its latest undo
  skipped   TEXT NOT NULL          -- list of ids and reasons
) STRICT;
CREATE INDEX decision_site ON decision (site);

-- What one decision did to one comment; enough to take it back exactly.
CREATE TABLE decision_item (
  decision       INTEGER NOT NULL,
  comment        INTEGER NOT NULL,
  before         INTEGER NOT NULL,  -- status
  after          INTEGER NOT NULL,
  before_decided INTEGER NOT NULL,
  before_discard INTEGER NOT NULL,
  previous       INTEGER,           -- the comment's latest decision until then
  learned        INTEGER,           -- learn_event.seq made by it
  PRIMARY KEY (decision, comment)
) STRICT, WITHOUT ROWID;
CREATE INDEX decision_item_comment ON decision_item (comment, decision);  -- a comment's history

-- Changes that were not decisions: 'edited', 'rechecked'.
CREATE TABLE event (
  no      INTEGER PRIMARY KEY,
  comment INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  what    TEXT NOT NULL,
  by      TEXT NOT NULL,
  before  INTEGER NOT NULL,
  after   INTEGER NOT NULL
) STRICT;
CREATE INDEX event_comment ON event (comment);

-- Labelled comments for the learner, in the order in which they are to be learned.
CREATE TABLE learn_event (
  seq        INTEGER PRIMARY KEY AUTOINCREMENT,
  comment    BLOB NOT NULL,         -- id; zeros for a comment that is not in here
  site       INTEGER NOT NULL,
  spam       INTEGER NOT NULL,
  taken_back INTEGER NOT NULL DEFAULT 0,
  at         INTEGER NOT NULL,
  by         TEXT NOT NULL,
  sample     TEXT NOT NULL          -- of a comment that is not in here: text, name, url
) STRICT;

-- Who is not wanted.
CREATE TABLE block (
  no         INTEGER PRIMARY KEY AUTOINCREMENT,
  id         BLOB NOT NULL UNIQUE,
  site       INTEGER NOT NULL,      -- 0: all sites
  kind       TEXT NOT NULL,         -- author, email, ip, cidr, domain
  value      TEXT NOT NULL,         -- normalised
  reason     TEXT NOT NULL,
  by         TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  decision   INTEGER,               -- decision.no that made it; its undo lifts it
  UNIQUE (kind, value, site)
) STRICT;
CREATE INDEX block_expiry ON block (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX block_decision ON block (decision) WHERE decision IS NOT NULL;

-- Requests to forget a person that are not finished yet: keyed hashes only.
CREATE TABLE forgetting (
  no       INTEGER PRIMARY KEY AUTOINCREMENT,
  receipt  BLOB NOT NULL UNIQUE,
  site     INTEGER NOT NULL,        -- 0: all sites
  kind     INTEGER NOT NULL,        -- as record.kind: 0 author, 1 email, 2 address
  key      INTEGER NOT NULL,
  comments INTEGER NOT NULL DEFAULT 0,
  records  INTEGER NOT NULL DEFAULT 0
) STRICT;
