"""One's own day of work, made for a phone."""
