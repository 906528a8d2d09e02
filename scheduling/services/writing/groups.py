"""Groups: bookings of one service with seats at one start, on the same resources.

Each booking of a group keeps its share: what it takes of the group's resources. The group takes what
its bookings share out, each minute as long as the last of those that need it is held; whoever comes,
leaves or is confirmed settles it anew, so that nothing is sold twice and nothing stays taken.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from django.db.models import QuerySet

from database.transactions import LostRace
from kernel.instants import to_instant, to_minutes
from kernel.intervals import merge, subtract
from scheduling.engine import Assignment, Candidate, VisitSpec
from scheduling.models import Allocation, Booking, Session
from scheduling.services.writing.lanes import insert_pieces, list_pieces
from scheduling.services.writing.placement import Place


class Stretch(NamedTuple):
    """For how long a group needs one resource, and until when that is only held."""

    starts_at: datetime
    ends_at: datetime
    part_index: int
    hold_expires_at: datetime | None


def has_session(visit: VisitSpec, start_minute: int, resource_ids: Iterable[int]) -> bool:
    """Tell whether a group runs already at this start with exactly these resources."""
    return _find_sessions(visit, start_minute, resource_ids).exists()


def join_session(place: Place, booking: Booking) -> None:
    """Give a booking its group, opened when it is not there yet, and its share in it; nothing is counted.

    The caller saves the booking and calls `settle_session`. PostgreSQL refuses a second group (SQLSTATE 23505).
    """
    booking.group_share = [
        [
            each.resource_id,
            each.part_index,
            each.occupied_start_minute - place.start_minute,
            each.occupied_end_minute - place.start_minute,
        ]
        for each in place.candidate.assignments
    ]
    if place.candidate.joins_session or place.is_forced:
        # Locked before it is read: whoever leaves may end it at this moment.
        session = _find_sessions(place.visit, place.start_minute, place.resource_ids).select_for_update().first()
        if session is not None:
            booking.session = session
            return
        if not place.is_forced:
            raise LostRace
    booking.session = Session.objects.create(
        service_id=place.visit.service_id,
        starts_at=to_instant(place.start_minute),
        ends_at=to_instant(place.end_minute),
        resource_key=_make_key(place.resource_ids),
        seats=place.visit.seats or 1,
        seats_taken=0,
    )


def settle_session(session_id: int, *, without_ids: Collection[int] = (), place: Place | None = None) -> None:
    """Let a group be what its active bookings, as saved, add up to; without any it ends.

    ``without_ids`` are leaving it. ``place`` is that of the booking that has joined: without one nothing
    further is taken. PostgreSQL refuses one seat too many (SQLSTATE 23514).

    Raises:
        LostRace: A lane that is needed is not free (unless the place is forced).
    """
    # Bookings of the group that change at once must see each other: one after the other.
    session = Session.objects.select_for_update().get(pk=session_id)
    bookings = list(Booking.objects.filter(session_id=session_id, is_active=True).exclude(pk__in=without_ids))
    taken = sum(booking.party_size for booking in bookings)
    seats = session.seats
    if place is not None:
        # The service's seats of today, not of the day when the group was opened.
        seats = max(seats, taken) if place.is_forced else place.visit.seats or 1
    ends_at = max((booking.ends_at for booking in bookings), default=session.ends_at)
    Session.objects.filter(pk=session_id).update(
        seats_taken=taken, seats=seats, ends_at=ends_at, is_active=bool(bookings)
    )
    _fit_allocations(session, bookings, place)


def _fit_allocations(session: Session, bookings: Collection[Booking], place: Place | None) -> None:
    """Shorten, cut, end and add allocations until they are what the bookings need.

    What is there is only made shorter in its own lane, which nobody else can have taken meanwhile.
    """
    rows = list(Allocation.objects.filter(session_id=session.pk, is_active=True).order_by("pk"))
    needed = _add_up_shares(bookings)
    ended: list[int] = []
    changed: list[Allocation] = []
    added: list[Allocation] = []
    for row in rows:
        pieces = list(_clip(needed.get(row.resource_id, ()), row.starts_at, row.ends_at))
        if not pieces:
            ended.append(row.pk)
            continue
        if Stretch(row.starts_at, row.ends_at, row.part_index, row.hold_expires_at) != pieces[0]:
            changed.append(_give(row, pieces[0]))
        for piece in pieces[1:]:
            copy = Allocation(
                session_id=row.session_id,
                resource_id=row.resource_id,
                lane_id=row.lane_id,
                is_override=row.is_override,
            )
            added.append(_give(copy, piece))
    if ended:
        Allocation.objects.filter(pk__in=ended).update(is_active=False)
    if changed:
        Allocation.objects.bulk_update(changed, ["starts_at", "ends_at", "part_index", "hold_expires_at"])
    Allocation.objects.bulk_create(added)
    if place is not None:
        _take_missing(session, place, needed, [row for row in rows if row.pk not in ended] + added)


def _take_missing(
    session: Session, place: Place, needed: dict[int, list[Stretch]], rows: Collection[Allocation]
) -> None:
    """Take what the group needs and does not have yet."""
    missing: dict[datetime | None, list[Assignment]] = {}
    for resource_id, stretches in needed.items():
        held = merge(
            (to_minutes(row.starts_at), to_minutes(row.ends_at)) for row in rows if row.resource_id == resource_id
        )
        for stretch in stretches:
            period = (to_minutes(stretch.starts_at), to_minutes(stretch.ends_at))
            missing.setdefault(stretch.hold_expires_at, []).extend(
                Assignment(
                    resource_id, stretch.part_index, start, end, units=place.capacities[resource_id], is_whole=True
                )
                for start, end in subtract([period], held)
            )
    for hold_expires_at, assignments in missing.items():
        if assignments:
            pieces = list_pieces(replace(place, candidate=Candidate(tuple(assignments))))
            insert_pieces(pieces, session=session, booking=None, hold_expires_at=hold_expires_at)


def _add_up_shares(bookings: Iterable[Booking]) -> dict[int, list[Stretch]]:
    """List the stretches, in order, for which some bookings need each resource."""
    shares: dict[int, list[tuple[int, int, int, datetime | None]]] = {}
    for booking in bookings:
        start = to_minutes(booking.starts_at)
        for resource_id, part_index, first, last in booking.group_share:
            share = (start + first, start + last, part_index, booking.hold_expires_at)
            shares.setdefault(resource_id, []).append(share)
    return {resource_id: list(_join_equal(_cut(each))) for resource_id, each in shares.items()}


def _cut(shares: Collection[tuple[int, int, int, datetime | None]]) -> Iterator[Stretch]:
    """Cut overlapping shares at each of their ends: one stretch for the minutes that the same ones need."""
    edges = sorted({edge for first, last, _part, _expires in shares for edge in (first, last)})
    for start, end in pairwise(edges):
        there = [share for share in shares if share[0] <= start and end <= share[1]]
        if there:
            ends = [expires_at for _first, _last, _part, expires_at in there]
            held_until = max((each for each in ends if each is not None), default=None)
            expires_at = None if None in ends else held_until
            part_index = min(part for _first, _last, part, _expires in there)
            yield Stretch(to_instant(start), to_instant(end), part_index, expires_at)


def _join_equal(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    last: Stretch | None = None
    for each in stretches:
        if last is not None and last.ends_at == each.starts_at and last[2:] == each[2:]:
            last = last._replace(ends_at=each.ends_at)
            continue
        if last is not None:
            yield last
        last = each
    if last is not None:
        yield last


def _clip(stretches: Iterable[Stretch], starts_at: datetime, ends_at: datetime) -> Iterator[Stretch]:
    for each in stretches:
        start, end = max(each.starts_at, starts_at), min(each.ends_at, ends_at)
        if start < end:
            yield each._replace(starts_at=start, ends_at=end)


def _give(row: Allocation, stretch: Stretch) -> Allocation:
    row.starts_at, row.ends_at, row.part_index, row.hold_expires_at = stretch
    return row


def _find_sessions(visit: VisitSpec, start_minute: int, resource_ids: Iterable[int]) -> QuerySet[Session]:
    return Session.objects.filter(
        service_id=visit.service_id,
        starts_at=to_instant(start_minute),
        resource_key=_make_key(resource_ids),
        is_active=True,
    )


def _make_key(resource_ids: Iterable[int]) -> str:
    return ",".join(str(resource_id) for resource_id in sorted(resource_ids))
