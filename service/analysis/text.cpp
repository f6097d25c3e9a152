// analysis/text
