"""Dates and instants as they arrive in addresses and forms."""

from __future__ import annotations

from datetime import UTC, date, datetime

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""What a business can mean, and what calendars and time zones can handle."""


def read_date(text: str | None) -> date | None:
    """Return the date in ``text`` (``YYYY-MM-DD``); None for anything else, and for years that nobody means."""
    try:
        on = date.fromisoformat(text or "")
    except ValueError:
        return None
    return on if FIRST_YEAR <= on.year <= LAST_YEAR else None


def read_instant(text: str | None) -> datetime | None:
    """Return the instant in ``text`` (RFC 3339 with its offset) in UTC; None as with dates."""
    try:
        instant = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    if instant.tzinfo is None or not FIRST_YEAR <= instant.year <= LAST_YEAR:
        return None
    return instant.astimezone(UTC)
