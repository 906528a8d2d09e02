"""What is taken, resource by resource, as whole minutes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scheduling.engine import Busy, BusyRows
from scheduling.models.allocation import LONGEST_ALLOCATION_MINUTES

# One walk along the index for each resource, in its order: nothing is sorted, and no instant
# becomes an object. The upper bound on the end lets the walk stop where starts are too late.
TAKEN_SQL = """
SELECT array_agg(a.starts_minute) AS starts, array_agg(a.ends_minute) AS ends
FROM (SELECT a.starts_minute, a.ends_minute FROM scheduling_allocation a
      WHERE a.resource_id = {resource} AND a.is_active
        AND a.ends_minute > {first} AND a.ends_minute < {last} + {longest} AND a.starts_minute < {last}
        AND (a.hold_expires_at IS NULL OR a.hold_expires_at > %(now)s::timestamptz)
        {conditions}
      ORDER BY a.ends_minute) a
"""
MOVING_CONDITION = "AND (a.booking_id IS NULL OR a.booking_id <> %(moving_id)s::int8)"
ALONE_CONDITION = "AND a.session_id IS DISTINCT FROM %(alone_in_session_id)s::int8"
GROUP_CONDITION = """AND (a.session_id IS NULL OR a.session_id NOT IN (
    SELECT s.id FROM scheduling_session s JOIN scheduling_service v ON v.id = s.service_id
    WHERE v.id = ANY(%(service_ids)s::int8[]) AND v.seats IS NOT NULL AND s.is_active))"""
"""Sessions of the visit's own service are no obstacle: they may have room."""


@dataclass(frozen=True, slots=True)
class Moving:
    """The booking that is being moved: it counts nowhere."""

    booking_id: int
    alone_in_session_id: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Which minutes are asked for, ``[first, last)`` since 1970-01-01T00:00Z, as seen at ``now``."""

    first: int
    last: int
    now: datetime
    moving: Moving | None = None

    def parameters(self) -> dict[str, Any]:
        """Return what the statement needs of it."""
        parameters: dict[str, Any] = {"first": self.first, "last": self.last, "now": self.now.isoformat()}
        if self.moving is not None:
            parameters["moving_id"] = self.moving.booking_id
            parameters["alone_in_session_id"] = self.moving.alone_in_session_id
        return parameters

    @property
    def is_alone(self) -> bool:
        """Tell whether the moved booking is the only one of its session."""
        return self.moving is not None and self.moving.alone_in_session_id is not None


def write_taken_sql(*, resource: str, first: str, last: str, is_moving: bool, is_alone: bool) -> str:
    """Return the statement for one resource; the names are SQL expressions.

    ``is_alone``: the moved booking is the only one of its session.
    """
    conditions = [GROUP_CONDITION]
    if is_moving:
        conditions.append(MOVING_CONDITION)
    if is_alone:
        conditions.append(ALONE_CONDITION)
    return TAKEN_SQL.format(
        resource=resource, first=first, last=last, longest=LONGEST_ALLOCATION_MINUTES, conditions=" ".join(conditions)
    )


def read_busy(rows: Iterable[tuple[int, Sequence[int], Sequence[int]]]) -> Busy:
    """Make the engine's value of (resource id, starts, ends in order) rows."""
    return Busy({resource_id: _sort(starts, ends) for resource_id, starts, ends in rows})


def _sort(starts: Sequence[int], ends: Sequence[int]) -> BusyRows:
    ones = (1,) * len(starts)
    if sorted(starts) == starts:
        return BusyRows(starts, ends, ones)
    # What overlaps may end in another order than it starts.
    rows = sorted(zip(starts, ends, strict=True))
    return BusyRows([start for start, _ in rows], [end for _, end in rows], ones)
