"""Writing events and messages, and sending them."""
