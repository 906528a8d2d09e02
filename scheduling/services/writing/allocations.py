"""Writing and freeing what a booking takes; PostgreSQL refuses what does not fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection
from django.db.models import F, Max, Value
from django.db.models.functions import Greatest

from database.statements import Statement
from database.transactions import LostRace
from kernel.instants import to_instant, to_minutes
from scheduling.engine import Assignment, Candidate, Strategy, split_into_lanes
from scheduling.models import Allocation, Booking, ResourceLane, Session
from scheduling.services.writing.groups import shorten_session
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
FIRST_LANE_SQL = "(SELECT l.id FROM scheduling_resourcelane l WHERE l.resource_id = r.resource_id AND l.number = 1)"
"""Where there is none yet, a constraint refuses the allocation, and the next attempt makes it."""
EXPIRY_SQL = """
UPDATE scheduling_allocation a SET hold_expires_at = booking.hold_expires_at
FROM booking WHERE a.booking_id = booking.id AND a.is_active
"""
SESSION_EXPIRY_SQL = """
UPDATE scheduling_allocation a SET hold_expires_at = e.expires_at
FROM (SELECT CASE WHEN bool_or(b.hold_expires_at IS NULL) THEN NULL ELSE max(b.hold_expires_at) END AS expires_at
      FROM scheduling_booking b WHERE b.session_id = %(id)s AND b.is_active
        AND b.id IS DISTINCT FROM %(without_id)s::int8) e
WHERE a.session_id = %(id)s AND a.is_active AND a.hold_expires_at IS DISTINCT FROM e.expires_at
"""
TURNS_SQL = """
INSERT INTO scheduling_roundrobinledger AS r (service_id, resource_id, turns, last_turn_at)
SELECT %(turns_service_id)s::int8, t.id, 1, %(turns_at)s::timestamptz
FROM unnest(%(turns_ids)s::int8[]) AS t(id) {source} ORDER BY t.id
ON CONFLICT (service_id, resource_id) DO UPDATE SET turns = r.turns + 1, last_turn_at = EXCLUDED.last_turn_at
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
    assignments = place.candidate.assignments
    first = min(each.occupied_start_minute for each in assignments)
    last = max(each.occupied_end_minute for each in assignments)
    lanes = _load_lanes(place.capacities, first, last)
    pieces: list[LanePiece] = []
    for each in assignments:
        numbers, taken = lanes[each.resource_id]
        split = split_into_lanes(taken, len(numbers), each.occupied_start_minute, each.occupied_end_minute, each.units)
        if split is None:
            if not place.is_forced:
                raise LostRace
            period = (to_instant(each.occupied_start_minute), to_instant(each.occupied_end_minute))
            pieces += [LanePiece(each, None, *period) for _ in range(each.units)]
            continue
        # Two lines of one visit may take the same resource one after the other.
        taken += split
        pieces += [LanePiece(each, numbers[lane], to_instant(start), to_instant(end)) for lane, start, end in split]
    return pieces


def join_session(place: Place, booking: Booking) -> Session:
    """Take seats in the group at this start, opening it when it is not there yet.

    PostgreSQL refuses one seat too many (SQLSTATE 23514) and a second group (23505).
    """
    starts_at, ends_at = to_instant(place.start_minute), to_instant(place.end_minute)
    key = ",".join(str(resource_id) for resource_id in sorted(place.resource_ids))
    seats = place.visit.seats or 1
    same = Session.objects.filter(
        service_id=place.visit.service_id, starts_at=starts_at, resource_key=key, is_active=True
    )
    if place.candidate.joins_session or place.is_forced:
        # The service's seats of today, not of the day when the group was opened.
        room = Greatest(Value(seats), F("seats_taken") + booking.party_size) if place.is_forced else Value(seats)
        # Locked before it is read: whoever leaves may shorten it at this moment.
        session = same.select_for_update().first()
        if session is not None:
            Session.objects.filter(pk=session.pk).update(
                seats_taken=F("seats_taken") + booking.party_size, seats=room, ends_at=Greatest(F("ends_at"), ends_at)
            )
            if session.ends_at < ends_at:
                _lengthen(session, place, booking)
            return session
        if not place.is_forced:
            raise LostRace
    session = Session.objects.create(
        service_id=place.visit.service_id,
        starts_at=starts_at,
        ends_at=ends_at,
        resource_key=key,
        seats=max(seats, booking.party_size),
        seats_taken=booking.party_size,
    )
    _insert(list_pieces(place), session=session, booking=None, hold_expires_at=booking.hold_expires_at)
    return session


def _lengthen(session: Session, place: Place, booking: Booking) -> None:
    """Take the group's resources for longer when a booking with add-ons outlasts the others."""
    taken = Allocation.objects.filter(session_id=session.pk, is_active=True).values_list("resource_id")
    ends = {resource_id: to_minutes(end) for resource_id, end in taken.annotate(Max("ends_at"))}
    tails = tuple(
        replace(each, occupied_start_minute=ends[each.resource_id])
        for each in place.candidate.assignments
        if each.occupied_end_minute > ends.get(each.resource_id, each.occupied_end_minute)
    )
    if tails:
        longer = replace(place, candidate=Candidate(tails))
        _insert(list_pieces(longer), session=session, booking=None, hold_expires_at=booking.hold_expires_at)


def write_allocations(place: Place, booking: Booking, *, now: datetime) -> None:
    """Insert the allocations of a saved booking, or nothing for a group (its session holds them)."""
    if booking.session_id is None:
        _insert(list_pieces(place), session=None, booking=booking, hold_expires_at=booking.hold_expires_at)
    else:
        sync_session_expiry(booking.session_id)
    write_turns(place, now=now)


def write_turns(place: Place, *, now: datetime) -> None:
    """Count a turn for each resource of the place, where round robin goes by them."""
    if _has_turns(place):
        statement = Statement()
        statement.add("turns", *_count_turns(place, now=now, source=""))
        statement.fetch("SELECT 1")


def add_allocation_parts(
    statement: Statement, place: Place, pieces: Sequence[LanePiece] | None, booking: Booking, *, now: datetime
) -> None:
    """Let a statement with a part ``booking`` take the pieces, and count the turns of round robin.

    Without ``pieces`` each resource has one lane, which PostgreSQL looks up.
    """
    values = {"booking_id": "booking.id"}
    if pieces is None:
        values["lane_id"] = FIRST_LANE_SQL
        pieces = [
            LanePiece(each, None, to_instant(each.occupied_start_minute), to_instant(each.occupied_end_minute))
            for each in place.candidate.assignments
        ]
        rows = [_make_allocation(each, is_override=False, expires_at=booking.hold_expires_at) for each in pieces]
    else:
        rows = [
            _make_allocation(each, is_override=each.lane_id is None, expires_at=booking.hold_expires_at)
            for each in pieces
        ]
    statement.insert("allocation", rows, source="CROSS JOIN booking", values=values)
    if _has_turns(place):
        statement.add("turns", *_count_turns(place, now=now, source="CROSS JOIN booking"))


def add_expiry_part(statement: Statement) -> None:
    """Let a statement with a part ``booking`` do what `set_expiry` does for one without a group."""
    statement.add("expiry", EXPIRY_SQL)


def free_allocations(booking: Booking) -> None:
    """Give back what an active booking takes, its seats in a group included."""
    if booking.session_id is None:
        Allocation.objects.filter(booking_id=booking.pk, is_active=True).update(is_active=False)
        return
    Session.objects.filter(pk=booking.session_id).update(seats_taken=F("seats_taken") - booking.party_size)
    if Session.objects.filter(pk=booking.session_id, seats_taken=0).update(is_active=False):
        Allocation.objects.filter(session_id=booking.session_id, is_active=True).update(is_active=False)
    else:
        shorten_session(session_id=booking.session_id, without_id=booking.pk)
        sync_session_expiry(booking.session_id, without_id=booking.pk)


def set_expiry(booking: Booking) -> None:
    """Let the allocations expire when their booking does."""
    if booking.session_id is None:
        Allocation.objects.filter(booking_id=booking.pk, is_active=True).update(hold_expires_at=booking.hold_expires_at)
    else:
        sync_session_expiry(booking.session_id)


def sync_session_expiry(session_id: int, *, without_id: int | None = None) -> None:
    """A group's resources are held as long as its longest booking; ``without_id`` is leaving it."""
    with connection.cursor() as cursor:
        # Two bookings of the group that change at once must see each other: one after the other.
        cursor.execute("SELECT 1 FROM scheduling_session WHERE id = %s FOR UPDATE", [session_id])
        cursor.execute(SESSION_EXPIRY_SQL, {"id": session_id, "without_id": without_id})


def list_resource_ids(booking: Booking) -> tuple[int, ...]:
    """Return the resources that a booking takes, or took last."""
    owner = {"booking_id": booking.pk} if booking.session_id is None else {"session_id": booking.session_id}
    rows = Allocation.objects.filter(**owner).order_by("-is_active", "-id").values_list("resource_id", "is_active")
    found = list(rows)
    active = [resource_id for resource_id, is_active in found if is_active]
    return tuple(dict.fromkeys(active or [resource_id for resource_id, _ in found]))


def _insert(
    pieces: Iterable[LanePiece], *, session: Session | None, booking: Booking | None, hold_expires_at: datetime | None
) -> None:
    rows = [_make_allocation(each, is_override=each.lane_id is None, expires_at=hold_expires_at) for each in pieces]
    for row in rows:
        row.booking, row.session = booking, session
    Allocation.objects.bulk_create(rows)


def _make_allocation(piece: LanePiece, *, is_override: bool, expires_at: datetime | None) -> Allocation:
    return Allocation(
        resource_id=piece.assignment.resource_id,
        lane_id=piece.lane_id,
        part_index=piece.assignment.part_index,
        starts_at=piece.starts_at,
        ends_at=piece.ends_at,
        is_override=is_override,
        hold_expires_at=expires_at,
    )


def _has_turns(place: Place) -> bool:
    return place.strategy is Strategy.ROUND_ROBIN and not place.candidate.joins_session


def _count_turns(place: Place, *, now: datetime, source: str) -> tuple[str, dict[str, object]]:
    values = {"service_id": place.visit.service_id, "at": now, "ids": sorted(place.resource_ids)}
    return TURNS_SQL.format(source=source), values


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
