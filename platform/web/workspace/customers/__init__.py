"""Customers as staff looks for them."""
