// analysis/address
