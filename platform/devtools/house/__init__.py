"""Figures of a checkout's structure: files, imports, circles, lengths. It reads code and imports none of it."""
