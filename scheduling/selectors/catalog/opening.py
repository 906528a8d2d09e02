"""From when to when the business is open, today and in a usual week."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from database.connection import connection
from kernel.instants import DAY_MINUTES, to_instant, to_minutes
from kernel.intervals import Interval
from scheduling.engine import expand_hours, list_openings, to_local_date, to_minute
from scheduling.selectors.catalog.timetables import TIMETABLE_SQL, Timetables, load_timetables, read_timetables
from scheduling.types import OpeningToday, PlaceHours

FIRST_PLACE_SQL = """
FROM (
  SELECT ARRAY(SELECT r.id FROM scheduling_resource r WHERE r.is_active AND r.location_id = place.id) AS resource_ids,
         ARRAY[place.id] AS location_ids
  FROM (SELECT (SELECT l.id FROM scheduling_location l WHERE l.is_active ORDER BY l.position, l.id LIMIT 1)) place(id)
) ids
"""
"""Goes after `TIMETABLE_SQL`: the first place and everybody there."""


def find_opening_today(*, now: datetime) -> OpeningToday | None:
    """Return the first opening and the last closing of today at the first place, if there is one; one query."""
    from_on, to_on = find_dates(now)
    ((document,),) = connection.fetch_planned(TIMETABLE_SQL + FIRST_PLACE_SQL, {"from_on": from_on, "to_on": to_on})
    return find_opening(read_timetables(document, from_on=from_on, to_on=to_on), now=now)


def find_dates(now: datetime) -> tuple[date, date]:
    """Return the first and the last date that it is somewhere in the world."""
    today = now.astimezone(UTC).date()
    return today - timedelta(days=1), today + timedelta(days=1)


def find_opening(timetables: Timetables, *, now: datetime) -> OpeningToday | None:
    """Return today's opening at the first of the places, by its clock; None: there is no place."""
    place = next(iter(timetables.places.values()), None)
    if place is None:
        return None
    today = to_local_date(place.timezone, to_minutes(now))
    first = to_minute(place.timezone, today, 0)
    last = to_minute(place.timezone, today + timedelta(days=1), 0)
    periods = [
        period
        for resource in timetables.resources.values()
        for period in expand_hours(resource, timetables.holidays, first, last).working
        if first <= period[0] < last
    ]
    if not periods:
        return OpeningToday(location_id=place.id, opens_at=None, closes_at=None, timezone=place.timezone)
    return OpeningToday(
        location_id=place.id,
        opens_at=to_instant(min(start for start, _ in periods)),
        closes_at=to_instant(max(end for _, end in periods)),
        timezone=place.timezone,
    )


def find_place_hours(known: Timetables | None, *, location_id: int, now: datetime) -> PlaceHours | None:
    """Return when a place is open, out of what is ``known``, else with one query; None: there is no such place."""
    if known is None or location_id not in known.places:
        from_on, to_on = find_dates(now)
        known = load_timetables(location_id=location_id, from_on=from_on, to_on=to_on)
    today = find_opening(known, now=now)
    if today is None:
        return None
    on = to_local_date(today.timezone, to_minutes(now))
    return PlaceHours(today=today, week=list_usual_week(known, today=on))


def list_usual_week(timetables: Timetables, *, today: date) -> tuple[tuple[Interval, ...], ...]:
    """Return when somebody works at the places on each weekday, Monday first, but for what is special about a date.

    Wall minutes of the day; ends past 1440 are on the next day. Only what never stops is cut, at midnight.
    """
    first = to_minute("UTC", today, 0)
    # On UTC's clock, which never jumps, a wall minute is a minute.
    plain = [
        replace(each, timezone="UTC", overrides=(), closings=(), time_off=()) for each in timetables.resources.values()
    ]
    openings = list_openings(plain, frozenset(), first, first + 7 * DAY_MINUTES)
    days: list[list[Interval]] = [[] for _ in range(7)]
    for period in openings:
        for start, end in _cut(period):
            ahead, opens = divmod(start - first, DAY_MINUTES)
            if 0 <= ahead < len(days):
                days[(today.weekday() + ahead) % 7].append((opens, opens + end - start))
    return tuple(map(tuple, days))


def _cut(period: Interval) -> list[Interval]:
    """Return a period that lasts longer than a day in pieces from midnight to midnight."""
    start, end = period
    if end - start <= DAY_MINUTES:
        return [period]
    midnights = range(start - start % DAY_MINUTES, end, DAY_MINUTES)
    return [(max(start, each), min(end, each + DAY_MINUTES)) for each in midnights]
