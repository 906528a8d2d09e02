"""What messages about a booking, and files of own data, say of its money."""

from __future__ import annotations

from billing.enums import LIVE_STATES, PaymentState
from billing.selectors.accounts import find_ways_to_pay
from billing.selectors.asking import find_due
from billing.selectors.credits import describe_own_credits
from billing.selectors.invoices import describe_own_invoices
from billing.selectors.payments import balance_booking, list_payments_of
from billing.selectors.receipts import list_receipts
from scheduling import hooks
from scheduling.enums import BookingStatus
from scheduling.types import BookingView


def find_money(booking: BookingView) -> hooks.MoneyFacts:
    """Return what was paid, and how a deposit that is waited for is paid from afar; at most four queries.

    Of one that is on its way nothing more is to be done.
    """
    payments = list_payments_of(booking_id=booking.id)
    paid = balance_booking(booking, payments).held_minor
    live = [each for each in payments if each.state in LIVE_STATES]
    if booking.status != BookingStatus.PENDING_PAYMENT or any(each.state != PaymentState.OPEN for each in live):
        return hooks.MoneyFacts(paid_minor=paid)
    doors = find_ways_to_pay(booking, due_minor=find_due(booking, payments))
    takes_card = doors.card is not None and not booking.is_test
    if doors.bank is None:
        return hooks.MoneyFacts(paid_minor=paid, takes_card=takes_card)
    where = hooks.TransferAccount(
        holder=doors.bank.holder,
        number=doors.bank.number,
        bank=doors.bank.bank,
        tax_id=doors.bank.tax_id,
        note=doors.bank.note,
    )
    has_receipt = bool(list_receipts([each.id for each in live]))
    return hooks.MoneyFacts(
        paid_minor=paid, account=where, has_receipt=has_receipt, takes_card=takes_card and not has_receipt
    )


def register() -> None:
    """Answer scheduling's questions for its messages, and for files of own data."""
    hooks.register_money_teller(find_money)
    hooks.register_own_data("invoices", describe_own_invoices)
    hooks.register_own_data("credits", describe_own_credits)
