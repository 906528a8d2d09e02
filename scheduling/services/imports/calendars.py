"""Appointments of a calendar file (RFC 5545) as rows of a table: each time of a series is one, until a horizon."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from django.utils.translation import gettext
from icalendar.prop import vRecur

from kernel.text import mark
from scheduling.errors.imports import ImportUnreadable
from scheduling.services.imports.zones import OddZone, parse_calendars
from scheduling.types.imports.rows import MOST_ROWS

MAGIC = b"BEGIN:VCALENDAR"
MOST_BYTES, HEAD_BYTES = 5_000_000, 100
LONGEST = timedelta(days=18_263)
"""Fifty years: a rule that goes further back or ahead is refused before anything is made of it."""
HORIZON, ENDLESS_HORIZON = timedelta(days=1_100), timedelta(days=366)
"""How far ahead the times of a series are read, and those of one without an end."""
MOST_TIMES = 2_000
MOST_SECONDS = 8
"""Dates that never come take dateutil up to the year 9999: a second for a rule."""
MOST_INTERVAL, LONGEST_RULE, LONGEST_NAME = 400, 300, 60
DAYS = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}
NAMES = {
    "DAILY": frozenset({"BYDAY"}),
    "WEEKLY": frozenset({"BYDAY"}),
    "MONTHLY": frozenset({"BYDAY", "BYMONTHDAY", "BYSETPOS"}),
    "YEARLY": frozenset({"BYDAY", "BYMONTHDAY", "BYSETPOS", "BYMONTH"}),
}
"""What may narrow each frequency; dateutil looks long for dates that never come (`services.bookings.series`)."""
GENERAL = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"})
HEADS = (
    mark("Date and time"),
    mark("End"),
    mark("Title"),
    mark("Description"),
    mark("Where"),
    mark("Guest"),
    mark("E-mail"),
)

TOO_LARGE = mark("This calendar is too large: up to 5 MB.")
NO_CALENDAR = mark("This calendar cannot be read: export it again.")
NOTHING_AHEAD = mark("There is nothing in this calendar that is still to come.")
TOO_LONG = mark("“%(name)s” repeats over more than fifty years. Give it an end, and export the calendar again.")
TOO_OFTEN = mark("“%(name)s” repeats too often: more than 2,000 times, or several times a day.")
ODD_RULE = mark("How “%(name)s” repeats cannot be read. Export it as single appointments.")
ODD_EVENT = mark("“%(name)s” cannot be read. Correct or delete it in your calendar, and export it again.")
ODD_ZONE = mark("This calendar describes a time zone that cannot be. Export it again with the time zone of a city.")
SPLIT = mark("“%(name)s” is changed from one date on, which cannot be read. Export it as single appointments.")
TOO_SLOW = mark("This calendar takes too long to read. Divide it.")
TOO_MANY = mark("There are more than %(most)s appointments ahead. Divide the calendar.")

Event = Mapping[str, Any]
"""As the library holds it: its properties by their names, whatever their case."""
When = date | datetime
"""A day, a time on the wall, or an instant."""


@dataclass(frozen=True, slots=True)
class _Single:
    start: When
    end: When | None
    event: Event


def is_calendar(head: bytes) -> bool:
    """Tell whether a file begins as calendars do."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().upper().startswith(MAGIC)


def read_calendar(content: bytes, *, zone: str, now: datetime) -> list[list[str]]:
    """Return heads and rows of what is still to come, in order; times without a zone are of ``zone``.

    Instants are written with the offset that ``zone`` has then. Times that are taken out of a series (EXDATE), moved
    (RECURRENCE-ID) or cancelled are as the calendar shows them.

    Raises:
        ImportUnreadable: It is no calendar, nothing in it is ahead, or one of its rules goes on for too long.
    """
    if len(content) > MOST_BYTES:
        raise ImportUnreadable(TOO_LARGE)
    try:
        calendars = parse_calendars(content)
        found_events: list[Event] = [each for calendar in calendars for each in calendar.walk("VEVENT")]
    except OddZone as error:
        raise ImportUnreadable(ODD_ZONE) from error
    except (ValueError, KeyError, IndexError, AttributeError, TypeError) as error:
        raise ImportUnreadable(NO_CALENDAR) from error
    found = _list_ahead(found_events, zone=ZoneInfo(zone), now=now)
    if not found:
        raise ImportUnreadable(NOTHING_AHEAD)
    return [[gettext(each) for each in HEADS], *(cells for _, cells in sorted(found, key=lambda pair: pair[0]))]


def _list_ahead(found_events: Sequence[Event], *, zone: ZoneInfo, now: datetime) -> list[tuple[datetime, list[str]]]:
    """Return the rows of what is still to come, each with its start."""
    ends = time.monotonic() + MOST_SECONDS
    events: list[Event] = []
    moved: dict[str, set[When]] = {}
    for each in found_events:
        with _reading(each, ends):
            if not _has_start(each):
                continue
            _check_rule(each, now=now)
            events.append(each)
            if "RECURRENCE-ID" in each:
                moved.setdefault(_text(each, "UID"), set()).add(_compare(each["RECURRENCE-ID"].dt, zone))
    found: list[tuple[datetime, list[str]]] = []
    for each in events:
        with _reading(each, ends):
            for single in _list_singles(each, moved, zone=zone, now=now, ends=ends):
                start = _to_instant(single.start, zone)
                if max(start, _to_instant(single.end or single.start, zone)) > now:
                    found.append((start, _write_row(single, zone)))
                if len(found) > MOST_ROWS:
                    raise ImportUnreadable(TOO_MANY, most=MOST_ROWS)
    return found


@contextmanager
def _reading(event: Event, ends: float) -> Iterator[None]:
    """Say of which event it is that something in it cannot be read; none is begun after ``ends`` (monotonic)."""
    _check_clock(ends)
    try:
        yield
    except (ValueError, KeyError, IndexError, AttributeError, TypeError, OverflowError) as error:
        raise ImportUnreadable(ODD_EVENT, name=_name(event)) from error


def _check_clock(ends: float) -> None:
    if time.monotonic() > ends:
        raise ImportUnreadable(TOO_SLOW)


def _has_start(event: Event) -> bool:
    """Tell whether an event says when it is; one that says it twice, or unreadably, is refused."""
    return "DTSTART" in event and isinstance(event["DTSTART"].dt, date)


def _check_rule(event: Event, *, now: datetime) -> None:
    """Refuse a rule that goes on for too long or too often, before a single time of it is made."""
    name = _name(event)
    moved = event.get("RECURRENCE-ID")
    if moved is not None and str(moved.params.get("RANGE", "")).upper() == "THISANDFUTURE":
        raise ImportUnreadable(SPLIT, name=name)
    rule = event.get("RRULE")
    if rule is None:
        return
    if not isinstance(rule, vRecur) or len(_write_rule(rule)) > LONGEST_RULE:
        raise ImportUnreadable(ODD_RULE, name=name)
    frequency = str(_first(rule, "FREQ", "")).upper()
    if frequency in {"HOURLY", "MINUTELY", "SECONDLY"}:
        raise ImportUnreadable(TOO_OFTEN, name=name)
    interval, count = _first(rule, "INTERVAL", 1), _first(rule, "COUNT", 0)
    if frequency not in NAMES or not {each.upper() for each in rule} <= NAMES[frequency] | GENERAL:
        raise ImportUnreadable(ODD_RULE, name=name)
    if not 1 <= interval <= MOST_INTERVAL or count < 0:
        raise ImportUnreadable(ODD_RULE, name=name)
    start, until = _day(event["DTSTART"].dt), _first(rule, "UNTIL", None)
    is_long = count * interval * DAYS[frequency] > LONGEST.days or (until is not None and _day(until) - start > LONGEST)
    if is_long or now.date() - start > LONGEST or start - now.date() > LONGEST:
        raise ImportUnreadable(TOO_LONG, name=name)


def _list_singles(
    event: Event, moved: Mapping[str, set[When]], *, zone: ZoneInfo, now: datetime, ends: float
) -> Iterator[_Single]:
    """Yield each time of an event that takes place."""
    if _text(event, "STATUS").upper() == "CANCELLED":
        return
    start = event["DTSTART"].dt
    length = _measure(event, start)
    left_out = set(_list_dates(event, "EXDATE", zone, ends))
    if "RECURRENCE-ID" not in event:
        left_out |= moved.get(_text(event, "UID"), set())
    for at in _list_starts(event, start, zone=zone, now=now):
        _check_clock(ends)
        if not {_compare(at, zone), _day(at)} & left_out:
            yield _Single(at, None if length is None else _add(at, length), event)


def _list_starts(event: Event, start: When, *, zone: ZoneInfo, now: datetime) -> list[When]:
    """Return when an event starts, each time of a series; on the wall of its own zone, as RFC 5545 has it."""
    more = [each.dt for each in _list_values(event, "RDATE") if isinstance(each.dt, date)]
    rule = event.get("RRULE")
    if rule is None:
        return [start, *more]
    until, count = _first(rule, "UNTIL", None), _first(rule, "COUNT", 0)
    is_endless = until is None and not count
    last = (now + (ENDLESS_HORIZON if is_endless else HORIZON)).replace(tzinfo=None)
    if until is not None:
        last = min(last, _to_wall(until, start, zone))
    kept = ";".join(part for part in _write_rule(rule).split(";") if not part.upper().startswith(("UNTIL=", "COUNT=")))
    first = datetime.combine(start, clock_time()) if not isinstance(start, datetime) else start.replace(tzinfo=None)
    try:
        walls = list(islice(rrulestr(f"{kept};UNTIL={last:%Y%m%dT%H%M%S}", dtstart=first), count or 2 * LONGEST.days))
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError) as error:
        raise ImportUnreadable(ODD_RULE, name=_name(event)) from error
    ahead = [wall for wall in walls if wall > now.replace(tzinfo=None) - HORIZON]
    if len(ahead) > MOST_TIMES:
        raise ImportUnreadable(TOO_OFTEN, name=_name(event))
    if not isinstance(start, datetime):
        return [*(wall.date() for wall in ahead), *more]
    return [*(wall.replace(tzinfo=start.tzinfo) for wall in ahead), *more]


def _list_values(event: Event, name: str) -> list[Any]:
    rows = event.get(name, [])
    return [value for row in (rows if isinstance(rows, list) else [rows]) for value in row.dts]


def _list_dates(event: Event, name: str, zone: ZoneInfo, ends: float) -> Iterator[When]:
    for value in _list_values(event, name):
        _check_clock(ends)
        if isinstance(value.dt, date):
            yield _compare(value.dt, zone)


def _measure(event: Event, start: When) -> timedelta | None:
    """Return how long an event lasts; None: nothing says so."""
    if "DURATION" in event and isinstance(event["DURATION"].dt, timedelta):
        return event["DURATION"].dt
    end = event["DTEND"].dt if "DTEND" in event else None
    if not isinstance(end, date) or isinstance(end, datetime) != isinstance(start, datetime):
        return None
    if isinstance(end, datetime) and isinstance(start, datetime) and (end.tzinfo is None) != (start.tzinfo is None):
        return None
    return end - start


def _add(at: When, length: timedelta) -> When:
    """Return when something ends; what lasts an hour lasts it where the clocks change, too."""
    if isinstance(at, datetime) and at.tzinfo is not None:
        return (at.astimezone(ZoneInfo("UTC")) + length).astimezone(at.tzinfo)
    return at + length


def _to_instant(at: When, zone: ZoneInfo) -> datetime:
    whole = at if isinstance(at, datetime) else datetime.combine(at, clock_time())
    return (whole if whole.tzinfo is not None else whole.replace(tzinfo=zone)).astimezone(ZoneInfo("UTC"))


def _compare(at: When, zone: ZoneInfo) -> When:
    """Return a time as it is compared with others: a day, or an instant."""
    return _to_instant(at, zone) if isinstance(at, datetime) else at


def _to_wall(until: When, start: When, zone: ZoneInfo) -> datetime:
    """Return until when a rule goes on the wall of its start; a day counts whole."""
    if not isinstance(until, datetime):
        return datetime.combine(until, clock_time.max)
    own = start.tzinfo if isinstance(start, datetime) and start.tzinfo is not None else zone
    return (until if until.tzinfo is None else until.astimezone(own)).replace(tzinfo=None)


def _day(at: When) -> date:
    return at.date() if isinstance(at, datetime) else at


def _first(rule: Mapping[str, Any], name: str, default: Any) -> Any:
    value = rule.get(name, default)
    return value[0] if isinstance(value, list) and value else value


def _write_rule(rule: Any) -> str:
    return str(rule.to_ical().decode())


def _name(event: Event) -> str:
    return _text(event, "SUMMARY")[:LONGEST_NAME] or "VEVENT"


def _text(event: Event, name: str) -> str:
    """Return what a property says; the first where there are two."""
    value = event.get(name, "")
    return str(value[0] if isinstance(value, list) else value).strip()


def _write_row(single: _Single, zone: ZoneInfo) -> list[str]:
    event = single.event
    guests = event.get("ATTENDEE", [])
    guest = (guests if isinstance(guests, list) else [guests] if guests else [None])[0] if guests else None
    address = str(guest or "")
    return [
        _write_time(single.start, zone),
        "" if single.end is None else _write_time(single.end, zone),
        _text(event, "SUMMARY"),
        _text(event, "DESCRIPTION"),
        _text(event, "LOCATION"),
        str(guest.params.get("CN", "")).strip() if guest is not None else "",
        address[len("mailto:") :] if address.lower().startswith("mailto:") else "",
    ]


def _write_time(at: When, zone: ZoneInfo) -> str:
    if not isinstance(at, datetime):
        return at.isoformat()
    if at.tzinfo is None:
        return at.isoformat(" ", "minutes")
    return at.astimezone(zone).isoformat(timespec="minutes")
