"""Tenants: their schemas, hosts, life cycle and the work that is due for them."""
