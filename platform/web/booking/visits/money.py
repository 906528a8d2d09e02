"""Where the money of a booking stands, as its customer reads it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from billing.enums import LIVE_STATES, PaymentDoor
from billing.selectors.accounts import find_open_doors
from billing.selectors.payments import balance_booking, list_payments_of
from billing.selectors.receipts import list_receipts
from billing.types import BankData, CardAccount, OpenDoors, ReceiptView
from scheduling.types import BookingView


@dataclass(frozen=True, slots=True)
class ShownMoney:
    """What was paid, what is left, and what to do about a deposit that is waited for.

    Attributes:
        bank: Where the deposit is transferred to; None: it is paid at the business, or nobody waits for it.
        receipt: What the customer sent to show that it is on its way.
        paid_minor: What the business has, in the smallest coin of the booking's currency.
        owed_minor: What is left to pay; None while the price is open.
        card: The account that takes the deposit by card; None: it does not.
    """

    bank: BankData | None
    receipt: ReceiptView | None
    paid_minor: int
    owed_minor: int | None
    card: CardAccount | None = None

    @property
    def doors(self) -> OpenDoors:
        """How the deposit can be paid from afar."""
        return OpenDoors(self.bank, self.card)

    @property
    def problem(self) -> str:
        """Say why the receipt that was sent cannot be read; empty: it can, or is being prepared."""
        return gettext(self.receipt.failure) if self.receipt and self.receipt.failure else ""


def load_money(booking: BookingView, *, is_unpaid: bool) -> ShownMoney:
    """Return where the money of a booking stands; one query, and up to four more while a deposit is waited for."""
    payments = list_payments_of(booking_id=booking.id)
    balance = balance_booking(booking, payments)
    live = [each for each in payments if each.state in LIVE_STATES]
    is_transfer = is_unpaid and all(each.door == PaymentDoor.BANK_TRANSFER for each in live)
    doors = OpenDoors()
    if is_unpaid:
        doors = find_open_doors(amount_minor=booking.deposit_minor, currency=booking.currency)
    bank = doors.bank if is_transfer or doors.card is None else None
    receipts = list_receipts([each.id for each in live]) if bank else {}
    return ShownMoney(bank, next(iter(receipts.values()), None), balance.held_minor, balance.owed_minor, doors.card)
