"""Vehicles by what they come for next: noted on their page, listed, narrowed, and taken along by owners alone."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from zipfile import ZipFile

import pytest

from kernel.clock import utc_now
from scheduling.models import Asset, AssetDue, AssetReading, Booking
from tenants.models import Tenant
from tests.integration.web.workspace.conftest import book

URL = "/workspace/customers/"


@pytest.fixture
def asset_id(tenant) -> int:
    return Booking.objects.get(pk=book().booking_id).asset_id


def read(client, path: str) -> str:
    answer = client.get(f"{URL}{path}")
    assert answer.status_code == 200
    return answer.content.decode()


def keep(client, asset_id: int, **typed: str):
    return client.post(f"{URL}assets/{asset_id}/due/?lang=es", typed)


def in_days(days: int) -> str:
    return (utc_now() + timedelta(days=days)).date().isoformat()


def test_what_is_due_is_noted_shown_and_taken_off(owner_client, asset_id):
    AssetReading.objects.create(asset_id=asset_id, value=59_000, unit="km", read_at=utc_now())

    answer = keep(owner_client, asset_id, what="Frenos", at_meter="60,000", on=in_days(200))

    note, owner = AssetDue.objects.get(), Asset.objects.get().owner_id
    pages = [
        read(owner_client, f"assets/{asset_id}/?lang=es"),
        read(owner_client, f"{owner}/?lang=es"),
        read(owner_client, "assets/?lang=es"),
        owner_client.get(f"/workspace/bookings/new/?customer={owner}&lang=es").content.decode(),
    ]
    assert (answer.status_code, note.at_meter, note.what) == (302, 60_000, "Frenos")
    assert [("a los 60,000 km" in page, "Faltan 1,000 km" in page) for page in pages] == [(True, True)] * 4
    done = owner_client.post(f"{URL}assets/{asset_id}/due/{note.pk}/done/")
    assert (done.status_code, "Frenos" in read(owner_client, f"{owner}/?lang=es")) == (302, False)
    back = owner_client.post(f"{URL}assets/{asset_id}/due/{note.pk}/back/")
    assert (back.status_code, "Frenos" in read(owner_client, f"{owner}/?lang=es")) == (302, True)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "Di cuándo"),
        ({"at_meter": "mucho", "what": "Frenos"}, "mucho"),
        ({"on": "2020-01-01", "what": "Frenos"}, "Ese día ya pasó"),
        ({"on": "ayer", "what": "Frenos"}, "Frenos"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(owner_client, asset_id, typed, words):
    answer = keep(owner_client, asset_id, **typed)
    page = answer.content.decode()

    assert (answer.status_code, words in page, '<details class="padded" open' in page) == (422, True, True)
    assert AssetDue.objects.count() == 0


def test_a_note_that_is_gone_is_told(owner_client, asset_id):
    gone = owner_client.post(f"{URL}assets/{asset_id}/due/999999/done/?lang=es", follow=True)

    assert "ya no está anotado" in gone.content.decode()


def test_a_business_that_may_not_write_is_told(owner_client, asset_id, tenant):
    Tenant.objects.filter(pk=tenant.id).update(status="read_only")

    answer = keep(owner_client, asset_id, on=in_days(9))

    assert (answer.status_code, AssetDue.objects.count()) == (403, 0)


def test_the_list_is_narrowed_and_archived_ones_stand_apart(owner_client, asset_id):
    AssetDue.objects.create(asset_id=asset_id, on=utc_now().date() + timedelta(days=60), written_at=utc_now())

    shown = {
        query: "Chevrolet" in read(owner_client, f"assets/?lang=es{query}")
        for query in ("", "&due=over", "&due=month", "&due=quarter", "&state=archived", "&cursor=x")
    }

    assert shown == {
        "": True, "&due=over": False, "&due=month": False, "&due=quarter": True, "&state=archived": False,
        "&cursor=x": True,
    }  # fmt: skip


def test_a_trade_without_vehicles_has_no_list(owner_client, asset_id, monkeypatch):
    monkeypatch.setattr("web.workspace.customers.words.list_terms", dict)

    assert owner_client.get(f"{URL}assets/").status_code == 404


def test_the_list_is_a_file_for_who_may_take_data(owner_client, asset_id):
    AssetReading.objects.create(asset_id=asset_id, value=59_000, unit="km", read_at=utc_now())
    AssetDue.objects.create(asset_id=asset_id, what="=1+1", at_meter=60_000, on="2031-05-02", written_at=utc_now())

    answer = owner_client.get(f"{URL}assets/assets.csv?lang=es&due=quarter")
    head, row = csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig")))
    sheet = owner_client.get(f"{URL}assets/assets.xlsx").getvalue()

    assert dict(zip(head, row, strict=True)) == {
        "Vehículos": "Chevrolet Spark 2018", "Identificación": "ABC-12-34", "Dueño": "Ana Torres",
        "Número": str(Asset.objects.get().owner.number), "Celular": "'+525512345678", "Correo": "ana@example.com",
        "Kilometraje (km)": "59000", "Lo que sigue": "'=1+1", "A los km": "60000", "El día": "2031-05-02",
        "Esperado": "2031-05-02", "Próxima visita": row[-1],
    }  # fmt: skip
    assert b"<f>" not in ZipFile(io.BytesIO(sheet)).read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("role", ["manager", "receptionist", "provider", "read_only"])
@pytest.mark.parametrize("name", ["assets/assets.csv", "assets/assets.xlsx", "customers.csv", "customers.xlsx"])
def test_only_owners_take_along_who_the_customers_are(staff_client, asset_id, role, name):
    client = staff_client(role)

    answer = client.get(f"{URL}{name}")
    pages = read(client, ""), read(client, "assets/")

    assert (answer.status_code, b"Ana Torres" in b"".join(answer)) == (403, False)
    assert [".csv" in page for page in pages] == [False, False]


def test_owners_are_offered_the_files(owner_client, asset_id):
    assert ["customers.csv" in read(owner_client, ""), "assets.csv" in read(owner_client, "assets/")] == [True, True]
