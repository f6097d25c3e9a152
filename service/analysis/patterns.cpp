// analysis/patterns
