// analysis/ruleset
