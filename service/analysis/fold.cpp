// analysis/fold
