"""Decisions go when nobody can undo them any more and their list is old; what they did stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduling.errors.bulk import BulkActOver
from scheduling.models import Booking, BulkAct, BulkRow
from scheduling.services.bulk import forgetting
from scheduling.services.bulk.forgetting import ALL, KEPT, KIND, forget_acts, plan_forgetting
from scheduling.services.bulk.steps import undo_act
from scheduling.tasks import forget_bulk_acts
from tenants.jobs import call_outside
from tenants.models import DueWork
from tests.factories.scheduling import NOW
from tests.integration.scheduling.bulk.conftest import look, take_first, work
from tests.integration.scheduling.changes.conftest import book_for


def make_acts(count: int, **values) -> list[int]:
    made = [BulkAct(kind="message", **{"state": "done", "created_at": NOW} | values) for _ in range(count)]
    return [row.pk for row in BulkAct.objects.bulk_create(made)]


def test_what_was_done_outlives_its_decision(clock, olga, eva, leo, service_id, away, begin):
    booking_id = book_for("Ana", service_id, 9, resource_ids=(eva,))
    act_id = begin(take_first(look(away, olga)))
    work(act_id)
    act = BulkAct.objects.get()
    before = Booking.objects.filter(pk=booking_id).values().get()

    forget_acts(ALL, act.created_at + KEPT - timedelta(seconds=1))
    kept = BulkAct.objects.count(), BulkRow.objects.count()
    with pytest.raises(BulkActOver):
        undo_act(key=act.key, by=olga, now=act.created_at + KEPT)
    forget_acts(ALL, act.created_at + KEPT)
    forget_acts(ALL, act.created_at + KEPT)

    assert kept == (1, 1)
    assert (BulkAct.objects.count(), BulkRow.objects.count()) == (0, 0)
    assert Booking.objects.filter(pk=booking_id).values().get() == before


@pytest.mark.parametrize(
    ("state", "is_gone"), [("done", True), ("undone", True), ("running", False), ("undoing", False)]
)
def test_what_is_worked_on_stays(tenant, state, is_gone):
    make_acts(1, state=state)

    forget_acts(ALL, NOW + KEPT)

    assert BulkAct.objects.exists() != is_gone


def test_many_go_in_parts_and_young_ones_stay(tenant, monkeypatch):
    monkeypatch.setattr(forgetting, "AT_ONCE", 3)
    make_acts(7)
    (young,) = make_acts(1, created_at=NOW + timedelta(days=1))

    forget_acts(ALL, NOW + KEPT)

    assert list(BulkAct.objects.values_list("pk", flat=True)) == [young]


def test_nights_leave_it_to_workers_for_every_business(tenant, other_tenant):
    call_outside(forget_bulk_acts)
    count = call_outside(plan_forgetting, now=NOW)

    rows = DueWork.objects.filter(kind=KIND).values_list("schema_name", "row_id")
    assert set(rows) >= {(tenant.schema_name, ALL), (other_tenant.schema_name, ALL)}
    assert len(rows) == count
