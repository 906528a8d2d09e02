"""Webhooks: which programs of others hear what happens, and what became of each call."""
