"""What payments have about one person, table by table, for the file that they take along."""

from __future__ import annotations

from billing.models import DisputeAnswer, InvoiceWish, Payment, Refund, SavedMethod
from kernel.text import mark
from tenants.services.erasures.persons import PersonTable, register_person_tables
from tenants.services.erasures.retention import register_retention

TABLES = (
    PersonTable(
        "billing.Payment",
        mark("Payments"),
        lambda keys: Payment.objects.filter(customer_id__in=keys.customer_ids).order_by("pk"),
        beside=("purpose", "door", "state", "amount_minor", "refunded_minor", "currency", "opened_at", "received_at"),
    ),
    PersonTable(
        "billing.Refund",
        mark("Refunds"),
        lambda keys: Refund.objects.filter(payment__customer_id__in=keys.customer_ids).order_by("pk"),
        beside=("cause", "state", "amount_minor", "payment__currency"),
    ),
    PersonTable(
        "billing.DisputeAnswer",
        mark("Disputes"),
        lambda keys: DisputeAnswer.objects.filter(dispute__payment__customer_id__in=keys.customer_ids).order_by("pk"),
        without={"paper": "the same words as a paper for the bank"},
    ),
    PersonTable(
        "billing.InvoiceWish",
        mark("Invoices"),
        lambda keys: InvoiceWish.objects.filter(customer_id__in=keys.customer_ids).order_by("pk"),
        beside=("state", "country", "number", "issued_on", "asked_at"),
    ),
    PersonTable(
        "billing.SavedMethod",
        mark("Cards"),
        lambda keys: SavedMethod.objects.filter(customer_id__in=keys.customer_ids).order_by("pk"),
    ),
)


_ACCOUNTS = mark("It belongs to your accounts: amounts and days stay for the tax office.")
STAYING = {
    **dict.fromkeys(("billing.Payment", "billing.Refund", "billing.DisputeAnswer"), _ACCOUNTS),
    "billing.SavedMethod": mark("It is the card that they left: it stays until it ends or they take it away."),
}


def register() -> None:
    """Say which rows are about a person, and how long they are kept."""
    register_person_tables(TABLES, left_out={})
    register_retention(staying=STAYING)
