// secrets
