"""What keeps a visit from a time, with the bookings behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scheduling.types.availability import ReasonView


@dataclass(frozen=True, slots=True)
class TakenBy:
    """A booking, or a group, that has a resource at the time that is asked for.

    Attributes:
        customer_name: Whose; empty for a time that somebody keeps while filling in the page, and for a group.
        starts_at: Its part of the resource without buffers, to ``ends_at``.
        hold_expires_at: Until when somebody keeps it who has not booked yet.
        is_margin: Only the time between two bookings is in the way.
    """

    booking_id: int
    customer_name: str
    service_name: str
    starts_at: datetime
    ends_at: datetime
    hold_expires_at: datetime | None
    is_margin: bool


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One cause; ``taken`` are the bookings behind it, by start."""

    reason: ReasonView
    taken: tuple[TakenBy, ...] = ()
