"""Paying a deposit by card: on the provider's own page, and back."""
