"""What visits are about, on a page of its own: made, changed, its meter read, its visits listed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from scheduling.errors import CustomerInvalid
from scheduling.errors.customers import AssetNotFound, ReadingLower
from scheduling.models import Asset, AssetReading, Booking, Customer
from scheduling.selectors.customers.assets import find_meter
from scheduling.selectors.customers.stories import get_asset_story
from scheduling.services.customers.assets import change_asset
from scheduling.services.customers.readings import add_reading
from scheduling.services.customers.records import create_customer
from scheduling.types import CustomerSetup
from tenants.context import tenant_scope
from tests.factories.scheduling import NOW, STAFF
from tests.integration.web.workspace.conftest import book

URL = "/workspace/customers/"


@pytest.fixture
def asset_id(tenant) -> int:
    return Booking.objects.get(pk=book().booking_id).asset_id


def read(client, path: str) -> str:
    answer = client.get(f"{URL}{path}?lang=es")
    assert answer.status_code == 200
    return answer.content.decode()


def list_values() -> list[tuple[int, str]]:
    return list(AssetReading.objects.order_by("pk").values_list("value", "unit"))


def test_the_page_tells_what_it_is_and_what_it_came_for(owner_client, asset_id):
    owner = Asset.objects.get(pk=asset_id).owner

    page = read(owner_client, f"assets/{asset_id}/")

    for text in (
        "Chevrolet Spark",
        "ABC-12-34",
        "Ana Torres",
        f"{URL}{owner.pk}/",
        "Confirmada",
        "Aún no hay lecturas",
    ):
        assert text in page, text


def test_what_somebody_else_came_with_stays_theirs(owner_client, asset_id):
    former = create_customer(setup=CustomerSetup(name="Dueña Anterior"), by=STAFF, now=NOW)
    Booking.objects.filter(asset_id=asset_id).update(customer_id=former)

    page = read(owner_client, f"assets/{asset_id}/")

    assert ("Dueña Anterior" in page, "Aún sin visitas" in page) == (False, True)


def test_one_is_made_and_found_on_the_record(owner_client, tenant):
    customer_id = create_customer(setup=CustomerSetup(name="Ana Torres"), by=STAFF, now=NOW)
    read(owner_client, f"{customer_id}/assets/new/")

    answer = owner_client.post(f"{URL}{customer_id}/assets/new/", {"asset.plate": "xyz-987-a", "asset.make": "Nissan"})

    asset = Asset.objects.get()
    assert (answer.status_code, asset.identifier, asset.owner_id) == (302, "XYZ-987-A", customer_id)
    assert "XYZ-987-A" in read(owner_client, f"{customer_id}/")


def test_nothing_and_the_same_again_are_refused(owner_client, asset_id):
    customer_id = Asset.objects.get().owner_id

    answers = [
        owner_client.post(f"{URL}{customer_id}/assets/new/", typed) for typed in ({}, {"asset.plate": "ABC1234"})
    ]

    assert ([each.status_code for each in answers], Asset.objects.count()) == ([422, 409], 1)


def test_a_change_is_kept_and_a_stale_one_is_told_first(owner_client, asset_id):
    form = read(owner_client, f"assets/{asset_id}/change/")
    old = re.search(r'name="seen" value="([^"]+)"', form)[1]
    change_asset(asset_id=asset_id, fields={"model": "Aveo"}, now=NOW)
    typed = {"asset.make": "Chevrolet", "asset.model": "Spark GT", "asset.plate": "ABC-12-34"}

    stale = owner_client.post(f"{URL}assets/{asset_id}/change/", typed | {"seen": old})
    between = Asset.objects.get().data["model"]
    seen = re.search(r'name="seen" value="([^"]+)"', stale.content.decode())[1]
    answers = [owner_client.post(f"{URL}assets/{asset_id}/change/", typed | {"seen": seen})]
    seen = re.search(r'name="seen" value="([^"]+)"', read(owner_client, f"assets/{asset_id}/change/"))[1]
    answers.append(owner_client.post(f"{URL}assets/{asset_id}/change/", typed | {"seen": seen}))

    assert (stale.status_code, between, Asset.objects.get().data["model"]) == (409, "Aveo", "Spark GT")
    assert [each.status_code for each in answers] == [302, 302]


def test_a_reading_is_kept_and_the_next_booking_begins_with_it(owner_client, asset_id):
    answer = owner_client.post(f"{URL}assets/{asset_id}/reading/", {"reading": "62480"})

    page = read(owner_client, f"assets/{asset_id}/")
    assert (answer.status_code, list_values()) == (302, [(62480, "km")])
    assert (Asset.objects.get().data["mileage"], "62,480 km" in page) == ("62480", True)


def test_a_lower_reading_is_asked_about_first(owner_client, asset_id):
    url = f"{URL}assets/{asset_id}/reading/"
    owner_client.post(url, {"reading": "62480"})

    first = owner_client.post(f"{url}?lang=es", {"reading": "6248"})
    kept = list_values()
    again = owner_client.post(url, {"reading": "6248", "is_lower_meant": "on"})

    assert (first.status_code, kept, again.status_code) == (409, [(62480, "km")], 302)
    assert "Es menos que la última lectura" in first.content.decode()
    assert list_values() == [(62480, "km"), (6248, "km")]


@pytest.mark.parametrize("typed", ["", "mucho", "-5"])
def test_what_is_no_reading_is_refused(owner_client, asset_id, typed):
    answer = owner_client.post(f"{URL}assets/{asset_id}/reading/", {"reading": typed})

    assert (answer.status_code, list_values()) == (422, [])


def test_the_service_refuses_what_is_not_there_and_what_is_lower(tenant, asset_id):
    add_reading(asset_id=asset_id, typed="500", now=NOW)

    with pytest.raises(AssetNotFound):
        add_reading(asset_id=999999, typed="1", now=NOW)
    with pytest.raises(AssetNotFound):
        get_asset_story(asset_id=999999, now=NOW)
    with pytest.raises(ReadingLower) as lower:
        add_reading(asset_id=asset_id, typed="499", now=NOW + timedelta(days=1))

    assert (lower.value.before, list_values()) == (500, [(500, "km")])


def test_a_trade_that_reads_nothing_keeps_no_readings(tenants, db):
    with tenant_scope(tenants["salon"]):
        owner = Customer.objects.create(name="Ana", created_at=NOW)
        asset = Asset.objects.create(owner=owner, type_key="hair", created_at=NOW)

        with pytest.raises(CustomerInvalid):
            add_reading(asset_id=asset.pk, typed="5", now=NOW)

        assert (find_meter(), AssetReading.objects.count()) == (None, 0)


def test_who_only_reads_is_offered_nothing_to_change(staff_client, asset_id):
    page = read(staff_client("provider"), f"assets/{asset_id}/")

    assert ("reading/" in page, "change/" in page, "Nueva cita" in page) == (False, False, False)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_as_often_for_three_readings_as_for_one(owner_client, asset_id, django_assert_num_queries, count):
    for value in range(count):
        add_reading(asset_id=asset_id, typed=str(1000 + value), now=NOW)
    read(owner_client, f"assets/{asset_id}/")

    with django_assert_num_queries(11):
        owner_client.get(f"{URL}assets/{asset_id}/")
