"""Until when a request waits for its answer, and a place for its deposit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from kernel.instants import is_mid_minute, to_instant, to_minutes
from kernel.intervals import Interval, clip
from scheduling.engine import (
    OFFER_MINUTES,
    find_answer_deadline,
    find_payment_deadline,
    list_chunks,
    list_openings,
)
from scheduling.enums import BookingSource
from scheduling.hooks import PaymentTerms, find_payment_terms
from scheduling.models import Booking
from scheduling.selectors.catalog.timetables import load_timetables
from scheduling.types import AgreedPolicy

PAYMENT_MINUTES = 30
"""How long a place waits for its deposit where the business has no way to take it: it is paid by word of mouth."""


def find_deposit_deadline(booking: Booking, *, now: datetime, offered_until: datetime | None = None) -> datetime:
    """Return until when the place of a booking that asks for its deposit ``now`` waits for it.

    The one rule: `engine.find_payment_deadline`. One query, and what the room above asks. What the waitlist offered
    until ``offered_until`` waits no longer than that, or than a turn from now where that is longer: others wait for it.
    """
    terms = find_payment_terms()
    deadline = _find_payment_deadline(booking, terms, now=now)
    if offered_until is None or booking.source != BookingSource.WAITLIST:
        return deadline
    turn = now + timedelta(minutes=max(OFFER_MINUTES, 0 if terms is None else terms.minutes))
    return min(deadline, max(offered_until, turn))


def _find_payment_deadline(booking: Booking, terms: PaymentTerms | None, *, now: datetime) -> datetime:
    if terms is None:
        return now + timedelta(minutes=PAYMENT_MINUTES)
    asked, start = to_minutes(now) + is_mid_minute(now), to_minutes(booking.starts_at)
    least = max(asked + 1, min(start, asked + terms.minutes))
    if terms.opening_minutes is None:
        return to_instant(least)
    openings = _list_openings(booking.location_id, asked, start)
    latest = find_payment_deadline(asked, start, opening_minutes=terms.opening_minutes, openings=openings)
    return to_instant(max(least, latest))


def find_request_deadline(booking: Booking, *, now: datetime) -> datetime:
    """Return until when a request that is asked ``now`` waits: by its policy as agreed, and when its place is open.

    The one rule: `engine.find_answer_deadline`. One query.
    """
    agreed = AgreedPolicy.read(booking.policy)
    asked, start = to_minutes(now) + is_mid_minute(now), to_minutes(booking.starts_at)
    deadline = find_answer_deadline(
        asked,
        start,
        within_minutes=agreed.answer_within_minutes,
        ahead_minutes=agreed.answer_ahead_minutes,
        openings=_list_openings(booking.location_id, asked, start),
    )
    return to_instant(deadline)


def _list_openings(location_id: int, from_minute: int, to_minute: int) -> Iterator[Interval]:
    """Say when anybody works at a place, in order, and no further than somebody reads."""
    first, last = (to_instant(minute).astimezone(UTC).date() for minute in (from_minute, to_minute))
    timetables = load_timetables(location_id=location_id, from_on=first, to_on=last)
    for begin, end in list_chunks(from_minute, to_minute):
        yield from clip(list_openings(timetables.resources.values(), timetables.holidays, begin, end), begin, end)
