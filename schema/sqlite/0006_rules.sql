-- Rule packs that are written over the API: drafts, what was published, and who did it. A scope is one site (its id)
-- or, as the empty text, all sites. The packs of the program and of the rules folder are not in here.

-- A pack's text and its list files, once for all versions that hold it.
CREATE TABLE pack_body (
  no    INTEGER PRIMARY KEY,
  hash  TEXT NOT NULL UNIQUE,  -- SHA-256 of both
  text  TEXT NOT NULL,
  lists TEXT NOT NULL          -- list, as codec.h writes it: name, content, name, content ...
) STRICT;

-- What the next publishing of a scope will change.
CREATE TABLE pack_draft (
  no   INTEGER PRIMARY KEY AUTOINCREMENT,  -- a new one at every change
  site TEXT NOT NULL,
  name TEXT NOT NULL,
  body INTEGER,                            -- pack_body.no; nothing: the published pack is to go
  by   TEXT NOT NULL,
  at   INTEGER NOT NULL,
  UNIQUE (site, name)
) STRICT;

-- What was published. The newest one of each scope is in force.
CREATE TABLE rules_version (
  no            INTEGER PRIMARY KEY AUTOINCREMENT,
  site          TEXT NOT NULL,
  at            INTEGER NOT NULL,
  by            TEXT NOT NULL,
  note          TEXT NOT NULL,
  rules_version TEXT NOT NULL,  -- of the set that came of it, as verdicts name it
  restores      INTEGER         -- rules_version.no that it went back to
) STRICT;
CREATE INDEX rules_version_site ON rules_version (site);

CREATE TABLE pack_version (
  version INTEGER NOT NULL,
  name    TEXT NOT NULL,
  body    INTEGER NOT NULL,
  PRIMARY KEY (version, name)
) STRICT, WITHOUT ROWID;

-- Who did what to the rules, and when.
CREATE TABLE rules_event (
  no      INTEGER PRIMARY KEY,
  at      INTEGER NOT NULL,
  by      TEXT NOT NULL,
  token   BLOB NOT NULL,
  what    TEXT NOT NULL,     -- drafted, draft_dropped, draft_removal, published, restored, state
  site    TEXT NOT NULL,
  pack    TEXT NOT NULL,
  version INTEGER,
  note    TEXT NOT NULL
) STRICT;
CREATE INDEX rules_event_site ON rules_event (site);
