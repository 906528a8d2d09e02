"""Writing the log."""
