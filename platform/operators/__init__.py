"""The operator's console: tenants and their state, on the platform's host."""
