"""Bringing in files: read, looked at, written in parts, and undone."""
