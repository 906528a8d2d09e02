"""Rows of money, as the services of billing would leave them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from billing.enums import PaymentMeans, PaymentPurpose
from billing.models import LedgerEntry, Payment, Refund
from billing.services.accounts import change_bank_data
from billing.services.invoices.wishes import want_invoice
from billing.services.payments import record_payment
from billing.types import BankData
from kernel.law.taxes import TaxData
from notifications.models import Event
from notifications.services.outbox import process_event
from scheduling.enums import DepositKind
from scheduling.models import Service
from scheduling.selectors.bookings.views import get_booking
from scheduling.selectors.catalog.setups import read_service
from scheduling.services.bookings.corrections import correct_booking
from scheduling.services.catalog.services import change_service
from scheduling.types import CUSTOMER, Correction
from tests.factories.scheduling import NOW, STAFF

__all__ = ["NOW"]


def make_payment(**values) -> Payment:
    """A deposit that a transfer is waited for."""
    defaults = {
        "booking_id": 1,
        "purpose": "deposit",
        "amount_minor": 30000,
        "currency": "MXN",
        "door": "bank_transfer",
        "opened_at": NOW,
    }
    return Payment.objects.create(**defaults | values)


def make_received(**values) -> Payment:
    return make_payment(**{"state": "received", "received_at": NOW} | values)


def make_refund(payment: Payment, **values) -> Refund:
    defaults = {"payment": payment, "amount_minor": 10000, "cause": "policy", "asked_at": NOW}
    return Refund.objects.create(**defaults | values)


def make_entry(payment: Payment, **values) -> LedgerEntry:
    """The row that tells that a payment was received."""
    defaults = {
        "at": NOW,
        "kind": "received",
        "debit": payment.door,
        "credit": "prepaid",
        "amount_minor": payment.amount_minor,
        "currency": payment.currency,
        "payment": payment,
    }
    return LedgerEntry.objects.create(**defaults | values)


def pay(booking_id: int, amount_minor: int = 50_000, means: str = "cash", purpose: str = "balance", now=NOW) -> int:
    """Note what was paid at the counter; return the payment's id."""
    return record_payment(
        booking_id=booking_id, amount_minor=amount_minor, means=PaymentMeans(means), now=now, by=STAFF,
        purpose=PaymentPurpose(purpose),
    )  # fmt: skip


BANK = BankData(holder="Taller Ríos SA", bank="BBVA", number="012 180 0151 2345 6780", is_on=True)


def take_transfers(**values) -> None:
    """Let the business take deposits by bank transfer."""
    change_bank_data(data=replace(BANK, **values), by=STAFF, now=NOW)


def ask_deposits(amount_minor: int) -> None:
    """Let what is confirmed at once ask for a deposit, as the owner would; 0: for none."""
    kind = DepositKind.FIXED if amount_minor else DepositKind.NONE
    for row in Service.objects.filter(approval="instant", price_minor__gte=amount_minor):
        setup = replace(read_service(row), deposit_kind=kind, deposit_minor=amount_minor)
        change_service(service_id=row.pk, setup=setup, version=None, by=STAFF, now=NOW)


def correct_price(booking_id: int, price_minor: int | None, *, now=NOW) -> None:
    """Let staff put the price of a booking right."""
    booking = get_booking(booking_id=booking_id)
    correction = Correction(
        name=booking.customer_name, phone=booking.customer_phone, email=booking.customer_email,
        asset=booking.asset_data, note=booking.note, price_minor=price_minor,
    )  # fmt: skip
    correct_booking(booking_id=booking_id, correction=correction, now=now, by=STAFF)


def tell_events() -> None:
    """Do what a worker does with what has happened to bookings."""
    for event in Event.objects.filter(processed_at=None).order_by("pk"):
        process_event(event.pk, event.occurred_at)


def add_up() -> dict[str, int]:
    """What lies in each account by the ledger."""
    sums: Counter[str] = Counter()
    for debit, credit, amount in LedgerEntry.objects.values_list("debit", "credit", "amount_minor"):
        sums[debit] += amount
        sums[credit] -= amount
    return dict(sums)


TAX_DATA = TaxData(
    name="Ana Gómez Díaz", id_kind="rfc", tax_id="GODE561231GR8", postal_code="06700", regime="612", use="G03",
    email="facturas@example.com",
)  # fmt: skip


def want(booking_id: int, *, now=NOW, by=CUSTOMER, **values) -> int:
    """Ask for an invoice, as its customer would on the page of the booking; return the wish's id."""
    return want_invoice(booking_id=booking_id, typed=replace(TAX_DATA, **values), now=now, by=by)
