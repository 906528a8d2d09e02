"""Asking for an invoice on the page of a booking: the country's fields, what is wrong, and what became of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from billing.models import InvoiceWish
from billing.selectors.payments import list_payments_of
from billing.services.invoices.wishes import issue_invoice, refuse_invoice
from billing.services.refunds import refund_payment
from devtools.scratch.browser import HostClient
from kernel.clock import utc_now
from scheduling.models import Booking
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.messages.manage_tokens import make_manage_token
from tenants.context import current_tenant
from tenants.models import Tenant
from tenants.selectors.resolution import forget_tenants
from tests.factories.billing import TAX_DATA, pay
from tests.factories.scheduling import STAFF, book, make_shop

TYPED = {
    "name": "Ana Gómez Díaz",
    "tax_id": "gode 561231-gr8",
    "postal_code": "06700",
    "regime": "612",
    "use": "G03",
    "email": "facturas@example.com",
}


@pytest.fixture
def unpaid_id(tenant) -> int:
    """A visit in two days."""
    now = utc_now()
    service_id, _ = make_shop(price_minor=100_000)
    starts_at = (now + timedelta(days=2)).replace(hour=16, minute=0, second=0, microsecond=0)
    return book(service_id, starts_at, now=now).booking_id


@pytest.fixture
def booking_id(unpaid_id) -> int:
    """The same, of which half is paid."""
    pay(unpaid_id, 50_000, now=utc_now())
    return unpaid_id


@pytest.fixture
def url(booking_id) -> str:
    return f"/b/{make_manage_token(get_booking(booking_id=booking_id))}/invoice/"


def read(response) -> str:
    return " ".join(response.content.decode().split())


def move_to(country: str) -> None:
    Tenant.objects.filter(pk=current_tenant().id).update(country=country)
    forget_tenants()


def test_customer_asks_with_the_fields_of_the_country_and_reads_that_it_was_taken(customer_client, url, booking_id):
    manage = read(customer_client.get(url.removesuffix("invoice/")))
    form = customer_client.get(url)
    answer = customer_client.post(url, TYPED)

    assert f'href="{url}">Factura</a>' in manage
    assert list(form.context["form"].fields) == ["doubted", "name", "tax_id", "postal_code", "regime", "use", "email"]
    assert (answer.status_code, answer["Location"]) == (302, f"{url}?done=asked")
    row = InvoiceWish.objects.get()
    assert (row.booking_id, row.state, row.tax_id, row.asked_by_id) == (booking_id, "asked", TAX_DATA.tax_id, None)
    after = customer_client.get(answer["Location"])
    assert "tiene tu solicitud. Te avisamos en cuanto la factura esté emitida." in read(after)
    assert "Mientras no se emita la factura, puedes corregir los datos." in read(customer_client.get(url))
    assert after.context["form"]["tax_id"].value() == TAX_DATA.tax_id


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(customer_client, url):
    answer = customer_client.post(url, TYPED | {"tax_id": "GODE561331GR8", "postal_code": "67", "regime": ""})

    assert (answer.status_code, InvoiceWish.objects.count()) == (422, 0)
    page = read(answer)
    assert '<input type="text" name="tax_id" value="GODE561331GR8"' in page
    assert 'value="Ana Gómez Díaz"' in page
    assert {name: list(texts) for name, texts in answer.context["form"].errors.items()} == {
        "tax_id": ["Este número no puede ser correcto. Compáralo con tu documento fiscal, dígito por dígito."],
        "postal_code": ["No es un código postal de este país."],
        "regime": ["Completa este campo."],
    }
    assert "<title>Error:" in page


def test_doubted_number_is_taken_when_it_is_sent_once_more(customer_client, url):
    typed = TYPED | {"tax_id": "VACE460910SX6"}
    first = customer_client.post(url, typed)

    answer = customer_client.post(url, typed | {"doubted": first.context["form"]["doubted"].value()})

    assert (first.status_code, answer.status_code) == (422, 302)
    assert "Si es correcto, envíalo otra vez." in read(first)
    assert '<input type="hidden" name="doubted" value="VACE460910SX6"' in read(first)
    assert InvoiceWish.objects.get().tax_id == "VACE460910SX6"


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ({"name": "A" * 10_240, "tax_id": "1" * 10_240}, ["name", "tax_id"]),
        ({"name": "\u202e\u2066"}, ["name"]),
        ({"name": "Ana\x00"}, ["name"]),
        ({"regime": "999", "use": "<script>"}, ["regime", "use"]),
        ({"tax_id": "=HYPERLINK(1)"}, ["tax_id"]),
        ({"regime": "605"}, ["use"]),
    ],
)
def test_bad_input_is_refused_and_escaped(customer_client, url, typed, fields):
    answer = customer_client.post(url, TYPED | typed)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, fields)
    assert "<script>" not in answer.content.decode().replace("<script type", "")
    assert InvoiceWish.objects.count() == 0


def test_name_like_a_formula_or_a_tag_is_a_name(customer_client, url):
    customer_client.post(url, TYPED | {"name": '=HYPERLINK("x") <b>\u202eAna'})

    assert InvoiceWish.objects.get().name == '=HYPERLINK("x") <b>Ana'
    assert "&lt;b&gt;Ana" in read(customer_client.get(url))


def test_country_with_several_documents_asks_which(customer_client, url):
    move_to("CO")
    form = customer_client.get(url).context["form"]
    typed = {"name": "Ana", "tax_id": "213.123.432-1", "email": "ana@example.com"}

    refused = customer_client.post(url, typed)
    customer_client.post(url, typed | {"id_kind": "nit"})

    assert list(form.fields) == ["doubted", "name", "id_kind", "tax_id", "address", "city", "email"]
    assert list(refused.context["form"].errors) == ["id_kind"]
    row = InvoiceWish.objects.get()
    assert (row.country, row.id_kind, row.tax_id) == ("CO", "nit", "2131234321")


def test_data_given_by_another_law_are_not_filled_in(customer_client, url):
    customer_client.post(url, TYPED)
    move_to("ES")

    assert customer_client.get(url).context["form"].initial == {}


def test_country_without_invoices_has_no_page(customer_client, url):
    move_to("US")

    manage = read(customer_client.get(url.removesuffix("invoice/")))
    answers = [
        customer_client.get(url),
        customer_client.post(url, TYPED),
        customer_client.post(f"{url}withdraw/"),
    ]

    assert url not in manage
    assert ([each.status_code for each in answers], InvoiceWish.objects.count()) == ([404] * 3, 0)


def test_nothing_paid_is_nothing_to_ask_for(customer_client, unpaid_id):
    url = f"/b/{make_manage_token(get_booking(booking_id=unpaid_id))}/invoice/"

    page, answer = customer_client.get(url), customer_client.post(url, TYPED)

    assert 'name="tax_id"' not in read(page)
    assert "La factura se puede pedir cuando hay algo pagado." in read(page)
    assert (answer.status_code, InvoiceWish.objects.count()) == (409, 0)
    assert url not in read(customer_client.get(url.removesuffix("invoice/")))


def test_customer_withdraws_and_may_ask_again(customer_client, url):
    customer_client.post(url, TYPED)

    answer = customer_client.post(f"{url}withdraw/")
    page = read(customer_client.get(answer["Location"]))
    customer_client.post(url, TYPED)

    assert "Retiraste tu solicitud." in page
    assert list(InvoiceWish.objects.order_by("pk").values_list("state", flat=True)) == ["withdrawn", "asked"]


def test_refused_one_says_why_and_keeps_what_was_given(customer_client, url):
    customer_client.post(url, TYPED)
    row = InvoiceWish.objects.get()
    refuse_invoice(invoice_id=row.pk, reason="El <b>RFC</b> no existe", seen=row.asked_at, now=utc_now(), by=STAFF)

    page = customer_client.get(url)

    assert "El &lt;b&gt;RFC&lt;/b&gt; no existe" in read(page)
    assert page.context["form"]["tax_id"].value() == TAX_DATA.tax_id


def test_invoice_that_was_made_is_shown_and_nothing_is_changed_any_more(customer_client, url):
    customer_client.post(url, TYPED)
    row = InvoiceWish.objects.get()
    today = utc_now().date() - timedelta(days=1)
    issue_invoice(invoice_id=row.pk, number="F-1042", issued_on=today, seen=row.asked_at, now=utc_now(), by=STAFF)

    page = read(customer_client.get(url))
    again, withdrawn = customer_client.post(url, TYPED | {"name": "Eva"}), customer_client.post(f"{url}withdraw/")

    assert "Factura F-1042" in page
    assert "612 · Personas Físicas con Actividades Empresariales y Profesionales" in page
    assert 'name="tax_id"' not in page
    assert (again.status_code, withdrawn.status_code) == (409, 409)
    assert "Esto ya no es posible. La factura está: emitida." in read(again)
    assert list(InvoiceWish.objects.values_list("state", "name")) == [("issued", "Ana Gómez Díaz")]


def give_back(booking_id: int) -> None:
    for payment in list_payments_of(booking_id=booking_id):
        refund_payment(
            payment_id=payment.id, amount_minor=payment.left_minor, reason="Se fue", now=utc_now(), by=STAFF
        )  # fmt: skip


def test_wish_is_withdrawn_after_all_money_went_back(customer_client, url, booking_id):
    customer_client.post(url, TYPED)
    give_back(booking_id)

    manage, page = read(customer_client.get(url.removesuffix("invoice/"))), read(customer_client.get(url))
    answer = customer_client.post(f"{url}withdraw/")
    after = read(customer_client.get(url))

    assert f'href="{url}">Factura</a>' in manage
    assert "Ya no queda nada de lo que pagaste" in page
    assert (f'action="{url}withdraw/"' in page, 'name="tax_id"' in page) == (True, False)
    assert (answer.status_code, InvoiceWish.objects.get().state) == (302, "withdrawn")
    assert (f'action="{url}withdraw/"' in after, "La factura se puede pedir cuando" in after) == (False, True)


def test_invoice_that_was_made_is_read_after_all_money_went_back(customer_client, url, booking_id):
    customer_client.post(url, TYPED)
    row = InvoiceWish.objects.get()
    issue_invoice(
        invoice_id=row.pk, number="F-1042", issued_on=row.asked_at.date() - timedelta(days=1), seen=row.asked_at,
        now=utc_now(), by=STAFF,
    )  # fmt: skip
    give_back(booking_id)

    manage, page = read(customer_client.get(url.removesuffix("invoice/"))), read(customer_client.get(url))

    assert (f'href="{url}">Factura</a>' in manage, "Factura F-1042" in page) == (True, True)
    assert (f'action="{url}withdraw/"' in page, "Ya no queda nada" in page) == (False, False)


def test_closed_business_takes_no_wish(customer_client, url):
    Tenant.objects.filter(pk=current_tenant().id).update(status="closed")
    forget_tenants()

    page, answer = customer_client.get(url), customer_client.post(url, TYPED)

    assert 'name="tax_id"' not in read(page)
    assert (answer.status_code, InvoiceWish.objects.count()) == (403, 0)


@pytest.mark.parametrize("method", ["get", "post"])
def test_ended_link_asks_for_nothing(customer_client, url, booking_id, method):
    with time_machine.travel(Booking.objects.get(pk=booking_id).ends_at + timedelta(days=31)):
        answer = getattr(customer_client, method)(url, TYPED if method == "post" else {})

    assert (answer.status_code, InvoiceWish.objects.count()) == (404, 0)
    assert "Este enlace ya terminó" in read(answer)


def test_unknown_link_and_link_next_door_ask_for_nothing(customer_client, url, other_tenant):
    next_door = HostClient(other_tenant.primary_host)

    answers = [customer_client.post(f"/b/{'x' * 22}/invoice/", TYPED), next_door.post(url, TYPED)]

    assert ([each.status_code for each in answers], InvoiceWish.objects.count()) == ([404, 404], 0)


def test_page_is_in_english_as_well(customer_client, url):
    page = customer_client.get(f"{url}?lang=en")

    assert "Ask for the invoice" in read(page)
    assert '<select name="regime"' in read(page)
    assert 'lang="es"' in read(page)
