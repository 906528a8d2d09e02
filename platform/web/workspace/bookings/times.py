"""Free times as staff choose among them: a week of days, and the times of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kernel.errors import Invalid, NotFound
from scheduling.selectors.availability.free_times import get_availability
from scheduling.types import AvailabilityQuery, AvailableDay, AvailableSlot, Wish
from web.formats import to_local

DAYS_SHOWN = 7


@dataclass(frozen=True, slots=True)
class Times:
    """A week of which one day is open.

    Attributes:
        next_available: The next free time from the shown week on, when the open day has none.
    """

    timezone: str
    days: tuple[AvailableDay, ...]
    on: date
    today: date
    next_available: datetime | None

    @property
    def slots(self) -> Sequence[AvailableSlot]:
        """Return the free times of the open day."""
        return next((day.slots for day in self.days if day.on == self.on), ())

    @property
    def next_on(self) -> date | None:
        """Return the local date of the next free time."""
        return to_local(self.next_available, self.timezone).date() if self.next_available else None

    @property
    def week_before(self) -> date | None:
        """Return a date in the week before, None when that is past."""
        return self.days[0].on - timedelta(days=DAYS_SHOWN) if self.days and self.days[0].on > self.today else None

    @property
    def week_after(self) -> date | None:
        """Return the first date of the week after."""
        return self.days[-1].on + timedelta(days=1) if self.days else None


def load_times(
    *, wish: Wish, on: date, today: date, now: datetime, moving_booking_id: int | None = None
) -> Times | None:
    """Ask for the week around ``on``, weeks counted from today; None when nobody can serve the wish as it is."""
    first = on - timedelta(days=(on - today).days % DAYS_SHOWN)
    last = first + timedelta(days=DAYS_SHOWN - 1)
    query = AvailabilityQuery(wish, from_on=first, to_on=last, moving_booking_id=moving_booking_id)
    try:
        answer = get_availability(query=query, now=now, is_party_free=True)
    except (Invalid, NotFound):
        return None
    return Times(timezone=answer.timezone, days=answer.days, on=on, today=today, next_available=answer.next_available)
