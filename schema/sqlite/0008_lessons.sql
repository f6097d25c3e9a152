-- What was learned, as it was learned: a lesson outlives the text that it was made from, and rules that have changed.
-- Lessons of earlier versions of the program have no features and are not learned.

ALTER TABLE learn_event ADD COLUMN lanes INTEGER NOT NULL DEFAULT 0;   -- 1 the site's own model, 2 the shared one; sum
ALTER TABLE learn_event ADD COLUMN change INTEGER NOT NULL DEFAULT 0;  -- a new number when made, taken back, brought back
ALTER TABLE learn_event ADD COLUMN lesson BLOB;                        -- hashed features; nothing once it is folded
ALTER TABLE learn_event ADD COLUMN decision INTEGER;                   -- decision.no, of a comment that is not in here
ALTER TABLE learn_event ADD COLUMN inverse_of INTEGER;                 -- seq of a folded event that this one works against
CREATE INDEX learn_event_change ON learn_event (change);
CREATE INDEX learn_event_site ON learn_event (site, seq);
CREATE INDEX learn_event_site_change ON learn_event (site, change) WHERE lanes > 0;
CREATE INDEX learn_event_shared ON learn_event (seq) WHERE lanes > 1;
CREATE INDEX learn_event_shared_change ON learn_event (change) WHERE lanes > 1;
CREATE INDEX learn_event_decision ON learn_event (decision) WHERE decision IS NOT NULL;
CREATE INDEX learn_event_inverse ON learn_event (inverse_of) WHERE inverse_of IS NOT NULL;
UPDATE learn_event SET sample = '';

-- What a site's moderators teach may go into the shared model too, if the site wants that.
ALTER TABLE site ADD COLUMN shares_lessons INTEGER NOT NULL DEFAULT 0;

-- A model after all its lessons up to `seq`: these cannot be taken out of it again.
CREATE TABLE learn_state (
  lane   INTEGER PRIMARY KEY,       -- site.no; 0: the shared model
  seq    INTEGER NOT NULL,
  model  BLOB NOT NULL,
  at     INTEGER NOT NULL
) STRICT;

-- The starter set's model under this database's key, so that it is learned once.
CREATE TABLE learn_starter (
  version  TEXT PRIMARY KEY,        -- of rows, rules and the way of learning
  model    BLOB NOT NULL
) STRICT;
