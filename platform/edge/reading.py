"""Dates and instants as they arrive in addresses, forms and bodies."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TypeVar

from kernel.iso import NotIso, ZoneMissing, parse_date, parse_instant
from kernel.text import mark

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""What a business can mean, and what calendars and time zones can handle."""

DATE_WRONG = mark("Write a date as 2026-12-01.")
INSTANT_WRONG = mark("Write a time with its zone, as 2026-12-01T15:00:00Z or 2026-12-01T09:00:00-06:00.")
ZONE_MISSING = mark("This time needs its zone: 2026-12-01T15:00:00Z or 2026-12-01T09:00:00-06:00.")
TOO_FAR = mark("Choose a date within this century.")

Day = TypeVar("Day", bound=date)

_BLANK_FOR_PLUS = re.compile(r" (?=[0-9]{2}:[0-9]{2}$)")


class NotRead(ValueError):
    """What was sent cannot be meant; ``text`` says why, as a msgid."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def check_date(sent: object) -> date:
    """Return the date that was sent, ``YYYY-MM-DD``.

    Raises:
        NotRead: It is none, or nobody means its year.
    """
    try:
        on = parse_date(sent if isinstance(sent, str) else "")
    except NotIso as error:
        raise NotRead(DATE_WRONG) from error
    return _check_year(on)


def check_instant(sent: object) -> datetime:
    """Return the instant that was sent (RFC 3339) in UTC.

    Raises:
        NotRead: It is none, has no zone, or nobody means its year.
    """
    try:
        return _check_year(parse_instant(sent if isinstance(sent, str) else ""))
    except ZoneMissing as error:
        raise NotRead(ZONE_MISSING) from error
    except NotIso as error:
        raise NotRead(INSTANT_WRONG) from error


def restore_plus(sent: object) -> object:
    """Return what stands in an address with the ``+`` before its offset, which addresses read as a blank.

    ``2026-12-01T09:00:00+02:00`` has to be written with ``%2B`` there; nothing else can be meant by the blank.
    """
    return _BLANK_FOR_PLUS.sub("+", sent) if isinstance(sent, str) else sent


def read_date(text: str | None) -> date | None:
    """Return the date in an address or a form; None for anything else, and for years that nobody means."""
    try:
        return check_date(text)
    except NotRead:
        return None


def read_instant(text: str | None) -> datetime | None:
    """Return the instant in an address or a form, in UTC; None as with dates."""
    try:
        return check_instant(restore_plus(text))
    except NotRead:
        return None


def _check_year(on: Day) -> Day:
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise NotRead(TOO_FAR)
    return on
