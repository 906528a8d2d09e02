"""Bookings as pages and programs see them."""
