"""Erasing a customer from the answers that are kept for repeated calls."""

from __future__ import annotations

import json

from api.models import IdempotentAnswer
from scheduling.selectors.bookings.references import list_references
from scheduling.services.erasing import KIND
from tenants.hooks import register_eraser
from tenants.types import ErasedRows


def register() -> None:
    """Let erased customers be erased here as well."""
    register_eraser(KIND, "answers", 20, erase_answers)


def erase_answers(rows: ErasedRows) -> None:
    """Remove the answers that tell of bookings of these customers: a call that is repeated is answered anew."""
    references = list_references(rows.row_ids)
    if not references:
        return
    kept = IdempotentAnswer.objects.values_list("pk", "sent", "answer").iterator()
    told = [pk for pk, sent, answer in kept if any(each in sent or each in json.dumps(answer) for each in references)]
    IdempotentAnswer.objects.filter(pk__in=told).delete()
