"""A payment with what goes back of it, as pages and programs see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from billing.engine import find_gone
from billing.enums import (
    ASIDE,
    GOING,
    INVOICED,
    AnswerFailure,
    AnswerKind,
    AnswerState,
    DisputeReason,
    DisputeState,
    PaymentDoor,
    PaymentMeans,
    PaymentMethod,
    PaymentPurpose,
    PaymentState,
    RefundCause,
    RefundState,
)
from billing.types.accounts import OpenDoors
from files.types import Picture
from scheduling.types import BookingView


@dataclass(frozen=True, slots=True)
class RefundView:
    """What goes back of a payment."""

    id: int
    amount_minor: int
    state: RefundState
    cause: RefundCause
    reason: str
    asked_at: datetime
    done_at: datetime | None
    is_credit: bool = False
    returned_minor: int = 0

    @property
    def credited_minor(self) -> int:
        """How much of it became credit and was not taken back."""
        return self.amount_minor - self.returned_minor if self.is_credit else 0


@dataclass(frozen=True, slots=True)
class PaymentView:
    """One payment of a booking, with what goes back of it."""

    id: int
    booking_id: int
    purpose: PaymentPurpose
    amount_minor: int
    refunded_minor: int
    currency: str
    door: PaymentDoor
    state: PaymentState
    means: str
    note: str
    opened_at: datetime
    received_at: datetime | None
    refunds: tuple[RefundView, ...]
    received_by_id: int | None = None
    kept_minor: int = 0
    charged_at: datetime | None = None
    decline: str = ""
    disputed_minor: int = 0
    dispute_state: str = ""
    stays_minor: int = 0

    @property
    def is_card_only(self) -> bool:
        """Tell whether this is only a card that is, or was to be, left: nobody was charged anything."""
        return self.purpose == PaymentPurpose.NO_SHOW and self.door == PaymentDoor.STRIPE and self.charged_at is None

    @property
    def method(self) -> PaymentMethod:
        """How it was paid, or is to be paid."""
        return self.find_method(self.door, self.means)

    @staticmethod
    def find_method(door: str, means: str) -> PaymentMethod:
        """Return how something was paid that came through ``door``, as staff said by ``means``."""
        if door in (PaymentDoor.STRIPE, PaymentDoor.CREDIT):
            return PaymentMethod.ONLINE if door == PaymentDoor.STRIPE else PaymentMethod.CREDIT
        if means:
            return PaymentMethod(means)
        return PaymentMethod.TRANSFER if door == PaymentDoor.BANK_TRANSFER else PaymentMethod.OTHER

    @property
    def sent_back_minor(self) -> int:
        """How much went back as money."""
        sent = (each for each in self.refunds if each.state == RefundState.DONE and not each.is_credit)
        return sum(each.amount_minor for each in sent)

    @property
    def credited_minor(self) -> int:
        """How much of it became credit."""
        return sum(each.credited_minor for each in self.refunds)

    @property
    def aside_minor(self) -> int:
        """How much goes back, or went, that the visit did not need: no terms share it."""
        live = (each for each in self.refunds if each.cause in ASIDE and each.state in GOING)
        return sum(each.amount_minor - each.returned_minor for each in live)

    @property
    def to_send_minor(self) -> int:
        """How much is still to be sent back."""
        return sum(each.amount_minor for each in self.refunds if each.state == RefundState.PENDING)

    @property
    def gone_minor(self) -> int:
        """How much the business does not have (any more): it goes back, or went, or the bank took it."""
        return find_gone(self.amount_minor, self.refunded_minor, self.disputed_minor)

    @property
    def moment(self) -> datetime:
        """When it came; until then, when it was asked for."""
        return self.received_at or self.opened_at

    @property
    def left_minor(self) -> int:
        """How much can still go back; not what the bank took back already."""
        return self.amount_minor - self.gone_minor if self.state == PaymentState.RECEIVED else 0

    @property
    def invoiced_minor(self) -> int:
        """How much of it an invoice can be about: what is left of the price, so no tip and no fee."""
        return self.left_minor if self.purpose in INVOICED else 0


@dataclass(frozen=True, slots=True)
class PaidOver:
    """What was paid of a visit that is more than its price; ``payment_id`` is the payment of which it can go back.

    Where no single one covers it, that is the newest one of which a part can.
    """

    amount_minor: int
    payment_id: int


@dataclass(frozen=True, slots=True)
class DisputeView:
    """What a customer had the bank ask back of a payment.

    Attributes:
        taken_minor: What the bank has of it now.
        answer_by: Until when the business may answer.
    """

    id: int
    payment_id: int
    state: DisputeState
    reason: DisputeReason
    amount_minor: int
    taken_minor: int
    currency: str
    opened_at: datetime
    answer_by: datetime | None
    closed_at: datetime | None

    def is_open_at(self, now: datetime) -> bool:
        """Tell whether the business may answer."""
        return self.state == DisputeState.OPEN and (self.answer_by is None or self.answer_by > now)


@dataclass(frozen=True, slots=True)
class AnswerView:
    """What the business told the bank of a dispute.

    Attributes:
        by_id: The user who let it be sent.
        done_at: When the bank had it, or it was refused.
    """

    dispute_id: int
    kind: AnswerKind
    state: AnswerState
    failure: str
    text: str
    asked_at: datetime
    by_id: int | None
    done_at: datetime | None

    @property
    def is_live(self) -> bool:
        """Tell whether it is with the bank, or on its way."""
        return self.state != AnswerState.REFUSED

    @property
    def why(self) -> object:
        """Why it was not taken, in words; empty: it was, or is on its way."""
        return AnswerFailure(self.failure).label if self.failure else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """What goes to the bank about a disputed payment, in words; empty ones are left out.

    Attributes:
        paper: The evidence as PDF, of so many ``pages``.
        served_on: When the visit was; empty where it did not take place.
        refund_terms: Which refunds were agreed, and how the customer saw it.
        cancel_terms: Until when they could cancel.
    """

    paper: bytes
    pages: int
    customer_name: str = ""
    customer_email: str = ""
    service: str = ""
    served_on: str = ""
    refund_terms: str = ""
    cancel_terms: str = ""

    def describe(self) -> dict[str, str]:
        """Return the words by what they are."""
        return {
            "customer_name": self.customer_name,
            "customer_email": self.customer_email,
            "service": self.service,
            "served_on": self.served_on,
            "refund_terms": self.refund_terms,
            "cancel_terms": self.cancel_terms,
        }


@dataclass(frozen=True, slots=True)
class FeeView:
    """The fee of a booking for which a card was left.

    Attributes:
        most_minor: The most that was agreed.
        due_minor: What may be charged, or is; 0: nothing, as the booking stands.
        card: Brand and last digits.
        is_asked: The card was declined (``decline``), and the customer was asked to pay.
        note: Why it was waived.
        by_id: The user who let it be charged, or waived it.
    """

    payment_id: int
    state: PaymentState
    most_minor: int
    due_minor: int
    card: str = ""
    is_asked: bool = False
    decline: str = ""
    note: str = ""
    by_id: int | None = None

    @property
    def is_chargeable(self) -> bool:
        """Tell whether staff decides now whether it is charged."""
        return self.state == PaymentState.RESERVED and self.due_minor > 0


@dataclass(frozen=True, slots=True)
class AskedDeposit:
    """The deposit that a customer still has to pay.

    Attributes:
        pay_by: Until when its place is kept.
        doors: How it can be paid from afar; without any, it is paid at the business.
        is_on_card: Nothing is paid: a card is left, to which so much may be charged.
    """

    amount_minor: int
    currency: str
    pay_by: datetime
    doors: OpenDoors
    is_on_card: bool = False


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """What a customer sent to show that a transfer is on its way.

    Attributes:
        file: None while it is being prepared, and where a ``failure`` (an English msgid) says why it is none.
    """

    id: int
    sent_at: datetime
    file: Picture | None
    failure: str


@dataclass(frozen=True, slots=True)
class AwaitedDeposit:
    """A transfer that somebody of the business has to look for in the bank."""

    booking: BookingView
    amount_minor: int
    receipt: ReceiptView | None


@dataclass(frozen=True, slots=True)
class CounterPayment:
    """What was paid across the counter, in the smallest coin of the booking's currency.

    Attributes:
        seen: How many payments of the booking the person saw who types this.
        is_despite: They know that another payment is on its way, or reserved on a card.
    """

    amount_minor: int
    means: PaymentMeans
    seen: int
    tip_minor: int = 0
    note: str = ""
    is_despite: bool = False
