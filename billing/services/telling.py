"""What messages about a booking say of its money, and what the business is told of it."""

from __future__ import annotations

from accounts.selectors.staff import list_managers
from billing.enums import LIVE_STATES, PaymentDoor
from billing.selectors.accounts import find_open_account
from billing.selectors.payments import balance_booking, list_payments_of
from billing.selectors.receipts import list_receipts
from billing.services.receipts import SENT
from kernel.formats import get_formats
from notifications.hooks import register_event_handler
from notifications.services.messages import tell
from notifications.types.messages import EventView, Recipient
from scheduling import hooks
from scheduling.enums import BookingStatus
from scheduling.errors import BookingNotFound
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.messages.words import make_business_words, make_subject
from scheduling.types import BookingView
from tenants.context import current_tenant

RECEIPT_TEMPLATE = "business_receipt_sent"


def find_money(booking: BookingView) -> hooks.MoneyFacts:
    """Return what was paid, and where a deposit that is waited for is transferred to; at most three queries."""
    payments = list_payments_of(booking_id=booking.id)
    paid = balance_booking(booking, payments).held_minor
    doors = {each.door for each in payments if each.state in LIVE_STATES}
    if booking.status != BookingStatus.PENDING_PAYMENT or doors - {PaymentDoor.BANK_TRANSFER}:
        return hooks.MoneyFacts(paid_minor=paid)
    account = find_open_account(PaymentDoor.BANK_TRANSFER)
    if account is None:
        return hooks.MoneyFacts(paid_minor=paid)
    where = hooks.TransferAccount(
        holder=account.holder, number=account.number, bank=account.bank, tax_id=account.tax_id, note=account.note
    )
    has_receipt = bool(list_receipts([each.id for each in payments if each.state in LIVE_STATES]))
    return hooks.MoneyFacts(paid_minor=paid, account=where, has_receipt=has_receipt)


def tell_of_receipt(event: EventView) -> None:
    """Tell owners and managers that there is a receipt to look at (handler of events); safe to run twice."""
    booking_id = event.payload.get("booking_id")
    if event.kind != SENT or not isinstance(booking_id, int):
        return
    try:
        booking = get_booking(booking_id=booking_id)
    except BookingNotFound:
        return  # removed since
    if booking.status != BookingStatus.PENDING_PAYMENT:
        return  # somebody was faster
    words = make_business_words(booking)
    tell(
        recipients=[
            Recipient(email=reader.email, locale=reader.locale) for reader in list_managers(notice=RECEIPT_TEMPLATE)
        ],
        template=RECEIPT_TEMPLATE,
        about=make_subject(booking.id),
        words={language: {**said, "deposit": _say_amount(booking, language)} for language, said in words.items()},
        key=f"event:{event.id}:{RECEIPT_TEMPLATE}",
        now=event.occurred_at,
        reply_to=booking.customer_email,
        expires_at=booking.hold_expires_at,
        limit="messages_business",
    )


def register() -> None:
    """Answer scheduling's question for its messages, and listen to what happens to payments."""
    hooks.register_money_teller(find_money)
    register_event_handler("payment.", tell_of_receipt)


def _say_amount(booking: BookingView, language: str) -> str:
    tenant = current_tenant()
    formats = get_formats(language, tenant.country, tenant.profile.clock)
    return formats.format_money(booking.deposit_minor, booking.currency)
