"""Bookings whose instant no longer shows the wall time that was agreed: the rules of their zone have changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q

from kernel.instants import to_instant
from scheduling.engine import EngineInputError, WallTime, find_wall
from scheduling.enums import BookingStatus
from scheduling.models import Booking

COMING = (
    BookingStatus.HELD,
    BookingStatus.PENDING_PAYMENT,
    BookingStatus.PENDING_APPROVAL,
    BookingStatus.CONFIRMED,
)
LARGEST_SHIFT = timedelta(days=1)
"""No zone has ever moved its clock by more (Samoa skipped a day)."""

UNNOTED = Q(agreed_timezone="") | (Q(agreed_at__isnull=False) & ~Q(agreed_at=F("starts_at")))
"""Bookings whose wall time nobody noted, or not for where they are now."""
ABSENCE_UNNOTED = Q(agreed_timezone="") | (
    Q(agreed_from__isnull=False) & ~Q(agreed_from=F("starts_at"), agreed_to=F("ends_at"))
)
"""The same of absences."""


@dataclass(frozen=True, slots=True)
class Drift:
    """A booking, where it is, and where its agreed wall time is now.

    Attributes:
        wanted_at: None: nobody knows its zone any more.
        session_id: Its group, which moves as a whole.
    """

    booking_id: int
    reference: str
    timezone: str
    starts_at: datetime
    wanted_at: datetime | None
    session_id: int | None


def list_drifts(*, now: datetime) -> tuple[Drift, ...]:
    """List the coming bookings that have drifted since their wall time was noted; one query.

    They are in an order in which none is moved onto the next: those that move to a later instant begin with the last
    one, the others with the first one.
    """
    drifts = sorted(_find_drifts(now), key=lambda drift: (drift.starts_at, drift.booking_id))
    later = [each for each in drifts if each.wanted_at is not None and each.wanted_at > each.starts_at]
    return (*reversed(later), *(each for each in drifts if each not in later))


def _find_drifts(now: datetime) -> Iterator[Drift]:
    coming = Booking.objects.filter(is_active=True, status__in=COMING, starts_at__gt=now - LARGEST_SHIFT)
    columns = (
        "pk",
        "reference",
        "session_id",
        "starts_at",
        "agreed_timezone",
        "agreed_on",
        "agreed_minute",
        "agreed_fold",
    )
    for booking_id, reference, session_id, starts_at, timezone, on, minute, fold in coming.exclude(UNNOTED).values_list(
        *columns
    ):
        wanted_at: datetime | None = None
        with suppress(EngineInputError):
            wanted_at = to_instant(find_wall(timezone, WallTime(on, minute, fold)))
        if wanted_at != starts_at and max(starts_at, wanted_at or starts_at) > now:
            yield Drift(booking_id, reference, timezone, starts_at, wanted_at, session_id)
