"""Invoices that customers want, as the business finds them, takes them along as a file, and answers them."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from accounts.models import User
from billing.models import InvoiceWish, Payment
from devtools.scratch.browser import HostClient
from kernel.clock import utc_now
from scheduling.models import Booking
from tenants.context import current_tenant
from tenants.models import Tenant
from tenants.selectors.resolution import forget_tenants
from tests.factories.billing import TAX_DATA, pay, want
from tests.factories.scheduling import MONDAY, NOW, book, make_shop

LIST = "/workspace/payments/invoices/"
TYPED = {
    "name": "Taller Ríos SA de CV",
    "tax_id": "MAB-930714-8T4",
    "postal_code": "06700",
    "regime": "601",
    "use": "G03",
    "email": "",
}


@pytest.fixture
def booking_id(tenant) -> int:
    service_id, _ = make_shop(price_minor=100_000)
    booking_id = book(service_id).booking_id
    pay(booking_id, 50_000)
    return booking_id


@pytest.fixture
def invoice_id(booking_id) -> int:
    return want(booking_id)


def read(response) -> str:
    return " ".join(response.content.decode().split())


def seen() -> str:
    return InvoiceWish.objects.get().asked_at.isoformat()


def count() -> int:
    return InvoiceWish.objects.count()


def state() -> str:
    return InvoiceWish.objects.get().state


def test_list_has_what_is_to_be_made_and_narrows(owner_client, invoice_id):
    page = read(owner_client.get(LIST))
    found = read(owner_client.get(f"{LIST}?state=&q=gode"))
    none = read(owner_client.get(f"{LIST}?state=issued"))
    long = read(owner_client.get(f"{LIST}?q={'x' * 101}"))

    assert f'href="{LIST}{invoice_id}/">Ana Gómez Díaz</a>' in page
    assert "Ana Gómez Díaz" in found
    assert "No hay facturas aquí" in none
    assert "Es demasiado largo para buscarlo." in long
    money = read(owner_client.get("/workspace/payments/list/"))
    InvoiceWish.objects.all().delete()
    after = read(owner_client.get("/workspace/payments/list/"))
    assert (f'href="{LIST}"' in after, "Una factura está por emitirse</a>" in money) == (True, True)
    assert "está por emitirse" not in after


def test_list_asks_as_often_for_one_as_for_three(owner_client, booking_id, invoice_id, django_assert_num_queries):
    owner_client.get(LIST)
    with django_assert_num_queries(9):
        owner_client.get(LIST)
    service_id = Booking.objects.get(pk=booking_id).service_id
    for hour in (2, 4):
        other = book(service_id, MONDAY + timedelta(hours=hour)).booking_id
        pay(other)
        want(other, name="Bruno")

    with django_assert_num_queries(9):
        page = owner_client.get(LIST)
    assert len(page.context["lines"]) == 3


def test_list_goes_on(owner_client, booking_id, invoice_id, monkeypatch):
    monkeypatch.setattr("web.workspace.payments.invoices.PAGE_SIZE", 1)
    other = book(Booking.objects.get(pk=booking_id).service_id, MONDAY + timedelta(hours=2)).booking_id
    pay(other)
    want(other, name="Bruno", now=NOW + timedelta(minutes=1))

    first = owner_client.get(LIST)
    second = owner_client.get(LIST + first.context["more_url"])

    assert [line[0].invoice.data.name for line in first.context["lines"]] == ["Bruno"]
    assert [line[0].invoice.data.name for line in second.context["lines"]] == ["Ana Gómez Díaz"]


def test_file_has_what_a_program_for_invoices_needs_and_no_formula(owner_client, booking_id):
    want(booking_id, name='=HYPERLINK("http://x")')

    answer = owner_client.get(f"{LIST}invoices.csv")
    body = b"".join(answer.streaming_content).decode("utf-8-sig")

    header, row = csv.reader(StringIO(body))
    booking = Booking.objects.get(pk=booking_id)
    assert dict(zip(header, row, strict=True)) == {
        "Pedido": "2026-01-05 02:00", "Estado": "Por hacer", "Folio": booking.reference,
        "Cliente": booking.customer_name, "Servicio": booking.service.name,
        "Visita": "2026-01-12 03:00",
        "A nombre de": "'=HYPERLINK(\"http://x\")", "Documento fiscal": "rfc", "Identificación fiscal": TAX_DATA.tax_id,
        "Dirección": "", "Código postal": "06700", "Ciudad": "", "Régimen fiscal": "612", "Uso de la factura": "G03",
        "Giro o actividad": "", "Correo": "facturas@example.com", "Pagado": "500", "Moneda": "MXN",
        "Pagado el": "2026-01-05 02:00", "Pagó con": "Efectivo", "Factura": "",
        "Fecha de la factura": "", "Motivo": "",
    }  # fmt: skip
    other = b"".join(owner_client.get(f"{LIST}invoices.csv?state=issued").streaming_content).decode("utf-8-sig")
    assert len(other.splitlines()) == 1


def test_page_says_to_whom_it_is_made_out_and_notes_the_invoice(owner_client, invoice_id):
    today = utc_now().astimezone(ZoneInfo(current_tenant().timezone)).date().isoformat()
    page = read(owner_client.get(f"{LIST}{invoice_id}/"))
    answer = owner_client.post(
        f"{LIST}{invoice_id}/issued/", {"number": "F-1042", "issued_on": "2026-01-05", "seen": seen()}
    )
    after = read(owner_client.get(f"{LIST}{invoice_id}/"))

    assert "<dt>RFC</dt><dd>GODE561231GR8</dd>" in page
    assert f'<input type="date" name="issued_on" value="{today}"' in page
    assert "<dd>G03 · Gastos en general</dd>" in page
    assert (answer.status_code, answer["Location"]) == (302, f"{LIST}{invoice_id}/")
    row = InvoiceWish.objects.get()
    assert (row.state, row.number, row.issued_on) == ("issued", "F-1042", date(2026, 1, 5))
    assert "F-1042" in after
    assert after.count('value="F-1042"') == 1
    assert '<input type="date" name="issued_on" value="2026-01-05"' in after
    assert 'name="reason"' not in after
    file = b"".join(owner_client.get(f"{LIST}invoices.csv?state=issued").streaming_content).decode("utf-8-sig")
    assert "F-1042,2026-01-05," in file


def test_slip_in_the_number_is_corrected(owner_client, invoice_id):
    url, before = f"{LIST}{invoice_id}/issued/", seen()
    owner_client.post(url, {"number": "F-1024", "issued_on": "2026-01-05", "seen": before})
    noted = InvoiceWish.objects.get().closed_at.isoformat()

    stale = owner_client.post(url, {"number": "F-9", "issued_on": "2026-01-05", "seen": before})
    empty = owner_client.post(url, {"number": "", "issued_on": "2026-01-05", "seen": noted})
    kept = InvoiceWish.objects.get().number
    answer = owner_client.post(url, {"number": "F-1042", "issued_on": "2026-01-06", "seen": noted})

    assert (stale.status_code, empty.status_code, kept, answer.status_code) == (409, 422, "F-1024", 302)
    assert "Corregir el número" in read(empty)
    row = InvoiceWish.objects.get()
    assert (row.state, row.number, row.issued_on) == ("issued", "F-1042", date(2026, 1, 6))


def test_page_says_that_nothing_is_left_of_what_was_paid(owner_client, invoice_id):
    url = f"{LIST}{invoice_id}/"
    before = read(owner_client.get(url))
    Payment.objects.update(refunded_minor=50_000)
    asked = read(owner_client.get(url))
    owner_client.post(f"{url}issued/", {"number": "F-1", "issued_on": "2026-01-05", "seen": seen()})
    made = read(owner_client.get(url))

    flags = ("no hay nada que facturar", "Revisa si tienes que cancelar la factura")
    assert [[each in page for each in flags] for page in (before, asked, made)] == [
        [False, False],
        [True, False],
        [False, True],
    ]


def test_refusal_needs_a_reason_and_is_shown(owner_client, invoice_id):
    empty = owner_client.post(f"{LIST}{invoice_id}/refused/", {"reason": " ", "seen": seen()})
    long = owner_client.post(f"{LIST}{invoice_id}/refused/", {"reason": "x" * 301, "seen": seen()})
    before = state()
    owner_client.post(f"{LIST}{invoice_id}/refused/", {"reason": "El RFC no existe.", "seen": seen()})

    assert (empty.status_code, long.status_code, before, state()) == (422, 422, "asked", "refused")
    assert "Escribe el motivo." in read(empty)
    assert "El RFC no existe." in read(owner_client.get(f"{LIST}{invoice_id}/"))


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"number": "", "issued_on": "2026-01-05"}, 422),
        ({"number": "1" * 10_240, "issued_on": "2026-01-05"}, 422),
        ({"number": "F-1", "issued_on": "2126-01-05"}, 422),
        ({"number": "F-1", "issued_on": "yesterday"}, 422),
        ({"number": "F-1", "issued_on": "2026-01-05", "seen": "2020-01-01T00:00:00Z"}, 409),
        ({"number": "F-1", "issued_on": "2026-01-05", "seen": "never"}, 409),
    ],
)
def test_slips_are_refused_and_what_was_typed_stays(owner_client, invoice_id, typed, status):
    answer = owner_client.post(f"{LIST}{invoice_id}/issued/", {"seen": seen()} | typed)

    assert (answer.status_code, state()) == (status, "asked")
    assert "<title>Error:" in read(answer)
    assert status == 409 or answer.context["issued"]["number"].value() == typed["number"]


def test_invoice_that_is_not_there_is_not_found(owner_client, invoice_id):
    answers = [
        owner_client.get(f"{LIST}{invoice_id + 1}/"),
        owner_client.post(
            f"{LIST}{invoice_id + 1}/issued/", {"number": "F", "issued_on": "2026-01-05", "seen": seen()}
        ),
    ]

    assert ([each.status_code for each in answers], state()) == ([404, 404], "asked")


def test_lesser_roles_read_or_do_not_and_nobody_else_answers(staff_client, invoice_id):
    shown = {}
    for role in ("manager", "receptionist", "provider", "read_only"):
        client = staff_client(role)
        page = client.get(f"{LIST}{invoice_id}/")
        done = client.post(f"{LIST}{invoice_id}/refused/", {"reason": "", "seen": seen()})
        shown[role] = (page.status_code, 'name="number"' in read(page), done.status_code)

    assert shown == {
        "manager": (200, True, 422),
        "receptionist": (403, False, 403),
        "provider": (403, False, 403),
        "read_only": (200, False, 403),
    }
    assert state() == "asked"


def test_desk_notes_what_the_customer_says_starting_with_what_they_gave_last(owner_client, booking_id):
    url = f"/workspace/bookings/{booking_id}/payments/invoice/"
    first = owner_client.get(url)
    wrong = owner_client.post(url, TYPED | {"tax_id": "MAB9307148T5"})
    malformed = owner_client.post(url, TYPED | {"regime": "1"})
    none = count()
    answer = owner_client.post(url, TYPED)
    again = owner_client.get(url)

    assert first.context["form"].initial == {}
    assert (wrong.status_code, malformed.status_code, none, answer.status_code) == (422, 422, 0, 302)
    assert 'value="MAB9307148T5"' in read(wrong)
    row = InvoiceWish.objects.get()
    assert (row.name, row.tax_id, row.asked_by_id is None) == ("Taller Ríos SA de CV", "MAB9307148T4", False)
    assert again.context["form"]["tax_id"].value() == "MAB9307148T4"
    assert "Ya hay una factura pedida." in read(again)
    yesterday = str((utc_now() - timedelta(days=1)).date())  # in Mexico it may still be that day
    owner_client.post(f"{LIST}{row.pk}/issued/", {"number": "F-1", "issued_on": yesterday, "seen": seen()})
    page = owner_client.get(url)
    late = owner_client.post(url, TYPED | {"name": "Eva"})
    assert "La factura F-1 ya está emitida." in read(page)
    assert (late.status_code, InvoiceWish.objects.get().name) == (409, "Taller Ríos SA de CV")


def test_desk_starts_with_what_was_given_for_this_booking(owner_client, booking_id):
    customer_id = Booking.objects.get(pk=booking_id).customer_id
    other = book(Booking.objects.get(pk=booking_id).service_id, MONDAY + timedelta(hours=2)).booking_id
    third = book(Booking.objects.get(pk=booking_id).service_id, MONDAY + timedelta(hours=4)).booking_id
    Booking.objects.filter(pk__in=(other, third)).update(customer_id=customer_id)
    for each in (other, third):
        pay(each)
    want(booking_id, name="Taller Ríos SA de CV", tax_id="MAB9307148T4")
    want(other)

    forms = {
        each: owner_client.get(f"/workspace/bookings/{each}/payments/invoice/").context["form"]
        for each in (booking_id, other, third)
    }
    Booking.objects.filter(pk=booking_id).update(customer_id=None)
    InvoiceWish.objects.filter(booking_id=booking_id).update(customer_id=None)
    walk_in = owner_client.get(f"/workspace/bookings/{booking_id}/payments/invoice/").context["form"]

    names = {each: form["name"].value() for each, form in forms.items()}
    assert names == {booking_id: "Taller Ríos SA de CV", other: TAX_DATA.name, third: TAX_DATA.name}
    assert walk_in["tax_id"].value() == "MAB9307148T4"


def test_booking_and_payment_lead_to_the_invoice(owner_client, booking_id):
    payment = f"/workspace/payments/{pay(booking_id, 10_000)}/"
    ask = f'href="/workspace/bookings/{booking_id}/payments/invoice/"'
    before = [read(owner_client.get(page)) for page in (f"/workspace/bookings/{booking_id}/", payment)]
    invoice_id = want(booking_id)

    after = read(owner_client.get(payment))

    assert [ask in page for page in before] == [True, True]
    assert (ask in after, f'href="{LIST}{invoice_id}/">Por hacer</a>' in after) == (False, True)


def test_nothing_is_noted_before_something_is_paid(owner_client, tenant):
    service_id, _ = make_shop(price_minor=100_000)
    url = f"/workspace/bookings/{book(service_id).booking_id}/payments/invoice/"

    page, answer = owner_client.get(url), owner_client.post(url, TYPED)

    assert 'name="tax_id"' not in read(page)
    assert "La factura se puede anotar cuando hay algo pagado." in read(page)
    assert "La factura se puede anotar cuando hay algo pagado." in read(answer)
    assert "Escribe al negocio" not in read(answer)
    assert (answer.status_code, count()) == (409, 0)


def test_invoice_next_door_is_not_found(owner_client, other_tenant, tenant, booking_id, invoice_id):
    own = HostClient(other_tenant.primary_host)
    connection.set_tenant(other_tenant)
    own.force_login(User.objects.get(role="owner"))
    connection.set_tenant(tenant)
    typed = {"number": "F-1", "issued_on": "2026-01-05", "seen": seen()}

    answers = [
        own.get(f"{LIST}{invoice_id}/"),
        own.post(f"{LIST}{invoice_id}/issued/", typed),
        own.post(f"/workspace/bookings/{booking_id + 1_000}/payments/invoice/", TYPED),
        owner_client.post(f"/workspace/bookings/{booking_id + 1_000}/payments/invoice/", TYPED),
    ]
    listed = own.get(f"{LIST}?state=")

    assert ([each.status_code for each in answers], count(), state()) == ([404] * 4, 1, "asked")
    assert (TAX_DATA.name in read(listed), "No hay facturas aquí" in read(listed)) == (False, True)


def test_country_without_invoices_has_none_of_it(owner_client, booking_id):
    Tenant.objects.filter(pk=current_tenant().id).update(country="US")
    forget_tenants()

    answer = owner_client.get(f"/workspace/bookings/{booking_id}/payments/invoice/")

    assert answer.status_code == 404
    assert LIST not in read(owner_client.get("/workspace/payments/list/"))
