"""What messages about a booking say of its money."""

from __future__ import annotations

from billing.enums import LIVE_STATES, PaymentDoor
from billing.selectors.accounts import find_open_account
from billing.selectors.payments import balance_booking, list_payments_of
from scheduling import hooks
from scheduling.enums import BookingStatus
from scheduling.types import BookingView


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
    return hooks.MoneyFacts(paid_minor=paid, account=where)


def register() -> None:
    """Answer scheduling's question for its messages."""
    hooks.register_money_teller(find_money)
