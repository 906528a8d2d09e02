"""Prices on one page and in their rows."""
