"""Whoever asked something about their data stays, when the import is taken back that brought them."""

from __future__ import annotations

import pytest

from privacy.models import PersonRequest
from scheduling.models import Customer
from tests.factories.privacy import make_request
from tests.integration.scheduling.imports.test_imports import KEPT, NOW, bring_in, list_rows, take_back


@pytest.mark.parametrize("is_ended", [False, True])
def test_undoing_keeps_who_asked_about_their_data(tenant, is_ended):
    run = bring_in(*([f"Persona {number}", f"551234560{number}", *[""] * 7] for number in (1, 2)))
    asking = Customer.objects.get(name="Persona 1")
    request_id = make_request(asking.pk, right="access", now=NOW)
    if is_ended:
        PersonRequest.objects.filter(pk=request_id).update(state="withdrawn", ended_at=NOW)

    undone = take_back(run.key)

    kept = {row.cells[0]: row.undo for row in list_rows(undone, only=KEPT)[0]}
    assert kept == {"Persona 1": "This customer asked something about their data since."}
    assert list(Customer.objects.values_list("name", flat=True)) == ["Persona 1"]
    assert PersonRequest.objects.get(pk=request_id).customer_id == asking.pk
