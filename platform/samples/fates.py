"""What becomes of a sample booking as time goes by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from samples.opinions import say_how_it_was
from scheduling.enums import ActorKind, BookingStatus
from scheduling.services.bookings.attendance import confirm_attendance
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.transitions import approve, complete_visit, mark_arrived, mark_no_show, start_visit
from scheduling.types import Actor, BookingView

STAFF = Actor(kind=ActorKind.STAFF)
REASONS = ("Se enfermó un familiar", "Sale de viaje", "Llamó para cancelar", "Ya lo resolvió")
CANCELLED_SHARE = 0.06
NO_SHOW_SHARE = 0.06
ATTENDANCE_SHARE = 0.5
EARLY_SHARE = 0.5
ANSWERED_AFTER = 0.75
"""The share of its time after which a request is answered; those asked later still wait."""
EARLY = timedelta(minutes=15)
OPEN_STATUSES = (
    BookingStatus.PENDING_APPROVAL,
    BookingStatus.CONFIRMED,
    BookingStatus.ARRIVED,
    BookingStatus.IN_PROGRESS,
)


@dataclass(frozen=True, slots=True)
class _Fate:
    """What is going to happen and when; drawn once from the booking itself."""

    approved_at: datetime
    cancelled_at: datetime | None
    reason: str
    attendance_at: datetime | None
    is_no_show: bool
    arrives_at: datetime
    starts_at: datetime
    ends_at: datetime


def play_fate(booking: BookingView, *, now: datetime) -> None:
    """Take a booking through everything that has happened to it by ``now``; safe to repeat.

    Only what lies between its present status and ``now`` is done, so that a later day goes on
    where an earlier one stopped.
    """
    fate = _draw(booking)
    status = booking.status
    if status == BookingStatus.PENDING_APPROVAL:
        if fate.approved_at > now:
            return
        approve(booking_id=booking.id, now=fate.approved_at, by=STAFF)
        status = BookingStatus.CONFIRMED
    if status == BookingStatus.CONFIRMED:
        if fate.cancelled_at is not None and fate.cancelled_at <= now:
            cancel_booking(booking_id=booking.id, reason=fate.reason, now=fate.cancelled_at, by=STAFF)
            return
        if booking.attendance_confirmed_at is None and fate.attendance_at is not None and fate.attendance_at <= now:
            confirm_attendance(booking_id=booking.id, now=fate.attendance_at)
    _play_visit(booking, fate, status, now)


def _play_visit(booking: BookingView, fate: _Fate, status: str, now: datetime) -> None:
    if fate.is_no_show and status == BookingStatus.CONFIRMED:
        if fate.starts_at + EARLY <= now:
            mark_no_show(booking_id=booking.id, now=fate.starts_at + EARLY, by=STAFF)
        return
    # Whoever is served goes straight there: a waiting room of days ago is of no use to anybody.
    if status == BookingStatus.CONFIRMED and fate.arrives_at <= now < fate.starts_at:
        mark_arrived(booking_id=booking.id, now=fate.arrives_at, by=STAFF)
    if status in {BookingStatus.CONFIRMED, BookingStatus.ARRIVED} and fate.starts_at <= now:
        start_visit(booking_id=booking.id, now=fate.starts_at, by=STAFF)
        status = BookingStatus.IN_PROGRESS
    if status == BookingStatus.IN_PROGRESS and fate.ends_at <= now:
        complete_visit(booking_id=booking.id, now=fate.ends_at, by=STAFF)
        say_how_it_was(booking, now=fate.ends_at)


def _draw(booking: BookingView) -> _Fate:
    rng = Random(f"{booking.customer_name} {booking.starts_at.isoformat()}")  # noqa: S311 - sample data
    rolls = [rng.random() for _ in range(4)]
    minutes = [timedelta(minutes=rng.randint(low, high)) for low, high in ((0, 8), (1, 8), (-5, 12))]
    is_early = rolls[3] < EARLY_SHARE
    hours_before = timedelta(hours=rng.randint(5, 40))
    starts_at = booking.starts_at + minutes[1]
    approved_at = booking.confirmed_at or booking.created_at
    if booking.answer_by is not None:
        approved_at = booking.created_at + (booking.answer_by - booking.created_at) * ANSWERED_AFTER
    return _Fate(
        approved_at=approved_at,
        cancelled_at=(
            max(approved_at + timedelta(hours=2), booking.starts_at - hours_before)
            if rolls[0] < CANCELLED_SHARE
            else None
        ),
        reason=rng.choice(REASONS),
        attendance_at=(
            max(approved_at + timedelta(hours=3), booking.starts_at - timedelta(hours=22))
            if rolls[1] < ATTENDANCE_SHARE
            else None
        ),
        is_no_show=rolls[2] < NO_SHOW_SHARE,
        arrives_at=booking.starts_at - minutes[0] if is_early else booking.starts_at,
        starts_at=starts_at,
        ends_at=max(booking.ends_at + minutes[2], starts_at),
    )
