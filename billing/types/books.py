"""What a business reads in its books: lists, totals, income, payouts and what differs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from billing.enums import (
    DifferenceKind,
    LedgerKind,
    PaymentMethod,
    PaymentPurpose,
    PayoutState,
)
from billing.types.payments import DisputeView, PaymentView, ReceiptView
from kernel.page import Page
from scheduling.types import BookingFacts


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
class PayoutsStanding:
    """How fresh is what is known of payouts.

    Attributes:
        checked_at: When the provider said it; None: never.
        waiting_since: Since when somebody waits for its answer; None: nobody does.
        is_shut_out: The provider does not let us into the account any more.
    """

    is_connected: bool = False
    checked_at: datetime | None = None
    waiting_since: datetime | None = None
    is_shut_out: bool = False


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment in a list; ``facts`` are those of its booking, None when that is gone.

    Attributes:
        receipt: What was sent to show that it was transferred, while it is waited for; only the list itself reads it.
        is_to_check: Somebody has to look for it in the bank; list and file say so.
    """

    payment: PaymentView
    facts: BookingFacts | None
    receipt: ReceiptView | None = None
    is_to_check: bool = False


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """A dispute in a list; ``facts`` are those of the booking that was paid, None when that is gone."""

    dispute: DisputeView
    facts: BookingFacts | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFilters:
    """Which payments to list: what came, or was asked for, in ``[since, until)``.

    Attributes:
        search: Part of a customer's name, of a reference, or an amount as people type it.
        moved: One of `enums.IncomeFigure`: of what moved like that in ``[since, until)``, whenever it came; with it a
            person is whom the customer meets first, as in the report of income.
    """

    since: datetime
    until: datetime
    method: str = ""
    group: str = ""
    service_id: int | None = None
    resource_id: int | None = None
    booking_id: int | None = None
    search: str = ""
    moved: str = ""
    cursor: str = ""
    limit: int = 50


@dataclass(frozen=True, slots=True)
class PaymentTotals:
    """What some payments add up to, in one currency.

    Attributes:
        credited_minor: What of the money that came customers have, or had, as credit.
    """

    currency: str
    count: int = 0
    received_minor: int = 0
    refunded_minor: int = 0
    to_send_minor: int = 0
    kept_minor: int = 0
    taken_minor: int = 0
    credited_minor: int = 0


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

    ``is_taken``: nobody sent it, the bank has it. ``is_credit``: the customer has it as credit.
    """

    at: datetime
    purpose: PaymentPurpose
    method: PaymentMethod
    amount_minor: int
    currency: str
    is_taken: bool = False
    is_credit: bool = False

    @property
    def is_refund(self) -> bool:
        """Tell whether it was sent back."""
        return self.amount_minor < 0 and not self.is_taken and not self.is_credit


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
