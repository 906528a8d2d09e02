"""When people are told: who works, of what waits for them, while they work, else by day; customers, by day.

What somebody does is answered at once, whatever the hour. What the clock alone causes, reminders and questions to
customers, waits for the day (`kernel.law.hours`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from kernel.instants import to_instant, to_minutes
from kernel.intervals import Interval
from kernel.law.clocks import Place
from kernel.law.hours import MessagePurpose, find_last_instant, find_next_instant
from scheduling.engine import list_openings, to_local_date, to_minute
from scheduling.selectors.catalog.timetables import load_timetables
from tenants.context import current_tenant

ROOM_MINUTES = 60
"""So long before the end, of working time or of what waits, somebody can still do something; sooner it is no news."""
BEFORE_NIGHT = timedelta(minutes=30)
"""Many are due then, for all visits of the early morning: so long all of them can leave."""
DAY_BEGINS, DAY_ENDS = 9 * 60, 20 * 60
"""Wall minutes between which nobody is woken, also where nobody works at all."""


def find_working_instant(*, wanted: datetime, begins: datetime, ends: datetime, location_id: int) -> datetime:
    """Return the instant in ``[begins, ends)`` nearest to ``wanted`` at which somebody works at a location; one query.

    Nobody does: the nearest by day, on the clock of the place. There is no day in between either: ``wanted``.
    """
    first, last = begins.date() - timedelta(days=1), ends.date() + timedelta(days=1)
    known = load_timetables(location_id=location_id, from_on=first, to_on=last)
    place = known.places.get(location_id)
    within = to_minutes(begins), to_minutes(ends)
    working = list_openings(known.resources.values(), known.holidays, *within)
    days = [] if place is None else _list_days(place.timezone, within)
    minute = to_minutes(wanted)
    for periods in (working, days):
        found = find_nearest(minute, periods, within)
        if found is not None:
            return wanted if found == minute else to_instant(found)
    return wanted


def find_nearest(minute: int, periods: Iterable[Interval], within: Interval) -> int | None:
    """Return the minute of the periods, inside of ``within``, that is nearest; None: there is none.

    ``minute`` itself where a period has it. Otherwise one that leaves an hour before the period ends, where it is so
    long, and an hour from where ``within`` begins and ends.
    """
    begins, ends = within
    starts = []
    for start, end in periods:
        if start <= minute < end:
            return minute
        first = max(start, begins + ROOM_MINUTES)
        last = min(max(first, end - ROOM_MINUTES), ends - ROOM_MINUTES)
        if first <= last and first < end:
            starts.append(min(max(minute, first), last))
    return min(starts, key=lambda each: (abs(each - minute), each), default=None)


def _list_days(timezone: str, within: Interval) -> list[Interval]:
    first, last = (to_local_date(timezone, minute) for minute in within)
    return [
        (
            to_minute(timezone, first + timedelta(days=day), DAY_BEGINS),
            to_minute(timezone, first + timedelta(days=day), DAY_ENDS),
        )
        for day in range((last - first).days + 1)
    ]


def find_sending(now: datetime, *, timezone: str) -> datetime:
    """Return ``now`` if a customer of a place with this clock may be written to, else when next."""
    return find_next_instant(MessagePurpose.SERVICE, now, place=_make_place(timezone))


def find_reminding(*, starts_at: datetime, offset: timedelta, timezone: str) -> datetime:
    """Return when the reminder of a visit is due that is wanted so long before it.

    One that is wanted by night waits for the morning (`find_sending`), as long as half of ``offset`` is left then; else
    it is due in the evening before, half an hour before the night.
    """
    wanted, place = starts_at - offset, _make_place(timezone)
    sent = find_next_instant(MessagePurpose.SERVICE, wanted, place=place)
    if sent - wanted <= offset / 2:
        return wanted
    return find_last_instant(MessagePurpose.SERVICE, wanted, place=place) - BEFORE_NIGHT


def _make_place(timezone: str) -> Place:
    return Place(current_tenant().country, timezone)
