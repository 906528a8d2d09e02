"""A customer who has not paid the deposit yet is reminded before the time is given away.

That the time is given away is told by `messages.events`; that it may be, once, when half of the time to pay is gone.
Where it is paid by card alone, that is soon: whoever closed the page gets the link to it after a quarter.
"""

from __future__ import annotations

from datetime import datetime

from kernel.instants import to_minutes
from notifications.types.messages import Thread
from scheduling.enums import BookingStatus
from scheduling.errors import BookingNotFound
from scheduling.hooks import find_money
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.messages.customer import tell_customer
from scheduling.services.messages.standing import CUSTOMER, describe_state
from scheduling.services.messages.working_time import find_working_instant
from scheduling.types import BookingView
from tenants.enums import Ability, Urgency
from tenants.hooks import register_due_handler
from tenants.policies import may_business
from tenants.services.due_work import add_due_work

DUE_KIND = "deposit_reminder"


def pick_for_deposit(booking: BookingView, *, is_on_page: bool = False) -> str:
    """Return which message asks for a deposit; empty: none does, or the customer is on the page that asks for it."""
    facts = find_money(booking)
    if facts.account is not None:
        return "deposit_requested"
    return "deposit_card" if facts.takes_card and not is_on_page else ""


def plan_deposit_reminder(booking: BookingView, *, now: datetime) -> None:
    """Remind of a deposit that was asked ``now``, in the middle of the time it has; safe to repeat.

    Nobody is woken: it is the working time nearest to the middle, when somebody can answer, too. By card alone it is
    sooner, whatever the hour: who booked a moment ago is awake.
    """
    limit, facts = booking.hold_expires_at, find_money(booking)
    if limit is None or not (facts.account or facts.takes_card):
        return
    due_at = now + (limit - now) / 4
    if facts.account is not None:
        middle = now + (limit - now) / 2
        due_at = find_working_instant(wanted=middle, begins=now, ends=limit, location_id=booking.location_id)
    add_due_work(kind=DUE_KIND, row_id=booking.id, due_at=due_at, now=now)


def remind_of_deposit(booking_id: int, now: datetime) -> None:
    """Tell the customer that the deposit has not come yet, and until when it may (handler of due work).

    Safe to run twice. Whoever sent a receipt waits for the business, and is not urged.
    """
    _remind(booking_id, now, key="reminder")


def remind_again(booking_id: int, now: datetime) -> None:
    """Tell whoever could not pay for a while that it is possible again, and until when; once for each hour."""
    _remind(booking_id, now, key=f"again:{to_minutes(now) // 60}")


def _remind(booking_id: int, now: datetime, *, key: str) -> None:
    try:
        booking = get_booking(booking_id=booking_id)
    except BookingNotFound:
        return  # removed since
    limit = booking.hold_expires_at
    if booking.status != BookingStatus.PENDING_PAYMENT or limit is None or limit <= now or booking.is_sample:
        return
    facts = find_money(booking)
    template = "deposit_reminder" if facts.account else "deposit_card" if facts.takes_card else ""
    if not template or facts.has_receipt or not may_business(Ability.REMIND):
        return
    tell_customer(
        booking,
        template=template,
        thread=Thread(role=CUSTOMER, state=describe_state(booking)),
        key=f"deposit:{booking.id}:{key}",
        now=now,
        expires_at=limit,
        limit="messages_reminders",
        urgency=Urgency.LATER if facts.account else Urgency.SOON,
    )


def register() -> None:
    """Do due work of the kind that `plan_deposit_reminder` leaves."""
    register_due_handler(DUE_KIND, remind_of_deposit)
