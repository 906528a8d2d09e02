"""Dates and instants as they arrive in addresses and forms."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.dateparse import parse_date, parse_datetime


def read_date(text: str) -> date | None:
    """Return the date in ``text`` (``YYYY-MM-DD``); None for anything else."""
    try:
        return parse_date(text)
    except ValueError:
        return None


def read_instant(text: str) -> datetime | None:
    """Return the instant in ``text`` (RFC 3339 with its offset); None for anything else."""
    try:
        instant = parse_datetime(text)
    except ValueError:
        return None
    return instant if instant and instant.tzinfo else None
