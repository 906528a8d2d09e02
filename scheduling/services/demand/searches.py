"""A customer's search for a time: the answer, and a note of what could not be offered."""

from __future__ import annotations

from datetime import datetime

from scheduling.enums import DayState
from scheduling.selectors.availability.free_times import get_availability
from scheduling.services.demand.refusals import record_refused
from scheduling.types import Availability, AvailabilityQuery
from tenants.enums import Ability
from tenants.policies import check_business_may


def search_times(*, query: AvailabilityQuery, now: datetime) -> Availability:
    """Answer like `get_availability` and record the dates that others have taken wholly.

    Dates that have passed, are closed, too soon or too far, and whatever is asked to move a booking, are not demand.

    Raises:
        StatusForbids: The business takes no bookings, or lets nobody move theirs.
        RequestInvalid, ServiceNotFound, ResourceNotFound, LocationNotFound, BookingNotFound: As `get_availability`.
    """
    check_business_may(Ability.BOOK if query.moving_booking_id is None else Ability.MOVE, is_staff=False)
    answer = get_availability(query=query, now=now)
    is_refused = not any(day.slots for day in answer.days)
    if is_refused and query.moving_booking_id is None:
        dates = tuple(day.on for day in answer.days if day.state is DayState.FULL)
        record_refused(service_id=query.wish.service_ids[0], dates=dates)
    return answer
