"""Payments by card: opened at the provider, looked after there, and settled here."""
