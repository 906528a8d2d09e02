"""Customers and vehicles out of a file: columns, a look at every row, progress, and a way back."""
