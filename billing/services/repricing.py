"""A price that is corrected while its deposit is waited for: what is asked is never more than the price."""

from __future__ import annotations

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext

from billing.enums import PaymentDoor, PaymentState
from billing.policies import find_asked_purpose
from billing.selectors.asking import find_due
from billing.services.movements import add_payment, end, lock_asking, lock_live
from billing.services.payments import open_deposit
from database.transactions import write_transaction
from scheduling import hooks
from scheduling.enums import BookingStatus
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings import transitions
from scheduling.types import SYSTEM, Actor, BookingView
from tenants.context import current_tenant


@write_transaction()
def follow_price(*, booking_id: int, now: datetime) -> None:
    """Ask for the deposit as its booking says now, or confirm it where nothing is due any more. Again changes nothing.

    What is on its way is received as it comes.

    Raises:
        BookingNotFound: There is no such booking.
        HoldExpired: Its time is over.
    """
    lock_asking(booking_id)
    booking = get_booking(booking_id=booking_id)
    if booking.status != BookingStatus.PENDING_PAYMENT:
        return
    due = find_due(booking)
    if not is_missing(due):
        accept_enough(booking, missing_minor=due, now=now, by=SYSTEM)
        due = 0
    purpose = find_asked_purpose(booking.agreed)
    live = lock_live(booking_id, purpose)
    if live is None or live.state != PaymentState.OPEN or live.amount_minor == due:
        return
    end(live, PaymentState.CLOSED, now=now)
    if due:
        add_payment(booking, door=PaymentDoor(live.door), purpose=purpose, amount_minor=due, now=now)


def is_missing(due_minor: int) -> bool:
    """Tell whether a booking waits for what is left of its deposit: not for what nobody can pay from afar."""
    return due_minor > 0 and hooks.can_be_asked(due_minor)


def accept_enough(
    booking: BookingView, *, missing_minor: int, now: datetime, by: Actor, answer_by: datetime | None = None
) -> None:
    """Let a booking go on whose deposit is there, but for what nobody can pay from afar: that is paid at the visit.

    Raises:
        As `transitions.accept_payment`.
    """
    if not missing_minor:
        transitions.accept_payment(booking_id=booking.id, now=now, by=by, answer_by=answer_by)
        return
    with translation.override(current_tenant().locale):
        why = gettext("The rest of the deposit is less than can be paid by card.")
    paid = booking.deposit_minor - missing_minor
    transitions.accept_payment(
        booking_id=booking.id, now=now, by=by, answer_by=answer_by, waived_because=why, paid_minor=paid
    )


@write_transaction()
def ask_for_rest(*, booking_id: int, door: PaymentDoor, now: datetime) -> None:
    """Ask for what is missing of a deposit of which a part came, by ``door`` where nothing is waited for yet.

    The asking of the booking is locked, and it waits for more.
    """
    follow_price(booking_id=booking_id, now=now)
    open_deposit(booking_id=booking_id, now=now, door=door)
