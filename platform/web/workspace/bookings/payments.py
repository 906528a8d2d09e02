"""Payments of a booking as its page lists them, with the receipts that customers sent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from billing.engine import Balance, Ending
from billing.enums import LIVE_STATES, PaymentDoor, PaymentMeans, PaymentState
from billing.gateway.enums import DeclineReason
from billing.policies import THEIRS
from billing.selectors.accounts import get_card_account
from billing.selectors.asking import may_ask_for_deposit
from billing.selectors.credits import add_up_left, list_customer_credits, offers_credit
from billing.selectors.fees import find_fee
from billing.selectors.invoices import may_want_invoice
from billing.selectors.payments import (
    balance_booking,
    find_over,
    list_payments_of,
    list_payments_of_all,
    may_record_payment,
    preview_cancellation,
)
from billing.selectors.receipts import list_receipts
from billing.types import FeeView, PaidOver, PaymentView, ReceiptView
from kernel.clock import utc_now
from scheduling.enums import BookingStatus, CancelCause
from scheduling.types import BookingView
from web.parts.pictures import ShownPicture, make_address, show_picture
from web.templatetags.formats import get_current_formats

DECLINES: dict[str, str | Promise] = {
    DeclineReason.REFUSED: gettext_lazy("The bank refused it."),
    DeclineReason.NO_FUNDS: gettext_lazy("There is not enough money on it."),
    DeclineReason.EXPIRED: gettext_lazy("The card has expired."),
    DeclineReason.NEEDS_CUSTOMER: gettext_lazy("The bank wants to ask its owner first."),
}


@dataclass(frozen=True, slots=True)
class ShownReceipt:
    """What a customer sent: a picture, a PDF to be saved, or why it is neither; all empty while it is prepared."""

    sent_at: datetime
    picture: ShownPicture | None
    document_url: str
    problem: str

    @property
    def url(self) -> str:
        """Where it is read; empty while it is prepared, and where it is none."""
        return self.picture.largest if self.picture else self.document_url


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """A payment of a booking; its receipt is shown as long as somebody has to look at it, and afterwards as well."""

    payment: PaymentView
    receipt: ShownReceipt | None
    means: str | Promise
    author: str

    @property
    def is_waited_for(self) -> bool:
        """Tell whether money may still come."""
        return self.payment.state in LIVE_STATES


@dataclass(frozen=True, slots=True)
class Returns:
    """What goes back in money if staff cancel, in the smallest coin; what credit paid is credit again in any case.

    Attributes:
        theirs_minor: If it was the customer who called it off: as agreed.
        ours_minor: Otherwise.
        may_be_credit: The customer may have it as credit.
    """

    theirs_minor: int
    ours_minor: int
    currency: str
    may_be_credit: bool

    @property
    def words(self) -> str:
        """Say how much goes back."""
        said = {"all": self._format(self.ours_minor), "part": self._format(self.theirs_minor)}
        if self.theirs_minor == self.ours_minor:
            return gettext("%(all)s go back.") % said
        told, silent = (each.label for each in CancelCause if each in THEIRS)
        causes = {"told": told, "silent": silent}
        return gettext(
            "If the reason is “%(told)s” or “%(silent)s”, it counts as canceled by the customer: "
            "%(part)s go back, as agreed. Otherwise all %(all)s."
        ) % (said | causes)

    @property
    def credit_words(self) -> str:
        """Say what the customer would have as credit."""
        if self.theirs_minor != self.ours_minor:
            return gettext("Credit for another visit")
        return gettext("Credit of %(amount)s for another visit") % {"amount": self._format(self.ours_minor)}

    def _format(self, amount_minor: int) -> str:
        return get_current_formats().format_money(amount_minor, self.currency)


@dataclass(frozen=True, slots=True)
class BookingMoney:
    """The money of a booking, in the smallest coin of its currency.

    Attributes:
        balance: What the business has of the customer, what is left to pay, and what of that is reserved.
        may_record: It can be paid at the counter.
        may_ask: Staff may ask for a deposit.
        fee: What a card was left for, as it stands; None: none was.
        fee_author: Who let it be charged, or waived it.
        may_want_invoice: The customer may want an invoice.
        credit_minor: What the customer has as credit and could pay with now.
        gives_credit: What is still to be sent back may be credit.
        currency: Of all of it.
        over: What the business has that is more than the price is now; None: nothing is.
        is_card_paused: It waits for a card, or for a fee, and the provider takes none for the business now.
    """

    lines: tuple[PaymentLine, ...]
    balance: Balance
    may_record: bool
    may_ask: bool
    fee: FeeView | None = None
    fee_author: str = ""
    may_want_invoice: bool = False
    credit_minor: int = 0
    gives_credit: bool = False
    is_card_paused: bool = False
    currency: str = ""
    over: PaidOver | None = None

    @property
    def coming_words(self) -> str:
        """Say what is on its way, to whoever might take it a second time; empty: nothing is."""
        if not self.balance.coming_minor:
            return ""
        said = {"amount": get_current_formats().format_money(self.balance.coming_minor, self.currency)}
        return (
            gettext("A card is being charged %(amount)s for this visit: wait for its bank before you take money.")
            % said
        )

    @property
    def decline_words(self) -> str | Promise:
        """Say why the card could not be charged."""
        return DECLINES.get(self.fee.decline if self.fee else "", gettext_lazy("It could not be charged."))


def load_money(booking: BookingView, names: Mapping[int, str] = MappingProxyType({})) -> BookingMoney:
    """Return the money of a booking as its page shows it; ``names`` are those of staff."""
    payments = list_payments_of(booking_id=booking.id)
    receipts = list_receipts([each.id for each in payments])
    balance, fee = balance_booking(booking, payments), find_fee(booking, payments)
    lines = (
        PaymentLine(
            payment=each,
            receipt=show_receipt(receipts.get(each.id)),
            means=PaymentMeans(each.means).label if each.means else "",
            author=names.get(each.received_by_id or 0, ""),
        )
        for each in payments
        if not each.is_card_only  # said by the fee
    )
    is_due = booking.status == BookingStatus.PENDING_PAYMENT or (
        may_record_payment(booking) and balance.left_minor != 0
    )
    credit_minor = 0
    if is_due and not booking.agreed.is_on_card:
        credit_minor = add_up_left(list_customer_credits(customer_id=booking.customer_id), booking.currency)
    is_to_send = any(each.to_send_minor for each in payments)
    is_fee_coming = fee is not None and (fee.is_asked or fee.is_chargeable or fee.state == PaymentState.PROCESSING)
    needs_card = booking.status == BookingStatus.PENDING_PAYMENT or is_fee_coming
    return BookingMoney(
        tuple(lines),
        balance,
        may_record=may_record_payment(booking),
        may_ask=may_ask_for_deposit(booking, payments, now=utc_now()),
        fee=fee,
        fee_author=names.get(fee.by_id or 0, "") if fee else "",
        may_want_invoice=may_want_invoice(booking, payments),
        credit_minor=credit_minor,
        gives_credit=is_to_send and booking.customer_id is not None and offers_credit(),
        is_card_paused=needs_card and get_card_account().is_paused,
        currency=booking.currency,
        over=find_over(booking, payments),
    )


def find_returns(bookings: Collection[BookingView], *, now: datetime) -> Returns | None:
    """Return what goes back if staff cancel some bookings of one customer; None: nothing does. Three queries at most.

    Of a series, all is in the currency of its first booking; what was paid in another one before is left out.
    """
    payments = list_payments_of_all([each.id for each in bookings])
    theirs = ours = 0
    is_known, currency = False, ""
    for booking in bookings:
        currency = currency or booking.currency
        paid = tuple(
            each
            for each in payments.get(booking.id, ())
            if each.door != PaymentDoor.CREDIT and each.currency == currency
        )
        by_them = preview_cancellation(booking, paid, at=now)
        by_us = preview_cancellation(booking, paid, at=now, ending=Ending.BUSINESS)
        theirs += by_them.back_minor if by_them else 0
        ours += by_us.back_minor if by_us else 0
        is_known |= by_us is not None and booking.customer_id is not None and not booking.is_test
    return Returns(theirs, ours, currency, may_be_credit=is_known and offers_credit()) if ours else None


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
