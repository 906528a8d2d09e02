"""How much of the open time of people and things was taken.

**Taken** is the time of visits that are agreed or took place, buffers included, also where nobody came; a group takes
it once. What is held or only asked for takes none, nor what was called off. **Open** is when the resource works by its
hours as they are set up today, without breaks, closed days and time off, as often as visits fit into it at a time.
Two statements, whatever the number of bookings: PostgreSQL adds up by hour.
"""

from __future__ import annotations

from collections.abc import Mapping

from database.connection import connection, write_array
from scheduling.engine import expand_hours
from scheduling.models import Resource
from scheduling.models.allocation import LONGEST_ALLOCATION_MINUTES
from scheduling.selectors.catalog.timetables import TIMETABLE_SQL, Timetables, read_timetables
from scheduling.selectors.reports.counted import KEPT
from scheduling.selectors.reports.hours import WeekCells, cut_week_cells
from scheduling.types.reports import ReportDays, ReportFilters
from scheduling.types.reports.use import WEEK_HOURS, ResourceUse, Use

RESOURCES_SQL = """
FROM (
  SELECT coalesce(array_agg(r.id), '{}') AS resource_ids,
    coalesce(array_agg(DISTINCT r.location_id), '{}') AS location_ids
  FROM scheduling_resource r
  WHERE r.is_active AND (%(location_id)s::int8 IS NULL OR r.location_id = %(location_id)s::int8)
    AND (%(resource_id)s::int8 IS NULL OR r.id = %(resource_id)s::int8)
) ids
"""
COUNTS = """b.status = ANY(%(statuses)s::text[]) AND NOT b.is_sample AND NOT b.is_test
  AND (%(service_id)s::int8 IS NULL OR b.service_id = %(service_id)s::int8)
  AND (%(door)s::text = '' OR %(door)s::text = CASE
    WHEN b.source = 'workspace' AND b.arrived_at IS NOT DISTINCT FROM b.created_at THEN 'walk_in' ELSE b.source END)"""
TAKEN_SQL = f"""
SELECT a.resource_id, (%(cells)s::int4[])[place.number],
  sum(least(a.ends_minute, (%(bounds)s::int4[])[place.number + 1])
    - greatest(a.starts_minute, (%(bounds)s::int4[])[place.number]))
FROM scheduling_allocation a, LATERAL generate_series(
  width_bucket(greatest(a.starts_minute, %(first)s::int4), %(bounds)s::int4[]),
  width_bucket(least(a.ends_minute, %(last)s::int4) - 1, %(bounds)s::int4[])) place(number)
WHERE a.is_active AND a.resource_id = ANY(%(resource_ids)s::int8[])
  AND a.ends_minute > %(first)s::int4 AND a.ends_minute < %(last)s::int4 + {LONGEST_ALLOCATION_MINUTES}
  AND a.starts_minute < %(last)s::int4
  AND CASE WHEN a.session_id IS NULL
    THEN EXISTS (SELECT 1 FROM scheduling_booking b WHERE b.id = a.booking_id AND {COUNTS})
    ELSE EXISTS (SELECT 1 FROM scheduling_booking b WHERE b.session_id = a.session_id AND {COUNTS}) END
GROUP BY 1, 2
"""  # noqa: S608 - constants


def measure_use(days: ReportDays, filters: ReportFilters) -> tuple[ResourceUse, ...]:
    """Return the use of every active resource that the filters leave, in the business's order; three queries."""
    asked = {
        "from_on": days.first, "to_on": days.last, "location_id": filters.location_id,
        "resource_id": filters.resource_id,
    }  # fmt: skip
    ((document,),) = connection.fetch_planned(TIMETABLE_SQL + RESOURCES_SQL, asked)
    timetables = read_timetables(document, from_on=days.first, to_on=days.last)
    hours = cut_week_cells(days)
    taken = _add_up_taken(timetables, hours, filters)
    kinds = {
        row.pk: row.resource_type
        for row in Resource.objects.filter(pk__in=list(timetables.rows)).select_related("resource_type")
    }
    found = []
    for resource_id, row in timetables.rows.items():
        cells = _pair(taken.get(resource_id, {}), _measure_open(timetables, resource_id, hours))
        kind = kinds[resource_id]
        total = sum(cells, start=Use())
        found.append(ResourceUse(resource_id, row.name, kind.name, kind.is_person, total, cells))
    return tuple(found)


def _add_up_taken(timetables: Timetables, hours: WeekCells, filters: ReportFilters) -> Mapping[int, Mapping[int, int]]:
    """Map each resource to the minutes taken in each cell; one query."""
    parameters = {
        "bounds": write_array(hours.bounds), "cells": write_array(hours.cells), "first": hours.bounds[0],
        "last": hours.bounds[-1], "resource_ids": write_array(timetables.rows), "service_id": filters.service_id,
        "door": filters.door, "statuses": [status.value for status in KEPT],
    }  # fmt: skip
    found: dict[int, dict[int, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(TAKEN_SQL, parameters)
        for resource_id, cell, minutes in cursor.fetchall():
            found.setdefault(resource_id, {})[cell] = minutes
    return found


def _measure_open(timetables: Timetables, resource_id: int, hours: WeekCells) -> list[int]:
    """Return how many minutes of each cell a resource is open, times the visits that fit into it."""
    resource = timetables.resources[resource_id]
    holidays = timetables.places[timetables.rows[resource_id].location_id].holidays
    working = expand_hours(resource, holidays, hours.bounds[0], hours.bounds[-1]).working
    return [minutes * resource.capacity for minutes in hours.spread(working)]


def _pair(taken: Mapping[int, int], opened: list[int]) -> tuple[Use, ...]:
    return tuple(Use(taken.get(cell, 0), opened[cell]) for cell in range(WEEK_HOURS))
