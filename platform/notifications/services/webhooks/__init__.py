"""Webhooks out: where they go, what is told, and sending it until it arrives or a day is over."""
