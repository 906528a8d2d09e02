"""Receipts of transfers, and the deposits that somebody of the business has to look for in the bank."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db.models import Exists, Q

from billing.enums import LIVE_STATES, PaymentDoor, PaymentPurpose, PaymentState
from billing.models import Payment, PaymentAccount, Receipt
from billing.models.receipt import RECEIPT
from billing.types import AwaitedDeposit, PaymentView, ReceiptView
from files.selectors.files import list_failures, list_pictures
from scheduling.enums import BookingStatus
from scheduling.selectors.bookings.views import list_views

MOST_AWAITED = 100
"""Places that wait end by themselves, within days: nobody has more at once."""


def list_receipts(payment_ids: Collection[int]) -> Mapping[int, ReceiptView]:
    """Return what was sent for each of some payments; none, one or three queries."""
    if not payment_ids:
        return {}
    rows = list(Receipt.objects.filter(payment_id__in=payment_ids))
    ids = [row.pk for row in rows]
    files = list_pictures(RECEIPT, ids) if ids else {}
    failures = list_failures(RECEIPT, ids) if ids else {}
    return {
        row.payment_id: ReceiptView(
            id=row.pk, sent_at=row.sent_at, file=files.get(row.pk), failure=failures.get(row.pk, "")
        )
        for row in rows
    }


def is_to_check(payment: PaymentView, receipt: ReceiptView | None) -> bool:
    """Tell whether somebody has to look for a payment in the bank, since its customer sent a receipt.

    Not once it goes by card, nor where the file that was sent says nothing.
    """
    return _is_transfer(payment) and receipt is not None and not receipt.failure


def list_to_check(payments: Iterable[PaymentView]) -> frozenset[int]:
    """Return the ids of the payments of which `is_to_check` tells so; none, one or two queries, and no picture."""
    awaited = [each.id for each in payments if _is_transfer(each)]
    if not awaited:
        return frozenset()
    sent = dict(Receipt.objects.filter(payment_id__in=awaited).values_list("pk", "payment_id"))
    failed = list_failures(RECEIPT, sent) if sent else {}
    return frozenset(payment_id for receipt_id, payment_id in sent.items() if receipt_id not in failed)


def _is_transfer(payment: PaymentView) -> bool:
    return payment.state == PaymentState.OPEN and payment.door == PaymentDoor.BANK_TRANSFER


def list_awaited() -> tuple[AwaitedDeposit, ...]:
    """Return the transfers that are waited for: those with a receipt first, then whose time ends first.

    Where both ways are open, who looked at the card page may transfer all the same.
    """
    is_bank_open = Exists(PaymentAccount.objects.filter(door=PaymentDoor.BANK_TRANSFER, is_on=True))
    may_come = Q(door=PaymentDoor.BANK_TRANSFER) | Q(receipt__isnull=False) | Q(is_bank_open, state=PaymentState.OPEN)
    rows = Payment.objects.filter(may_come, purpose=PaymentPurpose.DEPOSIT, state__in=LIVE_STATES).order_by(
        "opened_at", "pk"
    )[:MOST_AWAITED]
    payments = {row.booking_id: row for row in rows}
    bookings = [each for each in list_views(payments) if each.status == BookingStatus.PENDING_PAYMENT]
    receipts = list_receipts([payments[each.id].pk for each in bookings])
    found = [
        AwaitedDeposit(
            booking=each, amount_minor=payments[each.id].amount_minor, receipt=receipts.get(payments[each.id].pk)
        )
        for each in bookings
        if not each.is_test and not each.is_sample
    ]
    return tuple(sorted(found, key=_rank))


def _rank(deposit: AwaitedDeposit) -> tuple[bool, datetime, int]:
    booking = deposit.booking
    return deposit.receipt is None, booking.hold_expires_at or booking.starts_at, booking.id
