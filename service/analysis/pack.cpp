// analysis/pack
