"""Where the money of a booking stands, as its customer reads it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from billing.engine import Balance, Ending
from billing.enums import LIVE_STATES, PaymentDoor, PaymentState, RefundState
from billing.policies import split_payment
from billing.selectors.accounts import find_ways_to_pay, get_card_account
from billing.selectors.asking import find_due
from billing.selectors.credits import (
    find_credit_wish,
    find_proven_contact,
    find_spendable,
    is_credit_left,
    offers_credit,
)
from billing.selectors.fees import find_fee
from billing.selectors.invoices import has_invoice, may_want_invoice
from billing.selectors.payments import (
    balance_booking,
    list_payments_of,
    list_payments_of_all,
    preview_cancellation,
)
from billing.selectors.receipts import list_receipts
from billing.types import BankData, CardAccount, FeeView, OpenDoors, PaymentView, ReceiptView, RefundView
from scheduling.types import BookingView
from web.booking.visits.outcomes import Outcome, list_outcomes
from web.templatetags.formats import get_current_formats, local_date_long


@dataclass(frozen=True, slots=True)
class ShownRefund:
    """Money that goes back, and where it is, in a sentence."""

    amount_minor: int
    text: str
    swap_id: int | None = None
    """What may still become credit instead; None: it may not."""


@dataclass(frozen=True, slots=True)
class ShownMoney:
    """What was paid, what is left, and what to do about a deposit that is waited for.

    Attributes:
        bank: Where the deposit is transferred to; None: it is paid at the business, or nobody waits for it.
        receipt: What the customer sent to show that it is on its way.
        balance: What the business has, what is left to pay and what of that is reserved on a card.
        card: The account that takes the deposit by card; None: it does not.
        is_on_its_way: It was paid in a way that takes days: nothing else is to be done.
        payments: What was asked and paid, in its order.
        refunds: What goes back of it.
        is_on_card: Nothing is paid before the visit: a card is left.
        fee: What a card was left for, as it stands; None: none was.
        has_invoice_page: An invoice can be asked for, or was.
        due_minor: What is left to pay of the deposit that is waited for.
        credit_minor: What its customer, who has shown who they are, may pay it with.
        asks_for_proof: Somebody has credit here, which could pay it if its customer came by the link to their visits.
        is_card_paused: For now the provider takes no cards for the business.
        outcomes: What becomes of it if plans change.
    """

    bank: BankData | None
    receipt: ReceiptView | None
    balance: Balance
    card: CardAccount | None = None
    is_on_its_way: bool = False
    payments: tuple[PaymentView, ...] = ()
    refunds: tuple[ShownRefund, ...] = ()
    is_on_card: bool = False
    fee: FeeView | None = None
    has_invoice_page: bool = False
    due_minor: int = 0
    credit_minor: int = 0
    asks_for_proof: bool = False
    is_card_paused: bool = False
    outcomes: tuple[Outcome, ...] = ()

    @property
    def usable_minor(self) -> int:
        """How much of the credit pays the deposit."""
        return min(self.credit_minor, self.due_minor)

    @property
    def rest_minor(self) -> int:
        """How much is left to pay another way."""
        return self.due_minor - self.usable_minor

    @property
    def has_moved(self) -> bool:
        """Tell whether something was paid, of which there is a receipt."""
        return any(each.received_at for each in self.payments)

    @property
    def is_sent(self) -> bool:
        """Tell whether the customer says that the transfer is on its way, and it can be read, or will be."""
        return self.receipt is not None and not self.problem

    @property
    def offers_card(self) -> bool:
        """Tell whether it can be paid by card, and not twice."""
        return self.card is not None and not self.is_sent

    @property
    def is_from_afar(self) -> bool:
        """Tell whether the deposit that is waited for is not paid at the business."""
        return self.bank is not None or self.card is not None or self.is_on_its_way

    @property
    def kept_words(self) -> str:
        """Say what is to be done until ``%(time)s``; empty: to pay at the business."""
        if self.is_on_its_way:
            return gettext("Your payment is on its way. The time is kept for you until %(time)s")
        if self.is_sent:
            return gettext("The business looks for your transfer. The time is kept for you until %(time)s")
        if self.card is not None and self.is_on_card:
            return gettext("Leave a card to confirm it. The time is kept for you until %(time)s")
        if self.card is not None:
            return gettext("Pay the deposit to confirm it. The time is kept for you until %(time)s")
        if self.is_on_card:
            return gettext("The business gets in touch with you. The time is kept for you until %(time)s")
        return self._say_without_card()

    def _say_without_card(self) -> str:
        if self.is_card_paused and self.bank is None:
            return gettext(
                "Cards cannot be paid with here for now. You need not do anything: the business gets in touch with "
                "you. The time is kept for you until %(time)s"
            )
        return gettext("Transfer the deposit. The time is kept for you until %(time)s") if self.bank else ""

    @property
    def problem(self) -> str:
        """Say why the receipt that was sent cannot be read; empty: it can, or is being prepared."""
        return gettext(self.receipt.failure) if self.receipt and self.receipt.failure else ""


def load_money(booking: BookingView, *, is_unpaid: bool, now: datetime) -> ShownMoney:
    """Return where the money of a booking stands; two queries, and up to four more while a deposit is waited for."""
    payments = list_payments_of(booking_id=booking.id)
    balance, due_minor = balance_booking(booking, payments), find_due(booking, payments)
    live = [each for each in payments if each.state in LIVE_STATES]
    is_on_its_way = is_unpaid and any(each.state == PaymentState.PROCESSING for each in live)
    doors, contact, credit_minor, gives_credit = OpenDoors(), find_proven_contact(booking), 0, False
    if is_unpaid and not is_on_its_way:
        credit_minor = find_spendable(booking, contact)
        gives_credit = not contact and not booking.agreed.is_on_card and is_credit_left(booking.currency)
        doors = find_ways_to_pay(booking, due_minor=due_minor)
    receipts = list_receipts([each.id for each in live]) if doors.bank else {}
    fee = find_fee(booking, payments)
    waiting = [refund for each in payments for refund in each.refunds if refund.state == RefundState.PENDING]
    may_swap = bool(waiting) and booking.customer_id is not None and offers_credit()
    return ShownMoney(
        bank=doors.bank,
        receipt=next(iter(receipts.values()), None),
        balance=balance,
        card=doors.card,
        is_on_its_way=is_on_its_way,
        payments=payments,
        is_on_card=booking.agreed.is_on_card,
        fee=fee,
        due_minor=due_minor,
        outcomes=list_outcomes(booking, payments, now=now),
        credit_minor=credit_minor,
        asks_for_proof=gives_credit,
        is_card_paused=doors.is_card_paused or (fee is not None and fee.is_asked and get_card_account().is_paused),
        has_invoice_page=may_want_invoice(booking, payments) or has_invoice(booking, payments),
        refunds=tuple(
            ShownRefund(
                refund.amount_minor - refund.returned_minor,
                _say_refund(each, refund, booking.timezone),
                refund.id if may_swap and refund in waiting and each.door != PaymentDoor.STRIPE else None,
            )
            for each in payments
            for refund in each.refunds
            if refund.state != RefundState.DROPPED and refund.returned_minor < refund.amount_minor
        ),
    )


def is_refund_coming(booking: BookingView, money: ShownMoney) -> bool:
    """Tell whether something goes back of a visit that was called off a moment ago, and no worker has begun with it."""
    if booking.cancelled_at is None or money.refunds:
        return False
    split = preview_cancellation(booking, money.payments, at=booking.cancelled_at)
    return split is not None and split.back_minor > 0


def say_cancellation(booking: BookingView, payments: tuple[PaymentView, ...], *, at: datetime) -> str:
    """Say in money what goes back if the customer cancels; empty: nothing was paid."""
    formats = get_current_formats()
    split = preview_cancellation(booking, payments, at=at)
    if split is None:
        left = next((each for each in payments if each.is_card_only and each.state == PaymentState.RESERVED), None)
        if left is not None:
            return _say_charge(booking, left, at=at)
        reserved = sum(each.amount_minor for each in payments if each.state == PaymentState.RESERVED)
        amount = formats.format_money(reserved, booking.currency)
        return gettext("The %(amount)s reserved on your card are not taken.") % {"amount": amount} if reserved else ""
    said = {
        "back": formats.format_money(split.back_minor, booking.currency),
        "kept": formats.format_money(split.kept_minor, booking.currency),
    }
    if not split.kept_minor:
        return gettext("You get all of your %(back)s back.") % said
    if not split.back_minor:
        return gettext("As agreed when you booked, the business keeps your %(kept)s.") % said
    return gettext("You get %(back)s back; as agreed when you booked, the business keeps %(kept)s.") % said


def say_credit(booking: BookingView, payments: tuple[PaymentView, ...], *, at: datetime) -> str:
    """Say how much of it can be credit if the customer cancels and wants that; empty: it cannot.

    What was paid with credit is credit again in any case.
    """
    paid = tuple(each for each in payments if each.door != PaymentDoor.CREDIT)
    split = preview_cancellation(booking, paid, at=at)
    if split is None or not split.back_minor or not find_credit_wish(booking, payments):
        return ""
    amount = get_current_formats().format_money(split.back_minor, booking.currency)
    return gettext("Credit of %(amount)s for another visit") % {"amount": amount}


def _say_charge(booking: BookingView, left: PaymentView, *, at: datetime) -> str:
    """Say what may be charged to the card that was ``left`` if its customer cancels now."""
    charged = split_payment(left.amount_minor, booking, ending=Ending.CUSTOMER, at=at).kept_minor
    if not charged or booking.confirmed_at is None:
        return gettext("Nothing is charged to your card.")
    said = {"amount": get_current_formats().format_money(charged, booking.currency)}
    return gettext("As agreed when you booked, the business may charge %(amount)s to your card.") % said


def say_cancellations(bookings: Collection[BookingView], *, at: datetime) -> Mapping[int, str]:
    """Map bookings to what goes back of each, in money; two queries, if any."""
    payments = list_payments_of_all([each.id for each in bookings])
    return {each.id: say_cancellation(each, payments.get(each.id, ()), at=at) for each in bookings}


def _say_refund(payment: PaymentView, refund: RefundView, timezone: str) -> str:
    is_card = payment.door == PaymentDoor.STRIPE
    if refund.is_credit:
        return gettext("It is your credit here, and pays another visit.")
    if refund.state == RefundState.FAILED:
        return gettext("Your bank did not take it. The business gets in touch about another way.")
    if refund.state == RefundState.DONE and refund.done_at is not None:
        date = {"date": local_date_long(refund.done_at, timezone)}
        if is_card:
            return gettext("Sent to your card on %(date)s. Banks take 5 to 10 days to show it.") % date
        return gettext("Sent by the business on %(date)s.") % date
    if is_card:
        return gettext("On its way to the card that you paid with.")
    return gettext("The business sends it to you.")
