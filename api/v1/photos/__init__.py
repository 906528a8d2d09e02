"""Photos of what a visit is about."""
