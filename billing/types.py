"""Values that billing hands to other rooms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from billing.enums import (
    INVOICED,
    LIVE_WISHES,
    CardState,
    DifferenceKind,
    DisputeReason,
    DisputeState,
    InvoiceState,
    LedgerKind,
    PaymentDoor,
    PaymentMeans,
    PaymentMethod,
    PaymentPurpose,
    PaymentState,
    PayoutState,
    PlanFeature,
    PlanLimit,
    RefundCause,
    RefundState,
)
from files.types import Picture
from kernel.law.taxes import TaxData
from kernel.page import Page
from scheduling.types import BookingFacts, BookingView


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan.

    Attributes:
        names: Language → name.
        monthly_minor: Currency (ISO 4217) → price of a month in its smallest coin, before tax.
        limits: What is limited → how many; what is missing is not limited.
    """

    key: str
    names: Mapping[str, str]
    monthly_minor: Mapping[str, int]
    limits: Mapping[PlanLimit, int]
    features: frozenset[PlanFeature]


@dataclass(frozen=True, slots=True)
class PlanTable:
    """All plans, the cheapest first.

    Attributes:
        trial_plan: Key of the plan that the trial opens.
        months_per_year: How many months a year costs.
        currencies: Those in which every plan has a price (ISO 4217), in the order of the table.
        fallback_currency: For whom none of them is their own.
    """

    trial_days: int
    trial_plan: str
    months_per_year: int
    currencies: tuple[str, ...]
    fallback_currency: str
    plans: tuple[Plan, ...]

    def get_yearly_minor(self, plan: Plan, currency: str) -> int:
        """Return what a year costs in the smallest coin, before tax."""
        return plan.monthly_minor[currency] * self.months_per_year


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
        if door == PaymentDoor.STRIPE:
            return PaymentMethod.ONLINE
        if means:
            return PaymentMethod(means)
        return PaymentMethod.TRANSFER if door == PaymentDoor.BANK_TRANSFER else PaymentMethod.OTHER

    @property
    def sent_back_minor(self) -> int:
        """How much went back."""
        return sum(each.amount_minor for each in self.refunds if each.state == RefundState.DONE)

    @property
    def to_send_minor(self) -> int:
        """How much is still to be sent back."""
        return sum(each.amount_minor for each in self.refunds if each.state == RefundState.PENDING)

    @property
    def gone_minor(self) -> int:
        """How much the business does not have (any more): it goes back, or went, or the bank took it."""
        return min(self.amount_minor, self.refunded_minor + self.disputed_minor)

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


@dataclass(frozen=True, slots=True)
class PayoutView:
    """What the card provider sent on to the bank; below zero, it took money from there."""

    id: int
    amount_minor: int
    currency: str
    state: PayoutState
    made_at: datetime
    arrives_at: datetime


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
class PaymentRow:
    """A payment in a list; ``facts`` are those of its booking, None when that is gone."""

    payment: PaymentView
    facts: BookingFacts | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFilters:
    """Which payments to list: what came, or was asked for, in ``[since, until)``.

    Attributes:
        search: Part of a customer's name, of a reference, or an amount as people type it.
    """

    since: datetime
    until: datetime
    method: str = ""
    group: str = ""
    service_id: int | None = None
    resource_id: int | None = None
    booking_id: int | None = None
    search: str = ""
    cursor: str = ""
    limit: int = 50


@dataclass(frozen=True, slots=True)
class PaymentTotals:
    """What some payments add up to, in one currency."""

    currency: str
    count: int = 0
    received_minor: int = 0
    refunded_minor: int = 0
    to_send_minor: int = 0
    kept_minor: int = 0
    taken_minor: int = 0


@dataclass(frozen=True, slots=True)
class FoundPayments:
    """A page of payments, and what all that were found add up to, by currency."""

    page: Page[PaymentRow]
    totals: tuple[PaymentTotals, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomeLine:
    """A line of the report of income; tips are part of what was received.

    Attributes:
        key: What the line stands for: a date, an id or a word; empty: what belongs to nothing (any more).
        name: As people read it; of a day its date.
        taken_minor: What banks took back, less what came back from them: it may be below zero.
    """

    key: str
    name: str
    currency: str
    received_minor: int = 0
    tips_minor: int = 0
    refunded_minor: int = 0
    kept_minor: int = 0
    owed_minor: int = 0
    taken_minor: int = 0


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A row of the ledger; ``by_id`` is who of the business did it."""

    at: datetime
    kind: LedgerKind
    amount_minor: int
    currency: str
    by_id: int | None


@dataclass(frozen=True, slots=True)
class MovedMoney:
    """Money of a booking that came, or went back: then ``amount_minor`` is below zero.

    ``is_taken``: nobody sent it, the bank has it.
    """

    at: datetime
    purpose: PaymentPurpose
    method: PaymentMethod
    amount_minor: int
    currency: str
    is_taken: bool = False

    @property
    def is_refund(self) -> bool:
        """Tell whether it was sent back."""
        return self.amount_minor < 0 and not self.is_taken


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """In what the ledger and the card provider differ."""

    id: int
    kind: DifferenceKind
    payment_id: int | None
    ours_minor: int
    theirs_minor: int
    currency: str
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class BankData:
    """Where customers transfer to, as the business types it.

    Attributes:
        wait_minutes: A place waits for its money while the business is open for so long.
    """

    holder: str = ""
    bank: str = ""
    number: str = ""
    tax_id: str = ""
    note: str = ""
    wait_minutes: int = 240
    is_on: bool = False


@dataclass(frozen=True, slots=True)
class CardAccount:
    """The business's account at the card provider, as it was found last.

    Attributes:
        provider_id: Empty: it has none yet.
        is_on: The business wants to take cards.
        missing_count: How much the provider still wants to know.
        answer_by: Until when, before it stops taking payments.
        checked_at: When it was asked last; None: never.
    """

    provider_id: str = ""
    state: CardState | None = None
    is_on: bool = False
    missing_count: int = 0
    answer_by: datetime | None = None
    checked_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether customers can pay by card now."""
        return self.is_on and self.state == CardState.ACTIVE


@dataclass(frozen=True, slots=True)
class OpenDoors:
    """The ways in which a customer can pay from afar.

    Attributes:
        bank: Where to transfer to; None: this way is closed.
        card: The account that takes cards; None: this way is closed.
    """

    bank: BankData | None = None
    card: CardAccount | None = None


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
class InvoiceView:
    """An invoice that a customer wants.

    Attributes:
        country: By whose law the ``data`` are; they are the customer's, or those of whoever pays for them.
        number: What the business calls the invoice that it made, on ``issued_on``.
        reason: Why it makes none.
        asked_by_id: Who of the business typed the data; None: the customer.
        closed_by_id: Who of the business answered; None: the customer withdrew it, or nobody answered.
    """

    id: int
    booking_id: int
    customer_id: int | None
    state: InvoiceState
    country: str
    data: TaxData
    number: str
    issued_on: date | None
    reason: str
    asked_at: datetime
    asked_by_id: int | None
    closed_at: datetime | None
    closed_by_id: int | None

    @property
    def is_asked(self) -> bool:
        """Tell whether the business has not answered yet."""
        return self.state == InvoiceState.ASKED

    @property
    def is_made(self) -> bool:
        """Tell whether the business has issued it."""
        return self.state == InvoiceState.ISSUED

    @property
    def seen_at(self) -> datetime:
        """When what can be answered or corrected was asked for, or noted: who answers says what they saw."""
        return self.closed_at if self.is_made and self.closed_at else self.asked_at

    @property
    def is_live(self) -> bool:
        """Tell whether no other one can be wanted for the booking."""
        return self.state in LIVE_WISHES


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice in a list; ``facts`` are those of its booking, None when that is gone.

    Attributes:
        payments: Those of its booking that an invoice can be about, in their order.
        currency: That of the payments; without any, that of the business.
    """

    invoice: InvoiceView
    facts: BookingFacts | None
    payments: tuple[PaymentView, ...]
    currency: str

    @property
    def paid_minor(self) -> int:
        """What an invoice can be about (`PaymentView.invoiced_minor`)."""
        return sum(each.invoiced_minor for each in self.payments)

    @property
    def methods(self) -> tuple[PaymentMethod, ...]:
        """In which ways it was paid, in their order."""
        return tuple(dict.fromkeys(each.method for each in self.payments))

    @property
    def paid_at(self) -> datetime | None:
        """When the last of it came."""
        return max((each.moment for each in self.payments), default=None)


@dataclass(frozen=True, slots=True)
class InvoiceFilters:
    """Which invoices to list: all, or of one state.

    Attributes:
        search: Words, each part of a name, tax number or invoice number, or of the booking's customer, reference or
            services; dashes in numbers do not matter.
    """

    state: str = ""
    search: str = ""
    cursor: str = ""
    limit: int = 50


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
    """

    amount_minor: int
    means: PaymentMeans
    seen: int
    tip_minor: int = 0
    note: str = ""
