-- Lessons that came from a file: what they are, whatever their number here, so that they are not taken in twice.
ALTER TABLE learn_event ADD COLUMN origin BLOB;
CREATE INDEX learn_event_origin ON learn_event (origin) WHERE origin IS NOT NULL;

-- The key of another database's features, taken over before anything was learned here. None: our own.
CREATE TABLE learn_key (
  one     INTEGER PRIMARY KEY CHECK (one = 1),
  secret  BLOB NOT NULL             -- 32 bytes
) STRICT;

-- Itself and those that were nearly the same and waited when it came; a part of `doubt` (store/sqlite/doubt.h).
ALTER TABLE comment ADD COLUMN cluster INTEGER NOT NULL DEFAULT 1;
