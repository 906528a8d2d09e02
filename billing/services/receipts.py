"""The receipt of a transfer: its customer sends it, somebody of the business looks at it, and it goes in two years."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from accounts.policies import Permission
from billing.enums import PaymentDoor, PaymentState
from billing.errors import ReceiptNotAwaited
from billing.models import Payment, Receipt
from billing.models.receipt import RECEIPT
from billing.selectors.accounts import find_open_account
from billing.services.movements import lock_asking
from billing.services.payments import make_by_hand, open_deposit
from files.engine import Shape, Target
from files.hooks import FileKind, register_kind
from files.services.removal import remove_files_of_all
from files.services.uploads import take_from_visitor
from kernel.law.clocks import Period, Unit
from kernel.text import mark
from notifications.services.outbox import publish
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.payments import keep_while_looked_for
from tenants.hooks import register_due_handler, register_exported_work
from tenants.services.due_work import add_due_work, remove_all_due_work
from tenants.services.erasures.retention import RetentionRule, register_retention

SENT = "payment.receipt_sent"
KEPT = timedelta(days=730)
"""As long as the photos of a visit: nobody disputes a transfer later."""


RULE = RetentionRule(
    "receipts",
    ("billing.Receipt",),
    mark("Pictures of transfers"),
    mark("To show that a deposit came"),
    lambda _: Period(KEPT.days, Unit.DAYS),
)


def register() -> None:
    """Take receipts, as pictures and as PDF, and remove them in time."""
    register_kind(
        FileKind(
            name=RECEIPT,
            target=Target(Shape.WHOLE, widths=(192, 960, 1600)),
            changed_by=Permission.BOOKING_MANAGE,
            has_owner=lambda owner_id: Receipt.objects.filter(pk=owner_id).exists(),
            seen_by=Permission.BOOKING_MANAGE,
            is_from_visitors=True,
            takes_pdf=True,
        )
    )
    register_due_handler(RECEIPT, drop_receipt)
    register_retention([RULE])
    register_exported_work([RECEIPT])


@transaction.atomic
def send_receipt(*, booking_id: int, content: bytes, now: datetime) -> None:
    """Keep what shows that the deposit of a booking was transferred; a newer one takes the place of one before.

    It confirms nothing: the money does, once somebody of the business has seen it. The first one keeps the place as
    long as if the deposit were asked for ``now``; a page of the card provider that was opened before is closed.

    Raises:
        ReceiptNotAwaited: Its place is not kept any more, or its deposit is not transferred.
        PictureRefused, StorageFull: As `files.services.uploads.take_from_visitor`.
    """
    lock_asking(booking_id)
    if not Receipt.objects.filter(payment__booking_id=booking_id).exists():
        keep_while_looked_for(booking_id=booking_id, now=now)
    payment = _lock_awaited(booking_id, now)
    receipt, is_new = Receipt.objects.update_or_create(payment=payment, defaults={"sent_at": now})
    take_from_visitor(kind=RECEIPT, owner_id=receipt.pk, content=content, now=now)
    add_due_work(kind=RECEIPT, row_id=receipt.pk, due_at=now + KEPT, now=now)
    if is_new:
        publish(kind=SENT, subject_id=payment.pk, payload={"booking_id": booking_id}, now=now)


@transaction.atomic
def drop_receipt(receipt_id: int, now: datetime) -> None:
    """Remove a receipt whose time is over (handler of due work)."""
    remove_receipts(Receipt.objects.filter(pk=receipt_id), now=now)


def remove_receipts(receipts: QuerySet[Receipt], *, now: datetime) -> None:
    """Remove receipts with their files; belongs in the transaction that needs it."""
    if ids := list(receipts.values_list("pk", flat=True)):
        remove_files_of_all(kinds=[RECEIPT], owner_ids=ids, now=now)
        remove_all_due_work(kind=RECEIPT, row_ids=ids)
        Receipt.objects.filter(pk__in=ids).delete()


def _lock_awaited(booking_id: int, now: datetime) -> Payment:
    """Return the payment that a transfer is waited for, locked; the worker that asks for it may not have come yet."""
    payment_id = open_deposit(booking_id=booking_id, now=now)
    payment = Payment.objects.select_for_update().filter(pk=payment_id or 0, state=PaymentState.OPEN).first()
    limit = get_booking(booking_id=booking_id).hold_expires_at
    if payment is None or limit is None or limit <= now or find_open_account(PaymentDoor.BANK_TRANSFER) is None:
        raise ReceiptNotAwaited
    return make_by_hand(payment, door=PaymentDoor.BANK_TRANSFER, now=now)
