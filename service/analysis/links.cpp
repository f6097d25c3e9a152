// analysis/links
