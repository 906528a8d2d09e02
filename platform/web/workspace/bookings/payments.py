"""Payments of a booking as its page lists them, with the receipts that customers sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from billing.enums import LIVE_STATES
from billing.selectors.payments import list_payments_of
from billing.selectors.receipts import list_receipts
from billing.types import PaymentView, ReceiptView
from web.parts.pictures import ShownPicture, make_address, show_picture


@dataclass(frozen=True, slots=True)
class ShownReceipt:
    """What a customer sent: a picture, a PDF to be saved, or why it is neither; all empty while it is prepared."""

    sent_at: datetime
    picture: ShownPicture | None
    document_url: str
    problem: str


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """A payment of a booking; its receipt is shown as long as somebody has to look at it, and afterwards as well."""

    payment: PaymentView
    receipt: ShownReceipt | None

    @property
    def is_waited_for(self) -> bool:
        """Tell whether money may still come."""
        return self.payment.state in LIVE_STATES


def list_lines(booking_id: int) -> tuple[PaymentLine, ...]:
    """Return the payments of a booking as its page lists them."""
    payments = list_payments_of(booking_id=booking_id)
    receipts = list_receipts([each.id for each in payments])
    return tuple(PaymentLine(each, show_receipt(receipts.get(each.id))) for each in payments)


def show_receipt(receipt: ReceiptView | None) -> ShownReceipt | None:
    """Return what a page says of a receipt."""
    if receipt is None:
        return None
    file, document_url = receipt.file, ""
    if file is not None and file.document is not None:
        document_url = make_address(file, file.document, is_public=False)
    return ShownReceipt(
        sent_at=receipt.sent_at,
        picture=show_picture(file, width=192, is_public=False),
        document_url=document_url,
        problem=gettext(receipt.failure) if receipt.failure else "",
    )
