"""The waitlist as staff sees it."""
