"""Erasing a customer: that they asked, and when it was answered, stays; who it was does not."""

from __future__ import annotations

from privacy.models import PersonRequest, PersonRequestStep
from tenants.hooks import register_eraser
from tenants.services.erasures.columns import erase_columns
from tenants.types import ErasedRows

KIND = "scheduling.Customer"


def register() -> None:
    """Be called when customers are erased."""
    register_eraser(KIND, "requests", 30, erase_requests)


def erase_requests(rows: ErasedRows) -> None:
    """Take the words of their requests, and of those who handled them."""
    theirs = PersonRequest.objects.filter(customer_id__in=rows.row_ids)
    erase_columns(PersonRequestStep.objects.filter(request__customer_id__in=rows.row_ids))
    erase_columns(theirs)
