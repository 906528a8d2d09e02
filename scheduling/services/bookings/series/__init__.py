"""Bookings of a series: made at once, and ended together."""
