"""What customers and the business are told of invoices: a handler of ``invoice.*`` events, safe to run twice."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.enums import Notice
from accounts.selectors.staff import list_managers
from billing.enums import InvoiceState
from billing.errors import InvoiceNotFound
from billing.selectors.invoices import get_invoice
from billing.types import InvoiceView
from kernel.formats import get_formats
from kernel.languages import LANGUAGES
from notifications.hooks import register_event_handler
from notifications.services.messages import tell
from notifications.types.messages import TALK, EventView, Recipient, Thread
from scheduling.enums import ActorKind
from scheduling.errors import BookingNotFound
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.messages.customer import tell_customer
from scheduling.services.messages.words import make_business_words, make_subject
from scheduling.types import BookingView
from tenants.context import current_tenant

WANTED, ISSUED, CORRECTED, REFUSED = "invoice.wanted", "invoice.issued", "invoice.corrected", "invoice.refused"
TEMPLATES: Mapping[str, str] = {
    ISSUED: "invoice_issued",
    CORRECTED: "invoice_corrected",
    REFUSED: "invoice_refused",
}
STATES: Mapping[str, InvoiceState] = {
    WANTED: InvoiceState.ASKED,
    ISSUED: InvoiceState.ISSUED,
    CORRECTED: InvoiceState.ISSUED,
    REFUSED: InvoiceState.REFUSED,
}
"""Where a wish stands of which is told: of one that has gone on since, nothing."""


def tell_of_invoice(event: EventView) -> None:
    """Tell the business that an invoice is wanted, and the customer what became of it."""
    try:
        invoice = get_invoice(invoice_id=event.subject_id)
        booking = get_booking(booking_id=invoice.booking_id)
    except (InvoiceNotFound, BookingNotFound):
        return  # removed since
    if booking.is_sample or booking.is_test or invoice.state != STATES.get(event.kind):
        return
    if event.kind == WANTED:
        if event.payload.get("by") == ActorKind.CUSTOMER:  # of what staff typed they know
            _tell_business(event, booking, invoice)
        return
    _tell_customer(event, booking, invoice)


def register() -> None:
    """Listen to what happens to invoices."""
    register_event_handler("invoice.", tell_of_invoice)


def _tell_business(event: EventView, booking: BookingView, invoice: InvoiceView) -> None:
    tell(
        recipients=[
            Recipient(email=reader.email, locale=reader.locale)
            for reader in list_managers(notice=Notice.INVOICE_WANTED)
        ],
        template=Notice.INVOICE_WANTED,
        about=make_subject(booking.id),
        words={
            language: {**words, "invoice_name": invoice.data.name}
            for language, words in make_business_words(booking).items()
        },
        key=f"event:{event.id}:{Notice.INVOICE_WANTED}",
        now=event.occurred_at,
        reply_to=booking.customer_email,
        limit="messages_business",
    )


def _tell_customer(event: EventView, booking: BookingView, invoice: InvoiceView) -> None:
    template = TEMPLATES[event.kind]
    tell_customer(
        booking,
        template=template,
        key=f"event:{event.id}:{template}",
        now=event.occurred_at,
        limit="messages_changes",
        thread=Thread(role=TALK, state={}),
        more={
            language: {
                "invoice_number": invoice.number,
                "invoice_date": _say_date(invoice, language),
                "invoice_reason": invoice.reason,
            }
            for language in LANGUAGES
        },
    )


def _say_date(invoice: InvoiceView, language: str) -> str:
    tenant = current_tenant()
    formats = get_formats(language, tenant.country, tenant.profile.clock)
    return formats.format_date(invoice.issued_on) if invoice.issued_on else ""
