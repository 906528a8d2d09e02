"""Who did what: the history of rows that matter."""
