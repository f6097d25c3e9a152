-- `record` and `copy` are written a share at a time: rows belong to one of sixteen by the four highest bits of
-- record.id and copy.hash. What was 'counted' in `meta` is told of each; share 0 has the numbers over time as well.
CREATE TABLE counted (
  share   INTEGER PRIMARY KEY,
  through INTEGER NOT NULL         -- its rows have every comment up to this one (comment.seq)
) STRICT;
INSERT INTO counted (share, through)
  WITH RECURSIVE n (share) AS (SELECT 0 UNION ALL SELECT share + 1 FROM n WHERE share < 15)
  SELECT share, (SELECT value FROM meta WHERE name = 'counted') FROM n;
DELETE FROM meta WHERE name = 'counted';
