"""What a customer is still to pay before their booking is confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F, Q

from billing.enums import ADVANCE, INVOICED, PaymentPurpose, PaymentState
from billing.models import Payment
from billing.selectors.accounts import find_ways_to_pay
from billing.types import AskedDeposit, PaymentView
from scheduling.enums import BookingStatus
from scheduling.policies import ASKABLE
from scheduling.selectors.bookings.views import list_views
from scheduling.types import BookingView

THERE = (PaymentState.RECEIVED, PaymentState.RESERVED, PaymentState.PROCESSING)
"""The states of a deposit beside which no other one is asked for, unless all of it went back or the bank took it."""
TRIED = timedelta(days=1)
"""So long ago an opening may have failed whose customer still waits."""


def find_asked_deposit(booking: BookingView, *, now: datetime) -> AskedDeposit | None:
    """Return what a booking waits for; None: nothing (any more). Two queries where it does."""
    limit = booking.hold_expires_at
    if booking.status != BookingStatus.PENDING_PAYMENT or limit is None or limit <= now:
        return None
    due = find_due(booking)
    doors, is_on_card = find_ways_to_pay(booking, due_minor=due), booking.agreed.is_on_card
    return AskedDeposit(due, booking.currency, limit, doors, is_on_card=is_on_card)


def list_unpaid(*, now: datetime) -> tuple[BookingView, ...]:
    """Return the bookings that wait for their deposit, or for a card, by id; a try of today may have failed."""
    is_fresh = Q(state=PaymentState.FAILED, closed_at__gte=now - TRIED)
    rows = Payment.objects.filter(Q(state=PaymentState.OPEN) | is_fresh, purpose__in=ADVANCE)
    ids = sorted(set(rows.values_list("booking_id", flat=True)))
    return tuple(
        each
        for each in list_views(ids)
        if each.status == BookingStatus.PENDING_PAYMENT and not (each.is_test or each.is_sample)
    )


def find_due(booking: BookingView, payments: Iterable[PaymentView] | None = None) -> int:
    """Return how much of the deposit of a booking is still to be paid.

    A part may be paid with credit, or was paid already, before the visit grew. ``payments``: those of the booking,
    where they are at hand; None: one query.
    """
    if booking.agreed.is_on_card:
        return booking.deposit_minor
    if payments is None:
        return max(0, booking.deposit_minor - add_up_deposits(booking.id))
    there = sum(each.left_minor for each in payments if each.purpose == PaymentPurpose.DEPOSIT)
    return max(0, booking.deposit_minor - there)


def add_up_deposits(booking_id: int, *, besides: int = 0) -> int:
    """Return how much of a booking's deposit is there: what went back, or its bank took, aside. One query.

    ``besides``: the id of a payment that does not count.
    """
    paid = Payment.objects.filter(booking_id=booking_id, purpose=PaymentPurpose.DEPOSIT, state=PaymentState.RECEIVED)
    return sum(each.left_minor for each in paid.exclude(pk=besides))


def add_up_held(booking_id: int) -> int:
    """Return what the business has of a booking's price: its deposits, and what was paid at the visit. One query."""
    paid = Payment.objects.filter(booking_id=booking_id, purpose__in=INVOICED, state=PaymentState.RECEIVED)
    return sum(each.left_minor for each in paid)


def is_reserved(booking_id: int) -> bool:
    """Tell whether the deposit of a booking is reserved on a card, and nobody has taken it yet. One query."""
    reserved = Payment.objects.filter(booking_id=booking_id, purpose=PaymentPurpose.DEPOSIT)
    return reserved.filter(state=PaymentState.RESERVED).exists()


def find_deposit_state(booking_id: int) -> str | None:
    """Return where the deposit of a booking stands that is there, or on its way; None: nobody paid one."""
    paid = Payment.objects.filter(booking_id=booking_id, purpose=PaymentPurpose.DEPOSIT, state__in=THERE)
    paid = paid.filter(amount_minor__gt=F("refunded_minor") + F("disputed_minor"))
    return paid.order_by("pk").values_list("state", flat=True).first()


def may_ask_for_deposit(booking: BookingView, payments: tuple[PaymentView, ...], *, now: datetime) -> bool:
    """Tell whether staff may ask for money first: it is a request or to come, and nobody paid a deposit."""
    deposits = [each for each in payments if each.purpose == PaymentPurpose.DEPOSIT and each.state in THERE]
    is_paid = any(each.gone_minor < each.amount_minor for each in deposits)
    return booking.status in ASKABLE and booking.starts_at > now and not is_paid and not booking.is_test
