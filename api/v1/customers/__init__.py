"""Customers, and what their visits are about, for staff and programs."""
