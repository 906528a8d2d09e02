"""Rows of money, as the services of billing would leave them."""

from __future__ import annotations

from datetime import UTC, datetime

from billing.models import LedgerEntry, Payment, Refund

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


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
