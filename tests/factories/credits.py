"""Credit, as customers who cancel would get it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from billing.services.credits.offering import cancel_for_credit, switch_credit
from billing.services.payments import receive_deposit
from scheduling.enums import DepositKind
from scheduling.services.bookings.submissions import book_slot
from scheduling.types import CustomerDetails, SlotRequest
from tests.factories.billing import take_transfers, tell_events
from tests.factories.scheduling import CUSTOMER, DETAILS, MONDAY, NOW, STAFF, make_shop, make_wish

ANA = "ana@example.com"


def open_credit_shop(*, deposit_minor: int = 300, people: int = 3, **values) -> int:
    """A business that takes transfers and gives credit; returns its service, which asks for a deposit."""
    take_transfers()
    switch_credit(is_on=True, by=STAFF, now=NOW)
    terms = {"price_minor": 1000, "deposit_kind": DepositKind.FIXED, "deposit_minor": deposit_minor}
    return make_shop(people, **terms | values)[0]


def book_for(
    service_id: int,
    starts_at: datetime = MONDAY,
    *,
    email: str = ANA,
    is_proven: bool = True,
    now: datetime = NOW,
) -> int:
    """Book as somebody who reads ``email``, and has shown it, or only typed it; returns the booking."""
    customer = CustomerDetails(name="Ana", email=email)
    details = replace(DETAILS, customer=customer, proven_contact="email" if is_proven else "")
    request = SlotRequest(make_wish(service_id), starts_at)
    made = book_slot(request=request, details=details, now=now, source="page", by=CUSTOMER)
    tell_events()
    return made.booking_id


def give_credit(service_id: int, starts_at: datetime = MONDAY, *, email: str = ANA, now: datetime = NOW) -> int:
    """Let somebody pay a deposit, cancel and have it as credit; returns that booking."""
    booking_id = book_for(service_id, starts_at, email=email, now=now)
    receive_deposit(booking_id=booking_id, now=now, by=STAFF)
    cancel_for_credit(booking_id=booking_id, now=now, by=CUSTOMER)
    tell_events()
    return booking_id
