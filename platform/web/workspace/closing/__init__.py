"""The end of the business: closing it, and opening it again."""
