// analysis/composite
