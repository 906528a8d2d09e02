"""Arithmetic on texts: placeholders, addresses, colours; no framework."""
