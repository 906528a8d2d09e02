"""Erasing a customer: what was paid stays, as the law asks of every business, and no word says by whom."""

from __future__ import annotations

from billing.models import DisputeAnswer, InvoiceWish, Payment, Receipt, Refund, SavedMethod
from billing.services.fees import drop_card
from billing.services.invoices.wishes import forget_tax_data
from billing.services.receipts import remove_receipts
from tenants.hooks import register_eraser
from tenants.services.erasures.columns import erase_columns
from tenants.types import ErasedRows

KIND = "scheduling.Customer"


def register() -> None:
    """Be called when customers are erased."""
    register_eraser(KIND, "payments", 20, erase_payers)


def erase_payers(rows: ErasedRows) -> None:
    """Take what staff wrote beside their payments and what they sent to show that they paid, and forget their cards.

    The provider forgets them through a worker. It is forgotten as well to whom invoices were made out.
    """
    kept = SavedMethod.objects.filter(customer_id__in=rows.row_ids, removed_at=None, payment__isnull=False)
    for payment_id in kept.order_by("payment_id").values_list("payment_id", flat=True):
        drop_card(payment_id, now=rows.at)
    remove_receipts(Receipt.objects.filter(payment__customer_id__in=rows.row_ids), now=rows.at)
    erase_columns(Payment.objects.filter(customer_id__in=rows.row_ids))
    erase_columns(DisputeAnswer.objects.filter(dispute__payment__customer_id__in=rows.row_ids))
    erase_columns(Refund.objects.filter(payment__customer_id__in=rows.row_ids))
    forget_tax_data(InvoiceWish.objects.filter(customer_id__in=rows.row_ids), now=rows.at)
    erase_columns(SavedMethod.objects.filter(customer_id__in=rows.row_ids))
