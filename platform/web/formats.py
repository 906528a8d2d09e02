"""What pages say in words, on top of `kernel.formats` (CLDR's data for a language in a country)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from babel.lists import format_list
from django.utils.translation import gettext, ngettext, pgettext

from edge.language import current_language
from kernel.formats import (
    NOON,
    Formats,
    end_sentence,
    format_duration,
    format_offset,
    get_formats,
    name_time,
    to_local,
)
from kernel.identity import phones
from scheduling.selectors.bookings.series import SeriesView
from scheduling.types import BookingView

__all__ = [
    "Formats",
    "capitalize",
    "end_sentence",
    "format_duration",
    "format_offset",
    "format_phone",
    "format_size",
    "format_span",
    "get_formats",
    "is_morning",
    "name_dates",
    "name_time",
    "to_local",
]

THOUSAND = 1000
MOST_NAMED = 6
"""Of dates in a row."""
SIZE_UNITS = ("B", "KB", "MB", "GB")


def format_span(minutes: int) -> str:
    """Return a length of notice in the active language, in days when it is whole days: "2 días", "4 h"."""
    return get_formats(current_language(), None).format_span(minutes)


def format_size(formats: Formats, size: int) -> str:
    """Return the size of a file as people read it, in steps of a thousand bytes: "120.6 KB", "95.4 MB"."""
    step = next((step for step in (3, 2, 1) if size >= THOUSAND**step), 0)
    number = formats.format_number(size / THOUSAND**step, decimals=1 if step else 0)
    return f"{number}\N{NO-BREAK SPACE}{SIZE_UNITS[step]}"


def describe_days(formats: Formats, first: date | None, last: date | None) -> str:
    """Return dates as a sentence has them: "14–18 dic 2026", "from Dec 14, 2026 on", "until …"; empty without both."""
    if first and last:
        return formats.format_days(first, last)
    if first:
        return gettext("from %(first)s on") % {"first": formats.format_date(first)}
    return gettext("until %(last)s") % {"last": formats.format_date(last)} if last else ""


def name_days(formats: Formats, first: date, last: date) -> str:
    """Return dates with what a sentence puts before them: "on Nov 29, 2026", "from Dec 14, 2026 to Jan 6, 2027"."""
    words = {"first": formats.format_date(first), "last": formats.format_date(last)}
    if first == last:
        return pgettext("a date", "on %(first)s") % words
    return gettext("from %(first)s to %(last)s") % words


def is_morning(at: datetime, timezone: str) -> bool:
    """Tell whether the local time of ``at`` is before noon."""
    return to_local(at, timezone).hour < NOON


def format_phone(phone: str, country: str | None) -> str:
    """Return a number as `kernel.identity.phones` writes it for people of ``country``, in one piece."""
    return phones.format_phone(phone, country).replace(" ", "\N{NO-BREAK SPACE}")


def capitalize(text: str) -> str:
    """Return ``text`` with its first letter in upper case, the rest untouched."""
    return text[:1].upper() + text[1:]


def is_same(one: str, other: str) -> bool:
    """Tell whether two names read the same to people: an asset that is the customer, a label that is its identifier."""
    return one.casefold().split() == other.casefold().split()


def describe_series(formats: Formats, series: SeriesView) -> str:
    """Return which one of a series a booking is: "2 of 6, every 2 weeks until January 12, 2027"."""
    words = {
        "position": series.position,
        "count": len(series.bookings),
        "rhythm": _name_rhythm(series.frequency, series.interval),
        "until": formats.format_date_long(to_local(series.until, series.own.timezone).date()),
    }
    if words["rhythm"]:
        return gettext("%(position)s of %(count)s, %(rhythm)s until %(until)s") % words
    return gettext("%(position)s of %(count)s, until %(until)s") % words


def name_dates(formats: Formats, bookings: Sequence[BookingView]) -> str:
    """Return the dates of several bookings, "lun 5 de oct y lun 12 de oct"; of very many, how many more."""
    named = [formats.format_day_short(to_local(each.starts_at, each.timezone).date()) for each in bookings]
    left = len(named) - MOST_NAMED
    if left > 0:
        more = ngettext("%(count)s more", "%(count)s more", left) % {"count": left}
        named = [*named[:MOST_NAMED], more]
    return format_list(named, locale=formats.locale)


def _name_rhythm(frequency: str, interval: int) -> str:
    """Return a rhythm of RFC 5545 in words; empty for one that has no simple ones."""
    names = {
        "DAILY": ngettext("every day", "every %(count)d days", interval),
        "WEEKLY": ngettext("every week", "every %(count)d weeks", interval),
        "MONTHLY": ngettext("every month", "every %(count)d months", interval),
        "YEARLY": ngettext("every year", "every %(count)d years", interval),
    }
    name = names.get(frequency, "")
    return name % {"count": interval} if interval > 1 else name
