"""Changing what a booking is about, by staff and by customers: what both choose, and what it would be."""
