"""When somebody who waits can come, in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext

from kernel.instants import DAY_MINUTES
from web.formats import Formats, name_time

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def list_weekdays(formats: Formats, weekdays: Iterable[int]) -> str:
    """Return days of the week, 0 for Monday: "lun, mié"; empty without any."""
    return ", ".join(formats.format_weekday((MONDAY + timedelta(days=day)).date()) for day in weekdays)


def describe_hours(formats: Formats, from_minute: int | None, to_minute: int | None) -> str:
    """Return a part of the day, as wall minutes: "before 12:00 PM", "12:00 PM to 3:00 PM"; empty: all of it."""
    if from_minute is None or to_minute is None:
        return ""
    first, last = (MONDAY + timedelta(minutes=each) for each in (from_minute, to_minute))
    if not from_minute:
        return gettext("before %(time)s") % {"time": name_time(formats, last, "UTC")}
    if to_minute == DAY_MINUTES:
        return gettext("from %(time)s on") % {"time": name_time(formats, first, "UTC")}
    words = {"first": formats.format_time(first, "UTC"), "last": formats.format_time(last, "UTC")}
    return gettext("%(first)s to %(last)s") % words
