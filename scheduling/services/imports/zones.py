"""Zones that a calendar file describes itself (VTIMEZONE, RFC 5545): looked at before anything asks them the time.

The library hands them to dateutil, which walks through all changes of a zone up to a time: a rule that changes the
clock every second takes hours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from threading import Lock

from icalendar import Calendar
from icalendar.parser import Contentlines
from icalendar.prop import vRecur
from icalendar.timezone import tzp

MOST_CHANGES, LONGEST_RULE = 1_000, 300
"""Changes that a zone lists one by one: the longest history of a real one has some two hundred."""
NAMES = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYMONTH", "BYMONTHDAY", "BYDAY"})
"""What the rules of real zones are made of: a change falls on a day of a year."""
TOLD = ("BEGIN", "END", "RRULE", "EXRULE", "RDATE", "EXDATE")

_ALONE = Lock()


class OddZone(ValueError):
    """No clock of the world changes like this."""


def parse_calendars(content: bytes) -> list[Calendar]:
    """Return the calendars of a file, each time with the zone that this very file describes.

    The library remembers zones by name for the whole process, also those of the files of others.

    Raises:
        OddZone: One of its zones cannot be.
        ValueError, KeyError, IndexError, AttributeError, TypeError: It is no calendar.
    """
    _check_zones(content)
    with _ALONE:
        tzp.use_default()  # forgets all zones
        try:
            return list(Calendar.from_ical(content, multiple=True))
        finally:
            tzp.use_default()


def _check_zones(content: bytes) -> None:
    """Refuse zones whose clock does not change once, or a few times, a year."""
    counts: Counter[int] = Counter()
    for number, name, value in _list_zone_lines(content):
        if name in {"RDATE", "EXDATE"}:
            counts[number] += value.count(",") + 1
            if counts[number] > MOST_CHANGES:
                raise OddZone(name)
            continue
        rule = vRecur.from_ical(value)
        if [str(each).upper() for each in rule.get("FREQ", [])] != ["YEARLY"] or len(value) > LONGEST_RULE:
            raise OddZone(value[:LONGEST_RULE])
        if not {each.upper() for each in rule} <= NAMES or len(rule.get("BYMONTH", [])) > 1:
            raise OddZone(value)


def _list_zone_lines(content: bytes) -> Iterator[tuple[int, str, str]]:
    """Yield the rules and dates of each zone with its number, as the library's own parser reads lines and blocks."""
    blocks: list[str] = []
    number = 0
    for line in Contentlines.from_ical(content):  # type: ignore[no-untyped-call]
        if not line.upper().startswith(TOLD):
            continue
        try:
            name, _, value = line.parts()
        except ValueError:
            continue
        match name.upper():
            case "BEGIN":
                blocks.append(value.upper())
                number += value.upper() == "VTIMEZONE"
            case "END":
                del blocks[-1:]
            case told if told in TOLD and "VTIMEZONE" in blocks:
                yield number, told, value
