"""What paying does to the place of a booking: it is kept while somebody pays, and taken again for who paid late."""

from __future__ import annotations

from datetime import datetime

from database.transactions import LostRace, run_write, write_transaction
from kernel.instants import to_instant
from kernel.text import mark
from scheduling.enums import Approval, BookingEvent, BookingSource, BookingStatus
from scheduling.errors import RequestInvalid
from scheduling.hooks import can_be_asked
from scheduling.models import Booking
from scheduling.policies import ASKABLE, check_step, refuse_step
from scheduling.selectors.bookings.deadlines import find_deposit_deadline, find_request_deadline
from scheduling.selectors.bookings.history import find_last_step
from scheduling.services.bookings.asking import OVER
from scheduling.services.bookings.returning import find_held_place
from scheduling.services.editions import plans_anew
from scheduling.services.writing.allocations import forget_allocations, set_expiry, write_allocations
from scheduling.services.writing.counters import Counters
from scheduling.services.writing.events import record
from scheduling.services.writing.expiry import clear_way, is_expired
from scheduling.services.writing.lookups import lock_booking, read_booking
from scheduling.services.writing.placement import PlaceRefused, explain_refusal
from scheduling.services.writing.records import list_place_usage, note_rules_and_group
from scheduling.services.writing.releases import HOLD_DUE_KIND
from scheduling.services.writing.writes import BookingWrite, write_booking
from scheduling.types import CUSTOMER, LARGEST_PRICE_MINOR, SYSTEM, Actor, AgreedPolicy
from tenants.enums import Ability
from tenants.services.due_work import add_due_work, remove_due_work

AMOUNT_WRONG = mark("Ask for more than nothing, and for no more than the price.")
UNPAYABLE = mark("This amount cannot be paid by card. Ask for another one, or take it at the visit.")


@write_transaction()
def keep_while_paying(*, booking_id: int, until: datetime, now: datetime) -> bool:
    """Keep the place of a booking that waits for its deposit at least ``until``, and never past its start.

    Return whether it is kept at all: False when it waits for none, or waited too long. What the waitlist offered is
    kept longer once: others wait for it.

    Raises:
        StatusForbids: Nobody books here any more, so nobody pays in advance.
    """
    check_step(CUSTOMER, Ability.BOOK)
    booking = _lock_waiting(booking_id, now)
    if booking is None:
        return False
    return _keep(booking, until=until, now=now)


@write_transaction()
def keep_while_looked_for(*, booking_id: int, now: datetime) -> bool:
    """Keep the place of a booking whose deposit is said to be on its way as long as if it were asked for ``now``.

    So whoever looks for it in the bank has their time, also when the customer transferred in the last minute. Return
    whether it is kept at all: False when it waits for none, or waited too long.
    """
    booking = _lock_waiting(booking_id, now)
    if booking is None:
        return False
    _keep(booking, until=find_deposit_deadline(booking, now=now), now=now)
    return True


@write_transaction()
def ask_again(*, booking_id: int, now: datetime) -> bool:
    """Let a confirmed visit wait for its deposit once more: what was reserved for it is gone. Tell whether it does.

    It was approved before, so it is not asked about again. A visit that has begun stays as it is.

    Raises:
        BookingNotFound: There is none.
    """
    check_step(SYSTEM)
    booking = lock_booking(now=now, booking_id=booking_id)
    if booking.status != BookingStatus.CONFIRMED or booking.starts_at <= now:
        return False
    wait_for_deposit(booking, until=find_deposit_deadline(booking, now=now), by=SYSTEM, now=now)
    return True


@write_transaction()
def ask_for_deposit(*, booking_id: int, amount_minor: int, pay_by: datetime | None, now: datetime, by: Actor) -> None:
    """Let a request, or a visit that is to come, wait for money that staff asks for first.

    A request is approved by that: once it is paid it is confirmed. ``pay_by``: until when the place waits, and never
    past its start; None: as long as for a customer.

    Raises:
        TransitionRefused: It is neither, or it waited too long.
        RequestInvalid: Nothing, more than the price, what cannot be paid from afar, or a time that is over; by field:
            ``amount``, ``pay_by``.
        BookingNotFound: There is none.
    """
    check_step(by)
    booking = lock_booking(now=now, booking_id=booking_id)
    is_coming = booking.status in ASKABLE and booking.starts_at > now and not is_expired(booking, now)
    if not is_coming or booking.is_test:
        raise refuse_step(booking)
    price = booking.price_minor
    if amount_minor < 1 or amount_minor > (LARGEST_PRICE_MINOR if price is None else price):
        raise RequestInvalid(errors={"amount": (AMOUNT_WRONG,)})
    if not can_be_asked(amount_minor):
        raise RequestInvalid(errors={"amount": (UNPAYABLE,)})
    if pay_by is not None and pay_by <= now:
        raise RequestInvalid(errors={"pay_by": (OVER,)})
    booking.deposit_minor = amount_minor
    booking.policy = booking.policy | {"deposit_waived_minor": None, "is_on_card": False}
    until = find_deposit_deadline(booking, now=now) if pay_by is None else min(pay_by, booking.starts_at)
    wait_for_deposit(booking, until=until, by=by, now=now)


@plans_anew
def take_place_again(*, booking_id: int, now: datetime, by: Actor, answer_by: datetime | None = None) -> None:
    """Let a booking that waited too long for its deposit take place after all: it was paid, and the time is free.

    The same people and things, or others who do the same. ``answer_by`` as in `transitions.accept_payment`.

    Raises:
        TransitionRefused: It did not end for want of its deposit.
        SlotInPast: Its time has come.
        SlotTaken, SlotUnavailable: Somebody has the place now; the booking stays as it is.
        BookingNotFound: There is none.
    """
    check_step(by)

    def work(*, is_pessimistic: bool) -> None:
        seen = read_booking(now=now, booking_id=booking_id)
        _check_waited(seen, now)
        plan, place = find_held_place(seen, now=now, is_pessimistic=is_pessimistic, is_any_minute=True)
        counters = Counters()
        clear_way(place, list_place_usage(plan, place), counters=counters, now=now, own_id=booking_id)
        booking = lock_booking(now=now, booking_id=booking_id)
        if (booking.sequence, booking.status) != (seen.sequence, seen.status):
            raise LostRace
        forget_allocations(booking)
        if booking.is_active:
            counters.take_back(booking)
        booking.is_active = True
        booking.ends_at = to_instant(place.end_minute)
        kind = _advance(booking, now=now, answer_by=answer_by)
        note_rules_and_group(plan, place, booking, counters=counters)
        record(booking, kind=kind, by=by, now=now)
        write_allocations(place, booking, now=now)
        counters.write()

    try:
        run_write(work)
    except PlaceRefused as refused:
        raise explain_refusal(refused) from refused


def wait_for_deposit(booking: Booking, *, until: datetime, by: Actor, now: datetime) -> None:
    """Let the place of a locked booking wait for a deposit that was not waited for; nobody approves it once more."""
    booking.status, booking.confirmed_at = BookingStatus.PENDING_PAYMENT, None
    booking.policy = booking.policy | {"approval": Approval.INSTANT.value}
    booking.hold_expires_at = until
    record(booking, kind=BookingEvent.PAYMENT_REQUESTED, by=by, now=now)
    set_expiry(booking)
    add_due_work(kind=HOLD_DUE_KIND, row_id=booking.pk, due_at=until, now=now)


def _lock_waiting(booking_id: int, now: datetime) -> Booking | None:
    booking = lock_booking(now=now, booking_id=booking_id)
    is_waiting = booking.status == BookingStatus.PENDING_PAYMENT and not is_expired(booking, now)
    return booking if is_waiting else None


def _keep(booking: Booking, *, until: datetime, now: datetime) -> bool:
    """Keep a place longer, and never past its start; what the waitlist offered, once. Tell whether it is kept."""
    longer = min(until, booking.starts_at)
    if booking.hold_expires_at is not None and booking.hold_expires_at < longer:
        if booking.source == BookingSource.WAITLIST:
            if booking.hold_extended_at is not None:
                return False
            booking.hold_extended_at = now
        booking.hold_expires_at = longer
        write_booking(BookingWrite(booking, BookingEvent.EXTENDED, CUSTOMER, now))
    return True


def _check_waited(booking: Booking, now: datetime) -> None:
    """Refuse a booking that did not end because its deposit did not come."""
    if booking.status == BookingStatus.PENDING_PAYMENT and is_expired(booking, now):
        return
    last = find_last_step(booking_id=booking.pk) if booking.status == BookingStatus.EXPIRED else None
    if last is None or last.before is None or last.before.status != BookingStatus.PENDING_PAYMENT:
        raise refuse_step(booking)


def _advance(booking: Booking, *, now: datetime, answer_by: datetime | None) -> BookingEvent:
    if AgreedPolicy.read(booking.policy).approval == Approval.REQUEST:
        deadline = find_request_deadline(booking, now=now)
        booking.status = BookingStatus.PENDING_APPROVAL
        booking.hold_expires_at = until = deadline if answer_by is None else min(deadline, answer_by)
        add_due_work(kind=HOLD_DUE_KIND, row_id=booking.pk, due_at=until, now=now)
        return BookingEvent.REQUESTED
    booking.status = BookingStatus.CONFIRMED
    booking.hold_expires_at = None
    booking.confirmed_at = now
    remove_due_work(kind=HOLD_DUE_KIND, row_id=booking.pk)
    return BookingEvent.CONFIRMED
