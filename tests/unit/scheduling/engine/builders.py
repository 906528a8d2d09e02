"""Short ways to write a snapshot and a visit in a test."""

from datetime import date
from typing import Any

from scheduling.engine import Busy, Requirement, Resource, ServiceSpec, Snapshot, WeeklyPeriod, to_minute

MADRID = "Europe/Madrid"
MONDAY = date(2026, 1, 12)


def at(hour: int, minute: int = 0, on: date = MONDAY) -> int:
    """An instant by Madrid's wall clock."""
    return to_minute(MADRID, on, hour * 60 + minute)


def every_day(opens: int, closes: int) -> tuple[WeeklyPeriod, ...]:
    return tuple(WeeklyPeriod(weekday, opens * 60, closes * 60) for weekday in range(7))


def person(resource_id: int, opens: int = 9, closes: int = 17, **fields: Any) -> Resource:
    return Resource(resource_id, MADRID, every_day(opens, closes), **fields)


def snapshot_of(*resources: Resource, rows=(), **fields: Any) -> Snapshot:
    given = {"timezone": MADRID, "now_minute": at(0) - 1440, **fields}
    return Snapshot(resources={resource.id: resource for resource in resources}, busy=Busy.of(rows), **given)


def service(*requirements: Requirement, **fields: Any) -> ServiceSpec:
    given = {"id": 1, "duration_minutes": 60, "step_minutes": 60, **fields}
    return ServiceSpec(requirements=requirements or (Requirement((1,)),), **given)
