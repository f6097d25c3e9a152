-- The search index: for each comment one text of words (content, author's name, article's title) and of tokens that
-- stand for its other traits (search.h says which). It keeps no text of its own; a row is taken out by repeating
-- exactly what was put in. Filled beside the submit path, up to meta 'indexed_to'.
CREATE VIRTUAL TABLE search USING fts5 (
  words,
  content = '',
  columnsize = 0,
  detail = none,
  tokenize = 'unicode61 remove_diacritics 2'
);
