-- Less to write for each comment.

-- The queue of all sites together is merged from those of the sites (pages.cpp).
DROP INDEX comment_status;
DROP INDEX comment_score;
DROP INDEX comment_doubt;

-- What is remembered of one author, email, address, network or domain on a site (what 0002 says of `record` holds),
-- now found by one number: a submission reads five or six of these rows and writes as many, and one integer is both
-- the smallest key and the quickest.
ALTER TABLE record RENAME TO record_before;
CREATE TABLE record (
  id         INTEGER PRIMARY KEY,  -- the keyed hash, exclusive-or site * 8 + kind (keys.h)
  pending    INTEGER NOT NULL,
  approved   INTEGER NOT NULL,
  rejected   INTEGER NOT NULL,
  spam       INTEGER NOT NULL,
  checked    INTEGER NOT NULL,
  decided    INTEGER NOT NULL,     -- of all these: a person's decision stands on them
  first_seen INTEGER NOT NULL,
  last_seen  INTEGER NOT NULL
) STRICT;

-- SQLite has no exclusive-or: (a | b) - (a & b) is it, and never leaves 64 bits. Who decided spam was not counted
-- before: all of it passes for decided, so that nothing that a person said is swept.
INSERT INTO record
  SELECT (key | (site * 8 + kind)) - (key & (site * 8 + kind)), pending, approved, rejected, spam, checked,
         rejected + spam, first_seen, last_seen
  FROM record_before WHERE true ORDER BY 1
  ON CONFLICT DO UPDATE SET
    pending = pending + excluded.pending, approved = approved + excluded.approved,
    rejected = rejected + excluded.rejected, spam = spam + excluded.spam, checked = checked + excluded.checked,
    decided = decided + excluded.decided, first_seen = min(first_seen, excluded.first_seen),
    last_seen = max(last_seen, excluded.last_seen);
DROP TABLE record_before;
