"""Limits: at most so many bookings, people or minutes, said and filled in as a sentence."""
