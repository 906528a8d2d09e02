"""In which lanes of a resource what a visit takes is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from database.transactions import LostRace
from kernel.instants import to_instant
from scheduling.engine import Assignment, split_into_lanes
from scheduling.models import Allocation, Booking, ResourceLane, Session
from scheduling.services.writing.placement import Place

LANES_SQL = """
SELECT l.resource_id, l.number, l.id, (date_part('epoch', a.starts_at) / 60)::int8,
       (date_part('epoch', a.ends_at) / 60)::int8
FROM scheduling_resourcelane l
LEFT JOIN scheduling_allocation a ON a.lane_id = l.id AND a.is_active AND NOT a.is_override
  AND int8range(a.lane_id, a.lane_id, '[]') && int8range(l.id, l.id, '[]')
  AND tstzrange(a.starts_at, a.ends_at) && tstzrange(%s, %s)
WHERE l.resource_id = ANY(%s) ORDER BY l.resource_id, l.number
"""


@dataclass(frozen=True, slots=True)
class LanePiece:
    """One unit of a resource for a stretch; without a lane it is an override."""

    assignment: Assignment
    lane_id: int | None
    starts_at: datetime
    ends_at: datetime


def list_pieces(place: Place) -> list[LanePiece]:
    """Cut a place's assignments into pieces that lie in free lanes.

    Free for good only while the resources are locked; otherwise the constraints judge.

    Raises:
        LostRace: Too few lanes are free (unless the place is forced).
    """
    return cut_pieces(place.candidate.assignments, place.capacities, is_forced=place.is_forced)


def cut_pieces(assignments: Sequence[Assignment], capacities: Mapping[int, int], *, is_forced: bool) -> list[LanePiece]:
    """Do it for any assignments; those that are forced and find no lane lie beside the lanes, as overrides.

    Raises:
        LostRace: As `list_pieces`.
    """
    first = min(each.occupied_start_minute for each in assignments)
    last = max(each.occupied_end_minute for each in assignments)
    lanes = _load_lanes(capacities, first, last)
    pieces: list[LanePiece] = []
    for each in assignments:
        numbers, taken = lanes[each.resource_id]
        split = split_into_lanes(taken, len(numbers), each.occupied_start_minute, each.occupied_end_minute, each.units)
        if split is None:
            if not is_forced:
                raise LostRace
            period = (to_instant(each.occupied_start_minute), to_instant(each.occupied_end_minute))
            pieces += [LanePiece(each, None, *period) for _ in range(each.units)]
            continue
        # Two lines of one visit may take the same resource one after the other.
        taken += split
        pieces += [LanePiece(each, numbers[lane], to_instant(start), to_instant(end)) for lane, start, end in split]
    return pieces


def insert_pieces(
    pieces: Iterable[LanePiece], *, session: Session | None, booking: Booking | None, hold_expires_at: datetime | None
) -> None:
    """Insert an allocation for each piece, of a group or of a booking."""
    rows = [make_allocation(each, is_override=each.lane_id is None, expires_at=hold_expires_at) for each in pieces]
    for row in rows:
        row.booking, row.session = booking, session
    Allocation.objects.bulk_create(rows)


def make_allocation(piece: LanePiece, *, is_override: bool, expires_at: datetime | None) -> Allocation:
    """Make the allocation of a piece; not saved, and without its owner."""
    return Allocation(
        resource_id=piece.assignment.resource_id,
        lane_id=piece.lane_id,
        part_index=piece.assignment.part_index,
        starts_at=piece.starts_at,
        ends_at=piece.ends_at,
        is_override=is_override,
        hold_expires_at=expires_at,
    )


def _load_lanes(
    capacities: Mapping[int, int], first: int, last: int
) -> dict[int, tuple[list[int], list[tuple[int, int, int]]]]:
    """Return for each resource its lane ids by number, and what lies in them as (index, start, end)."""
    lanes = _read_lanes(capacities, first, last)
    missing = [
        ResourceLane(resource_id=resource_id, number=number)
        for resource_id, capacity in capacities.items()
        for number in range(len(lanes[resource_id][0]) + 1, capacity + 1)
    ]
    if missing:
        ResourceLane.objects.bulk_create(missing, ignore_conflicts=True)
        lanes = _read_lanes(capacities, first, last)
    return {resource_id: (numbers[: capacities[resource_id]], taken) for resource_id, (numbers, taken) in lanes.items()}


def _read_lanes(
    resource_ids: Iterable[int], first: int, last: int
) -> dict[int, tuple[list[int], list[tuple[int, int, int]]]]:
    wanted = sorted(resource_ids)
    lanes: dict[int, tuple[list[int], list[tuple[int, int, int]]]] = {each: ([], []) for each in wanted}
    with connection.cursor() as cursor:
        cursor.execute(LANES_SQL, [to_instant(first), to_instant(last), wanted])
        for resource_id, _, lane_id, start, end in cursor.fetchall():
            numbers, taken = lanes[resource_id]
            if not numbers or numbers[-1] != lane_id:
                numbers.append(lane_id)
            if start is not None:
                taken.append((len(numbers) - 1, start, end))
    return lanes
