"""Customers, and what their visits are about, as staff and programs read them."""
