"""Decisions about many bookings, to be read."""
