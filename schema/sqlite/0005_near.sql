-- Near copies, and authors who come back with the cookie that the service gave them.

-- The sketch of a comment's text (24 bytes, from which no text can be read) and how the comment stands. It is swept 30
-- days after the comment came; where people decided spam or approved, after 180 days, at most 20,000 of each a site.
-- A row outlives a comment that retention took; it then carries the keyed hashes of the author, so that forgetting a
-- person finds it.
CREATE TABLE near (
  seq         INTEGER PRIMARY KEY,  -- comment.seq
  site        INTEGER NOT NULL,
  kind        INTEGER NOT NULL,     -- 0 came, 1 stands as spam, 2 people said spam, 3 people approved
  at          INTEGER NOT NULL,     -- when the comment came
  copy_hash   INTEGER NOT NULL,
  sketch      BLOB NOT NULL,
  key_author  INTEGER NOT NULL DEFAULT 0,  -- 0 as long as the comment is there
  key_email   INTEGER NOT NULL DEFAULT 0,
  key_address INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX near_told ON near (site, kind) WHERE kind >= 2;
CREATE INDEX near_author ON near (key_author) WHERE key_author <> 0;
CREATE INDEX near_email ON near (key_email) WHERE key_email <> 0;
CREATE INDEX near_address ON near (key_address) WHERE key_address <> 0;

-- Of the author's signed token, keyed hash; 0: none. Its record is one of kind author.
ALTER TABLE comment ADD COLUMN key_token INTEGER NOT NULL DEFAULT 0;
