"""Money that staff asks for in advance, of a booking that nobody asked before."""

from __future__ import annotations

from datetime import datetime

from billing.enums import PaymentState
from billing.errors import PaymentStepRefused
from billing.selectors.asking import find_deposit_state
from billing.services.movements import end_live, lock_asking
from database.transactions import write_transaction
from scheduling.services.bookings import payments as places
from scheduling.types import Actor


@write_transaction()
def ask_for_deposit(*, booking_id: int, amount_minor: int, pay_by: datetime | None, now: datetime, by: Actor) -> None:
    """Let a booking wait for its deposit; a worker asks for it, and its customer gets the link.

    Raises:
        PaymentStepRefused: Its deposit is there, or reserved.
        TransitionRefused, RequestInvalid, BookingNotFound, StatusForbids: As `places.ask_for_deposit`.
    """
    lock_asking(booking_id)
    state = find_deposit_state(booking_id)
    if state is not None:
        raise PaymentStepRefused(state=PaymentState(state).label)
    places.ask_for_deposit(booking_id=booking_id, amount_minor=amount_minor, pay_by=pay_by, now=now, by=by)
    end_live(booking_id=booking_id, state=PaymentState.CLOSED, now=now)  # a card that was left is let go
