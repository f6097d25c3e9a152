-- How a site's comments are shown: 0 plain paragraphs, 1 a safe subset of Markdown.
ALTER TABLE site ADD COLUMN markdown INTEGER NOT NULL DEFAULT 0;

-- What became of the form's token (FormToken in core/comment.h); NULL: a front end spoke, or before there were any.
ALTER TABLE comment ADD COLUMN form_token INTEGER;
