"""A customer's own booking, by the token in the messages."""
