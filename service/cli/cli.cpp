// cli/cli
