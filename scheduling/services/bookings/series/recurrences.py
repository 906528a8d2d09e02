"""Reading an RFC 5545 rule that somebody typed, as the dates of a series."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from kernel.iso import parse_basic
from kernel.text import mark
from scheduling.errors import RequestInvalid

MAX_DATES = 104
MAX_RULE_LENGTH = 200
MAX_INTERVAL = 400
LONGEST = timedelta(days=3660)
"""Ten years: how far ahead a series may reach."""
NAMES = {
    "DAILY": frozenset({"BYDAY"}),
    "WEEKLY": frozenset({"BYDAY", "WKST"}),
    "MONTHLY": frozenset({"BYDAY", "BYMONTHDAY", "BYSETPOS"}),
    "YEARLY": frozenset({"BYDAY", "BYMONTHDAY", "BYSETPOS", "BYMONTH"}),
}
"""What may narrow each frequency. The RFC knows more, but dateutil looks until the year 9999 for a date that
never comes: 30 February takes it 14 s day by day, and forever second by second."""
GENERAL_NAMES = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL"})
PART = re.compile(r"([A-Z]+)=([A-Z0-9+,-]+)", re.ASCII)
UNTIL = re.compile(r"\d{8}(?:T(\d{6})(Z?))?", re.ASCII)

NOT_UNDERSTOOD = mark("This recurrence cannot be understood.")
WITHOUT_END = mark("A series has at most 104 dates and an end.")


def list_walls(rule: str, *, first: datetime, zone: str) -> list[datetime]:
    """List the wall times that a rule names from ``first`` (naive, in ``zone``) on, at least one.

    The hour is always that of ``first``: rules within a day are not for series. As RFC 5545 has it, a date
    that a month does not have is left out (the 31st in April); ``BYMONTHDAY=-1`` is the last of
    each month. ``UNTIL`` is inclusive; in UTC it is an instant, and without a time the whole day. A ``first``
    that the rule does not name is no date of the series.

    Raises:
        RequestInvalid: Nobody can understand the rule, it names no date, or more than 104, or
            dates more than ten years ahead, or it has no end.
    """
    parts = _read_parts(rule)
    last = first + LONGEST
    if "UNTIL" in parts:
        until = _read_until(parts.pop("UNTIL"), zone)
        if until > last:
            raise _refuse(WITHOUT_END)
        last = until
    try:
        text = ";".join(f"{name}={value}" for name, value in parts.items() if name != "COUNT")
        occurrences = rrulestr(f"{text};UNTIL={last:%Y%m%dT%H%M%S}", dtstart=first)
        walls = list(islice(occurrences, MAX_DATES + 1))
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError) as error:
        raise _refuse(NOT_UNDERSTOOD) from error
    if "COUNT" in parts:
        count = int(parts["COUNT"])
        if walls and len(walls) < count:
            raise _refuse(WITHOUT_END)
        walls = walls[:count]
    if not walls:
        raise _refuse(NOT_UNDERSTOOD)
    if len(walls) > MAX_DATES:
        raise _refuse(WITHOUT_END)
    return walls


def _read_parts(rule: str) -> dict[str, str]:
    text = rule.removeprefix("RRULE:")
    found = [PART.fullmatch(each) for each in text.split(";")]
    parts = {each[1]: each[2] for each in found if each}
    names = NAMES.get(parts.get("FREQ", ""))
    is_known = names is not None and len(parts) == len(found) and parts.keys() <= names | GENERAL_NAMES
    if len(rule) > MAX_RULE_LENGTH or not is_known or not _is_within(parts.get("INTERVAL"), MAX_INTERVAL):
        raise _refuse(NOT_UNDERSTOOD)
    if ("COUNT" in parts) == ("UNTIL" in parts) or not _is_within(parts.get("COUNT"), MAX_DATES):
        raise _refuse(WITHOUT_END)
    return parts


def _is_within(value: str | None, most: int) -> bool:
    return value is None or (value.isdigit() and 1 <= int(value) <= most)


def _read_until(value: str, zone: str) -> datetime:
    """Return the last wall time that counts."""
    found = UNTIL.fullmatch(value)
    if found is None:
        raise _refuse(NOT_UNDERSTOOD)
    at, is_utc = found.groups()
    try:
        read = parse_basic(value.removesuffix("Z"))
        wall = read.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)) if is_utc else read
    except (ValueError, OverflowError) as error:
        raise _refuse(NOT_UNDERSTOOD) from error
    naive = wall.replace(tzinfo=None)
    return naive if at else datetime.combine(naive.date(), time.max)


def _refuse(message: str) -> RequestInvalid:
    return RequestInvalid(errors={"rule": (message,)})
