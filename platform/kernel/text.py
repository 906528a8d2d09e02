"""Marking texts for translation where no framework may be imported."""

from __future__ import annotations


def mark(text: str) -> str:
    """Return ``text`` unchanged; ``./dev messages`` extracts it, the edge translates it."""
    return text
