"""Arithmetic on texts: a tenant's placeholders; no framework."""
