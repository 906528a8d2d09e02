"""What else a person comes for at the time of a visit that they are about to book."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from scheduling.enums import BookingStatus, ContactKind
from scheduling.models import Booking

TAKING_PLACE = (
    BookingStatus.PENDING_PAYMENT,
    BookingStatus.PENDING_APPROVAL,
    BookingStatus.CONFIRMED,
    BookingStatus.ARRIVED,
    BookingStatus.IN_PROGRESS,
)


@dataclass(frozen=True, slots=True)
class Coinciding:
    """A booking whose time meets another one's.

    Attributes:
        readers: The contacts that may learn of it: where its messages go, and whose code was typed for it.
        is_standing: The customer comes, as far as is known; a request or a payment whose time is over takes no place
            any more, though nobody has noted it yet.
        is_twin: It is of the same service at the same start, and was meant to be the only one.
    """

    service_name: str
    starts_at: datetime
    timezone: str
    readers: frozenset[str]
    is_standing: bool
    is_twin: bool


def list_coinciding(
    *,
    customer_id: int,
    service_id: int,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    own_id: int = 0,
) -> tuple[Coinciding, ...]:
    """Return what a customer has booked that meets ``[starts_at, ends_at)``; one query. A class is met like a visit.

    ``own_id`` is the booking that is looked at; 0: there is none yet.
    """
    rows = (
        Booking.objects.filter(customer_id=customer_id, is_active=True, starts_at__lt=ends_at, ends_at__gt=starts_at)
        .exclude(pk=own_id)
        .select_related("service", "location")
    )
    return tuple(
        Coinciding(
            service_name=row.service.name,
            starts_at=row.starts_at,
            timezone=row.location.timezone,
            readers=frozenset(_list_readers(row)),
            is_standing=row.status in TAKING_PLACE and (row.hold_expires_at is None or row.hold_expires_at > now),
            is_twin=row.is_sole and row.service_id == service_id and row.starts_at == starts_at,
        )
        for row in rows.order_by("starts_at", "pk")
    )


def _list_readers(booking: Booking) -> Collection[str]:
    """List the contacts as `selectors.bookings.visits` shows a booking to them."""
    told = booking.customer_email or booking.customer_phone
    typed = booking.customer_phone if booking.proven_contact == ContactKind.PHONE else ""
    return {each for each in (told, typed) if each}
