-- What the desk draws: of each day what came and what people decided, of each week how its comments stand by rule.
-- These are numbers of what happened: they stay as they are when comments go. Site 0 is all sites together.

-- Days since 1970, UTC. How new comments stood when they came, and what people decided on that day; a decision that
-- was taken back is not among them, and counts as undone on the day when that happened. Archives count as imported
-- alone, their labels as nobody's decisions.
CREATE TABLE site_day (
  day         INTEGER NOT NULL,
  site        INTEGER NOT NULL,
  passed      INTEGER NOT NULL,
  held        INTEGER NOT NULL,
  spam        INTEGER NOT NULL,
  discarded   INTEGER NOT NULL,
  checked     INTEGER NOT NULL,
  imported    INTEGER NOT NULL,
  approved    INTEGER NOT NULL,  -- by people, as all below
  rejected    INTEGER NOT NULL,
  called_spam INTEGER NOT NULL,
  undone      INTEGER NOT NULL,
  PRIMARY KEY (day, site)
) STRICT, WITHOUT ROWID;

-- How long the comments had waited that were decided on that day, in steps (days.h).
CREATE TABLE site_wait (
  day   INTEGER NOT NULL,
  site  INTEGER NOT NULL,
  step  INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (day, site, step)
) STRICT, WITHOUT ROWID;

-- rule_stat by the week in which the comments came: weeks since that of 1970-01-01, from Monday on.
CREATE TABLE rule_week (
  week     INTEGER NOT NULL,
  site     INTEGER NOT NULL,
  rule     TEXT NOT NULL,
  hits     INTEGER NOT NULL,
  approved INTEGER NOT NULL,
  rejected INTEGER NOT NULL,
  spam     INTEGER NOT NULL,
  PRIMARY KEY (week, site, rule)
) STRICT, WITHOUT ROWID;

-- Where a decision on a comment counts, so that it can be taken out there; nothing: nowhere.
ALTER TABLE decision_item ADD COLUMN day INTEGER;   -- in site_day
ALTER TABLE decision_item ADD COLUMN waited INTEGER;  -- site_wait.step, of that day

-- Comments up to 'numbers_after' came before there were such numbers, and are in none; 'numbers_since' is when they
-- begin, 0 when there was nothing before. As with `record` and `copy`, the tables have the new comments up to
-- 'counted', and so has rule_stat from now on.
INSERT OR REPLACE INTO meta (name, value)
  SELECT 'numbers_after', max(coalesce((SELECT max(seq) FROM comment), 0),
                              coalesce((SELECT value FROM meta WHERE name = 'seq_floor'), 0));
INSERT OR REPLACE INTO meta (name, value)
  SELECT 'numbers_since', iif(EXISTS (SELECT 1 FROM meta WHERE name = 'secret'), unixepoch() * 1000000, 0);
