"""The poster for the counter, with what it is set from."""
