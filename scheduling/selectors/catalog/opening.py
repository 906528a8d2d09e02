"""From when to when the business is open today."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from database.connection import connection
from kernel.instants import to_instant, to_minutes
from scheduling.engine import expand_hours, to_local_date, to_minute
from scheduling.selectors.catalog.timetables import TIMETABLE_SQL, Timetables, read_timetables
from scheduling.types import OpeningToday

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
