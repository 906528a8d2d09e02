"""A customer's search for a time: the answer, and a note of what could not be offered."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from scheduling.enums import RefusalReason
from scheduling.selectors.availability.free_times import get_availability
from scheduling.services.writing.refusals import record_refused
from scheduling.types import Availability, AvailabilityQuery
from tenants.enums import Ability
from tenants.policies import check_business_may


def search_times(*, query: AvailabilityQuery, now: datetime, is_test: bool = False) -> Availability:
    """Answer like `get_availability` and record the dates on which others left nothing, with the reason.

    Dates that have passed, are closed, too soon or too far are no demand, nor is a search with any result, nor one to
    move a booking, nor a test: staff tries the customer's way, on a page that may be a draft.

    Raises:
        StatusForbids: The business takes no bookings, or lets nobody move theirs.
        NotPublished: The page is a draft.
        RequestInvalid, ServiceNotFound, ResourceNotFound, LocationNotFound, BookingNotFound: As `get_availability`.
    """
    check_business_may(Ability.BOOK if query.moving_booking_id is None else Ability.MOVE, is_staff=is_test)
    answer = get_availability(query=query, now=now)
    is_refused = not any(day.slots for day in answer.days)
    if is_refused and not is_test and query.moving_booking_id is None:
        reasons = {
            day.on: RefusalReason(day.state.value) for day in answer.days if day.state.value in RefusalReason.values
        }
        today = now.astimezone(ZoneInfo(answer.timezone)).date()
        record_refused(wish=query.wish, reasons=reasons, today=today)
    return answer
