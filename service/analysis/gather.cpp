// analysis/gather
