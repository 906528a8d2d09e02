"""The pages of blocked people: who asked is blocked where the law has that first, and few see who is."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.clock import utc_now
from privacy.enums import RequestState
from privacy.models import BlockedLook, BlockedPerson, PersonRequest
from privacy.services.blocking.sealing import KIND
from scheduling.models import Booking, Customer
from tenants.services.erasures.erasing import erase
from tests.factories.privacy import make_request
from tests.integration.web.booking.conftest import monday_morning
from tests.integration.web.booking.test_manage import address, text_of
from tests.integration.web.workspace.test_privacy_pages import customer

__all__ = ["address", "customer", "monday_morning"]

PLACE = "/workspace/privacy/blocked/"


@pytest.fixture
def asked(owner_client, customer) -> str:
    place = f"/workspace/privacy/{make_request(customer.pk)}/"
    PersonRequest.objects.update(law_country="ES", timezone="Europe/Madrid")
    owner_client.post(f"{place}check/", {"check": "known", "note": "La conozco"})
    owner_client.post(f"{place}agree/")
    return place


@pytest.fixture
def blocked(owner_client, asked) -> BlockedPerson:
    owner_client.post(f"{asked}erase/", {"is_meant": "on"})
    return BlockedPerson.objects.get()


def test_person_is_blocked_where_the_law_has_that_first(owner_client, staff_client, customer, asked):
    name, phone = customer.name, customer.contacts.get().value
    page = text_of(owner_client.get(f"{asked}?lang=es"))
    assert "se bloquean primero" in page
    assert "Borrar definitivamente" not in page
    assert owner_client.post(f"{asked}erase/", {}).status_code == 422
    assert owner_client.post(f"{asked}finish/", {"answer": "Hecho"}).status_code == 409
    assert Customer.objects.get(pk=customer.pk).erased_at is None

    done = owner_client.post(f"{asked}erase/?lang=es", {"is_meant": "on"}, follow=True)

    row = BlockedPerson.objects.get()
    assert PersonRequest.objects.get().state == RequestState.DONE
    assert f'href="{PLACE}{row.pk}/"' in done.content.decode()
    manager = staff_client("manager")
    seen = text_of(manager.get(f"{asked}?lang=es"))
    assert ("Bloqueado" in seen, PLACE in manager.get(asked).content.decode()) == (True, False)
    for place in (
        "/workspace/customers/", f"/workspace/customers/?q={phone[-6:]}", f"/workspace/customers/{customer.pk}/",
        "/workspace/bookings/", f"/workspace/bookings/{Booking.objects.get().pk}/",
        f"/workspace/search/?q={phone[-6:]}", f"/workspace/privacy/new/?q={name}", PLACE, f"{PLACE}{row.pk}/",
    ):  # fmt: skip
        shown = owner_client.get(place).content.decode().replace(f'value="{name}"', "")
        assert (name in shown, phone in shown) == (False, False), place


def test_owner_finds_and_reads_whoever_is_blocked(owner_client, customer, blocked):
    words = {"words": f" {customer.name.upper()} "}
    page = text_of(owner_client.get(f"{PLACE}?lang=es"))
    assert f"Cliente n.º {customer.number}" in page
    found = owner_client.post(f"{PLACE}find/?lang=es", words)
    assert f'href="{PLACE}{blocked.pk}/"' in found.content.decode()
    nobody = owner_client.post(f"{PLACE}find/?lang=es", {"words": "Eva"})
    assert "No hay nadie bloqueado" in text_of(nobody)
    assert owner_client.post(f"{PLACE}find/", {"words": " "}).status_code == 422
    assert owner_client.post(f"{PLACE}{blocked.pk}/file/", {"reason": ""}).status_code == 422
    assert BlockedLook.objects.count() == 1

    taken = owner_client.post(f"{PLACE}{blocked.pk}/file/", {"reason": "Juzgado n.º 4"})

    assert taken.headers["Content-Type"] == "application/zip"
    assert customer.name in zipfile.ZipFile(io.BytesIO(taken.content)).read("index.html").decode()
    log = text_of(owner_client.get(f"{PLACE}{blocked.pk}/?lang=es"))
    assert "Leído: Juzgado n.º 4" in log
    assert "Que hubo solicitudes como esta" in log


def test_seal_that_does_not_open_says_so(owner_client, settings, blocked):
    settings.TOMBSTONE_KEYS = ["another key"]

    found = owner_client.post(f"{PLACE}find/?lang=es", {"words": "Ana"})
    taken = owner_client.post(f"{PLACE}{blocked.pk}/file/?lang=es", {"reason": "Juzgado"})

    assert (found.status_code, taken.status_code) == (503, 503)
    assert "no se puede abrir" in text_of(found)
    assert "no se puede abrir" in text_of(taken)


def test_nobody_else_sees_who_is_blocked(staff_client, customer_client, platform_client, blocked):
    others = [staff_client(role) for role in ("manager", "receptionist", "provider", "read_only")]
    for client in (*others, customer_client, platform_client):
        for method, place in (
            ("get", PLACE), ("get", f"{PLACE}{blocked.pk}/"), ("post", f"{PLACE}find/"),
            ("post", f"{PLACE}{blocked.pk}/file/"),
        ):  # fmt: skip
            answer = getattr(client, method)(place, {"words": "Ana", "reason": "x"})
            assert answer.status_code in {302, 403, 404, 422}, (place, answer.status_code)
            assert answer.headers.get("Content-Type") != "application/zip"
            assert f"n.º {blocked.customer.number}" not in text_of(answer)

    assert BlockedLook.objects.count() == 0


def test_page_says_that_the_time_is_over(owner_client, blocked):
    BlockedPerson.objects.update(blocked_at=utc_now() - timedelta(days=2), ends_at=utc_now() - timedelta(days=1))

    page = text_of(owner_client.get(f"{PLACE}{blocked.pk}/?lang=es"))

    assert "El plazo ha terminado" in page
    assert "Nadie lo ha consultado" in page
    assert owner_client.get(f"{PLACE}{blocked.pk + 1}/").status_code == 404


def test_list_of_blocked_people_costs_the_same(owner_client, customer):
    erase(kind=KIND, row_ids=[customer.pk], now=utc_now())
    assert owner_client.get(PLACE).status_code == 200
    counts = []
    for number in range(2):
        with CaptureQueriesContext(connection) as queries:
            owner_client.get(PLACE)
        counts.append(len(queries))
        more = Customer.objects.create(name=f"Eva {number}", created_at=utc_now())
        erase(kind=KIND, row_ids=[more.pk], now=utc_now())

    assert counts[0] == counts[1]
