"""Payments, as staff and programs read them, and money that goes back."""
