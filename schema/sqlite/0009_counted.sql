-- `record` and `copy` are written for many comments at once. 'counted' in `meta`: they have every comment up to this
-- number; those after it came since, stand as they came, and are counted from their own rows when the store opens.
INSERT OR REPLACE INTO meta (name, value) SELECT 'counted', coalesce(max(seq), 0) FROM comment;
