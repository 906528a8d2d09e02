"""Holds and bookings."""
