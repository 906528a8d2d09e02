"""Free times as staff choose among them, with the one that they want marked or explained."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from kernel.errors import Invalid, NotFound
from scheduling.selectors.availability.free_times import get_availability
from scheduling.types import AvailabilityQuery, SlotRequest, Wish
from web.formats import to_local
from web.parts.pickers import FEW_MORE, SHOWN_TIMES, Picker, Time, add_time, find_week, last_day, make_picker
from web.templatetags.formats import get_current_formats
from web.workspace.bookings.obstacles import explain_time

ENOUGH_TIMES = 6
"""Fewer full hours than this stand for no day: then every second or third time does."""


@dataclass(frozen=True, slots=True)
class Times:
    """What is free in a week.

    Attributes:
        picker: None when nobody can serve the wish as it is.
        chosen: The value of the time that is wanted, when staff can have it.
        obstacles: Why staff cannot have the time that is wanted.
        is_soon: Of many times the next ones are shown; otherwise some of the whole day.
    """

    picker: Picker | None
    chosen: str = ""
    obstacles: tuple[str, ...] = ()
    is_soon: bool = False

    @property
    def few(self) -> tuple[Time, ...]:
        """Return what is looked over at once, the time that is wanted among it."""
        shown = self._pick()
        return tuple(each for each in self._all if each in shown or each.value == self.chosen)

    @property
    def more(self) -> tuple[Time, ...]:
        """Return the rest, which waits behind a line."""
        few = set(self.few)
        return tuple(each for each in self._all if each not in few)

    @property
    def _all(self) -> tuple[Time, ...]:
        return self.picker.times if self.picker else ()

    def _pick(self) -> frozenset[Time]:
        times = self._all
        if self.picker is None or len(times) <= SHOWN_TIMES + FEW_MORE:
            return frozenset(times)
        if self.is_soon:
            return frozenset(times[:SHOWN_TIMES])
        timezone = self.picker.timezone
        full = [each for each in times if to_local(each.starts_at, timezone).minute == 0]
        if not ENOUGH_TIMES <= len(full) <= SHOWN_TIMES + FEW_MORE:
            full = list(times[:: -(-len(times) // SHOWN_TIMES)])
        return frozenset(full)


def load_times(
    *,
    wish: Wish,
    on: date,
    today: date,
    now: datetime,
    timezone: str,
    wanted: datetime | None = None,
    resource_name: str = "",
    service_name: str = "",
    moving_booking_id: int | None = None,
    is_soon: bool = False,
) -> Times:
    """Ask for the week around ``on``, weeks counted from today.

    ``wanted`` is a start on that day: where it is free it is among the times, also one that is not on the
    grid of customers; where it is not, `Times.obstacles` say who is in the way.
    """
    first, before, after = find_week(on, today=today, is_endless=True)
    query = AvailabilityQuery(wish, from_on=first, to_on=last_day(first), moving_booking_id=moving_booking_id)
    picker: Picker | None = None
    try:
        found = get_availability(query=query, now=now, is_staff=True)
    except (Invalid, NotFound):
        # What is wrong with the wish is said below, about the time that is wanted or about any.
        wanted = wanted or now
    else:
        picker = make_picker(found, asked=on, today=today, pages=(before, after), formats=get_current_formats())
    if wanted is None:
        return Times(picker, is_soon=is_soon)
    if picker is not None and any(each.starts_at == wanted for each in picker.times):
        return Times(picker, chosen=wanted.astimezone(UTC).isoformat(), is_soon=is_soon)
    obstacles = explain_time(
        request=SlotRequest(wish, wanted),
        timezone=timezone,
        now=now,
        resource_name=resource_name,
        service_name=service_name,
        moving_booking_id=moving_booking_id,
    )
    if obstacles or picker is None:
        return Times(picker, obstacles=obstacles, is_soon=is_soon)
    return Times(add_time(picker, wanted), chosen=wanted.astimezone(UTC).isoformat(), is_soon=is_soon)
