"""What is asked for: which services, with whom, where and for how many; at a time, or at any."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

MOST_SERVICES = 5
"""So many services make one visit: nobody books a longer one without talking to somebody."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A visit that somebody asks for, apart from when.

    Every page and every call that shows or takes a time asks with one of these, made once from
    what its visitor chose; a booking is asked for again with `selectors.bookings.wishes.wish_of`.

    Attributes:
        service_ids: One after the other, at most `MOST_SERVICES`; the first is what the booking is listed under.
        add_on_ids: Extras of these services, each once.
        resource_ids: Who or what was chosen by name; all of them serve the visit.
        location_id: None: any location that can serve it.
        party_size: Units of each resource, or seats of a group.
        arrival_mode: A key of the vertical's; empty where it is not asked.
        length_minutes: How long it lasts where staff gave it a length of its own; None: as long as its services.
    """

    service_ids: tuple[int, ...]
    add_on_ids: tuple[int, ...] = ()
    resource_ids: tuple[int, ...] = ()
    location_id: int | None = None
    party_size: int = 1
    arrival_mode: str = ""
    length_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class SlotRequest:
    """A wish for one start."""

    wish: Wish
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class AvailabilityQuery:
    """A wish for any start on local dates ``[from_on, to_on]``, both included.

    Attributes:
        timezone: Whose dates; default: those of the first location that can serve the wish.
        moving_booking_id: The booking that would move there: what it takes now counts as free.
    """

    wish: Wish
    from_on: date
    to_on: date
    timezone: str | None = None
    moving_booking_id: int | None = None


@dataclass(frozen=True, slots=True)
class VisitChange:
    """What a booking is to be from now on; None: as it is.

    Attributes:
        service_ids: One after the other, at most `MOST_SERVICES`; a service that the booking has keeps what was agreed.
        add_on_ids: Extras of these services, each once; None: those that the booking has of services that stay.
        party_size: Units of each resource, or seats of a group.
        arrival_mode: A key of the vertical's.
        resource_ids: Who or what is asked for by name, empty for anyone; None: as before, if they do it.
        starts_at: Another start; None: the same.
        seen: How it stood when the person looked (`selectors.bookings.corrections.mark_visit`); empty: whatever it is.
    """

    service_ids: tuple[int, ...] | None = None
    add_on_ids: tuple[int, ...] | None = None
    party_size: int | None = None
    arrival_mode: str | None = None
    resource_ids: tuple[int, ...] | None = None
    starts_at: datetime | None = None
    seen: str = ""
