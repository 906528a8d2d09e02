"""What a change would make of a booking, and which times there are where it does not fit in its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from billing.services.changing import MoneyOfChange
from kernel.errors import Invalid, NotFound
from kernel.instants import count_minutes
from scheduling.errors import ResourceNotFound
from scheduling.selectors.availability.free_times import get_availability
from scheduling.selectors.bookings.corrections import mark_visit
from scheduling.types import AvailabilityQuery, AvailableSlot, BookingView, Wish
from web.formats import to_local

MOST_TIMES = 12
DAYS = 7
"""From the day of the visit on, or from today."""


@dataclass(frozen=True, slots=True)
class ChangePreview:
    """A booking as it is and as it would be.

    Attributes:
        shown: Of what was asked for (`forms.describe_shown`).
    """

    before: BookingView
    after: BookingView
    money: MoneyOfChange
    shown: str

    @property
    def mark(self) -> str:
        """Mark of the booking as it was seen."""
        return mark_visit(self.before)

    @property
    def minutes(self) -> int:
        """How long the visit would last."""
        return count_minutes(self.after.starts_at, self.after.ends_at)

    @property
    def is_time_new(self) -> bool:
        """Tell whether it would begin at another time."""
        return self.before.starts_at != self.after.starts_at

    @property
    def are_people_new(self) -> bool:
        """Tell whether the customer would meet others."""
        return self.before.people != self.after.people

    @property
    def people(self) -> str:
        """Whom the customer would meet."""
        return ", ".join(self.after.people)

    @property
    def difference_minor(self) -> int | None:
        """How much more it would cost, or less; None: one of the prices is open."""
        if self.before.price_minor is None or self.after.price_minor is None:
            return None
        return self.after.price_minor - self.before.price_minor

    @property
    def more_minor(self) -> int:
        """How much more it would cost."""
        return max(0, self.difference_minor or 0)

    @property
    def less_minor(self) -> int:
        """How much less it would cost."""
        return max(0, -(self.difference_minor or 0))


def list_times(booking: BookingView, wish: Wish, *, now: datetime, is_staff: bool) -> tuple[AvailableSlot, ...]:
    """List the first free times of another visit, from the day of the booking on; what it takes itself is free."""
    first = max(to_local(booking.starts_at, booking.timezone).date(), to_local(now, booking.timezone).date())
    query = AvailabilityQuery(wish, first, first + timedelta(days=DAYS - 1), moving_booking_id=booking.id)
    try:
        found = get_availability(query=query, now=now, is_staff=is_staff)
    except ResourceNotFound:
        if not wish.resource_ids:
            return ()
        return list_times(booking, replace(wish, resource_ids=()), now=now, is_staff=is_staff)
    except (Invalid, NotFound):
        return ()
    return tuple(slot for day in found.days for slot in day.slots)[:MOST_TIMES]
