-- What a moderator asks of the queue besides: who decided, and when it was written.

-- With the row's number: one person's decisions, newest first. A decision writes two indices more, a submission none.
CREATE INDEX decision_token ON decision (by_token);
CREATE INDEX decision_by ON decision (by);

-- For each 256 numbers of comments the earliest and the latest time at which one of them was written (created_at, else
-- received_at): a stretch of time is found without looking at all. Filled with the search index, up to meta
-- 'indexed_to'; what was removed may still count.
CREATE TABLE span (
  block INTEGER PRIMARY KEY,  -- comment.seq / 256
  least INTEGER NOT NULL,
  most  INTEGER NOT NULL
) STRICT;
INSERT INTO span
  SELECT seq / 256, min(coalesce(created_at, received_at)), max(coalesce(created_at, received_at))
  FROM comment GROUP BY seq / 256;
