"""What must hold of money once everything has come to rest; read from the rows, not through the services that wrote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from billing.enums import (
    LIVE_STATES,
    LedgerAccount,
    PaymentDoor,
    PaymentPurpose,
    PaymentState,
    RefundCause,
    RefundState,
)
from billing.models import LedgerEntry, Payment, Refund
from devtools.stripe_server.server import StandIn
from scheduling.enums import CALLED_OFF, BookingStatus
from scheduling.selectors.bookings.views import get_booking
from scheduling.types import BookingView

KINDNESS = frozenset({RefundCause.KINDER, RefundCause.PROVIDER})
"""What goes back of a visit that takes place."""


def list_findings(stand_in: StandIn) -> list[str]:
    """List what is wrong with the money of the current business; none: nothing is.

    What was received less what went back is what the ledger says and what the provider has. No visit is without its
    deposit, and no deposit without a visit, a refund or what the terms keep. Nobody waits any more.
    """
    findings = [*_list_sums(stand_in)]
    for booking_id in Payment.objects.order_by().values_list("booking_id", flat=True).distinct():
        booking, payments = get_booking(booking_id=booking_id), list(Payment.objects.filter(booking_id=booking_id))
        findings += [f"{booking.status.value} booking: {each}" for each in _list_faults(booking, payments)]
    if stand_in.counter.refused_fields or stand_in.counter.faulty_answers or stand_in.postman.faulty:
        findings.append(f"fields or answers that do not exist: {stand_in.counter.refused_fields}")
    return findings


def _list_sums(stand_in: StandIn) -> Iterator[str]:
    charges = [each for each in stand_in.world.things.values() if each["object"] == "charge" and each["captured"]]
    there = sum(each["amount"] - each["amount_refunded"] for each in charges)
    noted, ledger = Counter[str](), Counter[str]()
    for door, amount in Payment.objects.filter(state=PaymentState.RECEIVED).values_list("door", "amount_minor"):
        noted[door] += amount
    for door, amount in Refund.objects.filter(state=RefundState.DONE).values_list("payment__door", "amount_minor"):
        noted[door] -= amount
    for debit, credit, amount in LedgerEntry.objects.values_list("debit", "credit", "amount_minor"):
        ledger[debit] += amount
        ledger[credit] -= amount
    for door in PaymentDoor.values:
        if noted[door] != ledger[door]:
            yield f"{door}: {noted[door]} by payments and refunds, {ledger[door]} by the ledger"
    if there != ledger[PaymentDoor.STRIPE]:
        yield f"the provider has {there}, the ledger {ledger[PaymentDoor.STRIPE]}"
    kept = sum(Payment.objects.values_list("kept_minor", flat=True))
    if kept != -ledger[LedgerAccount.KEPT]:
        yield f"payments keep {kept}, the ledger {-ledger[LedgerAccount.KEPT]}"


def _list_faults(booking: BookingView, payments: list[Payment]) -> Iterator[str]:
    waiting = [each.state for each in payments if each.state in LIVE_STATES]
    if waiting or booking.status in {BookingStatus.PENDING_PAYMENT, BookingStatus.PENDING_APPROVAL}:
        yield f"still waits: {waiting}"
    unsent = [each for each in payments if each.door == PaymentDoor.STRIPE and _has_unsent(each)]
    if unsent:
        yield f"{len(unsent)} refunds were never sent"
    received = [each for each in payments if each.state == PaymentState.RECEIVED]
    if booking.status in CALLED_OFF:
        for each in received:
            left = each.amount_minor - each.refunded_minor
            if left != each.kept_minor:
                yield f"{left} lies there, {each.kept_minor} of it are kept"
    elif not waiting and not any(map(_covers, received)) and not _was_waived(payments):
        yield f"takes place without its deposit: {[(each.state, each.refunded_minor) for each in payments]}"
    covering = [each for each in received if _covers(each) and each.refunded_minor < each.amount_minor]
    if len(covering) > 1:
        yield f"paid {len(covering)} times"


def _covers(payment: Payment) -> bool:
    """Tell whether a received payment is a deposit of which nothing went back but by kindness."""
    back = payment.refunds.exclude(state__in=(RefundState.FAILED, RefundState.DROPPED))
    return payment.purpose == PaymentPurpose.DEPOSIT and all(each.cause in KINDNESS for each in back)


def _was_waived(payments: list[Payment]) -> bool:
    return any(each.state == PaymentState.WAIVED for each in payments)


def _has_unsent(payment: Payment) -> bool:
    return payment.refunds.filter(state=RefundState.PENDING).exists()
