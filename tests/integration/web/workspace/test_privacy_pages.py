"""The pages about requests: staff answers one step by step, and whoever asked reads where it stands."""

from __future__ import annotations

import pytest

from kernel.clock import utc_now
from notifications.services import codes
from privacy.enums import RequestState
from privacy.models import PersonRequest
from privacy.services.asking import ask_by_link
from privacy.services.links import make_token
from scheduling.models import Booking, Contact, Customer
from tests.factories.privacy import make_request
from tests.integration.web.booking.conftest import monday_morning
from tests.integration.web.booking.test_manage import address, text_of

__all__ = ["address", "monday_morning"]


@pytest.fixture
def proven(address) -> str:
    """The page of a booking whose number was proven by a code."""
    Booking.objects.update(proven_contact="phone")
    Contact.objects.update(verified_at=utc_now())
    return address


@pytest.fixture
def customer(address) -> Customer:
    Booking.objects.update(
        starts_at="2026-09-01T15:00:00Z", ends_at="2026-09-01T16:00:00Z", status="completed", completed_at=utc_now()
    )
    return Customer.objects.get(pk=Booking.objects.get().customer_id)


def test_request_is_written_down_for_a_customer_who_was_found(owner_client, customer):
    start = owner_client.get("/workspace/privacy/?lang=es")
    assert "Nadie ha pedido nada" in text_of(start)
    found = owner_client.get(f"/workspace/privacy/new/?q={customer.name}")
    assert f'href="/workspace/privacy/new/?customer={customer.pk}"' in found.content.decode()
    blank = owner_client.get(f"/workspace/privacy/new/?customer={customer.pk}&lang=es")
    assert customer.name in text_of(blank)

    wrong = owner_client.post(
        f"/workspace/privacy/new/?customer={customer.pk}",
        {"right": "access", "source": "phone", "asked_on": "2031-01-01", "text": "Quiero verlo"},
    )
    assert (wrong.status_code, PersonRequest.objects.count()) == (422, 0)
    assert "Quiero verlo" in wrong.content.decode()
    empty = owner_client.post(f"/workspace/privacy/new/?customer={customer.pk}", {})
    assert empty.status_code == 422
    done = owner_client.post(
        f"/workspace/privacy/new/?customer={customer.pk}",
        {"right": "access", "source": "phone", "asked_on": str(utc_now().date()), "text": "Quiero verlo"},
    )

    row = PersonRequest.objects.get()
    assert (done.headers["Location"], row.customer_id) == (f"/workspace/privacy/{row.pk}/", customer.pk)
    assert "Quiero verlo" in text_of(owner_client.get(done.headers["Location"]))
    again = owner_client.post(
        f"/workspace/privacy/new/?customer={customer.pk}",
        {"right": "access", "source": "phone", "asked_on": str(utc_now().date())},
    )
    assert again.status_code == 409


def test_customer_is_chosen_later(owner_client, customer):
    owner_client.post(
        "/workspace/privacy/new/?customer=0",
        {"right": "erasure", "source": "paper", "asked_on": str(utc_now().date()), "name": "Quién"},
    )
    row = PersonRequest.objects.get()
    page = owner_client.get(f"/workspace/privacy/new/?request={row.pk}&q={customer.name}").content.decode()
    assert f'action="/workspace/privacy/{row.pk}/choose/"' in page

    refused = owner_client.post(f"/workspace/privacy/{row.pk}/choose/", {"customer": "x"})
    owner_client.post(f"/workspace/privacy/{row.pk}/choose/", {"customer": customer.pk})

    assert refused.status_code == 404
    assert PersonRequest.objects.get().customer_id == customer.pk


def test_erasure_step_by_step(owner_client, customer, monkeypatch):
    monkeypatch.setattr(codes.secrets, "randbelow", lambda _: 123_456)
    request_id = make_request(customer.pk)
    place = f"/workspace/privacy/{request_id}/"
    contact = customer.contacts.create(kind="email", value="ana@example.com", verified_at="2026-01-01T00:00:00Z").value

    def do(act: str, **fields: object) -> int:
        return owner_client.post(f"{place}{act}/", fields).status_code

    assert do("agree") == 409
    assert do("check", check="document", note="") == 422
    assert do("send", contact="otra@example.com") == 422
    assert do("send", contact=contact) == 302
    assert do("prove", contact=contact, code="999999") == 422
    assert do("prove", contact=contact, code="123456") == 302
    assert do("agree") == 302
    assert do("erase") == 422
    assert Customer.objects.get(pk=customer.pk).erased_at is None
    assert do("erase", is_meant="on") == 302
    assert Customer.objects.get(pk=customer.pk).erased_at is not None
    assert do("erase", is_meant="on") == 409
    assert do("nothing") == 404

    shown = text_of(owner_client.get(f"{place}?lang=es"))
    assert ("Datos borrados" in shown, customer.name in shown) == (True, False)
    assert "Terminadas" in text_of(owner_client.get("/workspace/privacy/?lang=es"))


def test_visit_to_come_is_shown_as_in_the_way(owner_client, address):
    booking = Booking.objects.get()
    request_id = make_request(booking.customer_id)
    place = f"/workspace/privacy/{request_id}/"
    owner_client.post(f"{place}check/", {"check": "known", "note": "La conozco"})
    owner_client.post(f"{place}agree/")

    page = owner_client.get(f"{place}?lang=es")
    refused = owner_client.post(f"{place}erase/", {"is_meant": "on"})

    assert f'href="/workspace/bookings/{booking.pk}/"' in page.content.decode()
    assert "Citas por venir" in text_of(page)
    assert refused.status_code == 409
    assert Customer.objects.get(pk=booking.customer_id).erased_at is None


def test_refused_finished_extended_and_taken_back(owner_client, customer):
    def start(right: str) -> str:
        return f"/workspace/privacy/{make_request(customer.pk, right=right)}/"

    first, second, third, fourth = (start(each) for each in ("access", "objection", "blocking", "portability"))
    assert owner_client.post(f"{first}refuse/", {"answer": ""}).status_code == 422
    assert owner_client.post(f"{first}refuse/", {"answer": "No es su ficha"}).status_code == 302
    owner_client.post(f"{second}check/", {"check": "known", "note": "Cliente de años"})
    owner_client.post(f"{second}agree/")
    assert owner_client.post(f"{second}finish/", {"answer": "Ya no recibe recordatorios"}).status_code == 302
    assert owner_client.post(f"{third}withdraw/").status_code == 302
    assert owner_client.post(f"{fourth}extend/", {"reason": "Falta"}).status_code == 409

    states = list(PersonRequest.objects.order_by("pk").values_list("state", flat=True))
    assert states == [RequestState.REFUSED, RequestState.DONE, RequestState.WITHDRAWN, RequestState.ASKED]


@pytest.mark.parametrize("role", ["receptionist", "provider", "read_only"])
def test_others_see_no_request(staff_client, owner_client, customer, role):
    request_id = make_request(customer.pk)
    client = staff_client(role)

    for path in ("", "new/", f"{request_id}/"):
        assert client.get(f"/workspace/privacy/{path}").status_code == 403
    assert client.post(f"/workspace/privacy/{request_id}/refuse/", {"answer": "x"}).status_code == 403
    assert PersonRequest.objects.get().state == RequestState.ASKED


def test_whoever_asked_reads_where_it_stands(customer_client, owner_client, proven):
    now = utc_now()
    request_id = ask_by_link(token=proven.strip("/").split("/")[-1], right="access", text="Todo", now=now)
    row = PersonRequest.objects.get(pk=request_id)
    link = f"/data/{make_token(row)}/"

    assert "todavía no responde" in text_of(customer_client.get(f"{link}?lang=es"))
    owner_client.post(f"/workspace/privacy/{request_id}/agree/")
    assert "aceptó" in text_of(customer_client.get(f"{link}?lang=es"))
    owner_client.post(f"/workspace/privacy/{request_id}/finish/", {"answer": "Va por correo"})
    page = customer_client.get(f"{link}?lang=es")

    assert "Va por correo" in text_of(page)
    assert page.headers["Cache-Control"] == "private, no-store"
    for forged in ("no-token", make_token(row)[:-1] + "x", "x" * 14):
        assert customer_client.get(f"/data/{forged}/").status_code == 404
    PersonRequest.objects.filter(pk=request_id).update(ended_at="2025-01-01T00:00:00Z")
    assert customer_client.get(link).status_code == 404


def test_file_is_made_and_taken_along(customer_client, owner_client, proven):
    import io
    import zipfile

    from privacy.services.exporting import make_export

    token = proven.strip("/").split("/")[-1]
    request_id = ask_by_link(token=token, right="access", text="", now=utc_now())
    place, link = f"/workspace/privacy/{request_id}/", f"/data/{make_token(PersonRequest.objects.get())}/"
    assert owner_client.post(f"{place}export/").status_code == 409
    assert owner_client.post(f"{place}file/").status_code == 404
    owner_client.post(f"{place}agree/")
    assert owner_client.post(f"{place}export/").status_code == 302

    make_export(request_id, utc_now())

    assert "Descargar" in text_of(customer_client.get(f"{link}?lang=es"))
    for client, path in ((customer_client, f"{link}file/"), (owner_client, f"{place}file/")):
        taken = client.post(path)
        assert taken.headers["Content-Type"] == "application/zip"
        names = zipfile.ZipFile(io.BytesIO(taken.content)).namelist()
        assert {"index.html", "data.json", "tables/scheduling-booking.csv"} <= set(names)
    assert customer_client.post("/data/no-token/file/").status_code == 404
    assert customer_client.get(f"{link}file/").headers["Location"] == link
    steps = text_of(owner_client.get(f"{place}?lang=es"))
    assert steps.count("Archivo descargado") == 2


def test_code_is_offered_to_proven_contacts_alone(owner_client, customer):
    place = f"/workspace/privacy/{make_request(customer.pk)}/"
    typed = customer.contacts.create(kind="email", value="ana@example.com").value
    page = text_of(owner_client.get(f"{place}?lang=es"))
    assert "Ningún contacto se había comprobado" in page
    assert owner_client.post(f"{place}send/", {"contact": typed}).status_code == 422

    customer.contacts.update(verified_at="2026-01-01T00:00:00Z")
    other = Customer.objects.create(name="Hija", created_at=utc_now())
    other.contacts.create(kind="email", value=typed)

    assert f"{typed} (también es de otras personas)" in text_of(owner_client.get(f"{place}?lang=es"))


def test_blocking_is_offered_to_nobody(customer_client, address):
    page = customer_client.get(f"{address}data/?lang=es")

    assert "Bloquear" not in text_of(page)
    assert customer_client.post(f"{address}data/", {"kind": "blocking", "text": ""}).status_code == 422
    asked = customer_client.post(
        f"/api/v1/manage/{address.strip('/').split('/')[-1]}/data_requests",
        {"kind": "blocking"},
        content_type="application/json",
    )
    assert (asked.status_code, PersonRequest.objects.count()) == (422, 0)
