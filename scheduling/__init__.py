"""Scheduling: what can be booked, when, and by whom it is served."""
