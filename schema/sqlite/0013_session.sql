-- The desk: browsers that are signed in, and the one-time codes that sign one in. Of both only the SHA-256 is kept. They end
-- with their token: revoking it removes them.

CREATE TABLE session (
  no         INTEGER PRIMARY KEY,  -- order of making
  hash       TEXT NOT NULL UNIQUE,
  token      INTEGER NOT NULL REFERENCES token (no),
  created_at INTEGER NOT NULL,
  used_at    INTEGER NOT NULL,     -- to five minutes
  expires_at INTEGER NOT NULL      -- moves with its use
) STRICT;
CREATE INDEX session_token ON session (token);
CREATE INDEX session_expires ON session (expires_at);

CREATE TABLE sign_in (
  no         INTEGER PRIMARY KEY,
  hash       TEXT NOT NULL UNIQUE,
  token      INTEGER NOT NULL REFERENCES token (no),
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_in_token ON sign_in (token);
CREATE INDEX sign_in_expires ON sign_in (expires_at);
