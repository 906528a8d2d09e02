"""What must hold of money once everything has come to rest; read from the rows, not through the services that wrote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from billing.enums import (
    LIVE_STATES,
    MONEY_DOORS,
    LedgerAccount,
    PaymentDoor,
    PaymentPurpose,
    PaymentState,
    RefundCause,
    RefundState,
)
from devtools.drill.payments.rows import (
    PaymentRow,
    RefundRow,
    list_answers,
    list_cards,
    list_credits,
    list_differences,
    list_movements,
    list_payments,
    list_refunds,
    list_taken,
)
from devtools.drill.payments.shops import DEPOSIT
from devtools.stripe_server.server import StandIn
from scheduling.enums import CALLED_OFF, BookingStatus
from scheduling.selectors.bookings.views import get_booking
from scheduling.types import BookingView

KINDNESS = frozenset({RefundCause.KINDER, RefundCause.PROVIDER, RefundCause.CHANGED})
"""What goes back of a visit that takes place."""
GIVEN = frozenset({RefundCause.KINDER, RefundCause.PROVIDER})
"""What the business gave of its own: a visit does not lack it."""


def list_findings(stand_in: StandIn, *, stays: Mapping[int, int] | None = None) -> list[str]:
    """List what is wrong with the money of the current business; none: nothing is.

    ``stays`` says of bookings how much may be left of what was paid, since their customers made the visit smaller.

    What was received less what went back, and what banks took back, is what the ledger says and what the provider has;
    what customers have as credit is what the ledger owes them.
    No visit is without its deposit, or a card that was left, and no deposit without a visit, a refund, a dispute or
    what the terms keep. A fee for not coming is taken once, by the word of staff, and only where it is due; then its
    card is forgotten. Nobody waits any more.
    """
    payments, refunds = list_payments(), list_refunds()
    findings = [*_list_sums(stand_in, payments, refunds)]
    findings += [*_list_lost_answers(stand_in), *_list_kept_cards(stand_in)]
    findings += [f"the night finds that books differ: {each}" for each in list_differences()]
    for booking_id in sorted({each.booking_id for each in payments}):
        booking, own = get_booking(booking_id=booking_id), [each for each in payments if each.booking_id == booking_id]
        left = (stays or {}).get(booking_id, 0)
        faults = [*_list_faults(booking, own, refunds, left), *_list_gaps(booking, own, refunds, left)]
        findings += [f"{booking.status.value} booking {booking_id}: {each}" for each in faults]
    if stand_in.counter.refused_fields or stand_in.counter.faulty_answers or stand_in.postman.faulty:
        findings.append(f"fields or answers that do not exist: {stand_in.counter.refused_fields}")
    return findings


def _list_sums(stand_in: StandIn, payments: Sequence[PaymentRow], refunds: Sequence[RefundRow]) -> Iterator[str]:
    charges = [each for each in stand_in.world.things.values() if each["object"] == "charge" and each["captured"]]
    there = sum(each["amount"] - each["amount_refunded"] for each in charges)
    there -= sum(
        -row["amount"]
        for each in stand_in.world.things.values()
        if each["object"] == "dispute"
        for row in each["balance_transactions"] or ()
    )
    doors = {each.id: each.door for each in payments}
    noted, ledger = Counter[str](), Counter[str]()
    for payment in payments:
        noted[payment.door] += payment.amount_minor * (payment.state == PaymentState.RECEIVED)
    for refund in refunds:
        is_sent = refund.state == RefundState.DONE and not refund.is_credit
        noted[doors[refund.payment_id]] -= refund.amount_minor * is_sent
    for payment_id, taken in list_taken():
        noted[doors[payment_id]] -= taken
    for debit, credit, amount in list_movements():
        ledger[debit] += amount
        ledger[credit] -= amount
    owed = sum(left for _, left in list_credits())
    if owed != -ledger[LedgerAccount.CREDIT]:
        yield f"customers have {owed} as credit, the ledger owes {-ledger[LedgerAccount.CREDIT]}"
    for door in MONEY_DOORS:
        if noted[door] != ledger[door]:
            yield f"{door}: {noted[door]} by payments and refunds, {ledger[door]} by the ledger"
    if there != ledger[PaymentDoor.STRIPE]:
        yield f"the provider has {there}, the ledger {ledger[PaymentDoor.STRIPE]}"
    kept = sum(each.kept_minor for each in payments)
    if kept != -ledger[LedgerAccount.KEPT]:
        yield f"payments keep {kept}, the ledger {-ledger[LedgerAccount.KEPT]}"


def _list_lost_answers(stand_in: StandIn) -> Iterator[str]:
    """Tell of evidence that the bank has not got, or got twice, and of what never left."""
    for dispute_id, state, file_id in list_answers():
        dispute = stand_in.world.things[dispute_id]
        sent, has = dispute["evidence_details"]["submission_count"], dispute["evidence"]["uncategorized_file"]
        if state == "asked" or sent > 1 or (state == "sent") != (sent == 1 and has == file_id):
            yield f"evidence is {state}, the bank got {sent} answers, the last with {has}, ours was {file_id}"


def _list_kept_cards(stand_in: StandIn) -> Iterator[str]:
    """Tell of cards that nobody needs any more and that are not forgotten, here or there."""
    for booking_id, method_id, is_forgotten in list_cards():
        if not is_forgotten or stand_in.world.things[method_id]["customer"] is not None:
            yield f"the card {method_id} of booking {booking_id} is not forgotten"


def _list_faulty_fees(booking: BookingView, payments: Sequence[PaymentRow]) -> Iterator[str]:
    """Tell of fees for not coming that were taken without a word of staff, twice, or that are not due."""
    taken = [
        each for each in payments if each.purpose == PaymentPurpose.NO_SHOW and each.state == PaymentState.RECEIVED
    ]
    if any(not each.is_charged for each in taken):
        yield "a fee was taken that nobody had charged"
    kept = sum(each.kept_minor for each in taken)
    if kept > DEPOSIT or (kept and booking.status not in {BookingStatus.NO_SHOW, BookingStatus.CANCELLED}):
        yield f"a fee of {kept} is kept"


def _list_faults(
    booking: BookingView, payments: Sequence[PaymentRow], refunds: Sequence[RefundRow], stays_minor: int
) -> Iterator[str]:
    yield from _list_faulty_fees(booking, payments)
    # A fee whose card was declined waits for its customer as long as it is due.
    fees = {each.id for each in payments if each.is_charged and each.state == PaymentState.OPEN}
    is_fee_due = booking.status in {BookingStatus.NO_SHOW, BookingStatus.CANCELLED}
    waiting = [each.state for each in payments if each.state in LIVE_STATES and not (is_fee_due and each.id in fees)]
    if waiting or booking.status in {BookingStatus.PENDING_PAYMENT, BookingStatus.PENDING_APPROVAL}:
        yield f"still waits: {waiting}"
    by_card = {each.id for each in payments if each.door == PaymentDoor.STRIPE}
    if any(each.payment_id in by_card and each.state == RefundState.PENDING for each in refunds):
        yield "a refund was never sent"
    received = [each for each in payments if each.state == PaymentState.RECEIVED]
    covering = [each for each in received if _covers(each, refunds)]
    taken = Counter[int]()
    for payment_id, minor in list_taken():
        taken[payment_id] += minor
    if booking.status in CALLED_OFF:
        for each in received:
            # What the bank has is not sent back; it may have taken what was used as credit before.
            left = max(0, each.amount_minor - each.refunded_minor - taken[each.id])
            if left != each.kept_minor:
                yield f"{left} lies there, {each.kept_minor} of it are kept"
    elif not (waiting or covering or _is_free(booking, payments)):
        yield f"takes place without its deposit: {payments}"
    there = [left for each in covering if (left := each.amount_minor - each.refunded_minor - taken[each.id]) > 0]
    if len(there) > 1 and sum(there) > max(booking.deposit_minor, DEPOSIT) + stays_minor:  # each may be a part of it
        yield f"paid {len(covering)} times"


def _list_gaps(
    booking: BookingView, payments: Sequence[PaymentRow], refunds: Sequence[RefundRow], stays_minor: int
) -> Iterator[str]:
    """Tell of a visit that lacks a part of its deposit, or for which more is kept than was agreed."""
    if booking.status in {BookingStatus.EXPIRED, BookingStatus.DECLINED} and any(each.kept_minor for each in payments):
        yield "something is kept of what never was"
    if booking.status in CALLED_OFF or booking.agreed.is_on_card:
        return
    gone = {RefundState.FAILED, RefundState.DROPPED}
    deposits = [
        each for each in payments if each.purpose == PaymentPurpose.DEPOSIT and each.state == PaymentState.RECEIVED
    ]
    ids = {each.id for each in deposits}
    back = [each for each in refunds if each.payment_id in ids and each.state not in gone]
    unkind = sum(each.amount_minor - each.returned_minor for each in back if each.cause not in GIVEN)
    served = sum(each.amount_minor for each in deposits) - unkind
    if served < booking.deposit_minor:
        yield f"takes place with {served} of its deposit of {booking.deposit_minor}"
    taken = sum(minor for payment_id, minor in list_taken() if payment_id in ids)
    there = sum(each.amount_minor - each.refunded_minor for each in deposits) - taken
    if there > booking.deposit_minor + stays_minor and not any(each.state == PaymentState.WAIVED for each in payments):
        yield f"{there} is there, though {booking.deposit_minor} was agreed and {stays_minor} may stay"


def _is_free(booking: BookingView, payments: Sequence[PaymentRow]) -> bool:
    """Tell whether a visit needs no deposit: staff waived it, or a card was left."""
    is_waived = any(each.state == PaymentState.WAIVED for each in payments)
    return is_waived or any(booking_id == booking.id for booking_id, _, _ in list_cards())


def _covers(payment: PaymentRow, refunds: Sequence[RefundRow]) -> bool:
    """Tell whether a received payment is a deposit of which nothing went back but by kindness."""
    gone = {RefundState.FAILED, RefundState.DROPPED}
    back = [
        each
        for each in refunds
        if each.payment_id == payment.id and each.state not in gone and each.returned_minor < each.amount_minor
    ]
    return payment.purpose == PaymentPurpose.DEPOSIT and all(each.cause in KINDNESS for each in back)
