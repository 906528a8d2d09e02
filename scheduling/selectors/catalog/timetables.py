"""When resources work, as the engine's frozen values, in one query for any number of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Any

from database.connection import connection
from kernel.iso import parse_date
from kernel.law.calendars import list_public_holidays
from scheduling.engine import Closing, DateOverride, Resource, WeeklyPeriod
from scheduling.enums import HoursKind
from tenants.context import current_tenant

# In no order: the few rows are sorted faster here than there.
TIMETABLE_SQL = """
SELECT json_build_object(
  'resources', (
    SELECT json_agg(json_build_array(r.id, r.timezone, r.capacity, r.location_id, r.weight, r.name,
        r.is_customer_choosable, r.position))
    FROM scheduling_resource r WHERE r.is_active AND r.id = ANY(ids.resource_ids)),
  'hours', (
    SELECT json_agg(json_build_array(h.resource_id, h.location_id, h.kind, h.weekday, h.opens_minute,
        h.closes_minute, h.valid_from, h.valid_to))
    FROM scheduling_workinghours h
    WHERE h.resource_id = ANY(ids.resource_ids) OR h.location_id = ANY(ids.location_ids)),
  'overrides', (
    SELECT json_agg(json_build_array(o.resource_id, o.location_id, o.on, o.is_closing, o.periods))
    FROM scheduling_dateoverride o
    WHERE (o.resource_id = ANY(ids.resource_ids) OR o.location_id = ANY(ids.location_ids))
      AND o.is_active AND o.on BETWEEN %(from_on)s::date - 3 AND %(to_on)s::date + 16),
  'time_off', (
    SELECT json_agg(json_build_array(t.resource_id,
        floor(date_part('epoch', t.starts_at) / 60)::int8, ceil(date_part('epoch', t.ends_at) / 60)::int8))
    FROM scheduling_timeoff t
    WHERE t.is_active AND t.resource_id = ANY(ids.resource_ids)
      AND t.ends_at > %(from_on)s::date - 4 AND t.starts_at < %(to_on)s::date + 17),
  'holidays', (
    SELECT json_agg(json_build_array(a.location_id, a.on, a.is_closed))
    FROM scheduling_holidayadjustment a
    WHERE a.is_active AND a.on BETWEEN %(from_on)s::date - 3 AND %(to_on)s::date + 16),
  'locations', (
    SELECT json_agg(json_build_array(l.id, l.timezone, l.region, l.observes_public_holidays, l.position))
    FROM scheduling_location l WHERE l.is_active AND l.id = ANY(ids.location_ids))
)
"""
"""One JSON document with everything; the caller puts a FROM clause that gives ``ids`` after it."""


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """What matters of a location; ``holidays`` are its closed local dates."""

    id: int
    timezone: str
    holidays: frozenset[date]


@dataclass(frozen=True, slots=True)
class ResourceRow:
    """What matters of a resource beyond its hours."""

    id: int
    location_id: int
    weight: int
    name: str
    is_customer_choosable: bool


@dataclass(frozen=True, slots=True)
class Timetables:
    """Resources with their hours, and the places where they are; in the business's order."""

    resources: Mapping[int, Resource]
    rows: Mapping[int, ResourceRow]
    places: Mapping[int, PlaceRow]

    @property
    def holidays(self) -> frozenset[date]:
        """Return the closed dates of all places together."""
        return frozenset().union(*(place.holidays for place in self.places.values()))


def load_timetables(*, location_id: int, from_on: date, to_on: date) -> Timetables:
    """Load the hours of every active resource of a location; one query."""
    sql = f"""{TIMETABLE_SQL} FROM (
        SELECT coalesce(array_agg(r.id), '{{}}') AS resource_ids, ARRAY[%(location_id)s::int8] AS location_ids
        FROM scheduling_resource r WHERE r.is_active AND r.location_id = %(location_id)s::int8) ids"""  # noqa: S608 - constant text
    parameters = {"location_id": location_id, "from_on": from_on, "to_on": to_on}
    ((document,),) = connection.fetch_planned(sql, parameters)
    return read_timetables(document, from_on=from_on, to_on=to_on)


def read_timetables(document: Mapping[str, Any], *, from_on: date, to_on: date) -> Timetables:
    """Turn the document of `TIMETABLE_SQL` into the engine's values.

    A resource without own working hours follows its location's hours and breaks, and keeps its
    own breaks; its own override of a date wins over what its location says of it. What is closed of a date, of the
    location or of the resource, is taken away from whatever else holds.
    """
    country = current_tenant().country
    adjustments = document["holidays"] or ()
    places = {
        place_id: PlaceRow(
            id=place_id,
            timezone=timezone,
            holidays=_list_holidays(country if is_observing else "", region, from_on, to_on, adjustments, place_id),
        )
        for place_id, timezone, region, is_observing, _position in _sort_by_position(document["locations"])
    }
    weeks = _Weeks(document["hours"] or ())
    overrides = _Overrides(document["overrides"] or ())
    time_off: dict[int, list[tuple[int, int]]] = {}
    for resource_id, start, end in document["time_off"] or ():
        time_off.setdefault(resource_id, []).append((start, end))
    resources: dict[int, Resource] = {}
    rows: dict[int, ResourceRow] = {}
    for columns in _sort_by_position(document["resources"]):
        resource_id, timezone, capacity, location_id, weight, name, is_choosable, _position = columns
        if location_id not in places:
            continue
        hours, breaks = weeks.find(resource_id, location_id)
        replaced, closings = overrides.find(resource_id, location_id)
        resources[resource_id] = Resource(
            id=resource_id,
            timezone=timezone or places[location_id].timezone,
            hours=hours,
            breaks=breaks,
            overrides=replaced,
            closings=closings,
            time_off=tuple(sorted(time_off.get(resource_id, ()))),
            capacity=capacity,
        )
        rows[resource_id] = ResourceRow(resource_id, location_id, weight, name, is_choosable)
    return Timetables(resources=resources, rows=rows, places=places)


def _sort_by_position(rows: list[list[Any]] | None) -> list[list[Any]]:
    """Sort rows that begin with their id and end with their position."""
    return sorted(rows or (), key=lambda row: (row[-1], row[0]))


class _Weeks:
    """Weekly periods by owner."""

    def __init__(self, rows: Iterable[list[Any]]) -> None:
        self._by_owner: dict[tuple[int | None, int | None, str], list[tuple[Any, ...]]] = {}
        for resource_id, location_id, kind, *period in rows:
            self._by_owner.setdefault((resource_id, location_id, kind), []).append(tuple(period))

    def find(self, resource_id: int, location_id: int) -> tuple[tuple[WeeklyPeriod, ...], tuple[WeeklyPeriod, ...]]:
        own_hours = self._by_owner.get((resource_id, None, HoursKind.WORK.value))
        breaks = self._by_owner.get((resource_id, None, HoursKind.BREAK.value), [])
        if own_hours is not None:
            return _make_week(own_hours), _make_week(breaks)
        shared = self._by_owner.get((None, location_id, HoursKind.WORK.value), [])
        return _make_week(shared), _make_week(
            breaks + self._by_owner.get((None, location_id, HoursKind.BREAK.value), [])
        )


def _make_week(rows: list[tuple[Any, ...]]) -> tuple[WeeklyPeriod, ...]:
    return _make_sorted_week(tuple(sorted(rows, key=itemgetter(0, 1, 2))))


@lru_cache(maxsize=4096)
def _make_sorted_week(rows: tuple[tuple[Any, ...], ...]) -> tuple[WeeklyPeriod, ...]:
    """Make a week of its rows; the same object for the same rows: `engine.hours.hours_key` compares objects."""
    return tuple(
        WeeklyPeriod(weekday, opens, closes, _read_date(valid_from), _read_date(valid_to))
        for weekday, opens, closes, valid_from, valid_to in rows
    )


class _Overrides:
    """Date overrides by owner."""

    def __init__(self, rows: Iterable[list[Any]]) -> None:
        self._by_owner: dict[tuple[str, int], dict[date, DateOverride | Closing]] = {}
        for resource_id, location_id, on, is_closing, periods in rows:
            day = parse_date(on)
            owner = ("resource", resource_id) if resource_id is not None else ("location", location_id)
            row = (Closing if is_closing else DateOverride)(day, tuple((opens, closes) for opens, closes in periods))
            self._by_owner.setdefault(owner, {})[day] = row

    def find(self, resource_id: int, location_id: int) -> tuple[tuple[DateOverride, ...], tuple[Closing, ...]]:
        place = self._by_owner.get(("location", location_id), {})
        own = self._by_owner.get(("resource", resource_id), {})
        replaced = {on for on, row in own.items() if isinstance(row, DateOverride)}
        rows = [*own.values(), *(row for on, row in place.items() if on not in replaced)]
        return (
            tuple(row for row in rows if isinstance(row, DateOverride)),
            tuple(row for row in rows if isinstance(row, Closing)),
        )


def _list_holidays(
    country: str, region: str, from_on: date, to_on: date, adjustments: Iterable[list[Any]], place_id: int
) -> frozenset[date]:
    first, last = from_on - timedelta(days=3), to_on + timedelta(days=16)
    closed: set[date] = set()
    for year in range(first.year, last.year + 1):
        closed |= {day for day in list_public_holidays(country, region, year) if first <= day <= last}
    # The location's own word comes after the word for all locations.
    for location_id, on, is_closed in sorted(adjustments, key=lambda row: row[0] is not None):
        if location_id in {None, place_id}:
            day = parse_date(on)
            (closed.add if is_closed else closed.discard)(day)
    return frozenset(closed)


def _read_date(text: str | None) -> date | None:
    return None if text is None else parse_date(text)
