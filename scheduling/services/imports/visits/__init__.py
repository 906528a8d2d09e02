"""Visits out of a file: when, what, with whom; placed by the engine as every booking is."""
