"""Groups: bookings of one service with seats at one start, on the same resources.

A group takes its resources whole, as long as its longest booking lasts, and is held as long as one
of its bookings is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.db import connection
from django.db.models import F, Max, QuerySet, Value
from django.db.models.functions import Greatest

from database.transactions import LostRace
from kernel.instants import to_instant, to_minutes
from scheduling.engine import Candidate, VisitSpec
from scheduling.models import Allocation, Booking, Session
from scheduling.services.writing.lanes import insert_pieces, list_pieces
from scheduling.services.writing.placement import Place

# A part that lasts to the end of the visit ends with the group or, by its buffer, later; parts that end
# earlier do not grow with add-ons, so nothing of theirs is given back.
SHORTEN_SQL = """
WITH kept AS (
  SELECT resource_id, max(ends_at) - %(excess)s AS until FROM scheduling_allocation
  WHERE session_id = %(id)s AND is_active GROUP BY resource_id HAVING max(ends_at) >= %(ended_at)s
)
UPDATE scheduling_allocation a
SET is_active = a.starts_at < kept.until,
    ends_at = CASE WHEN a.starts_at < kept.until THEN kept.until ELSE a.ends_at END
FROM kept
WHERE a.session_id = %(id)s AND a.is_active AND a.resource_id = kept.resource_id AND a.ends_at > kept.until
"""
SESSION_EXPIRY_SQL = """
UPDATE scheduling_allocation a SET hold_expires_at = e.expires_at
FROM (SELECT CASE WHEN bool_or(b.hold_expires_at IS NULL) THEN NULL ELSE max(b.hold_expires_at) END AS expires_at
      FROM scheduling_booking b WHERE b.session_id = %(id)s AND b.is_active
        AND b.id IS DISTINCT FROM %(without_id)s::int8) e
WHERE a.session_id = %(id)s AND a.is_active AND a.hold_expires_at IS DISTINCT FROM e.expires_at
"""


def has_session(visit: VisitSpec, start_minute: int, resource_ids: Iterable[int]) -> bool:
    """Tell whether a group runs already at this start with exactly these resources."""
    return _find_sessions(visit, start_minute, resource_ids).exists()


def join_session(place: Place, booking: Booking) -> Session:
    """Take seats in the group at this start, opening it when it is not there yet.

    PostgreSQL refuses one seat too many (SQLSTATE 23514) and a second group (23505).
    """
    starts_at, ends_at = to_instant(place.start_minute), to_instant(place.end_minute)
    seats = place.visit.seats or 1
    same = _find_sessions(place.visit, place.start_minute, place.resource_ids)
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
        resource_key=_make_key(place.resource_ids),
        seats=max(seats, booking.party_size),
        seats_taken=booking.party_size,
    )
    insert_pieces(list_pieces(place), session=session, booking=None, hold_expires_at=booking.hold_expires_at)
    return session


def leave_session(booking: Booking) -> None:
    """Give back a booking's seats, and what its group took for it alone; the last one ends the group."""
    session_id = booking.session_id
    assert session_id is not None  # only asked for a booking of a group
    Session.objects.filter(pk=session_id).update(seats_taken=F("seats_taken") - booking.party_size)
    if Session.objects.filter(pk=session_id, seats_taken=0).update(is_active=False):
        Allocation.objects.filter(session_id=session_id, is_active=True).update(is_active=False)
    else:
        _shorten(session_id, without_id=booking.pk)
        sync_session_expiry(session_id, without_id=booking.pk)


def sync_session_expiry(session_id: int, *, without_id: int | None = None) -> None:
    """Hold a group's resources as long as the last of its bookings is held; ``without_id`` is leaving it."""
    with connection.cursor() as cursor:
        # Two bookings of the group that change at once must see each other: one after the other.
        cursor.execute("SELECT 1 FROM scheduling_session WHERE id = %s FOR UPDATE", [session_id])
        cursor.execute(SESSION_EXPIRY_SQL, {"id": session_id, "without_id": without_id})


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
        insert_pieces(list_pieces(longer), session=session, booking=None, hold_expires_at=booking.hold_expires_at)


def _shorten(session_id: int, *, without_id: int) -> None:
    """Give back what a group took for one booking alone.

    The caller has taken ``without_id``'s seats back and so holds the session's row: whoever joins waits.
    """
    session = Session.objects.get(pk=session_id)
    staying = Booking.objects.filter(session_id=session_id, is_active=True).exclude(pk=without_id)
    ends_at = staying.aggregate(last=Max("ends_at"))["last"]
    if ends_at is None or ends_at >= session.ends_at:
        return
    excess = session.ends_at - ends_at
    with connection.cursor() as cursor:
        cursor.execute(SHORTEN_SQL, {"id": session_id, "excess": excess, "ended_at": session.ends_at})
    Session.objects.filter(pk=session_id).update(ends_at=ends_at)


def _find_sessions(visit: VisitSpec, start_minute: int, resource_ids: Iterable[int]) -> QuerySet[Session]:
    return Session.objects.filter(
        service_id=visit.service_id,
        starts_at=to_instant(start_minute),
        resource_key=_make_key(resource_ids),
        is_active=True,
    )


def _make_key(resource_ids: Iterable[int]) -> str:
    return ",".join(str(resource_id) for resource_id in sorted(resource_ids))
