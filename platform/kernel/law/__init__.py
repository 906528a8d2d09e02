"""Local law as data, and its readers."""
