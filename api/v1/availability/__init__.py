"""Free starts, and why a start is not free."""
