"""Who comes again is found again, however the name, the plate or the number of the vehicle is typed."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from scheduling.models import Asset, AssetMark, Booking, Customer
from scheduling.services.bookings.submissions import book_slot
from scheduling.types import SlotRequest
from tests.factories.scheduling import CUSTOMER, DETAILS, NOW, hours_later, make_shop, make_wish

VERSA = {"make": "Nissan", "model": "Versa"}
VIN = "1M8GDM9AXKP042788"


@pytest.fixture
def book(tenant):
    service_id, _ = make_shop()

    def book(*, hours, name="Ana Pérez", **asset):
        details = replace(DETAILS, customer=replace(DETAILS.customer, name=name), asset={**VERSA, **asset})
        request = SlotRequest(make_wish(service_id), starts_at=hours_later(hours))
        return book_slot(request=request, details=details, now=NOW, source="page", by=CUSTOMER)

    return book


@pytest.mark.parametrize(
    ("name", "again"),
    [
        ("María Núñez", unicodedata.normalize("NFD", "María Núñez")),
        ("María Núñez", "maria nunez"),
        ("Sinéad O'Connor", "Sinead O’CONNOR"),
        ("Ana García-López", "ana garcia lopez"),
        ("Ana Ruiz", "Ana\u200b Ruiz"),
    ],
)
def test_a_name_with_the_same_contact_is_one_customer(book, name, again):
    book(hours=0, name=name)
    book(hours=1, name=again)

    assert (Booking.objects.count(), Customer.objects.count(), Asset.objects.count()) == (2, 1, 1)
    assert Customer.objects.get().name == name


def test_another_name_at_the_same_contact_is_another_customer(book):
    book(hours=0, name="Ana Ruiz")
    book(hours=1, name="Anna Ruiz")

    assert Customer.objects.count() == 2


@pytest.mark.parametrize("again", ["ABC123D", "abc 123 d", "abc.123.d", "ＡＢＣ－１２３－Ｄ"])
def test_a_plate_is_one_vehicle(book, again):
    book(hours=0, plate="ABC-123-D")
    book(hours=1, plate=again)

    assert Asset.objects.values_list("identifier", flat=True).get() == "ABC-123-D"
    assert Booking.objects.filter(asset=Asset.objects.get()).count() == 2
    assert AssetMark.objects.values_list("mark", flat=True).get() == "vehicle.plate:abc123d"


def test_a_vehicle_is_found_by_its_number_without_its_plate(book):
    book(hours=0, plate="ABC-123-D", vin=VIN)
    book(hours=1, vin=f"{VIN[:9]} {VIN[9:]}".lower())
    book(hours=2, plate="abc123d")

    assert (Asset.objects.count(), Booking.objects.filter(asset=Asset.objects.get()).count()) == (1, 3)
    assert sorted(AssetMark.objects.values_list("mark", flat=True)) == [
        "vehicle.plate:abc123d",
        f"vehicle.vin:{VIN.lower()}",
    ]


def test_other_plates_are_other_vehicles(book):
    book(hours=0, plate="ABC-123-D")
    book(hours=1, plate="ABC-123-E")

    assert Asset.objects.count() == 2


def test_a_vehicle_without_a_plate_is_found_by_make_and_model(book):
    book(hours=0, model="Mégane")
    book(hours=1, model="megane")

    assert Asset.objects.count() == 1


def test_the_database_keeps_a_plate_once_for_a_customer(book):
    book(hours=0, plate="ABC-123-D")
    asset = Asset.objects.get()

    with pytest.raises(IntegrityError, match="scheduling_mark_once"), transaction.atomic():
        AssetMark.objects.create(asset=asset, owner=asset.owner, mark="vehicle.plate:abc123d")


def fetch(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall()) if cursor.description else []


def test_rows_of_before_get_their_keys_and_twins_become_one(tenant):
    name = unicodedata.normalize("NFD", "María Núñez")
    [(owner,)] = fetch(
        "INSERT INTO scheduling_customer (name, locale, notes, tags, is_sample, created_at) "
        "VALUES (%s, 'es', '', '[]', false, now()) RETURNING id",
        name,
    )
    for plate, kind in (("ABC-123-D", "vehicle"), ("ABC123D", "vehicle"), ("XYZ-9", "vehicle"), ("Firulais", "pet")):
        fetch(
            "INSERT INTO scheduling_asset (owner_id, type_key, label, identifier, data, is_sample, created_at) "
            "VALUES (%s, %s, 'Renault Mégane', %s, jsonb_build_object('plate', %s::text), false, now())",
            owner,
            kind,
            plate,
            plate,
        )

    with connection.schema_editor(atomic=False) as editor:
        import_module("scheduling.migrations.0007_compared_names").fill(apps, editor)

    assert fetch("SELECT name, name_key FROM scheduling_customer") == [("María Núñez", "marianunez")]
    assert fetch("SELECT identifier, label_key FROM scheduling_asset ORDER BY id") == [
        ("ABC-123-D", "renaultmegane"),
        ("XYZ-9", "renaultmegane"),
        ("Firulais", "renaultmegane"),
    ]
    assert fetch("SELECT mark FROM scheduling_assetmark ORDER BY mark") == [
        ("vehicle.plate:abc123d",),
        ("vehicle.plate:xyz9",),
    ]
