"""The rows of money that several steps move."""
