"""Free times as staff choose among them."""

from __future__ import annotations

from datetime import date, datetime

from kernel.errors import Invalid, NotFound
from scheduling.selectors.availability.free_times import get_availability
from scheduling.types import AvailabilityQuery, Wish
from web.parts.pickers import Picker, find_week, last_day, make_picker
from web.templatetags.formats import get_current_formats


def load_times(
    *, wish: Wish, on: date, today: date, now: datetime, moving_booking_id: int | None = None
) -> Picker | None:
    """Ask for the week around ``on``, weeks counted from today; None when nobody can serve the wish as it is."""
    first, before, after = find_week(on, today=today, is_endless=True)
    query = AvailabilityQuery(wish, from_on=first, to_on=last_day(first), moving_booking_id=moving_booking_id)
    try:
        found = get_availability(query=query, now=now, is_party_free=True)
    except (Invalid, NotFound):
        return None
    return make_picker(found, asked=on, today=today, pages=(before, after), formats=get_current_formats())
