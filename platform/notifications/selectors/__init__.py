"""Reading messages and events."""
