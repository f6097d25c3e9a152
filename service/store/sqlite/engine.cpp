// store/sqlite/engine
