"""What programs of others hear about payments and invoices: ids, amounts and words of ours, and nobody's name."""

from __future__ import annotations

from collections.abc import Mapping

from billing.errors import InvoiceNotFound, PaymentNotFound
from billing.selectors.invoices import get_invoice
from billing.selectors.payments import get_payment
from notifications.services.webhooks.recording import offer_webhooks
from notifications.types.messages import EventView
from notifications.types.webhooks import WebhookContent
from scheduling.errors import BookingNotFound
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.messages.words import make_subject

TYPES: Mapping[str, str] = {
    "payment.succeeded": "payment.succeeded",
    "payment.refunded": "payment.refunded",
    "payment.credited": "payment.credited",
    "payment.failed": "payment.failed",
    "payment.expired": "payment.failed",
}
"""Kind of event → what is told of it: money that did not come in time did not come."""
INVOICE_TYPES = tuple(f"invoice.{each}" for each in ("wanted", "issued", "corrected", "refused", "withdrawn"))
"""What is told of an invoice that a customer wants, as it is published."""


def describe_payment(event: EventView) -> WebhookContent | None:
    """Tell of a payment that came, went back, became credit or did not come; None of tests, samples and what is gone.

    ``refund`` is what went back or became credit now; ``refunded`` is all that was sent back, ``credited`` all that the
    customer has as credit instead, less what was taken back. It arrives in order with what is told of its booking.
    """
    try:
        payment = get_payment(payment_id=event.subject_id)
        booking = get_booking(booking_id=payment.booking_id)
    except (PaymentNotFound, BookingNotFound):
        return None
    if booking.is_test or booking.is_sample or payment.is_card_only:  # a card that is left is no payment
        return None
    refund = next((each for each in payment.refunds if each.id == event.payload.get("refund_id")), None)
    data = {
        "payment": {
            "id": str(payment.id),
            "purpose": str(payment.purpose),
            "method": str(payment.method),
            "amount": _money(payment.amount_minor, payment.currency),
            "refunded": _money(payment.sent_back_minor, payment.currency),
            "credited": _money(payment.credited_minor, payment.currency),
        },
        "refund": None
        if refund is None
        else {
            "id": str(refund.id),
            "amount": _money(refund.amount_minor, payment.currency),
            "cause": str(refund.cause),
        },
        "booking": {"id": str(booking.id), "reference": booking.reference},
    }
    return WebhookContent(TYPES[event.kind], make_subject(booking.id), data)


def describe_invoice(event: EventView) -> WebhookContent | None:
    """Tell what became of an invoice that a customer wants; None of tests and samples, and of what is gone.

    Neither tax data nor the reason of a refusal travel: they name people. ``state`` is of then; the number is that of
    now. It arrives in order with what is told of its booking.
    """
    try:
        invoice = get_invoice(invoice_id=event.subject_id)
        booking = get_booking(booking_id=invoice.booking_id)
    except (InvoiceNotFound, BookingNotFound):
        return None
    if booking.is_test or booking.is_sample:
        return None
    data = {
        "invoice": {
            "id": str(invoice.id),
            "state": event.payload["state"],
            "number": invoice.number or None,
            "issued_on": invoice.issued_on.isoformat() if invoice.issued_on else None,
        },
        "by": event.payload["by"],
        "booking": {"id": str(booking.id), "reference": booking.reference},
    }
    return WebhookContent(event.kind, make_subject(booking.id), data)


def register() -> None:
    """Offer them to businesses."""
    offer_webhooks(dict.fromkeys(TYPES.values()), dict.fromkeys(TYPES, describe_payment))
    offer_webhooks(INVOICE_TYPES, dict.fromkeys(INVOICE_TYPES, describe_invoice))


def _money(amount_minor: int, currency: str) -> dict[str, object]:
    return {"amount_minor": amount_minor, "currency": currency}
