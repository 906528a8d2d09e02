"""Writing: one use case for each function, in one transaction."""
