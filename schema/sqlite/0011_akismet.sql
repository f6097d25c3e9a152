-- Comments that their client keeps (status checked): what the client was told, and what they count as.

ALTER TABLE site ADD COLUMN akismet_hold INTEGER NOT NULL DEFAULT 0;      -- 0 no, 1 yes, 2 error
ALTER TABLE site ADD COLUMN akismet_own_blog INTEGER NOT NULL DEFAULT 0;  -- keys are good for its own blogs alone

ALTER TABLE comment ADD COLUMN counts_as INTEGER;  -- a status; nothing: as its status
ALTER TABLE comment ADD COLUMN told INTEGER;       -- 0 nothing, 1 ham, 2 spam; null: not checked for a client
ALTER TABLE comment ADD COLUMN blog INTEGER;       -- blog.no
ALTER TABLE comment ADD COLUMN content_key INTEGER;  -- of its content, for reports that bring no id
CREATE INDEX comment_content ON comment (site, content_key) WHERE content_key IS NOT NULL;

ALTER TABLE decision_item ADD COLUMN before_counts INTEGER;  -- counts_as

-- The blogs that a site's keys are used by, and how often on a day (days since 1970, UTC).
CREATE TABLE blog (
  no   INTEGER PRIMARY KEY,
  site INTEGER NOT NULL,
  name TEXT NOT NULL,  -- host and path; '': all beyond the first thousand
  UNIQUE (site, name)
) STRICT;
CREATE TABLE blog_day (
  blog            INTEGER NOT NULL,
  day             INTEGER NOT NULL,
  calls           INTEGER NOT NULL,
  spam            INTEGER NOT NULL,
  ham             INTEGER NOT NULL,
  missed_spam     INTEGER NOT NULL,
  false_positives INTEGER NOT NULL,
  PRIMARY KEY (blog, day)
) STRICT, WITHOUT ROWID;
