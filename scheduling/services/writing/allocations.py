"""Writing and freeing what a booking takes; PostgreSQL refuses what does not fit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from database.locks import Stretch
from database.statements import Statement
from kernel.instants import to_instant, to_minutes
from scheduling.engine import Strategy
from scheduling.models import Allocation, Booking
from scheduling.services.writing.groups import settle_session
from scheduling.services.writing.lanes import LanePiece, insert_pieces, list_pieces, make_allocation
from scheduling.services.writing.placement import Place

FIRST_LANE_SQL = "(SELECT l.id FROM scheduling_resourcelane l WHERE l.resource_id = r.resource_id AND l.number = 1)"
"""Where there is none yet, a constraint refuses the allocation, and the next attempt makes it."""
EXPIRY_SQL = """
UPDATE scheduling_allocation a SET hold_expires_at = booking.hold_expires_at
FROM booking WHERE a.booking_id = booking.id AND a.is_active
"""
TURNS_SQL = """
INSERT INTO scheduling_roundrobinledger AS r (service_id, resource_id, turns, last_turn_at)
SELECT %(turns_service_id)s::int8, t.id, 1, %(turns_at)s::timestamptz
FROM unnest(%(turns_ids)s::int8[]) AS t(id) {source} ORDER BY t.id
ON CONFLICT (service_id, resource_id) DO UPDATE SET turns = r.turns + 1, last_turn_at = EXCLUDED.last_turn_at
"""


def write_allocations(place: Place, booking: Booking, *, now: datetime) -> None:
    """Insert the allocations of a saved booking, or what it adds to those of its group; a test takes nothing."""
    if booking.is_test:
        return
    if booking.session_id is None:
        insert_pieces(list_pieces(place), session=None, booking=booking, hold_expires_at=booking.hold_expires_at)
    else:
        settle_session(booking.session_id, place=place)
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

    Without ``pieces`` each resource has one lane, which PostgreSQL looks up. A test takes nothing.
    """
    if booking.is_test:
        return
    values = {"booking_id": "booking.id"}
    if pieces is None:
        values["lane_id"] = FIRST_LANE_SQL
        pieces = [
            LanePiece(each, None, to_instant(each.occupied_start_minute), to_instant(each.occupied_end_minute))
            for each in place.candidate.assignments
        ]
        rows = [make_allocation(each, is_override=False, expires_at=booking.hold_expires_at) for each in pieces]
    else:
        rows = [
            make_allocation(each, is_override=each.lane_id is None, expires_at=booking.hold_expires_at)
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
    else:
        settle_session(booking.session_id, without_ids=(booking.pk,))


def free_allocations_together(bookings: Iterable[Booking]) -> None:
    """Do what `free_allocations` does for several bookings at once."""
    alone: list[int] = []
    by_session: dict[int, list[int]] = {}
    for booking in bookings:
        leaving = alone if booking.session_id is None else by_session.setdefault(booking.session_id, [])
        leaving.append(booking.pk)
    if alone:
        Allocation.objects.filter(booking_id__in=alone, is_active=True).update(is_active=False)
    for session_id, booking_ids in sorted(by_session.items()):
        settle_session(session_id, without_ids=booking_ids)


def forget_allocations(booking: Booking) -> None:
    """Let go of what a booking takes, or took, before it is placed anew: what stays is where it is.

    Its history tells where it was; rows of then would count as taken last once it ends.
    """
    if booking.session_id is None:
        Allocation.objects.filter(booking_id=booking.pk).delete()
    elif booking.is_active:
        settle_session(booking.session_id, without_ids=(booking.pk,))
    booking.group_share = []


def set_expiry(booking: Booking) -> None:
    """Let the allocations expire when their booking does."""
    if booking.session_id is None:
        Allocation.objects.filter(booking_id=booking.pk, is_active=True).update(hold_expires_at=booking.hold_expires_at)
    else:
        settle_session(booking.session_id)


def list_resource_ids(booking: Booking) -> tuple[int, ...]:
    """Return the resources that a booking takes, or took last."""
    return tuple(dict.fromkeys(each.resource_id for each in list_stretches(booking)))


def list_stretches(booking: Booking) -> tuple[Stretch, ...]:
    """Return what a booking takes, or took last, buffers included."""
    if booking.session_id is not None:
        start = to_minutes(booking.starts_at)
        return tuple(
            Stretch(resource_id, start + first, start + last) for resource_id, _, first, last in booking.group_share
        )
    rows = Allocation.objects.filter(booking_id=booking.pk).order_by("-is_active", "-id")
    found = list(rows.values_list("is_active", "resource_id", "starts_minute", "ends_minute"))
    active = [stretch for is_active, *stretch in found if is_active]
    return tuple(Stretch(*each) for each in active or [stretch for _, *stretch in found])


def list_resources_together(bookings: Collection[Booking]) -> set[int]:
    """Return the resources that several bookings take, or took, in one statement."""
    alone = Allocation.objects.filter(booking_id__in=[each.pk for each in bookings if each.session_id is None])
    shared = {share[0] for each in bookings if each.session_id is not None for share in each.group_share}
    return shared.union(alone.values_list("resource_id", flat=True))


def list_filling(booking: Booking) -> tuple[tuple[int, int], ...]:
    """Return who serves which part of an active booking, as (part index, resource id)."""
    if booking.session_id is not None:
        return tuple(sorted({(part_index, resource_id) for resource_id, part_index, *_ in booking.group_share}))
    rows = Allocation.objects.filter(booking_id=booking.pk, is_active=True)
    return tuple(sorted(set(rows.values_list("part_index", "resource_id"))))


def _has_turns(place: Place) -> bool:
    return place.strategy is Strategy.ROUND_ROBIN and not place.candidate.joins_session


def _count_turns(place: Place, *, now: datetime, source: str) -> tuple[str, dict[str, object]]:
    values = {"service_id": place.visit.service_id, "at": now, "ids": sorted(place.resource_ids)}
    return TURNS_SQL.format(source=source), values
