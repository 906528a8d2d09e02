"""Whoever changes an asset locks as merges do: visits, then owners by their ids, then the asset."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from scheduling.models import Asset, Customer
from scheduling.services.customers.assets import change_asset, create_asset
from scheduling.services.customers.owners import archive_asset, move_asset
from scheduling.services.customers.readings import add_reading
from tenants.context import tenant_scope
from tests.factories.scheduling import NOW, STAFF
from tests.integration.scheduling.customers.test_merging import book, make, make_shop

JOBS = {
    "move": lambda asset_id, low: move_asset(asset_id=asset_id, to_id=low, on=NOW.date(), by=STAFF, now=NOW),
    "archive": lambda asset_id, _low: archive_asset(asset_id=asset_id, now=NOW),
    "change": lambda asset_id, _low: change_asset(asset_id=asset_id, fields={"plate": "ZZZ-111-Z"}, now=NOW),
    "read": lambda asset_id, _low: add_reading(asset_id=asset_id, typed="41000", now=NOW),
}


def wait_for_waiter() -> None:
    for _ in range(400):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            if cursor.fetchone() != (0,):
                return
        time.sleep(0.05)
    raise AssertionError("nobody waits")


@pytest.mark.parametrize("name", JOBS)
def test_nobody_holds_what_comes_later_while_waiting_for_what_comes_before(scratch_tenant, name):
    def run(asset_id: int, low: int) -> None:
        with tenant_scope(scratch_tenant):
            try:
                JOBS[name](asset_id, low)
            finally:
                connection.close()

    with tenant_scope(scratch_tenant):
        service_id = make_shop(4)[0]
        visit = book(service_id, 0, "Berta Baja")
        low, high = visit.customer_id, make("Ana Alta")
        asset_id = create_asset(customer_id=high, fields={"plate": "ABC-123-D"}, now=NOW)
        with ThreadPoolExecutor(1) as pool:
            with transaction.atomic():
                held = low if name == "move" else high
                list(Customer.objects.filter(pk=held).select_for_update().values_list("pk"))
                job = pool.submit(run, asset_id, low)
                wait_for_waiter()
                # Whom it waits for goes on in the same order, and meets no lock.
                list(Customer.objects.filter(pk=high).select_for_update(nowait=True).values_list("pk"))
                list(Asset.objects.filter(pk=asset_id).select_for_update(nowait=True).values_list("pk"))
            job.result(60)
        asset = Asset.objects.get(pk=asset_id)

    assert {
        "move": asset.owner_id == low,
        "archive": asset.archived_at == NOW,
        "change": asset.identifier == "ZZZ-111-Z",
        "read": asset.data.get("mileage") == "41000",
    }[name]


def test_a_move_waits_for_visits_before_it_holds_an_owner(scratch_tenant):
    def run(asset_id: int, to_id: int) -> None:
        with tenant_scope(scratch_tenant):
            try:
                JOBS["move"](asset_id, to_id)
            finally:
                connection.close()

    with tenant_scope(scratch_tenant):
        visit = book(make_shop(4)[0], 0, "Berta Baja")
        other = make("Ana Alta")
        asset_id = create_asset(customer_id=other, fields={"plate": "ABC-123-D"}, now=NOW)
        with ThreadPoolExecutor(1) as pool:
            with transaction.atomic():
                list(type(visit).objects.filter(pk=visit.pk).select_for_update().values_list("pk"))
                job = pool.submit(run, asset_id, visit.customer_id)
                wait_for_waiter()
                rows = Customer.objects.filter(pk__in=(other, visit.customer_id)).order_by("pk")
                list(rows.select_for_update(nowait=True).values_list("pk"))
            job.result(60)
        visit.refresh_from_db()

    assert visit.asset_id == asset_id


def test_an_asset_that_changed_hands_while_somebody_waited_is_locked_with_its_new_owner(scratch_tenant):
    def run(asset_id: int) -> bool:
        with tenant_scope(scratch_tenant):
            try:
                return JOBS["archive"](asset_id, 0)
            finally:
                connection.close()

    with tenant_scope(scratch_tenant):
        low, high = make("Berta Baja"), make("Ana Alta")
        asset_id = create_asset(customer_id=high, fields={"plate": "ABC-123-D"}, now=NOW)
        with ThreadPoolExecutor(1) as pool:
            with transaction.atomic():
                JOBS["move"](asset_id, low)
                job = pool.submit(run, asset_id)
                wait_for_waiter()
            done = job.result(60)
        asset = Asset.objects.get(pk=asset_id)

    assert (done, asset.owner_id, asset.archived_at) == (True, low, NOW)
