"""The end of tax data: two years after somebody gave them last, nothing says to whom an invoice was made out."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from billing.models import InvoiceWish
from billing.services.invoices.wishes import KEPT, WISH, forget_tax_data
from kernel.law.clocks import Period, Unit
from kernel.text import mark
from tenants.hooks import register_due_handler, register_exported_work
from tenants.services.erasures.retention import RetentionRule, register_retention

RULE = RetentionRule(
    "tax_data",
    ("billing.InvoiceWish",),
    mark("Tax data for invoices"),
    mark("To make the next invoice out without asking again"),
    lambda _: Period(KEPT.days, Unit.DAYS),
)


def register() -> None:
    """Forget tax data in time, in a business that was imported as well."""
    register_due_handler(WISH, end_wish)
    register_retention([RULE])
    register_exported_work([WISH])


@transaction.atomic
def end_wish(invoice_id: int, now: datetime) -> None:
    """Forget tax data whose time is over (handler of due work)."""
    forget_tax_data(InvoiceWish.objects.filter(pk=invoice_id), now=now)
