"""Tax data on pages of customers and of staff: its form, and how it is read."""
