"""How full some days are: what a week and a month show of each resource."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import cast

from database.connection import connection, write_array
from kernel.intervals import clip
from scheduling.engine import Resource, expand_hours, to_minute
from scheduling.enums import BookingStatus
from scheduling.errors import LocationNotFound
from scheduling.models.allocation import LONGEST_ALLOCATION_MINUTES
from scheduling.selectors.catalog.services import list_locations, list_resources
from scheduling.selectors.catalog.timetables import load_timetables
from scheduling.types import DayLoad, Loads, ResourceLoads

Day = tuple[int, int]
"""The first minute of a local date, and that of the next."""

# What is taken counts with its buffers: nobody else can have that time. A visit that takes two of three places at a
# resource counts twice, as its hours do.
TAKEN_SQL = f"""
SELECT a.resource_id, d.number, sum(least(a.ends_minute, d.last) - greatest(a.starts_minute, d.first))::int8,
  count(DISTINCT coalesce(a.booking_id, -a.session_id))
FROM scheduling_allocation a
JOIN unnest(%(firsts)s::int4[], %(lasts)s::int4[]) WITH ORDINALITY d(first, last, number)
  ON a.ends_minute > d.first AND a.starts_minute < d.last
WHERE a.resource_id = ANY(%(resource_ids)s::int8[]) AND a.is_active AND a.starts_minute < %(last)s::int4
  AND a.ends_minute > %(first)s::int4 AND a.ends_minute < %(last)s::int4 + {LONGEST_ALLOCATION_MINUTES}
  AND (a.hold_expires_at IS NULL OR a.hold_expires_at > %(now)s::timestamptz)
GROUP BY 1, 2
"""  # noqa: S608 - a number of our own
VISITS_SQL = """
SELECT d.number, count(*)
FROM unnest(%(firsts)s::int4[], %(lasts)s::int4[]) WITH ORDINALITY d(first, last, number)
JOIN scheduling_booking b ON b.starts_at >= to_timestamp(d.first * 60) AND b.starts_at < to_timestamp(d.last * 60)
WHERE b.starts_at >= to_timestamp(%(first)s::int4 * 60) AND b.starts_at < to_timestamp(%(last)s::int4 * 60)
  AND b.location_id = %(location_id)s::int8 AND b.is_active AND NOT b.is_test AND b.status <> %(held)s::text
GROUP BY 1
"""


def get_loads(*, from_on: date, to_on: date, now: datetime, location_id: int | None = None) -> Loads:
    """Return what each resource of a location (default: the first) works and has to do on ``[from_on, to_on]``.

    Both dates are included and local. Five queries, whatever the number of days, resources and bookings.

    Raises:
        LocationNotFound: There is no such location.
    """
    places = [place for place in list_locations() if location_id in {None, place.id}]
    if not places:
        raise LocationNotFound
    place = places[0]
    dates = tuple(from_on + timedelta(days=number) for number in range((to_on - from_on).days + 1))
    edges = [to_minute(place.timezone, on, 0) for on in (*dates, to_on + timedelta(days=1))]
    days = list(pairwise(edges))
    timetables = load_timetables(location_id=place.id, from_on=from_on, to_on=to_on)
    resources = [each for each in list_resources(location_id=place.id) if each.id in timetables.resources]
    taken = _load_taken([each.id for each in resources], days, now)
    holidays = timetables.places[place.id].holidays
    rows = []
    for each in resources:
        open_minutes = _list_open_minutes(timetables.resources[each.id], holidays, days)
        found = [taken.get((each.id, number), (0, 0)) for number in range(len(days))]
        loads = (
            DayLoad(on, minutes, busy, visits)
            for on, minutes, (busy, visits) in zip(dates, open_minutes, found, strict=True)
        )
        rows.append(ResourceLoads(each, tuple(loads)))
    visits = _count_visits(place.id, days)
    return Loads(place.timezone, dates, tuple(rows), tuple(visits.get(number, 0) for number in range(len(days))))


def _list_open_minutes(resource: Resource, holidays: frozenset[date], days: Sequence[Day]) -> list[int]:
    """Return the minutes that a resource works on each day, as often as it can serve at once."""
    working = expand_hours(resource, holidays, days[0][0], days[-1][1]).working
    return [resource.capacity * sum(end - start for start, end in clip(working, *day)) for day in days]


def _load_taken(resource_ids: Sequence[int], days: Sequence[Day], now: datetime) -> dict[tuple[int, int], Day]:
    """Return the minutes that are taken and the visits that take them, by resource and number of the day."""
    parameters = {
        "firsts": write_array(first for first, _ in days),
        "lasts": write_array(last for _, last in days),
        "first": days[0][0],
        "last": days[-1][1],
        "resource_ids": write_array(resource_ids),
        "now": now,
    }
    rows = cast("list[tuple[int, int, int, int]]", connection.fetch_planned(TAKEN_SQL, parameters))
    return {(resource_id, number - 1): (minutes, visits) for resource_id, number, minutes, visits in rows}


def _count_visits(location_id: int, days: Sequence[Day]) -> dict[int, int]:
    """Count the visits that begin on each day, by its number; those that are only held left out."""
    parameters = {
        "firsts": write_array(first for first, _ in days),
        "lasts": write_array(last for _, last in days),
        "first": days[0][0],
        "last": days[-1][1],
        "location_id": location_id,
        "held": BookingStatus.HELD.value,
    }
    rows = cast("list[tuple[int, int]]", connection.fetch_planned(VISITS_SQL, parameters))
    return {number - 1: visits for number, visits in rows}
