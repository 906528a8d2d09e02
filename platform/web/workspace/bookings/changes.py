"""What changed about a booking, in one line."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext

from scheduling.types import BookingView
from web.formats import to_local
from web.templatetags.formats import get_current_formats


def describe_times(before: datetime, after: datetime, timezone: str) -> str:
    """Return "11:45 → 12:00"; with the days where they differ."""
    formats = get_current_formats()
    is_same_day = to_local(before, timezone).date() == to_local(after, timezone).date()
    name = formats.format_time if is_same_day else formats.format_date_time
    return f"{name(before, timezone)} → {name(after, timezone)}"


def describe_move(before: BookingView, after: BookingView) -> str:
    """Return "11:45 → 12:00, from María to Lucía", as far as it is different."""
    parts: list[str] = []
    if before.starts_at != after.starts_at:
        parts.append(describe_times(before.starts_at, after.starts_at, after.timezone))
    old, new = name_taken(before), name_taken(after)
    if old != new and old and new:
        parts.append(gettext("from %(before)s to %(after)s") % {"before": old, "after": new})
    return ", ".join(parts)


def name_taken(booking: BookingView) -> str:
    """Name the people of a visit, or what else it takes where there are none."""
    names = booking.people or tuple(dict.fromkeys(each.name for each in booking.resources))
    return " + ".join(names)
