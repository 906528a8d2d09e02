"""A vehicle changes hands on its page: to a customer who is looked for or somebody new; it is archived and restored."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kernel.clock import utc_now
from scheduling.enums import ContactKind
from scheduling.models import Asset, AssetOwner, Booking, Customer
from scheduling.selectors.customers.owners import list_owners
from scheduling.services.customers.owners import move_asset
from scheduling.services.customers.records import create_customer
from scheduling.services.erasing import KIND
from scheduling.types import ContactSetup, CustomerSetup
from tenants.models import Tenant
from tenants.services.erasures.erasing import erase
from tests.factories.scheduling import NOW, STAFF
from tests.integration.web.workspace.conftest import book

URL = "/workspace/customers/"


@pytest.fixture
def asset_id(tenant) -> int:
    return Booking.objects.get(pk=book().booking_id).asset_id


@pytest.fixture
def victor(tenant) -> int:
    contacts = (ContactSetup(ContactKind.PHONE, "+525598765432"),)
    return create_customer(setup=CustomerSetup(name="Víctor Salas", contacts=contacts), by=STAFF, now=NOW)


def read(client, path: str) -> str:
    answer = client.get(f"{URL}{path}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_customer_is_looked_for_and_gets_it(owner_client, asset_id, victor):
    owner = Asset.objects.get().owner
    page = read(owner_client, f"assets/{asset_id}/owner/?q=salas&lang=es")
    chosen = read(owner_client, f"assets/{asset_id}/owner/?to={victor}&lang=es")

    answer = owner_client.post(f"{URL}assets/{asset_id}/owner/", {"to": victor, "from": owner.pk, "on": "2026-01-15"})

    assert (f"?to={victor}" in page, "Suyo desde" in chosen, "Víctor Salas" in chosen) == (True, True, True)
    assert (answer.status_code, Asset.objects.get().owner_id) == (302, victor)
    both = read(owner_client, f"assets/{asset_id}/?lang=es"), read(owner_client, f"{owner.pk}/?lang=es")
    assert all("15 de ene de 2026" in each or "15 ene 2026" in each for each in both), both[1]
    assert "Víctor Salas" in both[1]
    assert "Spark" in read(owner_client, f"{victor}/?lang=es")


def test_somebody_new_gets_it(owner_client, asset_id):
    typed = {"name": "Nueva Dueña", "phone": "55 9876 5432", "on": "2026-01-15"}

    answer = owner_client.post(f"{URL}assets/{asset_id}/owner/", typed)

    assert (answer.status_code, Asset.objects.get().owner.name) == (302, "Nueva Dueña")


def test_who_is_here_already_is_offered_instead(owner_client, asset_id, victor):
    typed = {"name": "Víctor Salas", "phone": "55 9876 5432", "on": "2026-01-15"}

    answer = owner_client.post(f"{URL}assets/{asset_id}/owner/?lang=es", typed)

    assert (answer.status_code, f"?to={victor}" in answer.content.decode()) == (409, True)
    assert Customer.objects.filter(name="Víctor Salas").count() == 1


@pytest.mark.parametrize("on", ["", "ayer", "9999"])
def test_a_day_that_is_none_is_refused_and_what_was_typed_stays(owner_client, asset_id, on):
    answer = owner_client.post(f"{URL}assets/{asset_id}/owner/", {"name": "Nueva Dueña", "on": on})

    assert (answer.status_code, "Nueva Dueña" in answer.content.decode()) == (422, True)
    assert AssetOwner.objects.count() == 0


def test_a_day_to_come_is_refused(owner_client, asset_id, victor):
    on = (utc_now() + timedelta(days=3)).date().isoformat()

    answer = owner_client.post(f"{URL}assets/{asset_id}/owner/?lang=es", {"to": victor, "on": on})

    assert (answer.status_code, "aún no llega" in answer.content.decode()) == (422, True)


def test_what_somebody_else_changed_meanwhile_is_told(owner_client, asset_id, victor):
    typed = {"to": victor, "from": victor, "on": "2026-01-15"}

    answer = owner_client.post(f"{URL}assets/{asset_id}/owner/", typed)
    gone = owner_client.get(f"{URL}assets/{asset_id}/owner/?to=999999")

    assert (answer.status_code, list_owners(asset_id=asset_id)) == (409, ())
    assert 'name="name"' in gone.content.decode()  # whoever is not there is looked for again


def test_it_is_archived_and_restored(owner_client, asset_id):
    owner = Asset.objects.get().owner

    first = owner_client.post(f"{URL}assets/{asset_id}/archive/")
    page, record = read(owner_client, f"assets/{asset_id}/?lang=es"), read(owner_client, f"{owner.pk}/?lang=es")
    form = owner_client.get(f"/workspace/bookings/new/?customer={owner.pk}").content.decode()
    archived_at = Asset.objects.get().archived_at
    second = owner_client.post(f"{URL}assets/{asset_id}/restore/")

    assert (first.status_code, second.status_code) == (302, 302)
    assert ("Archivado" in page, "&amp;asset=" in page, "Archivado" in record, "Spark" in form) == (
        True, False, True, False,
    )  # fmt: skip
    assert (archived_at is None, Asset.objects.get().archived_at) == (False, None)


def test_a_business_that_may_not_write_is_told(owner_client, asset_id, victor, tenant):
    Tenant.objects.filter(pk=tenant.id).update(status="read_only")

    answer = owner_client.post(f"{URL}assets/{asset_id}/archive/")
    moved = owner_client.post(f"{URL}assets/{asset_id}/owner/", {"to": victor, "on": "2026-01-15"})

    assert (answer.status_code, moved.status_code) == (302, 403)
    assert (Asset.objects.get().archived_at, AssetOwner.objects.count()) == (None, 0)


def test_who_only_reads_is_offered_no_change(staff_client, asset_id):
    page = read(staff_client("provider"), f"assets/{asset_id}/")

    assert ("owner/" in page, "archive/" in page) == (False, False)


def test_who_was_erased_is_named_without_a_link(owner_client, asset_id, victor):
    former = Asset.objects.get().owner_id
    move_asset(asset_id=asset_id, to_id=victor, on=NOW.date(), by=STAFF, now=NOW)
    before = read(owner_client, f"assets/{asset_id}/?lang=es").split('id="owners"')[1]
    erase(kind=KIND, row_ids=[former], now=NOW)

    page = read(owner_client, f"assets/{asset_id}/?lang=es").split('id="owners"')[1]

    linked = [f'href="{URL}{each}/"' in page for each in (former, victor)]
    assert (f'href="{URL}{former}/"' in before, linked, "Persona borrada" in page) == (True, [False, True], True)
