// analysis/toml
