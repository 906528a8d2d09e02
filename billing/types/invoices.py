"""Invoices that customers ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from billing.enums import (
    LIVE_WISHES,
    InvoiceState,
    PaymentMethod,
)
from billing.types.payments import PaymentView
from kernel.law.taxes import TaxData
from scheduling.types import BookingFacts


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
        booking_id: Those of this booking alone.
        search: Words, each part of a name, tax number or invoice number, or of the booking's customer, reference or
            services; dashes in numbers do not matter.
    """

    state: str = ""
    search: str = ""
    cursor: str = ""
    limit: int = 50
    booking_id: int | None = None
