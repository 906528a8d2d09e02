"""What changed about a booking, in one line."""

from __future__ import annotations

from datetime import datetime

from web.formats import to_local
from web.templatetags.formats import get_current_formats


def describe_times(before: datetime, after: datetime, timezone: str) -> str:
    """Return "11:45 → 12:00"; with the days where they differ."""
    formats = get_current_formats()
    is_same_day = to_local(before, timezone).date() == to_local(after, timezone).date()
    name = formats.format_time if is_same_day else formats.format_date_time
    return f"{name(before, timezone)} → {name(after, timezone)}"
