"""The day board, live."""
