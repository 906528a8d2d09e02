"""Dates, clock times and instants as text: RFC 3339 and nothing else, read in this one place.

Python's ``fromisoformat``, Django's ``parse_datetime`` and the fields of form libraries read more than
that (weeks, days of the year, 24:00, digits of other scripts, no zone) and repair what they read: an
instant without a zone becomes one of the server's. A check bans them everywhere else.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_CLOCK = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6})0*)?)?")
_OFFSET = re.compile(r"[Zz]|([+-])([0-9]{2}):([0-9]{2})")
_INSTANT = re.compile(rf"({_DATE.pattern})[Tt]({_CLOCK.pattern})({_OFFSET.pattern})?")
_BASIC = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})([0-9]{2}))?")
_HOURS, _MINUTES = 24, 60


class NotIso(ValueError):
    """The text is not what it should be, or no calendar or clock has it."""


class ZoneMissing(NotIso):
    """The text is a date and a time; which instant that is, nobody can tell."""


def parse_date(text: str) -> date:
    """Return the date in ``YYYY-MM-DD``.

    Raises:
        NotIso: It is written in another way, or no calendar has it.
    """
    found = _DATE.fullmatch(text)
    if found is None:
        raise NotIso(text)
    return _make_date(*found.groups())


def parse_time(text: str) -> time:
    """Return the clock time in ``HH:MM`` or ``HH:MM:SS``, with fractions if need be; without a zone.

    Raises:
        NotIso: It is written in another way, or no clock shows it (24:00, a leap second).
    """
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise NotIso(text)
    return _make_time(*found.groups())


def parse_instant(text: str) -> datetime:
    """Return the instant in ``YYYY-MM-DDTHH:MM[:SS[.fraction]]`` with ``Z`` or ``±HH:MM``, in UTC.

    As in RFC 3339 T and Z may be small, and ``-00:00`` is UTC. Beyond it the seconds may be missing.

    Raises:
        ZoneMissing: It is a date and a time without an offset.
        NotIso: It is written in another way, no calendar or clock has it, or it lies outside of the years 1 to 9999.
    """
    found = _INSTANT.fullmatch(text)
    if found is None:
        raise NotIso(text)
    on, at = _make_date(*found.group(2, 3, 4)), _make_time(*found.group(6, 7, 8, 9))
    written = found[10]
    if written is None:
        raise ZoneMissing(text)
    zone = UTC if found[11] is None else _make_zone(*found.group(11, 12, 13))
    try:
        return datetime.combine(on, at, tzinfo=zone).astimezone(UTC)
    except OverflowError as error:
        raise NotIso(text) from error


def parse_basic(text: str) -> datetime:
    """Return the wall time in ``YYYYMMDD`` or ``YYYYMMDDTHHMMSS`` (RFC 5545), naive; without a clock it is midnight.

    Raises:
        NotIso: It is written in another way, or no calendar or clock has it.
    """
    found = _BASIC.fullmatch(text)
    if found is None:
        raise NotIso(text)
    on = _make_date(*found.group(1, 2, 3))
    return datetime.combine(on, time() if found[4] is None else _make_time(found[4], found[5], found[6], None))


def _make_date(year: str, month: str, day: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError as error:
        raise NotIso(year, month, day) from error


def _make_time(hour: str, minute: str, second: str | None, fraction: str | None) -> time:
    try:
        return time(int(hour), int(minute), int(second or 0), int((fraction or "").ljust(6, "0")))
    except ValueError as error:
        raise NotIso(hour, minute, second) from error


def _make_zone(sign: str, hours: str, minutes: str) -> timezone:
    if int(hours) >= _HOURS or int(minutes) >= _MINUTES:
        raise NotIso(sign, hours, minutes)
    away = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-away if sign == "-" else away)
