"""Writing: the life of tenants, provisioning, due work."""
