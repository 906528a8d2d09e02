"""How a new booking takes its place."""

from __future__ import annotations

from collections.abc import Callable

from database.transactions import run_write, write_transaction
from scheduling.models import Booking
from scheduling.services.writing.counters import Counters
from scheduling.services.writing.customers import Known, find_known, meet_customer
from scheduling.services.writing.expiry import clear_way
from scheduling.services.writing.inputs import CleanDetails
from scheduling.services.writing.placement import Asked, Place, PlaceRefused, explain_refusal, find_place, pick_place
from scheduling.services.writing.records import list_place_usage, note_rules, note_rules_and_group
from scheduling.services.writing.writes import BookingWrite, write_booking, write_booking_at_once


def take_place(
    asked: Asked, make_write: Callable[[Place, Known], BookingWrite], *, clean: CleanDetails | None = None
) -> Booking:
    """Find the place that is asked for, write the booking that ``make_write`` makes of it, and return that.

    ``clean`` tells whose it is; ``make_write`` is told who that is, as far as they are known.

    First quickly: nothing is locked, one statement writes all, and PostgreSQL's constraints say
    whether the place was still free. Then carefully, behind locks, where that cannot be or was
    lost (see `run_write`).

    Raises:
        SlotTaken, SlotInPast, SlotUnavailable: With the nearest free times.
        TooBusy: It lost again and again.
    """

    def take_quickly() -> Booking | None:
        place = pick_place(asked)
        if place is None:
            return None
        is_locking = clean is not None and (clean.details.is_sole or clean.details.customer_id is not None)
        known = find_known(clean) if clean and not is_locking else Known()
        if clean is None or (known.has_all(clean) and not is_locking):
            return write_quickly(place, known)
        with write_transaction():
            known = meet_customer(clean)
            if is_locking or not known.has_all(clean):
                return write_quickly(place, known)
        # Somebody made them meanwhile: nobody needs to wait for this booking's locks.
        return write_quickly(place, known)

    def write_quickly(place: Place, known: Known) -> Booking | None:
        write, counters = make_write(place, known), Counters()
        note_rules(asked.plan, place, write.booking, counters=counters)
        return write.booking if write_booking_at_once(write, place, counters=counters) else None

    def take_carefully(*, is_pessimistic: bool) -> Booking:
        known = meet_customer(clean) if clean else Known()
        place = find_place(asked, is_pessimistic=is_pessimistic)
        counters = Counters()
        clear_way(place, list_place_usage(asked.plan, place), counters=counters, now=asked.now)
        write = make_write(place, known)
        note_rules_and_group(asked.plan, place, write.booking, counters=counters)
        write_booking(write)
        counters.write(is_override=asked.is_override)
        return write.booking

    try:
        return run_write(take_carefully, quickly=take_quickly)
    except PlaceRefused as refused:
        raise explain_refusal(refused) from refused
