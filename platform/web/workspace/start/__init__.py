"""A new business on its way to its first customer."""
